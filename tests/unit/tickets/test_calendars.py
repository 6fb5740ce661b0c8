from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tickets.calendars import ALWAYS, Calendar, CalendarError, NoOpening
from tickets.windows import DayException, Window, make_up

TAIPEI = ZoneInfo("Asia/Taipei")
OFFICE_DAY = (Window.parse("08:00-12:00"), Window.parse("13:00-18:00"))
NEW_YORK = ZoneInfo("America/New_York")


def make_office(zone: str = "Asia/Taipei", exceptions: tuple[DayException, ...] = ()) -> Calendar:
    return Calendar("office", zone, (OFFICE_DAY,) * 5 + ((), ()), exceptions)


def make_daily(zone: str, *windows: str, exceptions: tuple[DayException, ...] = ()) -> Calendar:
    return Calendar("daily", zone, (tuple(Window.parse(text) for text in windows),) * 7, exceptions)


def tp(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=TAIPEI)


def ny(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=NEW_YORK)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (tp(1, 8, 17, 30), hours(1), tp(1, 11, 8, 30)),
        (tp(1, 4, 11, 45), hours(0.5), tp(1, 4, 13, 15)),
        (tp(1, 4, 17), hours(1), tp(1, 4, 18)),
        (tp(1, 9, 10), hours(4), tp(1, 11, 12)),
        (tp(1, 9, 10), hours(0), tp(1, 11, 8)),
        (tp(1, 4, 12), hours(0), tp(1, 4, 13)),
        (tp(1, 4, 9), hours(0), tp(1, 4, 9)),
    ],
)
def test_office_hours_in_taipei(start: datetime, length: timedelta, end: datetime):
    assert make_office().add(start, length) == end


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (tp(1, 7, 16), 3, tp(1, 12, 18)),
        (tp(1, 7, 16), 0, tp(1, 7, 18)),
        (tp(1, 7, 18), 1, tp(1, 11, 18)),  # received at closing counts as received next morning
        (tp(1, 9, 10), 1, tp(1, 12, 18)),  # received on Saturday counts as Monday
    ],
)
def test_working_days_end_at_the_last_closing(start: datetime, days: int, end: datetime):
    assert make_office().nth_working_day_end(start, days) == end


def test_make_up_day_works_like_the_day_it_replaces():
    office = make_office(exceptions=make_up(date(2027, 10, 1), date(2027, 10, 9), "National Day"))

    assert office.add(tp(9, 30, 17), hours(2)) == tp(10, 4, 9)
    assert office.add(tp(10, 8, 17, 30), hours(1)) == tp(10, 9, 8, 30)


def test_half_day_has_windows_of_its_own():
    eve = DayException.own(date(2027, 2, 5), [Window.parse("08:00-12:00")], "New Year's Eve")

    assert make_office(exceptions=(eve,)).add(tp(2, 5, 11), hours(2)) == tp(2, 8, 9)


def test_night_window_lasts_as_long_as_the_night_does():
    night = make_daily("America/New_York", "22:00-06:00")

    lengths = {on: night.openings(on)[0] for on in (date(2027, 3, 12), date(2027, 3, 13), date(2027, 11, 6))}

    assert [end - start for start, end in lengths.values()] == [hours(8), hours(7), hours(9)]


@pytest.mark.parametrize(
    ("window", "on", "length"),
    [
        ("02:00-03:00", date(2027, 3, 14), 0),
        ("02:30-04:00", date(2027, 3, 14), 1),
        ("01:00-02:00", date(2027, 11, 7), 2),
        ("01:15-01:45", date(2027, 11, 7), 1.5),
    ],
)
def test_window_on_the_night_of_a_clock_change(window: str, on: date, length: float):
    calendar = make_daily("America/New_York", window)

    midnight = datetime(on.year, on.month, on.day, tzinfo=NEW_YORK)

    assert calendar.between(midnight, midnight.astimezone(UTC) + hours(22)) == hours(length)
    assert len(calendar.openings(on)) == (length > 0)


@pytest.mark.parametrize(("start", "end"), [(ny(3, 13, 12), ny(3, 14, 13)), (ny(11, 6, 12), ny(11, 7, 11))])
def test_always_is_real_time_whatever_the_wall_says(start: datetime, end: datetime):
    assert ALWAYS.add(start, hours(24)) == end
    assert ALWAYS.between(start, end) == hours(24)


def test_window_across_midnight_belongs_to_the_day_it_starts_on():
    holiday = (DayException.closed(date(2027, 1, 5)),)
    night = make_daily("Asia/Taipei", "22:00-06:00", exceptions=holiday)

    assert night.is_open(tp(1, 5, 5, 59))
    assert not night.is_open(tp(1, 5, 22))
    assert not night.is_open(tp(1, 6, 5))
    assert night.is_open(tp(1, 6, 22))
    assert night.nth_working_day_end(tp(1, 4, 2), 1) == tp(1, 5, 6)  # 2 a.m. of Monday is Sunday's window


def test_windows_that_touch_are_one():
    calendar = make_daily("Asia/Taipei", "08:00-12:00", "12:00-18:00", "18:00-24:00", "00:00-06:00")

    assert [str(window) for window in calendar.windows(date(2027, 1, 4))] == ["00:00-06:00", "08:00-24:00"]
    assert calendar.add(tp(1, 4, 23), hours(2)) == tp(1, 5, 1)


