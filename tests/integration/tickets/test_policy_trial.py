"""A changed policy tried on past and open tickets: what would have been late, and which dates would move."""

from datetime import timedelta

import pytest

from tests.integration.tickets.desk import Desk, read
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
    waiting = desk.open()

    found = trial(desk, 10 * 60)["first_response"]

    assert (found.tickets, found.late, found.would_be_late, found.more) == (5, 1, 3, 2)
    assert (found.moving, found.furthest) == (1, -20 * MINUTE)
    with desk.work() as (tx, _):
        assert read(tx, waiting).policy_version == 1


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
