"""Policies as supervisors edit them: an id for ever, versions, estates of their own, open tickets on request."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import NOW, make_company
from tests.integration.tickets.desk import Desk, read, target
from tickets import policy_service, promises
from tickets.actors import Actor
from tickets.errors import FieldError, NotFound
from tickets.models import Policy
from tickets.words import TargetKind

SHORT: dict[str, Any] = {"first_response": {"seconds": 2, "calendar": "always"}}
CHAIN = [{"after": 0, "role": "lead"}, {"after": 5, "role": "supervisor"}]


def own(desk: Desk, line: str = "p2") -> int:
    with desk.work() as (tx, _):
        return tx.query(Policy).filter_by(code=f"{desk.estate.code}:{line}").one().id


def body(desk: Desk, policy_id: int) -> dict[str, Any]:
    with desk.work() as (tx, _):
        return policy_service.body_of(tx, tx.get_one(Policy, policy_id))


def put(desk: Desk, policy_id: int, **changes: Any) -> None:
    with desk.work() as (tx, now):
        new = policy_service.body_of(tx, tx.get_one(Policy, policy_id)) | changes
        policy_service.put_policy(tx, policy_id, new, Actor.staff(desk.supervisor), now=now)


def response_of(desk: Desk, **values: object) -> timedelta:
    """How long a ticket that is opened now has for its first response."""
    ticket = desk.open(**values)  # type: ignore[arg-type]
    with desk.work() as (tx, now):
        return target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at - now


def test_two_seconds_hold_for_new_tickets_and_the_old_body_brings_the_old_promise_back(desk: Desk):
    policy_id = own(desk)
    old = body(desk, policy_id)

    put(desk, policy_id, targets=SHORT, levels=CHAIN)
    assert response_of(desk) == timedelta(seconds=2)
    shown = body(desk, policy_id)
    assert (shown["id"], shown["targets"], shown["levels"]) == (policy_id, SHORT, CHAIN)

    put(desk, policy_id, **old)
    assert response_of(desk) == timedelta(minutes=30)
    assert body(desk, policy_id) == old


def test_open_tickets_keep_their_promise_unless_asked(desk: Desk):
    policy_id = own(desk)
    ticket = desk.open()
    desk.clock.advance(timedelta(seconds=10))

    put(desk, policy_id, targets=SHORT, levels=CHAIN)
    with desk.work() as (tx, _):
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at == NOW + timedelta(minutes=30)

    put(desk, policy_id, targets=SHORT, levels=CHAIN, apply_to_open=True)
    with desk.work() as (tx, now):
        moved = target(tx, ticket, TargetKind.FIRST_RESPONSE)
        assert (moved.due_at, moved.breached_at) == (NOW + timedelta(seconds=2), now)
        assert target(tx, ticket, TargetKind.RESOLUTION).ended_at == now
        assert read(tx, ticket).policy_version == 2
    assert desk.sweep().escalated == 1


def test_another_process_sees_the_new_promise_at_its_next_ticket(desk: Desk):
    """The stamp decides: what this process remembers is dropped when the row says another."""
    policy_id = own(desk)
    response_of(desk)
    with desk.work() as (tx, _):
        remembered = promises.remembered(tx)
    put(desk, policy_id, targets=SHORT, levels=CHAIN)
    with desk.work() as (tx, _):
        promises._kept[promises.engine_of(tx)] = remembered

    assert response_of(desk) == timedelta(seconds=2)


def test_a_rolled_back_edit_leaves_no_trace_in_memory(desk: Desk):
    policy_id = own(desk)
    with pytest.raises(ZeroDivisionError), desk.work() as (tx, now):
        new = policy_service.body_of(tx, tx.get_one(Policy, policy_id)) | {"targets": SHORT}
        policy_service.put_policy(tx, policy_id, new, Actor.SYSTEM, now=now)
        assert promises.load(tx).line_for(desk.estate.id, "home.water", "P2", None) is not None
        raise ZeroDivisionError

    assert response_of(desk) == timedelta(minutes=30)


def test_a_supervisor_sees_and_edits_the_lines_of_own_estates_only(desk: Desk):
    with desk.work() as (tx, _):
        other = make_company(tx)
        shown = policy_service.list_policies(tx, {desk.estate.id})

        assert {policy.estate_id for policy in shown} == {desk.estate.id}
        with pytest.raises(NotFound):
            policy_service.get_policy(tx, shown[0].id, {other.id})


def test_the_first_line_in_the_list_that_names_the_ticket_is_the_one_it_takes(desk: Desk):
    cases = [("home.water", "P2"), ("home.water", "P1"), ("security.noise", "P2"), ("emergency.gas", "P0")]
    for category, priority_class in cases:
        ticket = desk.open(category, priority_class=priority_class)
        with desk.work() as (tx, _):
            first = next(
                policy
                for policy in policy_service.list_policies(tx, {desk.estate.id})
                if policy.category_code in (None, category)
                and policy.priority_class in (None, priority_class)
            )
            assert read(tx, ticket).policy_id == first.id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"targets": {}}, "targets"),
        ({"levels": []}, "levels"),
        ({"targets": {"first_response": {"seconds": 0}}}, "targets.first_response.seconds"),
        ({"targets": {"tea": {"seconds": 5}}}, "targets.tea"),
        (
            {"targets": {"resolution": {"seconds": 5, "calendar": "moon"}}},
            "targets.resolution.calendar",
        ),
        ({"levels": [{"after": 0, "role": "king"}]}, "levels.1.role"),
        ({"class": "P1"}, "class"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused_at_its_field(
    desk: Desk, changes: dict[str, Any], field: str
):
    with pytest.raises(FieldError) as refusal:
        put(desk, own(desk), **changes)

    assert refusal.value.field == field


def test_every_category_of_every_estate_is_promised_something(desk: Desk):
    with desk.work() as (tx, _):
        known = promises.load(tx)
        for category in known.categories.values():
            for priority_class in ("P0", "P1", "P2", "P3"):
                line = known.line_for(desk.estate.id, category.code, priority_class, None)
                assert line is not None, (category, priority_class)
                assert any(t.kind is TargetKind.FIRST_RESPONSE for t in line.rule.targets)
