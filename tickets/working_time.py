"""What deadlines ask of any calendar, real time as the simplest one, and the set of an estate's calendars.

Also how instants become the integer microseconds that calendars count in. Calendars with windows are in
`tickets.calendars`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.windows import CalendarError

MICROSECOND = timedelta(microseconds=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WorkingTime(ABC):
    """What deadlines ask of a calendar; `Calendar` and `ALWAYS` are the two kinds.

    Answers are in UTC. The `_us` methods are the same questions in whole microseconds since 1970 UTC, for
    callers that ask several in a row.
    """

    name: str

    @property
    @abstractmethod
    def working_day(self) -> timedelta:
        """The length of an ordinary working day."""

    @abstractmethod
    def add_us(self, at: int, amount: int) -> int:
        """See `add`."""

    @abstractmethod
    def between_us(self, start: int, end: int) -> int:
        """See `between`."""

    @abstractmethod
    def opening_us(self, at: int) -> int:
        """See `next_opening`."""

    @abstractmethod
    def closing_us(self, at: int, n: int) -> int:
        """See `nth_working_day_end`."""

    def add(self, t: datetime, d: timedelta) -> datetime:
        """The first instant by which `d` of working time has passed since `t`.

        Ending exactly at a closing stays there. With no time to add: `t`, or the next opening if closed then.
        Raises NoOpening when 366 days pass without a window.
        """
        if d < timedelta(0):
            raise ValueError("a negative length of time")
        return from_us(self.add_us(to_us(t), d // MICROSECOND))

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; zero if `b` is not later."""
        return self.between_us(to_us(a), to_us(b)) * MICROSECOND

    def is_open(self, t: datetime) -> bool:
        """Whether `t` lies in a window."""
        at = to_us(t)
        return self.between_us(at, at + 1) == 1

    def next_opening(self, t: datetime) -> datetime:
        """`t` if open then, else the start of the next window. Raises NoOpening."""
        return from_us(self.opening_us(to_us(t)))

    def nth_working_day_end(self, t: datetime, n: int) -> datetime:
        """The last closing of the n-th working day after the day of receipt; 0 is that day itself.

        Received while closed counts as received at the next opening. Received after midnight in a window that
        began the day before counts as that day. A day counts if it has any window. Raises NoOpening.
        """
        if n < 0:
            raise ValueError("the number of working days is negative")
        return from_us(self.closing_us(to_us(t), n))


class Always(WorkingTime):
    """No calendar at all: real time, whatever the clock on the wall says. 24 h are 24 h."""

    name = "always"

    @property
    def working_day(self) -> timedelta:
        """A day of 24 hours."""
        return timedelta(days=1)

    def add_us(self, at: int, amount: int) -> int:
        """Real time after `at`."""
        return at + amount

    def between_us(self, start: int, end: int) -> int:
        """Real time between."""
        return max(end - start, 0)

    def opening_us(self, at: int) -> int:
        """`at` itself: it never closes."""
        return at

    def closing_us(self, at: int, n: int) -> int:
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
    return _EPOCH + us * MICROSECOND
