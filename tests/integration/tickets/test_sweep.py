"""The sweep: warnings, breaches, the climb, who is told, and that each thing happens once."""

import threading
from datetime import timedelta

from sqlalchemy import func, select, text

from infra.outbox import OutboxItem
from infra.runtime import Runtime
from tests.factories import NOW, make_company, make_duty, make_staff, make_ticket
from tests.integration.tickets.desk import Desk, lines, read, target
from tickets import escalations, service, sweep, tellings
from tickets.actors import Actor
from tickets.history import EventKind
from tickets.models import DutySlot, Escalation, Staff, TicketEvent
from tickets.words import Role, TargetKind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def levels(desk: Desk) -> list[tuple[str, int, int]]:
    """(target, level, recipient) of every escalation, in order."""
    with desk.work() as (tx, _):
        rows = tx.execute(
            select(Escalation.target_kind, Escalation.level, Escalation.recipient_id).order_by(Escalation.id)
        )
        return [tuple(row) for row in rows]


def test_a_warning_comes_once_and_puts_the_ticket_forward(desk: Desk):
    ticket = desk.open()
    desk.clock.advance(23 * MINUTE)

    assert desk.sweep().warned == 1
    assert desk.sweep().claimed == 0

    with desk.work() as (tx, _):
        assert len(lines(tx, ticket, EventKind.WARNED)) == 1
        assert read(tx, ticket).rank_at == NOW - timedelta(minutes=120 + 60)
        assert read(tx, ticket).next_due_at == NOW + 30 * MINUTE
    assert levels(desk) == []


def test_unanswered_it_climbs_from_lead_to_supervisor_to_manager_once_each(desk: Desk):
    ticket = desk.open("common.lift")  # 5 minutes; then 0, 15 min, 1 h
    for minutes in (5, 5 + 15, 5 + 60):
        desk.clock.set(NOW + minutes * MINUTE)
        desk.sweep()
        desk.sweep()

    response = [row for row in levels(desk) if row[0] == "first_response"]
    assert response == [
        ("first_response", 1, desk.lead.id),
        ("first_response", 2, desk.supervisor.id),
        ("first_response", 3, desk.manager.id),
    ]
    with desk.work() as (tx, _):
        late = target(tx, ticket, TargetKind.FIRST_RESPONSE)
        assert (late.breached_at, late.level) == (NOW + 5 * MINUTE, 3)
        told = [line.data["level"] for line in lines(tx, ticket, EventKind.ESCALATED)]
        assert told == [1, 2, 1, 3, 2]  # the second 1 and 2 are those of the arrival on site
        assert read(tx, ticket).escalation_level == 3


def test_what_fell_due_while_nobody_swept_is_done_at_once_and_once(desk: Desk):
    desk.open()  # half an hour; then 0, 4 h, a working day
    desk.clock.set(NOW + 30 * MINUTE + 4 * HOUR)

    result = desk.sweep()

    assert result.escalated == 2
    assert levels(desk) == [
        ("first_response", 1, desk.lead.id),
        ("first_response", 2, desk.supervisor.id),
    ]
    assert desk.sweep().claimed == 0


def test_an_acknowledgement_stops_the_climb_and_meets_the_response(desk: Desk):
    ticket = desk.open()
    desk.clock.set(NOW + 31 * MINUTE)
    desk.sweep()
    with desk.work() as (tx, now):
        service.acknowledge(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)
    desk.clock.set(NOW + 6 * HOUR)
    desk.sweep()

    assert levels(desk) == [("first_response", 1, desk.lead.id)]
    with desk.work() as (tx, _):
        assert tx.execute(select(Escalation.acknowledged_by_id)).scalar_one() == desk.agent.id


