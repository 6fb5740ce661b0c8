"""The sweep: warnings, breaches, the climb, who is told, and that each thing happens once."""

import threading
from datetime import date, timedelta

from sqlalchemy import func, select, text

from infra.runtime import Runtime
from tests.factories import NOW, make_ticket
from tests.integration.tickets.desk import Desk, levels, lines, read, target
from tickets import service, sweep
from tickets.actors import Actor
from tickets.history import EventKind
from tickets.models import Calendar, CalendarException, Escalation, TicketEvent
from tickets.words import TargetKind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


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


def test_a_paused_promise_cannot_be_broken(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.move_taken(tx, there, desk.agent, None, Actor.staff(desk.agent), now=now)
        service.wait(tx, there, "contractor", None, Actor.staff(desk.agent), now=now)
    desk.clock.advance(timedelta(days=13))
    desk.sweep()

    assert levels(desk) == []


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


def test_a_backlog_is_cleared_in_one_run_of_bounded_pages(desk: Desk):
    with desk.work() as (tx, now):
        for _ in range(500):
            make_ticket(tx, desk.estate, opened_at=now)
    desk.clock.set(NOW + 31 * MINUTE)

    pages = [desk.sweep(limit=100) for _ in range(6)]

    assert [page.escalated for page in pages] == [100] * 5 + [0]


def test_closed_dates_lengthen_a_promise_and_the_sweep_waits_for_them(desk: Desk):
    before = desk.open()
    with desk.work() as (tx, _):
        office = tx.query(Calendar).filter_by(code="office", estate_id=None).one()
        for day in (7, 8):
            office.exceptions.append(CalendarException(on_date=date(2027, 1, day), kind="closed"))
    after = desk.open()

    with desk.work() as (tx, _):
        early = target(tx, before, TargetKind.RESOLUTION).due_at
        late = target(tx, after, TargetKind.RESOLUTION).due_at
        assert late == early + timedelta(days=2)
        for ticket in (before, after):
            service.acknowledge(tx, read(tx, ticket), Actor.staff(desk.agent), now=NOW)
    desk.clock.set(early)
    assert [one.number for one in desk.sweep().touched if one.number == after.number] == []
    desk.clock.set(late)
    desk.sweep()
    with desk.work() as (tx, _):
        assert target(tx, after, TargetKind.RESOLUTION).breached_at == late
