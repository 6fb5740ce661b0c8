"""The climb: who is told of a broken promise, what stops it, and what it leaves as it was."""

from datetime import timedelta

from sqlalchemy import select

from infra.outbox import OutboxItem
from tests.factories import NOW, make_company, make_duty, make_staff
from tests.integration.tickets.desk import Desk, levels, lines, read, target
from tickets import escalations, policy_service, service, tellings
from tickets.actors import Actor
from tickets.history import EventKind
from tickets.models import DutySlot, Escalation, Policy, Staff
from tickets.words import Role, TargetKind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


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


def test_a_breached_ticket_in_a_queue_climbs_like_any_other(desk: Desk):
    waiting, held = desk.open("common.lift"), desk.open("common.lift")
    with desk.work() as (tx, now):
        agent = Actor.staff(desk.agent)
        service.move_taken(tx, read(tx, held), desk.agent, None, agent, now=now)
    desk.clock.set(NOW + 15 * MINUTE)
    desk.sweep()

    with desk.work() as (tx, _):
        for ticket, kinds in ((waiting, ["first_response", "on_site"]), (held, ["on_site"])):
            told = [line.data["target"] for line in lines(tx, ticket, EventKind.ESCALATED)]
            assert told == kinds


def test_a_level_that_only_notifies_leaves_the_place_in_the_queue_as_it_was(desk: Desk):
    with desk.work() as (tx, now):
        policy = tx.query(Policy).filter_by(code=f"{desk.estate.code}:p2").one()
        body = policy_service.body_of(tx, policy)
        body["levels"] = [{"after": 0, "role": "lead", "notify_only": True}, {"after": 60, "role": "manager"}]
        policy_service.put_policy(tx, policy.id, body, Actor.SYSTEM, now=now)
    ticket = desk.open()
    places = []
    for minutes in (30, 31):
        desk.clock.set(NOW + minutes * MINUTE)
        desk.sweep()
        with desk.work() as (tx, _):
            there = read(tx, ticket)
            places.append(there.entered_at - there.rank_at)
            assert (there.priority_class, there.version) == ("P2", 1)

    assert places == [timedelta(minutes=120 + 120), timedelta(minutes=120 + 120 + 30)]
    with desk.work() as (tx, _):
        assert len(lines(tx, ticket, EventKind.ESCALATED)) == 2
