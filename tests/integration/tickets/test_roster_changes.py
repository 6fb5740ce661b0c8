"""The roster changed by people: what is refused, what is told, and who answers at any instant."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from infra.database import Tx
from infra.outbox import OutboxItem
from tests.factories import make_duty, make_estate, make_staff
from tests.integration.tickets.desk import Desk
from tickets import duty, roster_absences, roster_reads, roster_service, roster_watch
from tickets.actors import Actor
from tickets.models import AuditEntry, DutySlot, StaffEstate
from tickets.roster_checks import Line
from tickets.roster_errors import DoubleBooked, RosterGap
from tickets.words import Role

MONDAY = date(2027, 1, 11)
MORNING = datetime(2027, 1, 11, 2, tzinfo=UTC)  # 10:00 in Taipei


def line(staff_id: int, start: int, end: int, **values: object) -> Line:
    return Line(
        staff_id=staff_id,
        start_minute=start * 60,
        end_minute=end * 60,
        **({"valid_from": date(2027, 1, 6)} | values),
    )  # type: ignore[arg-type]


def save(tx: Tx, desk: Desk, now: datetime, *lines: Line, role: Role = Role.LEAD) -> None:
    estate = tx.merge(desk.estate)
    roster_service.save_lines(tx, estate, role, None, lines, Actor.staff(desk.manager), now=now)


def test_a_roster_with_a_gap_is_refused_and_the_gap_named(desk: Desk):
    with pytest.raises(RosterGap) as refused, desk.work() as (tx, now):
        save(tx, desk, now, line(desk.lead.id, 8, 20))

    assert (refused.value.starts_at, refused.value.ends_at) == (
        datetime(2027, 1, 6, 12, tzinfo=UTC),  # 20:00 in Taipei
        datetime(2027, 1, 7, 0, tzinfo=UTC),
    )
    with desk.work() as (tx, now):
        assert duty.on_duty(tx, desk.estate.id, Role.LEAD, now).id == desk.lead.id
        assert tx.scalars(select(AuditEntry)).all() == []


def test_the_first_roster_of_an_estate_must_be_whole_too(desk: Desk):
    with desk.work() as (tx, now):
        estate = make_estate(tx)
        first, second = make_staff(tx, Role.LEAD, (estate,)), make_staff(tx, Role.LEAD, (estate,))
        actor = Actor.staff(desk.manager)
        with pytest.raises(RosterGap), tx.begin_nested():
            roster_service.save_lines(tx, estate, Role.LEAD, None, [line(first.id, 8, 20)], actor, now=now)

        whole = [line(first.id, 8, 20), line(second.id, 20, 32)]
        roster_service.save_lines(tx, estate, Role.LEAD, None, whole, actor, now=now)

        assert duty.on_duty(tx, estate.id, Role.LEAD, MORNING) == first


def test_a_person_is_never_on_duty_twice(desk: Desk):
    with desk.work() as (tx, now):
        other = make_estate(tx)
        tx.add(StaffEstate(staff_id=desk.lead.id, estate_id=other.id))
        tx.flush()

        with pytest.raises(DoubleBooked) as refused, tx.begin_nested():
            once = line(desk.lead.id, 9, 12, valid_from=MONDAY)
            roster_service.add_one_off(tx, other, Role.LEAD, None, once, Actor.SYSTEM, now=now)

        assert refused.value.where == desk.estate.name


def test_what_was_on_duty_yesterday_is_still_told_after_a_change(desk: Desk):
    with desk.work() as (tx, now):
        new = make_staff(tx, Role.LEAD, (tx.merge(desk.estate),))
        old = tx.scalars(select(DutySlot).where(DutySlot.staff_id == desk.lead.id)).one()
        save(tx, desk, now, line(new.id, 0, 24, id=old.id))

        assert duty.on_duty(tx, desk.estate.id, Role.LEAD, now) == new
        assert duty.on_duty(tx, desk.estate.id, Role.LEAD, now - timedelta(days=1)).id == desk.lead.id


def test_a_swap_gives_one_spell_away_and_can_be_taken_back(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        other = make_staff(tx, Role.LEAD, (estate,))
        mine = tx.scalars(select(DutySlot).where(DutySlot.staff_id == desk.lead.id)).one()

        made = roster_service.swap(tx, estate, [(mine.id, MONDAY)], [other.id], Actor.SYSTEM, now=now)
        assert duty.roster(tx, estate.id).holders(Role.LEAD, MORNING) == (other,)
        assert duty.on_duty(tx, estate.id, Role.LEAD, MORNING + timedelta(days=1)).id == desk.lead.id

        roster_service.remove_single(tx, estate, made[0].id, Actor.SYSTEM, now=now)
        assert duty.on_duty(tx, estate.id, Role.LEAD, MORNING).id == desk.lead.id


def test_a_gap_that_arises_later_is_told_to_the_manager_a_week_ahead_and_once(desk: Desk):
    with desk.work() as (tx, now):
        start = now + timedelta(days=8)
        lead = tx.merge(desk.lead)
        roster_absences.record_absence(
            tx, lead, start, start + timedelta(hours=4), "sick", "", Actor.SYSTEM, now=now
        )
        assert roster_watch.watch_rosters(tx, now=now) == 0

        assert roster_watch.watch_rosters(tx, now=now + timedelta(days=2)) == 1
        assert roster_watch.watch_rosters(tx, now=now + timedelta(days=3)) == 0
        assert roster_watch.watch_rosters(tx, now=start + timedelta(hours=1)) == 0
        told = tx.scalars(select(OutboxItem).where(OutboxItem.kind == "roster.gap")).one()
        assert told.payload["manager_id"] == desk.manager.id
        assert told.payload["stand_in_id"] == desk.supervisor.id


def test_at_every_instant_exactly_one_person_answers_or_a_named_stand_in(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        guard = make_staff(tx, Role.SECURITY, (estate,))
        make_duty(tx, estate, guard)
        ill = datetime(2027, 1, 11, 0, tzinfo=UTC)  # 08:00 in Taipei
        roster_absences.record_absence(
            tx, tx.merge(desk.lead), ill, ill + timedelta(days=1), "sick", "", Actor.SYSTEM, now=now
        )
        book = duty.roster(tx, estate.id)

        by_day = roster_reads.answering(book, Role.LEAD, ill + timedelta(hours=2))
        by_night = roster_reads.answering(book, Role.LEAD, ill + timedelta(hours=15))
        before = roster_reads.answering(book, Role.LEAD, ill - timedelta(seconds=1))

    assert (by_day.role, by_day.staff.id, by_day.skipped) == (
        Role.SUPERVISOR,
        desk.supervisor.id,
        (Role.LEAD,),
    )
    assert (by_night.role, by_night.staff.id) == (Role.SECURITY, guard.id)
    assert (before.role, before.staff.id) == (Role.LEAD, desk.lead.id)


def test_who_is_ill_is_not_found_by_role_either(desk: Desk):
    with desk.work() as (tx, now):
        first = make_staff(tx, Role.DIRECTOR, (tx.merge(desk.estate),))
        second = make_staff(tx, Role.DIRECTOR, (tx.merge(desk.estate),))
        roster_absences.record_absence(
            tx, first, now, now + timedelta(hours=1), "leave", "", Actor.SYSTEM, now=now
        )

        assert duty.on_duty(tx, desk.estate.id, Role.DIRECTOR, now) == second


def test_two_who_put_one_person_on_duty_in_two_places_at_one_moment_leave_one(desk: Desk):
    with desk.work() as (tx, _):
        here, there = tx.merge(desk.estate), make_estate(tx)
        person = make_staff(tx, Role.LEAD, (here, there))
    results: list[str] = []
    start = threading.Barrier(2)

    def book(estate_id: int) -> None:
        start.wait()
        try:
            with desk.work() as (tx, now):
                estate = tx.get_one(type(desk.estate), estate_id)
                once = line(person.id, 9, 12, valid_from=MONDAY)
                roster_service.add_one_off(tx, estate, Role.AGENT, None, once, Actor.SYSTEM, now=now)
            results.append("saved")
        except DoubleBooked:
            results.append("refused")

    both = [threading.Thread(target=book, args=(estate.id,)) for estate in (here, there)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert sorted(results) == ["refused", "saved"]
