"""What deadlines ask of any calendar, real time as the simplest one, and the set of an estate's calendars.

Also how instants become the integer microseconds that calendars count in. Calendars with windows are in
`tickets.calendars`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from tickets.windows import CalendarError

MICROSECOND = timedelta(microseconds=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WorkingTime(Protocol):
    """What deadlines ask of a calendar; `Calendar` and `ALWAYS` are the two kinds."""

    @property
    def name(self) -> str: ...
    @property
    def working_day(self) -> timedelta: ...
    def add(self, t: datetime, d: timedelta) -> datetime: ...
    def between(self, a: datetime, b: datetime) -> timedelta: ...
    def is_open(self, t: datetime) -> bool: ...
    def next_opening(self, t: datetime) -> datetime: ...
    def nth_working_day_end(self, t: datetime, n: int) -> datetime: ...


class Always:
    """No calendar at all: real time, whatever the clock on the wall says. 24 h are 24 h."""

    name = "always"
    working_day = timedelta(days=1)

    def add(self, t: datetime, d: timedelta) -> datetime:
        """`d` of real time after `t`."""
        return utc(t) + not_negative(d)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Real time from `a` to `b`, zero if `b` is not later."""
        return max(utc(b) - utc(a), timedelta(0))

    def is_open(self, t: datetime) -> bool:
        """True."""
        return True

    def next_opening(self, t: datetime) -> datetime:
        """`t` itself."""
        return utc(t)

    def nth_working_day_end(self, t: datetime, n: int) -> datetime:
        """CalendarError: days begin and end in a zone, and real time has none."""
        raise CalendarError(self.name, "has no working days; name a calendar with windows")


ALWAYS = Always()


@dataclass(frozen=True)
class Calendars:
    """The calendars of one estate by code, with its zone; `always` is there without being listed.

    `pause` is the code of the calendar in which the caps of pauses are counted.
    """

    zone: ZoneInfo
    by_code: Mapping[str, WorkingTime]
    pause: str = "office"

    def __getitem__(self, code: str) -> WorkingTime:
        """The calendar with that code; KeyError if the estate has none."""
        return ALWAYS if code == ALWAYS.name else self.by_code[code]

    @property
    def pausing(self) -> WorkingTime:
        """The calendar in which pauses are counted."""
        return self[self.pause] if self.pause in self.by_code else ALWAYS


def utc(t: datetime) -> datetime:
    """`t` in UTC; ValueError for a naive time."""
    if t.tzinfo is UTC:
        return t
    if t.tzinfo is None:
        raise ValueError("a time without a zone")
    return t.astimezone(UTC)


def to_us(t: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (utc(t) - _EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """The instant so many microseconds after 1970 UTC."""
    return _EPOCH + timedelta(microseconds=us)


def not_negative(d: timedelta) -> timedelta:
    """`d`, or ValueError if it is below zero."""
    if d < timedelta(0):
        raise ValueError("a negative length of time")
    return d
