"""A ticket from opening to the second ending: clocks, moves, refusals and history on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOW, make_ticket
from tests.integration.tickets.desk import Desk, lines, read, target
from tickets import service
from tickets.actors import Actor
from tickets.errors import EditConflict, FieldError, NotAllowed, NotOpen, TooLateToReopen
from tickets.history import EventKind
from tickets.models import Ticket, TicketInterval
from tickets.words import TargetKind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def assigned(desk: Desk, category: str = "home.water") -> Ticket:
    ticket = desk.open(category)
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.move_reserved(tx, there, 7, desk.agent.login, now=now)
        service.move_accepted(tx, there, desk.agent, 7, now=now)
    return ticket


def test_an_ordinary_repair_is_promised_an_answer_in_half_an_hour_and_repair_in_three_working_days(
    desk: Desk,
):
    ticket = desk.open()

    with desk.work() as (tx, _):
        response = target(tx, ticket, TargetKind.FIRST_RESPONSE)
        repair = target(tx, ticket, TargetKind.RESOLUTION)
        assert response.due_at == NOW + 30 * MINUTE
        assert response.warn_at == NOW + timedelta(minutes=22, seconds=30)
        assert repair.due_at == datetime(2027, 1, 11, 10, 0, tzinfo=UTC)  # Monday 18:00 in Taipei
        assert read(tx, ticket).next_due_at == response.warn_at


def test_an_accepted_reservation_meets_the_first_response_and_moves_no_other_date(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, _):
        before = target(tx, ticket, TargetKind.RESOLUTION).due_at

    desk.clock.advance(10 * MINUTE)
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.move_reserved(tx, there, 7, desk.agent.login, now=now)
        service.move_accepted(tx, there, desk.agent, 7, now=now)

        assert there.assignee is not None
        assert (there.state, there.assignee.login, there.seat_id) == ("assigned", desk.agent.login, 7)
        assert there.acknowledged_at == now
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).met_at == now
        assert target(tx, ticket, TargetKind.RESOLUTION).due_at == before


def test_a_note_and_the_system_answer_nobody_but_an_acknowledgement_does(desk: Desk):
    ticket = desk.open()

    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.note(tx, there, "Rang back, engaged", Actor.staff(desk.agent), now=now)
        with pytest.raises(FieldError):
            service.acknowledge(tx, there, Actor.SYSTEM, now=now)
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).met_at is None
        service.acknowledge(tx, there, Actor.staff(desk.lead), now=now)

        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).met_at == now
        assert (there.state, there.acknowledged_by_id) == ("queued", desk.lead.id)


def test_waiting_moves_the_due_instant_by_as_much_as_it_lasted(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        service.wait(tx, read(tx, ticket), "parts", None, Actor.staff(desk.agent), now=now)
    desk.clock.advance(3 * HOUR)  # 13:00 in Taipei: two of them were office hours
    with desk.work() as (tx, now):
        service.resume(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)

    with desk.work() as (tx, _):
        moved = target(tx, ticket, TargetKind.RESOLUTION)
        assert moved.due_at == datetime(2027, 1, 12, 2, 0, tzinfo=UTC)  # Monday's last two hours, on Tuesday
        stretches = tx.query(TicketInterval).filter_by(ticket_id=ticket.id).order_by(TicketInterval.id).all()
        assert [s.kind for s in stretches] == ["running", "paused", "running"]
        assert (stretches[1].reason, stretches[1].by_id) == ("parts", desk.agent.id)


def test_waiting_needs_a_known_reason_and_an_end_to_come(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        for reason, until in (("", None), ("tired", None), ("parts", now)):
            with pytest.raises(FieldError):
                service.wait(tx, read(tx, ticket), reason, until, Actor.staff(desk.agent), now=now)


def test_an_emergency_never_pauses(desk: Desk):
    ticket = assigned(desk, "emergency.lift")
    with desk.work() as (tx, now):
        before = target(tx, ticket, TargetKind.RESOLUTION).due_at
        service.wait(tx, read(tx, ticket), "contractor", None, Actor.staff(desk.agent), now=now)

        assert target(tx, ticket, TargetKind.RESOLUTION).due_at == before


def test_a_pause_at_its_cap_lets_the_clock_run_and_says_so(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        service.wait(tx, read(tx, ticket), "resident", None, Actor.staff(desk.agent), now=now)
        due_at = target(tx, ticket, TargetKind.RESOLUTION).due_at
    desk.clock.set(datetime(2027, 1, 11, 3, 0, tzinfo=UTC))  # three working days on, and an hour

    desk.sweep()

    with desk.work() as (tx, _):
        there = read(tx, ticket)
        assert there.state == "waiting"
        assert lines(tx, ticket, EventKind.PAUSE_ENDED)
        assert target(tx, ticket, TargetKind.RESOLUTION).due_at == due_at
        stretches = tx.query(TicketInterval).filter_by(ticket_id=ticket.id).order_by(TicketInterval.id).all()
        assert stretches[1].ends_at == datetime(2027, 1, 11, 2, 0, tzinfo=UTC)


def test_a_move_that_the_table_lacks_is_refused_with_those_it_has(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now), pytest.raises(NotAllowed) as refusal:
        service.resume(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)

    assert "resolve" in refusal.value.facts["allowed"]


def test_resolving_needs_a_result_code_of_the_estate(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        with pytest.raises(FieldError):
            service.resolve(tx, read(tx, ticket), "magic", None, Actor.staff(desk.agent), now=now)
        service.resolve(tx, read(tx, ticket), "done", "New washer", Actor.staff(desk.agent), now=now)

        there = read(tx, ticket)
        assert (there.state, there.disposition, there.resolved_at) == ("resolved", "done", now)
        assert target(tx, ticket, TargetKind.RESOLUTION).met_at == now
        assert there.next_due_at is None
        with pytest.raises(NotOpen):
            service.chase(tx, there, Actor.CALLER, now=now)


def test_reopened_work_has_its_old_resolution_less_the_time_between_and_a_new_response(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        before = target(tx, ticket, TargetKind.RESOLUTION).due_at
        service.resolve(tx, read(tx, ticket), "done", None, Actor.staff(desk.agent), now=now)
    desk.clock.advance(timedelta(days=1))  # Thursday 10:00
    with desk.work() as (tx, now):
        with pytest.raises(FieldError):
            service.reopen(tx, read(tx, ticket), " ", Actor.CALLER, now=now)
        service.reopen(tx, read(tx, ticket), "Still drips", Actor.CALLER, now=now)

        there = read(tx, ticket)
        assert (there.state, there.reopened_count, there.assignee_id) == ("queued", 1, None)
        assert there.acknowledged_at is None
        again = target(tx, ticket, TargetKind.FIRST_RESPONSE)
        assert (again.round, again.due_at) == (2, now + 30 * MINUTE)
        assert target(tx, ticket, TargetKind.RESOLUTION).due_at == before + timedelta(days=1)


def test_after_seven_days_it_is_a_new_ticket(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        service.resolve(tx, read(tx, ticket), "done", None, Actor.staff(desk.agent), now=now)
    desk.clock.advance(timedelta(days=7, seconds=1))
    with desk.work() as (tx, now), pytest.raises(TooLateToReopen):
        service.reopen(tx, read(tx, ticket), "Still drips", Actor.CALLER, now=now)


def test_the_second_editor_is_told_and_overwrites_nothing(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        service.edit(tx, read(tx, ticket), {"text": "first"}, 1, Actor.staff(desk.agent), now=now)
    with desk.work() as (tx, now), pytest.raises(EditConflict):
        service.edit(tx, read(tx, ticket), {"text": "second"}, 1, Actor.staff(desk.lead), now=now)

    with desk.work() as (tx, _):
        assert read(tx, ticket).text == "first"
        assert lines(tx, ticket, EventKind.EDITED)[0].data == {"text": ["", "first"]}


def test_a_move_in_between_spoils_nobodys_form(desk: Desk):
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        changed = service.edit(tx, read(tx, ticket), {"text": "more"}, 1, Actor.staff(desk.agent), now=now)

    assert changed == {"text"}


def test_a_higher_class_is_promised_from_creation_and_what_is_past_breaches_now(desk: Desk):
    ticket = desk.open()
    desk.clock.advance(20 * MINUTE)
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.edit(tx, there, {"priority_class": "P1"}, 1, Actor.staff(desk.lead), now=now)

        response = target(tx, ticket, TargetKind.FIRST_RESPONSE)
        assert response.due_at == NOW + 5 * MINUTE
        assert response.breached_at == now
        assert lines(tx, ticket, EventKind.BREACHED)[0].data["reason"] == "re-prioritised"
        recalculated = lines(tx, ticket, EventKind.RECALCULATED)[0].data["due"]["first_response"]
        assert recalculated == [(NOW + 30 * MINUTE).isoformat(), (NOW + 5 * MINUTE).isoformat()]
        assert target(tx, ticket, TargetKind.ON_SITE).due_at == NOW + 30 * MINUTE


def test_a_new_category_brings_its_queue_and_class(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.edit(tx, there, {"category_code": "common.lift"}, 1, Actor.staff(desk.lead), now=now)

        assert (there.queue_code, there.priority_class) == ("common_repairs", "P1")
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at == NOW + 5 * MINUTE


def test_a_second_chase_within_half_an_hour_is_stored_and_sends_nothing(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        first = service.chase(tx, read(tx, ticket), Actor.CALLER, now=now)
    desk.clock.advance(29 * MINUTE)
    with desk.work() as (tx, now):
        second = service.chase(tx, read(tx, ticket), Actor.CALLER, now=now)
        assert read(tx, ticket).rank_at == NOW - timedelta(minutes=120 + 60)

    assert (first.count, first.is_sent) == (1, True)
    assert (second.count, second.is_sent) == (2, False)


def test_arrival_meets_its_own_target_only(desk: Desk):
    ticket = desk.open("common.lift")
    with desk.work() as (tx, now):
        service.arrive(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)

        assert target(tx, ticket, TargetKind.ON_SITE).met_at == now
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).met_at is None


def test_cancelling_ends_every_clock_unmet(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        service.cancel(tx, read(tx, ticket), "Sorted itself out", Actor.CALLER, now=now)

        assert target(tx, ticket, TargetKind.RESOLUTION).met_at is None
        assert target(tx, ticket, TargetKind.RESOLUTION).ended_at == now
        assert read(tx, ticket).next_due_at is None


def test_every_act_leaves_a_line_with_its_author(desk: Desk):
    agent = Actor.staff(desk.agent)
    ticket = assigned(desk)
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.note(tx, there, "n", agent, now=now)
        service.chase(tx, there, Actor.CALLER, now=now)
        service.wait(tx, there, "parts", None, agent, now=now)
        service.resume(tx, there, agent, now=now)
        service.move_returned(tx, there, "off duty", Actor.SYSTEM, now=now)
        service.move_taken(tx, there, desk.lead, None, Actor.staff(desk.lead), now=now)
        service.edit(tx, there, {"text": "t"}, 1, agent, now=now)
        service.resolve(tx, there, "done", None, agent, now=now)
        service.reopen(tx, there, "r", Actor.CALLER, now=now)
        service.acknowledge(tx, there, agent, now=now)
        service.cancel(tx, there, "c", agent, now=now)

        told = [(line.kind, line.actor) for line in lines(tx, ticket)]
    name = f"staff:{desk.agent.login}"
    assert told == [
        ("opened", "caller"),
        ("reserved", "system"),
        ("accepted", name),
        ("noted", name),
        ("chased", "caller"),
        ("asked", "caller"),
        ("waiting", name),
        ("resumed", name),
        ("returned", "system"),
        ("taken", f"staff:{desk.lead.login}"),
        ("edited", name),
        ("resolved", name),
        ("reopened", "caller"),
        ("acknowledged", name),
        ("cancelled", name),
    ]


def test_two_seconds_are_a_promise_too(desk: Desk):
    """A ticket that waited is taken late by a hair: met, and breached."""
    ticket = desk.open()
    desk.clock.advance(30 * MINUTE + timedelta(seconds=2))
    with desk.work() as (tx, now):
        service.acknowledge(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)

        late = target(tx, ticket, TargetKind.FIRST_RESPONSE)
        assert (late.met_at, late.breached_at) == (now, NOW + 30 * MINUTE)


def test_night_calls_are_answered_within_two_hours(desk: Desk):
    night = datetime(2027, 1, 6, 15, 0, tzinfo=UTC)  # 23:00 in Taipei
    with desk.work() as (tx, _):
        ticket = make_ticket(tx, desk.estate, opened_at=night)

        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at == night + 2 * HOUR
