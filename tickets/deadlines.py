"""Targets and their instants: when is it due, when is it time to warn.

A due instant is a pure function of the target, its start, the list of stretches and the calendars, so a change
of priority, a reopening or a longer pause is only another question to the same function. Who is told when a
target is missed is `tickets.escalation`; which targets a ticket has is `tickets.policies`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from tickets.intervals import DEFAULT_CAPS, Gap, PauseCaps, Stretch, gaps
from tickets.windows import DAY, format_time, parse_time
from tickets.words import TargetKind
from tickets.working_time import ALWAYS, MICROSECOND, Calendars, WorkingTime, from_us, to_us

REOPEN_WINDOW = timedelta(days=7)
CLOSE_AFTER = timedelta(days=7)
LONGEST = 10 * 366 * DAY

_SECOND = 1_000_000


class PolicyError(ValueError):
    """A policy that cannot be promised; `field` names the place in its JSON."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


@dataclass(frozen=True, slots=True)
class Warn:
    """When to warn before a target is due: at a share of it, or a lead before it. Exactly one is given.

    `percent` of the target's time used; `seconds` or `working_days` left, in the target's own calendar.
    """

    percent: int | None = None
    seconds: int | None = None
    working_days: int | None = None

    def lead_us(self, length: int, calendar: WorkingTime) -> int:
        """How long before the due instant, in microseconds of working time of the target's calendar."""
        if self.percent is not None:
            return length * (100 - self.percent) // 100
        if self.seconds is not None:
            return self.seconds * _SECOND
        return (self.working_days or 0) * (calendar.working_day // MICROSECOND)


@dataclass(frozen=True, slots=True)
class Late:
    """Another length for what comes in between two local times of day (seconds from midnight; may cross it).

    It was written for one ordinary length, `instead_of` seconds (None: one in working days), and holds only as
    long as that stands: an office that shortens its promise does not keep a long night by oversight.
    """

    start: int
    end: int
    seconds: int
    instead_of: int | None

    def covers(self, second: int) -> bool:
        """Whether a local time of day lies between."""
        if self.start < self.end:
            return self.start <= second < self.end
        return second >= self.start or second < self.end


@dataclass(frozen=True, slots=True)
class Target:
    """One promise: `seconds` of working time, or `working_days` (due at the last closing), in a calendar."""

    kind: TargetKind
    seconds: int | None = None
    working_days: int | None = None
    calendar: str = ALWAYS.name
    warn: Warn | None = None
    late: Late | None = None
    stretched: int | None = None  # by so many percent, in a storm; the lengths are those that hold

    def stretch(self, percent: int) -> "Target":
        """The promise with `percent` more time: seconds to the second, working days to the next whole one."""
        if self.stretched is not None:
            return self
        seconds = self.seconds + self.seconds * percent // 100 if self.seconds is not None else None
        days = self.working_days
        if days is not None:
            days = -(-days * (100 + percent) // 100)
        late = self.late
        if late is not None:
            instead_of = seconds if late.instead_of == self.seconds else late.instead_of
            late = replace(late, seconds=late.seconds + late.seconds * percent // 100, instead_of=instead_of)
        return replace(self, seconds=seconds, working_days=days, late=late, stretched=percent)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """`{"kind", "seconds"|"working_days", "calendar", "warn"?, "late"?}`; PolicyError names what is wrong."""
        if not isinstance(data, Mapping):
            raise PolicyError("targets", "is not an object")
        kind = data.get("kind")
        field = f"targets.{kind}"
        if kind not in set(TargetKind):
            raise PolicyError(field, f"is not one of {', '.join(TargetKind)}")
        seconds = _number(data, "seconds", field, 1, LONGEST)
        days = _number(data, "working_days", field, 0, 366)
        if (seconds is None) == (days is None):
            raise PolicyError(field, "give seconds or working_days")
        calendar = data.get("calendar", ALWAYS.name)
        if not isinstance(calendar, str) or not calendar:
            raise PolicyError(f"{field}.calendar", "is not the code of a calendar")
        if days is not None and calendar == ALWAYS.name:
            raise PolicyError(f"{field}.calendar", "working days need a calendar with windows")
        warn = _warn(data.get("warn"), f"{field}.warn")
        if warn and warn.seconds is not None and seconds is not None and warn.seconds > seconds:
            raise PolicyError(f"{field}.warn", "the lead is longer than the target")
        if warn and warn.working_days is not None and days is not None and warn.working_days > days:
            raise PolicyError(f"{field}.warn", "the lead is longer than the target")
        late = _late(data.get("late"), f"{field}.late")
        stretched = _number(data, "stretched", field, 1, 100)
        return cls(TargetKind(kind), seconds, days, calendar, warn, late, stretched)

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        data: dict[str, Any] = {"kind": self.kind.value, "calendar": self.calendar}
        data |= {"seconds": self.seconds} if self.seconds is not None else {"working_days": self.working_days}
        if self.warn:
            names = ("percent", "seconds", "working_days")
            data["warn"] = {name: v for name in names if (v := getattr(self.warn, name)) is not None}
        if self.late:
            data["late"] = {
                "from": format_time(self.late.start),
                "until": format_time(self.late.end),
                "seconds": self.late.seconds,
                "instead_of": self.late.instead_of,
            }
        return data | ({"stretched": self.stretched} if self.stretched is not None else {})


@dataclass(frozen=True, slots=True)
class Due:
    """When one target is due and when to warn (None: never, or already at its start)."""

    kind: TargetKind
    due_at: datetime
    warn_at: datetime | None


def due(target: Target, started_at: datetime, pauses: Sequence[Gap], calendars: Calendars) -> Due:
    """The due and warning instants of a target whose clock started at `started_at`, not counting `pauses`.

    `started_at` is the creation for all targets, the reopening for a new response clock, the resident's message
    for the next response. A target in working days is due at a closing, and later by the working time of the
    pauses. The warning is never before the start. KeyError: the estate has no such calendar.
    """
    return _due(target, started_at, to_us(started_at), _us(pauses), calendars)


def dues(
    targets: Sequence[Target],
    started_at: datetime,
    stretches: Sequence[Stretch],
    calendars: Calendars,
    caps: PauseCaps = DEFAULT_CAPS,
) -> tuple[Due, ...]:
    """The instants of several targets of one ticket that started together."""
    pauses = _us(gaps(stretches, caps, calendars.pausing))
    at = to_us(started_at)
    return tuple(_due(target, started_at, at, pauses, calendars) for target in targets)


def due_at(
    target: Target,
    started_at: datetime,
    stretches: Sequence[Stretch],
    calendars: Calendars,
    caps: PauseCaps = DEFAULT_CAPS,
) -> datetime:
    """The due instant of one target; see `due`."""
    return due(target, started_at, gaps(stretches, caps, calendars.pausing), calendars).due_at


def counted(started_at: datetime, until: datetime, pauses: Sequence[Gap], calendar: WorkingTime) -> timedelta:
    """Working time between two instants without the pauses: what a clock has used up."""
    total = calendar.between(started_at, until)
    for gap in pauses:
        total -= calendar.between(max(gap.starts_at, started_at), min(gap.ends_at, until))
    return total


def is_same_ticket(ended_at: datetime, now: datetime) -> bool:
    """Whether a reopening at `now` continues the ticket; later it is a new, linked one (rule of seven days)."""
    return now <= ended_at + REOPEN_WINDOW


_Spans = Sequence[tuple[int, int]]


def _us(pauses: Iterable[Gap]) -> _Spans:
    return [(to_us(gap.starts_at), to_us(gap.ends_at)) for gap in pauses]


def _due(target: Target, started_at: datetime, at: int, pauses: _Spans, calendars: Calendars) -> Due:
    calendar = calendars[target.calendar]
    seconds = _seconds(target, started_at, calendars)
    if seconds is not None:
        length = seconds * _SECOND
        due_us = _reach(length, at, pauses, calendar)
    else:
        due_us = calendar.closing_us(at, target.working_days or 0)
        length = calendar.between_us(at, due_us) if pauses or target.warn else 0
        if pauses:
            due_us = _reach(length, at, pauses, calendar)
    if target.warn is None:
        return Due(target.kind, from_us(due_us), None)
    used = length - target.warn.lead_us(length, calendar)
    warn_at = from_us(_reach(used, at, pauses, calendar)) if used > 0 else started_at
    return Due(target.kind, from_us(due_us), warn_at)


def _seconds(target: Target, started_at: datetime, calendars: Calendars) -> int | None:
    """The seconds promised to what starts at that instant; None: promised in working days."""
    late = target.late
    if late is not None and late.instead_of == target.seconds:
        local = started_at.astimezone(calendars.zone)
        if late.covers(local.hour * 3600 + local.minute * 60 + local.second):
            return late.seconds
    return target.seconds


def _reach(length: int, at: int, pauses: _Spans, calendar: WorkingTime) -> int:
    """The first instant by which `length` of working time outside the pauses has passed since `at`."""
    for start, end in pauses:
        if end <= at:
            continue
        reached = calendar.add_us(at, length)
        if reached <= start:
            return reached
        length -= calendar.between_us(at, start)
        at = max(at, end)
    return calendar.add_us(at, length)


def _number(data: Mapping[str, Any], name: str, field: str, least: int, most: int) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise PolicyError(f"{field}.{name}", f"is not a whole number from {least} to {most}")
    return value


def _warn(data: Any, field: str) -> Warn | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise PolicyError(field, "is not an object")
    warn = Warn(
        _number(data, "percent", field, 1, 99),
        _number(data, "seconds", field, 1, LONGEST),
        _number(data, "working_days", field, 1, 366),
    )
    if [warn.percent, warn.seconds, warn.working_days].count(None) != 2:
        raise PolicyError(field, "give one of percent, seconds, working_days")
    return warn


def _late(data: Any, field: str) -> Late | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise PolicyError(field, "is not an object")
    try:
        start, end = parse_time(str(data["from"])) % DAY, parse_time(str(data["until"]))
    except (KeyError, ValueError) as error:
        raise PolicyError(field, f"needs from and until as times of day ({error})") from None
    seconds = _number(data, "seconds", field, 1, LONGEST)
    if seconds is None or start == end:
        raise PolicyError(field, "needs seconds, and two different times of day")
    return Late(start, end, seconds, _number(data, "instead_of", field, 1, LONGEST))