def test_one_in_the_call_stops_the_climb_but_answers_nobody(desk: Desk):
    ticket = desk.open()
    desk.clock.set(NOW + 31 * MINUTE)
    desk.sweep()
    with desk.work() as (tx, now):
        told = tellings.begin_telling(tx, desk.lead.id, "tell:1", now=now)
        assert told is not None
        assert [one.ticket.number for one in told.escalations] == [ticket.number]
        done = escalations.acknowledge_telling(tx, told.telling.id, desk.lead.id, now=now)
        assert [t.number for t in done.stopped] == [ticket.number]
    desk.clock.set(NOW + 6 * HOUR)
    desk.sweep()

    assert levels(desk) == [("first_response", 1, desk.lead.id)]
    with desk.work() as (tx, _):
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).met_at is None
        assert len(lines(tx, ticket, EventKind.ESCALATION_ACKNOWLEDGED)) == 1


def test_whoever_presses_second_learns_who_has_it(desk: Desk):
    desk.open()
    desk.clock.set(NOW + 30 * MINUTE + 4 * HOUR)
    desk.sweep()
    with desk.work() as (tx, now):
        ids = tx.execute(select(Escalation.id).order_by(Escalation.level)).scalars().all()
        first = escalations.acknowledge_escalation(tx, ids[0], desk.lead.id, now=now)
        second = escalations.acknowledge_escalation(tx, ids[1], desk.supervisor.id, now=now)

        assert len(first.stopped) == 1
        assert first.held_by is None
        assert second.stopped == []
        assert second.held_by is not None
        assert second.held_by.id == desk.lead.id


def test_another_promise_broken_later_climbs_anew(desk: Desk):
    ticket = desk.open("common.lift")
    desk.clock.set(NOW + 6 * MINUTE)
    desk.sweep()
    with desk.work() as (tx, now):
        service.acknowledge(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)
    desk.clock.set(NOW + 15 * MINUTE)
    desk.sweep()

    assert levels(desk) == [("first_response", 1, desk.lead.id), ("on_site", 1, desk.lead.id)]


def test_an_empty_role_passes_up_and_the_skip_is_recorded(desk: Desk):
    with desk.work() as (tx, _):
        tx.query(DutySlot).filter_by(staff_id=desk.lead.id).update({"weekdays": 0})
    ticket = desk.open()
    desk.clock.set(NOW + 30 * MINUTE)
    desk.sweep()

    with desk.work() as (tx, _):
        row = tx.execute(select(Escalation)).scalar_one()
        assert (row.role, row.recipient_role, row.recipient_id) == ("lead", "supervisor", desk.supervisor.id)
        assert lines(tx, ticket, EventKind.ESCALATED)[0].data["skipped"] == ["lead"]


def test_with_nobody_on_duty_somebody_off_duty_is_told(desk: Desk):
    with desk.work() as (tx, _):
        tx.query(DutySlot).update({"weekdays": 0})
        tx.query(Staff).filter(Staff.id != desk.manager.id).update({"is_active": False})
    desk.open()
    desk.clock.set(NOW + 30 * MINUTE)
    desk.sweep()

    assert levels(desk) == [("first_response", 1, desk.manager.id)]


def test_an_estate_without_anybody_is_breached_and_looked_at_again(desk: Desk):
    with desk.work() as (tx, _):
        tx.query(Staff).update({"is_active": False})
    ticket = desk.open()
    desk.clock.set(NOW + 30 * MINUTE)

    assert desk.sweep().breached == 1

    assert levels(desk) == []
    with desk.work() as (tx, now):
        assert read(tx, ticket).next_due_at == now + MINUTE
        tx.query(Staff).update({"is_active": True})
    desk.clock.advance(MINUTE)
    desk.sweep()
    assert levels(desk) == [("first_response", 1, desk.lead.id)]


def test_the_recipient_is_who_is_on_duty_at_that_moment_in_that_estate(desk: Desk):
    with desk.work() as (tx, _):
        other = make_company(tx)
        stranger = make_staff(tx, Role.LEAD, (other,))
        make_duty(tx, other, stranger)
        swap = make_staff(tx, Role.LEAD, (desk.estate,))
        make_duty(tx, desk.estate, swap, valid_from=NOW.date(), valid_until=NOW.date() + timedelta(days=1))
    desk.open()
    desk.clock.set(NOW + 30 * MINUTE)
    desk.sweep()

    assert levels(desk) == [("first_response", 1, swap.id)]


