"""A changed policy tried on past and open tickets: what would have been late, and which dates would move."""

from datetime import timedelta

import pytest

from tests.integration.tickets.desk import Desk, read, target
from tests.integration.tickets.test_clocks import taken
from tests.integration.tickets.test_policies_edited import body, own
from tickets import policy_service, service
from tickets.actors import Actor
from tickets.errors import FieldError
from tickets.models import Policy, Ticket
from tickets.policy_trial import Trial, try_on_past

MINUTE = timedelta(minutes=1)


def answered_after(desk: Desk, minutes: int) -> Ticket:
    """A ticket whose first answer took that long."""
    ticket = desk.open()
    desk.clock.advance(minutes * MINUTE)
    with desk.work() as (tx, now):
        service.acknowledge(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)
    return ticket


def trial(desk: Desk, seconds: int) -> dict[str, Trial]:
    policy_id = own(desk)
    wanted = body(desk, policy_id)
    wanted["targets"]["first_response"] = {"seconds": seconds, "calendar": "always"}
    with desk.work() as (tx, now):
        found = try_on_past(tx, tx.get_one(Policy, policy_id), wanted, now=now)
    return {one.kind.value: one for one in found}


def test_a_shorter_promise_would_have_been_broken_more_often(desk: Desk):
    for minutes in (5, 12, 25, 40):
        answered_after(desk, minutes)
    fresh = desk.open()

    found = trial(desk, 10 * 60)["first_response"]

    assert (found.tickets, found.late, found.would_be_late, found.more) == (5, 1, 3, 2)
    assert (found.moving, found.furthest) == (1, -20 * MINUTE)
    with desk.work() as (tx, _):
        assert read(tx, fresh).policy_version == 1


def test_the_promise_as_it_is_moves_nothing_even_where_a_clock_stands(desk: Desk):
    ticket = taken(desk)
    desk.open()
    with desk.work() as (tx, now):
        service.wait(tx, read(tx, ticket), "parts", None, Actor.staff(desk.agent), now=now)
    desk.clock.advance(10 * MINUTE)
    policy_id = own(desk)
    same = body(desk, policy_id)

    with desk.work() as (tx, now):
        found = try_on_past(tx, tx.get_one(Policy, policy_id), same, now=now)

    assert {one.tickets for one in found} >= {2}
    assert all((one.more, one.moving) == (0, 0) for one in found)


def test_an_open_ticket_of_long_ago_would_move_but_counts_as_none_of_the_last_days(desk: Desk):
    desk.open()
    desk.clock.advance(timedelta(days=100))

    found = trial(desk, 10 * 60)["first_response"]

    assert (found.tickets, found.late, found.would_be_late) == (0, 0, 0)
    assert (found.moving, found.furthest) == (1, -20 * MINUTE)


def test_what_is_tried_is_what_open_tickets_get_when_it_is_applied(desk: Desk):
    ticket = desk.open()
    policy_id = own(desk)
    wanted = body(desk, policy_id)
    wanted["targets"]["first_response"] = {"seconds": 3600, "calendar": "always"}
    with desk.work() as (tx, now):
        before = target(tx, read(tx, ticket), "first_response").due_at
        tried = try_on_past(tx, tx.get_one(Policy, policy_id), wanted, now=now)[0]
        policy_service.put_policy(
            tx, policy_id, wanted | {"apply_to_open": True}, Actor.staff(desk.supervisor), now=now
        )

    with desk.work() as (tx, _):
        after = target(tx, read(tx, ticket), "first_response").due_at
    assert (tried.kind, tried.moving, tried.furthest) == ("first_response", 1, after - before)


def test_nothing_is_written_and_an_impossible_promise_is_refused(desk: Desk):
    ticket = desk.open()
    policy_id = own(desk)
    before = body(desk, policy_id)
    trial(desk, 60)
    with desk.work() as (tx, now), pytest.raises(FieldError):
        wrong = before | {"targets": {"first_response": {"seconds": 60, "calendar": "nowhere"}}}
        try_on_past(tx, tx.get_one(Policy, policy_id), wrong, now=now)

    assert body(desk, policy_id) == before
    with desk.work() as (tx, _):
        assert read(tx, ticket).version == 1
        assert policy_service.body_of(tx, tx.get_one(Policy, policy_id)) == before
