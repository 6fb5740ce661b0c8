"""Which flow a call starts on: calendar, switches, load and time, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.flow import check
from ivr.flow.force import Load, Marks, Reason, Situation, Switch, hours_of_year, in_force
from ivr.flow.model import Flow, shipped_names
from tickets.calendars import ALWAYS, Calendar
from tickets.windows import DayException

OFFICE = Calendar.from_json(
    {
        "name": "office",
        "zone": "Asia/Taipei",
        "weekly": {day: ["08:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
).with_exceptions(
    [
        DayException.closed(date(2027, 2, 8), "Lunar New Year"),
        DayException.works_like(date(2027, 2, 20), 0, "make-up day"),
    ]
)


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return (
        datetime(2027, month, day, hour - 8, minute, tzinfo=UTC)
        if hour >= 8
        else (datetime(2027, month, day, hour + 16, minute, tzinfo=UTC) - timedelta(days=1))
    )


@pytest.mark.parametrize(
    ("now", "situation", "reason"),
    [
        (local(1, 6, 14), "day", "open"),
        (local(1, 6, 8), "day", "open"),
        (local(1, 6, 7, 59), "closed", "outside_hours"),
        (local(1, 6, 12, 30), "closed", "outside_hours"),
        (local(1, 6, 18), "closed", "outside_hours"),
        (local(1, 9, 14), "closed", "outside_hours"),  # a Saturday
        (local(2, 8, 14), "holiday", "holiday"),
        (local(2, 8, 3), "holiday", "holiday"),
        (local(2, 9, 3), "closed", "outside_hours"),
        (local(2, 20, 14), "day", "make_up"),  # a Saturday that works
        (local(2, 20, 20), "closed", "outside_hours"),
    ],
)
def test_the_calendar_chooses_by_hours_holidays_and_make_up_days(
    now: datetime, situation: str, reason: str
) -> None:
    on = in_force(OFFICE, (), now)

    assert (on.situation, on.reason) == (situation, reason)


def test_a_closed_office_says_when_it_opens_and_a_holiday_its_name() -> None:
    on = in_force(OFFICE, (), local(2, 8, 14))

    assert (on.note, on.until) == ("Lunar New Year", local(2, 9, 8))
    assert in_force(OFFICE, (), local(1, 8, 19)).until == local(1, 11, 8)
    assert in_force(OFFICE, (), local(2, 20, 14)).note == "make-up day"


def test_a_switch_goes_before_everything_from_its_beginning_to_its_end() -> None:
    switch = Switch(local(1, 6, 10), local(1, 6, 20), {"en": "The lifts stand."})
    load = Load(50, timedelta(hours=1))

    assert in_force(OFFICE, (switch,), local(1, 6, 9, 59)).situation == "day"
    for now in (local(1, 6, 10), local(1, 6, 12, 30), local(1, 6, 19, 59)):
        on = in_force(OFFICE, (switch,), now, load)
        assert (on.situation, on.reason, on.until) == ("major", "switched", local(1, 6, 20))
        assert on.texts == {"en": "The lifts stand."}
    assert in_force(OFFICE, (switch,), local(1, 6, 20)).situation == "closed"


def test_of_two_switches_the_later_begun_speaks() -> None:
    older = Switch(local(1, 6, 8), local(1, 7, 8), {"en": "older"})
    newer = Switch(local(1, 6, 9), local(1, 6, 11), {"en": "newer"})

    assert in_force(OFFICE, (newer, older), local(1, 6, 10)).texts == {"en": "newer"}
    assert in_force(OFFICE, (newer, older), local(1, 6, 11)).texts == {"en": "older"}


@pytest.mark.parametrize(
    ("load", "situation"),
    [
        (Load(3, timedelta(seconds=100)), "busy"),
        (Load(2, timedelta(seconds=299)), "day"),
        (Load(1, timedelta(seconds=300)), "busy"),
        (Load(), "day"),
    ],
)
def test_either_mark_makes_a_working_hour_busy(load: Load, situation: str) -> None:
    marks = Marks(waiting=3, longest=timedelta(seconds=300))

    assert in_force(OFFICE, (), local(1, 6, 14), load, marks).situation == situation
    assert in_force(OFFICE, (), local(1, 6, 20), load, marks).situation == "closed"


def test_marks_of_zero_are_never_reached() -> None:
    load = Load(100, timedelta(hours=9))

    assert in_force(OFFICE, (), local(1, 6, 14), load, Marks(0, timedelta(0))).reason is Reason.OPEN


def test_an_office_without_a_calendar_is_always_open() -> None:
    assert in_force(ALWAYS, (), local(2, 8, 3)).situation is Situation.DAY


def shipped() -> dict[str, Flow]:
    return {name: check.load_shipped(name) for name in shipped_names()}


def test_every_hour_of_the_year_has_a_flow_that_ends_at_somebody() -> None:
    assert set(hours_of_year(OFFICE, local(1, 6, 14))) == {"day", "closed", "holiday"}
    assert check.year_faults(shipped(), OFFICE, local(1, 6, 14)) == []


def test_an_hour_without_a_flow_is_refused_with_its_time() -> None:
    flows = shipped()
    del flows["holiday"]

    (fault,) = check.year_faults(flows, OFFICE, local(1, 6, 14))

    assert (fault.code, fault.what, fault.where) == ("hour", "holiday", "2027-02-07 16:00 UTC")
