"""Promises through the JSON API: what was read can be changed and put back."""

from typing import Any

import pytest

from tests.integration.console.conftest import World


def only_policy(program: Any) -> dict[str, Any]:
    items = program("boss").get("/policies").json["items"]
    assert len(items) == 1
    return dict(items[0])


def test_a_policy_is_given_as_it_can_be_put(program: Any) -> None:
    policy = only_policy(program)

    assert set(policy) >= {
        "id", "estate", "category", "class", "customer_type", "targets", "levels", "apply_to_open",
    }  # fmt: skip
    assert policy["class"] == "P2"
    assert policy["targets"]["first_response"]["seconds"] == 1800
    assert policy["levels"] == [{"after": 0, "role": "lead"}, {"after": 900, "role": "supervisor"}]
    assert program("boss").put(f"/policies/{policy['id']}", policy).json == policy


def test_two_seconds_hold_for_new_tickets_until_the_old_body_is_put_back(program: Any, world: World) -> None:
    boss, policy = program("boss"), only_policy(program)
    shorter = policy | {"targets": {"first_response": policy["targets"]["first_response"] | {"seconds": 2}}}
    before = world.open()

    put = boss.put(f"/policies/{policy['id']}", shorter)

    def due(number: str) -> str:
        return str(boss.get(f"/tickets/{number}").json["targets"][0]["due_at"])

    assert (put.status_code, put.json["id"]) == (200, policy["id"])
    assert due(before) == "2027-01-06T02:30:00.000Z"
    assert due(world.open()) == "2027-01-06T02:00:02.000Z"

    boss.put(f"/policies/{policy['id']}", policy)

    assert due(world.open()) == "2027-01-06T02:30:00.000Z"


def test_a_change_can_apply_to_open_tickets(program: Any, world: World) -> None:
    policy, number = only_policy(program), world.open()
    policy["targets"]["first_response"]["seconds"] = 60

    program("boss").put(f"/policies/{policy['id']}", policy | {"apply_to_open": True})

    ticket = program("boss").get(f"/tickets/{number}").json
    assert ticket["targets"][0]["due_at"] == "2027-01-06T02:01:00.000Z"


def test_seconds_win_over_working_days_and_drop_a_warning_that_no_longer_fits(program: Any) -> None:
    policy = only_policy(program)
    target = {"seconds": 2, "working_days": 1, "calendar": "always", "warn": {"seconds": 600}}

    put = program("boss").put(f"/policies/{policy['id']}", policy | {"targets": {"first_response": target}})

    assert put.json["targets"] == {"first_response": {"seconds": 2, "calendar": "always"}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"targets": {}}, "targets"),
        ({"targets": {"first_response": {"seconds": 0}}}, "targets.first_response.seconds"),
        (
            {"targets": {"first_response": {"seconds": 5, "calendar": "none"}}},
            "targets.first_response.calendar",
        ),
        ({"levels": [{"after": 0, "role": "janitor"}]}, "levels.0.role"),
        ({"class": "P1"}, "class"),
        ({"id": 999}, "id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_promised_is_named(program: Any, change: dict[str, Any], field: str) -> None:
    policy = only_policy(program)

    answer = program("boss").put(f"/policies/{policy['id']}", policy | change)

    assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [field])
    assert only_policy(program) == policy


def test_only_a_supervisor_of_the_estate_changes_promises(program: Any) -> None:
    policy = only_policy(program)
    path = f"/policies/{policy['id']}"

    assert program("mei").put(path, policy).status_code == 403
    assert program("lead").put(path, policy).status_code == 403
    assert program("chan").get(path).status_code == 404
    assert program("boss").put("/policies/999", policy).status_code == 404


def test_the_page_changes_a_promise_too(browser: Any, program: Any) -> None:
    policy, boss = only_policy(program), browser("boss")
    form = {
        "first_response-number": "45",
        "first_response-unit": "min",
        "first_response-calendar": "always",
        "level-1-role": "supervisor",
        "level-1-number": "5",
        "level-1-unit": "min",
    }

    page = boss.get(f"/policies/{policy['id']}")
    saved = boss.post(f"/policies/{policy['id']}", htmx=False, **form)

    assert 'name="first_response-number" value="30"' in page.text
    assert saved.status_code == 302
    now = only_policy(program)
    assert now["targets"]["first_response"] == {
        "seconds": 2700,
        "calendar": "always",
        "warn": {"percent": 75},
    }
    assert now["levels"] == [{"after": 300, "role": "supervisor"}]
    assert "45 min" in boss.get("/policies").text


def test_the_page_refuses_what_is_no_number(browser: Any, program: Any) -> None:
    policy = only_policy(program)
    form = {"first_response-number": "soon", "level-1-role": "lead"}

    answer = browser("boss").post(f"/policies/{policy['id']}", htmx=False, **form)

    assert answer.status_code == 422
    assert only_policy(program) == policy
