"""Calendars edited by an office: the estate's own copy, versions, and what open tickets feel."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.integration.tickets.desk import Desk, read, target
from tickets import calendar_holidays, calendar_service, promises
from tickets.actors import Actor
from tickets.calendar_service import CalendarChanged, CalendarDraft
from tickets.calendars import NoOpening
from tickets.models import AuditEntry, CalendarVersion
from tickets.windows import DayException
from tickets.words import TargetKind

OFFICE = ["08:00-12:00", "13:00-18:00"]
WEEK = [OFFICE] * 5 + [[], []]
THURSDAY = date(2027, 1, 7)


def draft(*exceptions: DayException, weekly: list[list[str]] = WEEK) -> CalendarDraft:
    return CalendarDraft("Office hours", weekly, exceptions)


def test_an_estate_edits_a_copy_of_its_own_and_others_keep_the_company_s(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        saved = calendar_service.save(
            tx,
            estate,
            "office",
            draft(DayException.closed(THURSDAY, "typhoon")),
            0,
            Actor.staff(desk.manager),
            now=now,
        )

        own = promises.load(tx).calendars(estate.id)["office"]
        assert saved.estate_id == estate.id
        assert not own.is_open(datetime(2027, 1, 7, 2, tzinfo=UTC))
        assert calendar_service.list_versions(tx, saved)[0].version == 1
        assert tx.scalars(select(AuditEntry)).one().action == "calendar.saved"


def test_open_tickets_move_only_when_asked_and_the_preview_names_them(desk: Desk):
    ticket = desk.open("home.other")  # P3: counted in office hours
    with desk.work() as (tx, now):
        estate, actor = tx.merge(desk.estate), Actor.staff(desk.manager)
        before = target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at
        closed = draft(DayException.closed(date(2027, 1, 6), "typhoon"))
        calendar_service.save(tx, estate, "office", closed, 0, actor, now=now)

        moved = calendar_service.moved_by(tx, estate, "office")
        assert ticket.number in {one.number for one in moved}
        assert target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at == before

        calendar_service.apply_to_open(tx, estate, "office", actor, now=now)
        tx.flush()
        after = target(tx, ticket, TargetKind.FIRST_RESPONSE).due_at
        assert after == next(one.after for one in moved if one.kind == TargetKind.FIRST_RESPONSE)
        assert after > before
        assert read(tx, ticket).next_due_at is not None
        assert calendar_service.moved_by(tx, estate, "office") == []


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        calendar_service.save(tx, estate, "office", draft(), 0, Actor.SYSTEM, now=now)

        with pytest.raises(CalendarChanged):
            calendar_service.save(tx, estate, "office", draft(weekly=[OFFICE] * 7), 0, Actor.SYSTEM, now=now)

        assert tx.scalars(select(CalendarVersion.version)).all() == [1]


def test_a_calendar_that_is_closed_for_a_year_is_refused_when_saving(desk: Desk):
    with desk.work() as (tx, now), pytest.raises(NoOpening, match="office"):
        calendar_service.save(
            tx, tx.merge(desk.estate), "office", draft(weekly=[[]] * 7), 0, Actor.SYSTEM, now=now
        )


def test_the_month_shows_windows_hours_exception_and_source(desk: Desk):
    with desk.work() as (tx, _):
        made = draft(DayException.works_like(date(2027, 1, 9), 4, "補班", "lin")).made(
            tx.merge(desk.estate), "office"
        )
        days = calendar_service.month(made, date(2027, 1, 1))

    assert len(days) == 31
    saturday = days[8]
    assert (saturday.windows, saturday.length.total_seconds()) == (("08:00-12:00", "13:00-18:00"), 9 * 3600)
    assert saturday.special is not None
    assert (saturday.special.reason, saturday.special.source) == ("補班", "lin")
    assert days[9].windows == ()


def test_holidays_come_with_their_make_up_days_and_without_what_is_known():
    found = {one.on: one for one in calendar_holidays.proposed("CN", 2026, [date(2026, 1, 1)])}

    assert date(2026, 1, 1) not in found
    assert found[date(2026, 10, 1)].weekday is None
    assert found[date(2026, 5, 9)].weekday == date(2026, 5, 5).weekday()
    assert calendar_holidays.country_of("Asia/Hong_Kong") == "HK"
