from datetime import timedelta
from typing import Any

import pytest

from tickets.deadlines import PolicyError, Target
from tickets.escalation import Level
from tickets.policies import (
    Case,
    Policy,
    find_policy,
    levels_from_json,
    rank_of,
    targets_by_kind,
    targets_from_json,
)
from tickets.words import CustomerType, PriorityClass, Role, TargetKind


def make_policy(code: str, **covers: Any) -> Policy:
    rank = rank_of(covers.get("category"), covers.get("priority_class"), covers.get("customer_type"))
    return Policy(code, (Target(TargetKind.FIRST_RESPONSE, seconds=60),), (), rank=rank, **covers)


TABLE = (
    make_policy("p0", priority_class=PriorityClass.P0),
    make_policy("p2", priority_class=PriorityClass.P2),
    make_policy("rest"),
    make_policy("shops", customer_type=CustomerType.SHOP),
    make_policy("shops_p2", customer_type=CustomerType.SHOP, priority_class=PriorityClass.P2),
    make_policy("home", category="home"),
    make_policy("water", category="home.water"),
    make_policy("water_p2", category="home.water", priority_class=PriorityClass.P2),
    make_policy("water_here", category="home.water", estate="cuihu"),
)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (Case("haiyi", "home.water", PriorityClass.P2), "water_p2"),
        (Case("haiyi", "home.water", PriorityClass.P3), "water"),
        (Case("cuihu", "home.water", PriorityClass.P3), "water_here"),
        (Case("haiyi", "home.water.tap", PriorityClass.P3), "water"),
        (Case("haiyi", "home.door", PriorityClass.P2), "home"),
        (Case("haiyi", "homework", PriorityClass.P2), "p2"),
        (Case("haiyi", "common.lift", PriorityClass.P2, CustomerType.SHOP), "shops_p2"),
        (Case("haiyi", "common.lift", PriorityClass.P1, CustomerType.SHOP), "shops"),
        (Case("haiyi", "common.lift", PriorityClass.P1, CustomerType.OWNER), "rest"),
        (Case("cuihu", "home.water", PriorityClass.P0), "p0"),
    ],
)
def test_most_specific_line_is_taken(case: Case, code: str):
    found = find_policy(TABLE, case)

    assert found is not None
    assert found.code == code


def test_emergency_is_covered_only_by_a_line_that_names_it():
    assert find_policy([make_policy("rest")], Case("cuihu", "home.water", PriorityClass.P0)) is None


def test_own_rank_comes_first():
    own = Policy("own", (), (), rank=1)

    assert find_policy([*TABLE, own], Case("haiyi", "home.water", PriorityClass.P2)) is own


def test_body_of_the_interface_is_read_and_written():
    body = {
        "first_response": {"seconds": 2, "calendar": "always"},
        "resolution": {"working_days": 3, "calendar": "office"},
    }

    targets = targets_from_json(body)

    assert [target.kind for target in targets] == ["first_response", "resolution"]
    assert targets_by_kind(targets) == body
    assert targets_from_json([target.to_json() for target in targets]) == targets


def test_chain_is_numbered_in_its_order():
    chain = levels_from_json([{"after": 0, "role": "lead"}, {"after": 60, "role": "supervisor"}])

    assert chain == (Level(1, timedelta(0), Role.LEAD), Level(2, timedelta(seconds=60), Role.SUPERVISOR))


@pytest.mark.parametrize("data", ["first_response", 5, None, {"first_response": 5}, [5]])
def test_targets_of_another_shape_are_refused(data: Any):
    with pytest.raises(PolicyError):
        targets_from_json(data)


def test_kind_named_twice_is_refused():
    with pytest.raises(PolicyError, match="twice"):
        targets_from_json([{"kind": "on_site", "seconds": 5}] * 2)


@pytest.mark.parametrize(
    "data", ["lead", 5, None, [5], [{"after": 60, "role": "lead"}, {"after": 0, "role": "lead"}]]
)
def test_chains_of_another_shape_are_refused(data: Any):
    with pytest.raises(PolicyError):
        levels_from_json(data)