def test_a_paused_promise_cannot_be_broken(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.move_taken(tx, there, desk.agent, None, Actor.staff(desk.agent), now=now)
        service.wait(tx, there, "contractor", None, Actor.staff(desk.agent), now=now)
    desk.clock.advance(timedelta(days=13))
    desk.sweep()

    assert levels(desk) == []


def test_one_request_to_tell_goes_out_for_each_person_and_page(desk: Desk):
    for _ in range(30):
        desk.open()
    desk.clock.set(NOW + 31 * MINUTE)

    result = desk.sweep()

    assert (result.escalated, result.recipients) == (30, {desk.lead.id})
    with desk.work() as (tx, now):
        asked = tx.execute(select(OutboxItem).where(OutboxItem.kind == "tell")).scalars().all()
        assert [one.payload for one in asked] == [{"recipient_id": desk.lead.id}]
        told = tellings.begin_telling(tx, desk.lead.id, asked[0].key, now=now)
        again = tellings.begin_telling(tx, desk.lead.id, asked[0].key, now=now)
        assert told is not None
        assert again is not None
        assert len(told.escalations) == 30
        assert again.telling.id == told.telling.id
        assert tellings.begin_telling(tx, desk.lead.id, "another", now=now) is None


def test_the_row_says_when_it_was_written_to_the_millisecond(desk: Desk):
    desk.open()
    desk.clock.set(NOW + 31 * MINUTE)
    desk.sweep()

    with desk.work() as (tx, _):
        age = tx.execute(select(func.clock_timestamp() - Escalation.at)).scalar_one()
        assert timedelta(0) <= age < timedelta(seconds=30)


def test_two_sweeps_at_one_moment_over_300_due_tickets_make_300_of_each(desk: Desk):
    with desk.work() as (tx, now):
        for _ in range(300):
            make_ticket(tx, desk.estate, opened_at=now)
    desk.clock.set(NOW + 31 * MINUTE)
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        while desk.sweep(limit=40).claimed:
            pass

    sweepers = [threading.Thread(target=run) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    while desk.sweep().claimed:  # whatever both had passed over as held by the other
        pass

    assert len(levels(desk)) == 300
    with desk.work() as (tx, _):
        told = select(func.count()).where(TicketEvent.kind == EventKind.ESCALATED.value)
        assert tx.execute(told).scalar_one() == 300


def test_a_sweep_that_dies_before_its_commit_leaves_nothing_and_the_next_does_all(desk: Desk):
    ticket = desk.open()
    desk.clock.set(NOW + 31 * MINUTE)
    try:
        with desk.work() as (tx, now):
            assert sweep.sweep_page(tx, now).escalated == 1
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    assert levels(desk) == []
    assert desk.sweep().escalated == 1
    with desk.work() as (tx, _):
        assert len(lines(tx, ticket, EventKind.ESCALATED)) == 1


def test_one_spoilt_ticket_does_not_hold_up_the_others(desk: Desk):
    spoilt, sound = desk.open(), desk.open()
    with desk.work() as (tx, _):
        tx.execute(
            text(
                "UPDATE ticket_targets SET promise = jsonb_set(promise, '{calendar}', '\"gone\"'), "
                "breached_at = due_at, level = 1 WHERE ticket_id = :id"
            ),
            {"id": spoilt.id},
        )
    desk.clock.set(NOW + 31 * MINUTE)

    assert desk.sweep().claimed == 2

    with desk.work() as (tx, now):
        assert read(tx, spoilt).next_due_at == now + MINUTE
        assert len(lines(tx, sound, EventKind.ESCALATED)) == 1


def test_a_page_is_claimed_while_others_hold_their_tickets(desk: Desk, runtime: Runtime):
    held, free = desk.open(), desk.open()
    desk.clock.set(NOW + 31 * MINUTE)
    with desk.work() as (tx, _):
        tx.execute(text("SELECT 1 FROM tickets WHERE id = :id FOR UPDATE"), {"id": held.id})

        assert desk.sweep().claimed == 1

    assert desk.sweep().claimed == 1
    with desk.work() as (tx, _):
        for ticket in (held, free):
            assert len(lines(tx, ticket, EventKind.ESCALATED)) == 1