def test_sudden_closing_stops_the_clock_for_the_rest_of_the_day():
    office = make_office()
    typhoon = office.closed_from(tp(1, 5, 10, 30), "typhoon")

    assert typhoon.add(tp(1, 5, 10), hours(1)) == tp(1, 6, 8, 30)
    exception = typhoon.exception(date(2027, 1, 5))
    assert exception is not None
    assert exception.reason == "typhoon"
    assert office.add(tp(1, 5, 10), hours(1)) == tp(1, 5, 11)


def test_sudden_closing_at_night_also_cuts_the_window_of_the_day_before():
    night = make_daily("Asia/Taipei", "22:00-06:00").closed_from(tp(1, 5, 3), "typhoon")

    assert night.between(tp(1, 4, 22), tp(1, 6, 22)) == hours(5)


@pytest.mark.parametrize(
    ("windows", "problem"),
    [
        (("08:00-12:00", "11:59-13:00"), "overlap"),
        (("08:00-08:00",), "empty"),
        (("24:00-24:00",), "empty"),
        (("25:00-26:00",), "not a time of day"),
        (("8-12",), "not a window"),
        (("22:00-06:00", "05:00-07:00"), "overlaps"),
        (("22:00-06:00", "23:00-24:00"), "overlap"),
    ],
)
def test_bad_windows_are_refused_with_the_name_of_the_calendar(windows: tuple[str, ...], problem: str):
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), windows)

    with pytest.raises(CalendarError, match=f"'pool'.*{problem}"):
        Calendar.from_json({"name": "pool", "zone": "Asia/Taipei", "weekly": week})


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"zone": "Asia/Taipeh"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"weekly": {"monday": ["08:00-09:00"]}}, "monday"),
        ({"weekly": [["08:00-09:00"]]}, "weekday"),
        ({"exceptions": [{"on": "2027-01-01", "closed": True}, {"on": "2027-01-01", "like": "mon"}]}, "two"),
        ({"exceptions": [{"on": "2027-01-01", "like": "someday"}]}, "someday"),
        ({"exceptions": [{"on": "2027-01-01"}]}, "closed, like or windows"),
        ({"exceptions": [{"on": "1 Jan", "closed": True}]}, "1 Jan"),
        ({"exceptions": [{"on": "2027-01-02", "windows": ["05:00-09:00"]}]}, "overlaps"),
        ({"exceptions": [{"on": "2027-01-02", "windows": 5}]}, "iterable"),
    ],
)
def test_bad_calendars_are_refused_with_their_name(data: dict[str, object], problem: str):
    good = {"name": "pool", "zone": "Asia/Taipei", "weekly": {"fri": ["22:00-06:00"]}}

    with pytest.raises(CalendarError, match=f"'pool'.*{problem}"):
        Calendar.from_json(good | data)


def test_json_comes_back_as_it_went():
    exceptions = (
        *make_up(date(2027, 10, 1), date(2027, 10, 9), "National Day", "holidays"),
        DayException.own(date(2027, 2, 5), [Window.parse("08:00-12:00:30")], "eve"),
    )
    office = make_office(exceptions=exceptions)

    as_list = office.to_json() | {"weekly": [["08:00-12:00", "13:00-18:00"]] * 5 + [[], []]}

    assert Calendar.from_json(office.to_json()) == office
    assert Calendar.from_json(as_list) == office


def test_calendar_without_a_window_for_a_year_is_an_error_with_its_name_and_never_an_endless_search():
    empty = Calendar("pool", "Asia/Taipei", ((),) * 7)

    for ask in (
        lambda: empty.check_openings(tp(1, 1, 0)),
        lambda: empty.add(tp(1, 1, 0), hours(1)),
        lambda: empty.add(tp(1, 1, 0), hours(0)),
        lambda: empty.next_opening(tp(1, 1, 0)),
        lambda: empty.nth_working_day_end(tp(1, 1, 0), 1),
    ):
        with pytest.raises(NoOpening, match="'pool'"):
            ask()


def test_hole_of_more_than_a_year_made_by_dated_closings_is_found_when_saving():
    closed = tuple(DayException.closed(date(2027, 6, 1) + timedelta(days=i)) for i in range(370))

    make_office(exceptions=closed[:300]).check_openings(tp(1, 1, 0))
    with pytest.raises(NoOpening):
        make_office(exceptions=closed).check_openings(tp(1, 1, 0))
    with pytest.raises(NoOpening):
        make_office(exceptions=closed).add(tp(5, 31, 17), hours(2))


def test_work_beyond_one_block_and_one_year_is_counted():
    office = make_office()

    end = office.add(tp(1, 4, 8), hours(9 * 5 * 60))

    assert end == datetime(2028, 2, 25, 18, tzinfo=TAIPEI)
    assert office.between(tp(1, 4, 8), end) == hours(9 * 5 * 60)


def test_day_that_a_zone_skipped_has_no_windows():
    apia = make_daily("Pacific/Apia", "08:00-18:00")

    assert apia.openings(date(2011, 12, 30)) == ()
    assert len(apia.openings(date(2011, 12, 31))) == 1


def test_time_without_a_zone_is_refused():
    for calendar in (make_office(), ALWAYS):
        with pytest.raises(ValueError, match="zone"):
            calendar.add(datetime(2027, 1, 4, 9), hours(1))  # noqa: DTZ001


def test_always_has_no_working_days():
    with pytest.raises(CalendarError, match="always"):
        ALWAYS.nth_working_day_end(tp(1, 4, 9), 1)


def test_working_day_is_the_length_of_an_ordinary_day():
    assert make_office().working_day == hours(9)
