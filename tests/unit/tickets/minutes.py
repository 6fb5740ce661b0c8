"""An obvious model of a calendar: one byte per minute, open or closed. No code of the real one is used."""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from tickets.calendars import Calendar

ZONES = (
    "Asia/Taipei",
    "Asia/Kathmandu",
    "America/New_York",
    "Europe/London",
    "Europe/Dublin",
    "America/Havana",  # changes at midnight
    "America/Santiago",
    "Africa/Casablanca",  # goes back before it goes forward
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Chatham",
    "Antarctica/Troll",  # two hours
)

QUARTER = timedelta(minutes=15)


class MinuteModel:
    """Which minutes of [start, end) a calendar is open.

    A window begins when the clock first shows its start or anything later, and ends when the clock shows its
    end for the last time; if it never shows it, when it first shows anything later.
    """

    def __init__(self, calendar: Calendar, start: datetime, end: datetime) -> None:
        self.start = start
        self.count = int((end - start) / timedelta(minutes=1))
        walls, seen, shown = clock(calendar.zone, start, self.count)
        self.open = bytearray(self.count)
        for ordinal in range(walls[0] // 1440 - 2, seen[-1] // 1440 + 1):
            for window in calendar.windows(date.fromordinal(ordinal)):
                first = ordinal * 1440 + window.start // 60
                last = ordinal * 1440 + window.end // 60
                opens, closes = bisect_left(seen, first), shown.get(last, bisect_left(seen, last))
                self.open[opens:closes] = b"\1" * (closes - opens)

    def at(self, minute: int) -> datetime:
        return self.start + timedelta(minutes=minute)

    def between(self, a: int, b: int) -> int:
        """Open minutes of [a, b)."""
        return self.open.count(1, a, b)

    def add(self, a: int, minutes: int) -> int | None:
        """The first minute by which so many open ones have passed since `a`, None if beyond the end."""
        minute = self.open.find(1, a)
        for _ in range(minutes - 1):
            minute = self.open.find(1, minute + 1) if minute >= 0 else -1
        return None if minute < 0 else minute + (minutes > 0)


@lru_cache(maxsize=2)
def clock(zone: str, start: datetime, count: int) -> tuple[list[int], list[int], dict[int, int]]:
    """What the wall clock shows each minute (minutes since the year 1), the latest it has shown so far, and
    the last minute at which it shows a given time. Offsets change on quarter hours only."""
    walls: list[int] = []
    for quarter in range(0, count, 15):
        local = (start + timedelta(minutes=quarter)).astimezone(ZoneInfo(zone))
        base = local.toordinal() * 1440 + local.hour * 60 + local.minute
        walls.extend(range(base, base + 15))
    walls = walls[:count]
    return walls, list(accumulate(walls, max)), {wall: minute for minute, wall in enumerate(walls)}


def clock_changes(zone: str, year: int) -> list[datetime]:
    """The instants at which the clock of a zone changes in a year."""
    changes = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    while at < end:
        at += QUARTER
        if (now := at.astimezone(ZoneInfo(zone)).utcoffset()) != offset:
            changes.append(at)
            offset = now
    return changes
