"""Which flow a call starts on: one pure function of the office calendar, what is switched on, the load, and the time.

The order is that of need: what a supervisor switched on, then whether the office is open, then how many wait.
Nothing is remembered between calls, so the reason shown on screen is the whole reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tickets.calendars import Calendar, CalendarError, WorkingTime

HOUR = timedelta(hours=1)


class Situation(StrEnum):
    """What an estate may be in; each has a flow of that name."""

    DAY = "day"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    MAJOR = "major"
    BUSY = "busy"


class Reason(StrEnum):
    """Why a flow is in force."""

    OPEN = "open"
    MAKE_UP = "make_up"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    SWITCHED = "switched"
    LOAD = "load"


@dataclass(frozen=True)
class Switch:
    """A typhoon or major incident, from `starts_at` up to, not including, `ends_at`; `texts` by language tag."""

    starts_at: datetime
    ends_at: datetime
    texts: Mapping[str, str] = field(default_factory=dict)

    def is_on(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True)
class Load:
    """Callers who wait on the line for a person now, and how long the first of them has waited."""

    waiting: int = 0
    longest: timedelta = timedelta(0)


@dataclass(frozen=True)
class Marks:
    """From which load on new callers are offered something else than waiting; zero switches a mark off."""

    waiting: int = 6
    longest: timedelta = timedelta(minutes=5)

    def are_reached(self, load: Load) -> bool:
        """Whether either mark is reached."""
        by_count = bool(self.waiting) and load.waiting >= self.waiting
        return by_count or (bool(self.longest) and load.waiting > 0 and load.longest >= self.longest)


NO_LOAD, USUAL_MARKS = Load(), Marks()


@dataclass(frozen=True)
class InForce:
    """The flow that a call starts on and why. `note` is the calendar's word for the day (a holiday's name).

    `until`: when a switch ends, or the office opens; None if that is not known or does not matter.
    """

    situation: Situation
    reason: Reason
    note: str = ""
    until: datetime | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def in_force(
    hours: WorkingTime,
    switches: Sequence[Switch],
    now: datetime,
    load: Load = NO_LOAD,
    marks: Marks = USUAL_MARKS,
) -> InForce:
    """What holds at `now` for an estate with office `hours`. Of several switches the one begun last counts."""
    on = [switch for switch in switches if switch.is_on(now)]
    if on:
        newest = max(on, key=lambda switch: switch.starts_at)
        return InForce(Situation.MAJOR, Reason.SWITCHED, until=newest.ends_at, texts=newest.texts)
    if not hours.is_open(now):
        name = holiday(hours, now)
        opening = next_opening(hours, now)
        if name is not None:
            return InForce(Situation.HOLIDAY, Reason.HOLIDAY, name, opening)
        return InForce(Situation.CLOSED, Reason.OUTSIDE_HOURS, until=opening)
    if marks.are_reached(load):
        return InForce(Situation.BUSY, Reason.LOAD)
    made_up = make_up_day(hours, now)
    if made_up is not None:
        return InForce(Situation.DAY, Reason.MAKE_UP, made_up)
    return InForce(Situation.DAY, Reason.OPEN)


def holiday(hours: WorkingTime, now: datetime) -> str | None:
    """The name of the holiday that the local date of `now` is ("" if it has none); None on any other day.

    A holiday is a date of its own in the calendar, without any hours.
    """
    if not isinstance(hours, Calendar):
        return None
    on = now.astimezone(ZoneInfo(hours.zone)).date()
    exception = hours.exception(on)
    return None if exception is None or hours.windows(on) else exception.reason


def make_up_day(hours: WorkingTime, now: datetime) -> str | None:
    """The name of the make-up working day that the local date of `now` is; None on any other day."""
    if not isinstance(hours, Calendar):
        return None
    on = now.astimezone(ZoneInfo(hours.zone)).date()
    exception = hours.exception(on)
    if exception is None or hours.weekly[on.weekday()] or not hours.windows(on):
        return None
    return exception.reason


def next_opening(hours: WorkingTime, now: datetime) -> datetime | None:
    """When the office opens next; None while it is open, or if its calendar has no opening."""
    try:
        return None if hours.is_open(now) else hours.next_opening(now)
    except CalendarError:
        return None


def hours_of_year(hours: WorkingTime, now: datetime) -> Mapping[Situation, datetime]:
    """Every situation that the calendar alone brings within a year from `now`, with the first hour of each."""
    first: dict[Situation, datetime] = {}
    at = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = at + timedelta(days=366)
    while at < end:
        first.setdefault(in_force(hours, (), at).situation, at)
        at += HOUR
    return first
