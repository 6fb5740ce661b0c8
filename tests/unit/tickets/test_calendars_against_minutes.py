"""The calendar against a model that looks at every minute: whole years, and the nights of clock changes."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tickets.minutes import ZONES, MinuteModel, clock_changes
from tickets.calendars import Calendar, CalendarError, NoOpening
from tickets.windows import DayException, Window

MINUTE = timedelta(minutes=1)
CHANGES = {zone: clock_changes(zone, 2027) or [datetime(2027, 3, 14, tzinfo=UTC)] for zone in ZONES}


@st.composite
def days(draw: st.DrawFn, crossing: bool = True) -> tuple[Window, ...]:
    """The windows of one day: up to three, the last perhaps across midnight (to 06:00 at the latest)."""
    edges = sorted(draw(st.sets(st.integers(24, 96), max_size=6)))  # quarter hours from 06:00 on
    windows = [Window(a * 900, b * 900) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    early = draw(st.sampled_from([None, (0, 3), (4, 8), (8, 12), (5, 7)]))
    if early and not crossing:
        windows.insert(0, Window(early[0] * 900, early[1] * 900))
    last = windows[-1].end // 900 if windows else 80
    if crossing and last < 95 and draw(st.booleans()):
        windows.append(Window(95 * 900, draw(st.integers(97, 119)) * 900))
    return tuple(windows)


@st.composite
def calendars(draw: st.DrawFn, zone: str, around: date) -> Calendar:
    """A random calendar with exceptions near a date. Its windows either cross midnight or begin there."""
    crossing = draw(st.booleans())
    weekly = tuple(draw(days(crossing)) for _ in range(7))
    on = {around + timedelta(days=shift) for shift in draw(st.sets(st.integers(-3, 3), max_size=3))}
    exceptions = [
        draw(
            st.one_of(
                st.just(DayException.closed(day)),
                st.integers(0, 6).map(lambda weekday, day=day: DayException.works_like(day, weekday)),
                days(crossing).map(lambda windows, day=day: DayException.own(day, windows)),
            )
        )
        for day in sorted(on)
    ]
    return Calendar("random", zone, weekly, tuple(exceptions))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(CHANGES[zone]))
    return draw(calendars(zone, change.date())), change


@settings(max_examples=100)
@given(situations(), st.data())
def test_days_around_a_clock_change_agree_with_the_minutes(
    situation: tuple[Calendar, datetime], data: st.DataObject
):
    calendar, change = situation
    model = MinuteModel(calendar, change - timedelta(days=5), change + timedelta(days=5))
    inside = st.integers(3 * 1440, 7 * 1440)  # the model needs to see the clock a little before and after

    a, b = sorted((data.draw(inside), data.draw(inside)))
    assert calendar.between(model.at(a), model.at(b)) == model.between(a, b) * MINUTE
    assert calendar.is_open(model.at(a)) == bool(model.open[a])

    amount = data.draw(st.integers(0, 2000))
    expected = model.add(a, amount)
    if expected is not None and expected <= 7 * 1440:
        assert calendar.add(model.at(a), amount * MINUTE) == model.at(expected)


@settings(max_examples=100)
@given(situations(), st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_counting_is_additive_and_the_reverse_of_adding(
    situation: tuple[Calendar, datetime], shift: int, first: int, second: int
):
    calendar, change = situation
    a = change + timedelta(microseconds=shift)
    b = a + timedelta(microseconds=first)
    c = b + timedelta(microseconds=second)

    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert calendar.between(b, a) == timedelta(0)

    amount = timedelta(microseconds=second)
    try:
        end = calendar.add(a, amount)
    except NoOpening:
        assert not any(calendar.openings(change.date() + timedelta(days=i)) for i in range(20, 300))
        return
    assert calendar.between(a, end) == amount
    assert end >= a
    if amount:
        assert calendar.between(a, end - timedelta(microseconds=1)) == amount - timedelta(microseconds=1)


@pytest.mark.parametrize("zone", ZONES)
def test_two_whole_years_agree_with_the_minutes(zone: str):
    """Office hours, evenings across midnight, holidays, make-up days, a leap day and all clock changes."""
    evening = (Window.parse("08:00-12:00"), Window.parse("13:00-18:00"), Window.parse("22:00-03:00"))
    plain = (Window.parse("01:30-02:30"), Window.parse("09:00-17:00"))
    week = (evening, evening[:2], evening[:1], evening[:2], evening, (), ())
    nights = (plain, plain, plain[1:], (), plain, (Window.parse("00:00-24:00"),), plain[:1])
    exceptions = (
        DayException.closed(date(2028, 2, 29)),
        DayException.closed(date(2027, 10, 1)),
        DayException.works_like(date(2027, 10, 9), 4),
        DayException.own(date(2027, 12, 31), [Window.parse("08:00-11:15")]),
    )
    random = Random(zone)
    for name, weekly in (("week", week), ("nights", nights)):
        calendar = Calendar(name, zone, weekly, exceptions)
        model = MinuteModel(calendar, datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))
        for _ in range(40):
            a = random.randrange(3 * 1440, 500 * 1440)
            b = a + random.randrange(200 * 1440)
            assert calendar.between(model.at(a), model.at(b)) == model.between(a, b) * MINUTE
            amount = random.randrange(6_000)
            expected = model.add(a, amount)
            assert expected is not None
            assert calendar.add(model.at(a), amount * MINUTE) == model.at(expected)


@settings(max_examples=60)
@given(situations())
def test_calendars_can_always_be_written_down_and_read_back(situation: tuple[Calendar, datetime]):
    assert Calendar.from_json(situation[0].to_json()) == situation[0]


def test_windows_are_checked_across_midnight_for_exceptions_too():
    weekly = ((Window.parse("22:00-06:00"),),) + ((),) * 6
    early = DayException.own(date(2027, 1, 5), [Window.parse("05:00-07:00")])

    with pytest.raises(CalendarError, match="2027-01-05"):
        Calendar("night", "Asia/Taipei", weekly, (early,))
