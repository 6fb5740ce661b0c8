"""Clocks beside the first one: the next answer, dates set by hand, reminders, storms, and the list behind it all."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from infra.outbox import OutboxItem
from tests.factories import NOW, make_estate, make_ticket
from tests.integration.tickets.desk import Desk, levels, lines, read, target
from tickets import escalations, service, storms, tellings
from tickets.actors import Actor
from tickets.errors import FieldError
from tickets.explained import explain
from tickets.history import EventKind
from tickets.models import Category, Reminder, Ticket
from tickets.setup import install_estate
from tickets.words import Kind, Source, TargetKind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def taken(desk: Desk, category: str = "home.water") -> Ticket:
    """A ticket that an agent works on."""
    ticket = desk.open(category, phone_e164="+886912345678")
    with desk.work() as (tx, now):
        service.move_taken(tx, read(tx, ticket), desk.agent, None, Actor.staff(desk.agent), now=now)
    return ticket


def test_the_first_unanswered_message_starts_a_clock_of_its_own(desk: Desk):
    ticket = taken(desk)
    desk.clock.advance(HOUR)
    with desk.work() as (tx, now):
        before = {one.kind: one.due_at for one in read(tx, ticket).targets}
        service.note(tx, read(tx, ticket), "Water is in the hall now", Actor.CALLER, now=now)
        asked = target(tx, ticket, TargetKind.NEXT_RESPONSE)
        assert (asked.started_at, asked.due_at) == (now, now + 30 * MINUTE)

    desk.clock.advance(10 * MINUTE)
    with desk.work() as (tx, now):
        service.note(tx, read(tx, ticket), "Hello?", Actor.CALLER, now=now)
        service.note(tx, read(tx, ticket), "A note to ourselves", Actor.staff(desk.agent), now=now)
        still = target(tx, ticket, TargetKind.NEXT_RESPONSE)
        assert (still.id, still.met_at) == (asked.id, None)

    desk.clock.advance(5 * MINUTE)
    with desk.work() as (tx, now):
        service.reply(tx, read(tx, ticket), "We come at three.", Actor.staff(desk.agent), now=now)
        assert target(tx, ticket, TargetKind.NEXT_RESPONSE).met_at == now
        assert target(tx, ticket, TargetKind.RESOLUTION).met_at is None
        after = {one.kind: one.due_at for one in read(tx, ticket).targets}
        assert before.items() <= after.items()
        posted = tx.execute(select(OutboxItem).where(OutboxItem.kind == "ticket.reply")).scalars().all()
        assert [item.payload["ticket_id"] for item in posted] == [ticket.id]


def test_before_the_first_answer_no_second_one_is_owed(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        service.chase(tx, read(tx, ticket), Actor.CALLER, now=now)
        assert [one.kind for one in read(tx, ticket).targets] == ["first_response", "resolution"]


def test_resolution_is_met_on_the_last_entry_into_done(desk: Desk):
    ticket = taken(desk)
    agent = Actor.staff(desk.agent)
    for reason in ("It drips again", "And again"):
        desk.clock.advance(HOUR)
        with desk.work() as (tx, now):
            service.resolve(tx, read(tx, ticket), "done", None, agent, now=now)
            assert target(tx, ticket, TargetKind.RESOLUTION).met_at == now
        with desk.work() as (tx, now):
            service.reopen(tx, read(tx, ticket), reason, Actor.CALLER, now=now)
            assert target(tx, ticket, TargetKind.RESOLUTION).met_at is None
    desk.clock.advance(HOUR)
    with desk.work() as (tx, now):
        service.resolve(tx, read(tx, ticket), "done", None, agent, now=now)
        assert target(tx, ticket, TargetKind.RESOLUTION).met_at == now
        assert read(tx, ticket).reopened_count == 2


def test_a_date_set_by_hand_needs_a_reason_and_is_never_moved(desk: Desk):
    ticket = taken(desk)
    agent = Actor.staff(desk.agent)
    agreed = NOW + timedelta(days=2)
    with desk.work() as (tx, now):
        with pytest.raises(FieldError):
            service.set_due(tx, read(tx, ticket), "resolution", agreed, " ", agent, now=now)
        with pytest.raises(FieldError):
            service.set_due(tx, read(tx, ticket), "resolution", now, "Agreed by phone", agent, now=now)
        with pytest.raises(FieldError):
            service.set_due(tx, read(tx, ticket), "on_site", agreed, "Agreed by phone", agent, now=now)
        service.set_due(tx, read(tx, ticket), "resolution", agreed, "Agreed by phone", agent, now=now)

    with desk.work() as (tx, now):
        service.wait(tx, read(tx, ticket), "parts", None, agent, now=now)
    desk.clock.advance(24 * HOUR)
    with desk.work() as (tx, now):
        service.resume(tx, read(tx, ticket), agent, now=now)
        service.edit(tx, read(tx, ticket), {"priority_class": "P1"}, 1, agent, now=now)
        service.edit(tx, read(tx, ticket), {"category_code": "home.other"}, 2, agent, now=now)

        set_ = target(tx, ticket, TargetKind.RESOLUTION)
        assert (set_.due_at, set_.is_by_hand, set_.by_hand_reason) == (agreed, True, "Agreed by phone")
        told = lines(tx, ticket, EventKind.DUE_SET)
        assert [line.data["reason"] for line in told] == ["Agreed by phone"]
        assert told[0].data["due_at"][1] == agreed.isoformat()


def reminded_at(desk: Desk, until: datetime, step: timedelta) -> list[datetime]:
    """Let time pass in steps, sweeping; when each reminder was written."""
    found: list[datetime] = []
    while desk.clock.now() < until:
        desk.clock.advance(step)
        desk.sweep()
        with desk.work() as (tx, now):
            many = len(tx.execute(select(Reminder.id)).all())
        found += [now] * (many - len(found))
    return found


def test_reminders_back_off_and_stop_at_five(desk: Desk):
    ticket = desk.open("common.lift")  # the last level, the manager, an hour after each breach
    desk.clock.advance(5 * MINUTE)
    with desk.work() as (tx, now):
        service.arrive(tx, read(tx, ticket), Actor.staff(desk.agent), now=now)
    desk.sweep()
    desk.clock.advance(15 * MINUTE)
    desk.sweep()
    desk.clock.advance(45 * MINUTE)
    desk.sweep()
    told_at = desk.clock.now()

    reminders = reminded_at(desk, told_at + 20 * HOUR, 30 * MINUTE)

    assert [at - told_at for at in reminders] == [n * HOUR for n in (1, 2, 4, 8, 16)]
    with desk.work() as (tx, now):
        told = lines(tx, ticket, EventKind.REMINDED)
        assert [line.data["number"] for line in told] == [1, 2, 3, 4, 5]
        assert {line.data["recipient"] for line in told} == {desk.manager.login}
        begun = tellings.begin_telling(tx, desk.manager.id, "again", now=now)
        assert begun is not None
        assert {one.level for one in begun.escalations} == {3}


def test_an_acknowledgement_ends_the_reminders_and_covers_what_was_told_again(desk: Desk):
    desk.open("common.lift")
    desk.clock.advance(66 * MINUTE)
    desk.sweep()
    desk.clock.advance(HOUR)
    desk.sweep()
    with desk.work() as (tx, now):
        begun = tellings.begin_telling(tx, desk.manager.id, "both", now=now)
        assert begun is not None
        done = escalations.acknowledge_telling(tx, begun.telling.id, desk.manager.id, now=now)
        assert len(done.stopped) == 1

    assert len(reminded_at(desk, desk.clock.now() + 5 * HOUR, HOUR)) == 1


def test_reminders_of_an_office_promise_keep_to_office_hours_even_after_an_outage(desk: Desk):
    ticket = desk.open("services.fees")  # four office hours: due at 15:00 in Taipei; the lead at once
    desk.clock.set(NOW + 5 * HOUR)
    desk.sweep()
    desk.clock.set(NOW + 15 * HOUR)  # 01:00 at night; the reminder of 16:00 was missed

    desk.sweep()
    with desk.work() as (tx, _):
        assert lines(tx, ticket, EventKind.REMINDED) == []
        assert read(tx, ticket).next_due_at == datetime(2027, 1, 7, 0, 0, tzinfo=UTC)  # 08:00 in Taipei

    desk.clock.set(datetime(2027, 1, 7, 0, 0, tzinfo=UTC))
    desk.sweep()
    with desk.work() as (tx, _):
        assert len(lines(tx, ticket, EventKind.REMINDED)) == 1


def test_a_late_ticket_that_nobody_has_climbs_like_any_other(desk: Desk):
    nobody, somebody = desk.open("home.other"), taken(desk, "home.other")
    desk.clock.advance(timedelta(days=30))
    desk.sweep()

    with desk.work() as (tx, _):
        assert read(tx, nobody).assignee_id is None
        assert (
            target(tx, nobody, TargetKind.RESOLUTION).level
            == target(tx, somebody, TargetKind.RESOLUTION).level
        )
    assert {level for kind, level, _ in levels(desk) if kind == "resolution"} == {1, 2, 3}


def test_each_due_instant_is_explained_by_stretches_that_add_up(desk: Desk):
    ticket = taken(desk)  # 10:00 in Taipei, repair in three working days by the office's hours
    agent = Actor.staff(desk.agent)
    desk.clock.advance(HOUR)
    with desk.work() as (tx, now):
        service.wait(tx, read(tx, ticket), "parts", None, agent, now=now)
    desk.clock.advance(3 * HOUR)
    with desk.work() as (tx, now):
        service.resume(tx, read(tx, ticket), agent, now=now)
    desk.clock.advance(HOUR)

    with desk.work() as (tx, now):
        found = explain(tx, read(tx, ticket), now)
        repair = next(one for one in found.targets if one.target.kind == "resolution")
        answer = next(one for one in found.targets if one.target.kind == "first_response")
        told = [(one.kind, one.reason, one.by) for one in found.stretches]
        assert told == [
            ("running", "", None),
            ("paused", "parts", desk.agent.login),
            ("running", "", desk.agent.login),
        ]
        assert (answer.calendar, repair.calendar) == ("always", "office")
        assert repair.used == 2 * HOUR  # 10–11 and 14–15; lunch and the pause count nothing
        assert found.paused == {"parts": 3 * HOUR}
        assert repair.used + repair.left == repair.length


def test_due_times_are_right_on_both_nights_of_a_clock_change(desk: Desk):
    with desk.work() as (tx, _):
        estate = make_estate(tx, "NYC", timezone="America/New_York", hotline_e164="+12125550100")
        install_estate(tx, estate, now=NOW)
    cases = {
        # forward, 13 to 14 March 2027: 24 real hours end at 13:00 on the clock
        datetime(2027, 3, 13, 17, 0, tzinfo=UTC): datetime(2027, 3, 14, 17, 0, tzinfo=UTC),
        # back, 6 to 7 November 2027: 24 real hours end at 11:00
        datetime(2027, 11, 6, 16, 0, tzinfo=UTC): datetime(2027, 11, 7, 16, 0, tzinfo=UTC),
    }
    offices = {
        # Friday 12 March, 17:30 + 4 office hours = Monday 11:30, which is 15:30 UTC and no longer 16:30
        datetime(2027, 3, 12, 22, 30, tzinfo=UTC): datetime(2027, 3, 15, 15, 30, tzinfo=UTC),
        # Friday 5 November, 17:30 + 4 office hours = Monday 11:30, which is 16:30 UTC and no longer 15:30
        datetime(2027, 11, 5, 21, 30, tzinfo=UTC): datetime(2027, 11, 8, 16, 30, tzinfo=UTC),
    }
    for opened_at, due_at in cases.items():
        with desk.work() as (tx, _):
            ticket = make_ticket(tx, estate, "common.lift", opened_at=opened_at)
            assert target(tx, ticket, TargetKind.RESOLUTION).due_at == due_at
    for opened_at, due_at in offices.items():
        with desk.work() as (tx, _):
            ticket = make_ticket(tx, estate, "services.fees", opened_at=opened_at)
            assert target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at == due_at


def test_every_opinion_has_a_time_for_answer_and_settlement_and_climbs(desk: Desk):
    with desk.work() as (tx, now):
        opinions = [
            leaf.code
            for leaf in tx.execute(select(Category)).scalars()
            if leaf.queue_code and leaf.kind in {Kind.COMPLAINT, Kind.SUGGESTION, Kind.PRAISE}
        ]
        assert len(opinions) >= 3
        opened = [
            make_ticket(tx, desk.estate, code, opened_at=now, source=source)
            for code in opinions
            for source in (Source.CALL, Source.WEB, Source.COMPLAINT_BOX, Source.SURVEY)
        ]
        for ticket in opened:
            assert {one.kind for one in ticket.targets} == {"first_response", "resolution"}
    desk.clock.advance(timedelta(days=60))
    while desk.sweep().claimed:
        pass
    with desk.work() as (tx, _):
        for ticket in opened:
            assert target(tx, ticket, TargetKind.FIRST_RESPONSE).level >= 1
            assert target(tx, ticket, TargetKind.RESOLUTION).level >= 1


def test_in_a_storm_ordinary_answers_take_half_as_long_again_and_urgent_ones_do_not(desk: Desk):
    manager = Actor.staff(desk.manager)
    waiting = desk.open()
    with desk.work() as (tx, now):
        storms.declare(tx, desk.estate.id, now, now + 6 * HOUR, "Typhoon", manager, now=now)
        with pytest.raises(FieldError):
            storms.declare(tx, desk.estate.id, now + HOUR, now + 2 * HOUR, "Again", manager, now=now)
    desk.clock.advance(HOUR)
    ordinary, urgent, life = desk.open(), desk.open("common.lift"), desk.open("emergency.lift")
    desk.clock.advance(6 * HOUR)
    after = desk.open()

    with desk.work() as (tx, _):
        assert target(tx, waiting, "first_response").due_at == NOW + 45 * MINUTE
        assert target(tx, ordinary, "first_response").due_at == NOW + HOUR + 45 * MINUTE
        assert target(tx, urgent, "first_response").due_at == NOW + HOUR + 5 * MINUTE
        assert target(tx, life, "first_response").due_at == NOW + HOUR + MINUTE
        assert target(tx, after, "first_response").due_at == NOW + 7 * HOUR + 30 * MINUTE
        assert target(tx, ordinary, "resolution").promise.get("stretched") is None
        assert storms.is_stretched(tx, ordinary.id)
        assert not storms.is_stretched(tx, after.id)
        report = storms.reports(tx, [desk.estate.id])
        assert [(one.stretched, one.late) for one in report] == [(2, 0)]
    desk.sweep()
    with desk.work() as (tx, _):
        assert [(one.stretched, one.late) for one in storms.reports(tx, [desk.estate.id])] == [(2, 2)]


def test_a_storm_that_ends_early_leaves_what_it_promised(desk: Desk):
    manager = Actor.staff(desk.manager)
    with desk.work() as (tx, now):
        storm = storms.declare(tx, desk.estate.id, now, now + 6 * HOUR, "Typhoon", manager, now=now)
    during = desk.open()
    desk.clock.advance(MINUTE)
    with desk.work() as (tx, now):
        storms.end(tx, storm.id, [desk.estate.id], manager, now=now)
    later = desk.open()

    with desk.work() as (tx, now):
        assert target(tx, during, "first_response").due_at == NOW + 45 * MINUTE
        assert target(tx, later, "first_response").due_at == now + 30 * MINUTE
