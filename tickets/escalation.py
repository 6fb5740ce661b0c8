"""Who is told, and when, after a target was missed; and when the sweep must next look at a ticket.

Pure: rows, sending and the roster are elsewhere. Telling never changes the ticket itself: its class and dates
stay as they are.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Self, TypeVar

from tickets.deadlines import LONGEST, PolicyError
from tickets.words import Role
from tickets.working_time import ALWAYS, Calendars

H = TypeVar("H")

LADDER = (Role.AGENT, Role.LEAD, Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR)
"""Upwards; above the director stand the security control room, which is never empty, and the administrator."""

FALLBACK = (Role.SECURITY, Role.ADMIN)

REMINDERS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 8, 16))
"""Times after a level was told at which it is told again, until somebody has it or the next level comes."""


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a chain: `after` the breach, `role` is told.

    `calendar` is the code in which `after` counts; None: the one of the missed target, so that office promises
    climb in office hours. A `notify_only` level tells but does not move the ticket up in its queue.
    """

    level: int
    after: timedelta
    role: Role
    calendar: str | None = None
    notify_only: bool = False

    @classmethod
    def from_json(cls, level: int, data: Any) -> Self:
        """`{"after" seconds, "role", "calendar"?, "notify_only"?}`; raises PolicyError naming the field."""
        field = f"levels.{level}"
        if not isinstance(data, Mapping):
            raise PolicyError(field, "is not an object")
        after, role, calendar = data.get("after"), data.get("role"), data.get("calendar")
        if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after <= LONGEST:
            raise PolicyError(f"{field}.after", f"is not a whole number of seconds from 0 to {LONGEST}")
        if role not in set(Role):
            raise PolicyError(f"{field}.role", f"is not one of {', '.join(Role)}")
        if calendar is not None and not isinstance(calendar, str):
            raise PolicyError(f"{field}.calendar", "is not the code of a calendar")
        return cls(level, timedelta(seconds=after), Role(role), calendar, data.get("notify_only") is True)

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads; the number is the place in the list."""
        data: dict[str, Any] = {"after": int(self.after.total_seconds()), "role": self.role.value}
        if self.calendar is not None:
            data["calendar"] = self.calendar
        return data | {"notify_only": True} if self.notify_only else data


def level_at(level: Level, breached_at: datetime, target_calendar: str, calendars: Calendars) -> datetime:
    """The instant at which a level falls due. At once means at once, be it after closing by a late sweep."""
    if not level.after:
        return breached_at
    return calendars[level.calendar or target_calendar].add(breached_at, level.after)


def levels_due(
    chain: Sequence[Level],
    breached_at: datetime,
    done_levels: Collection[int],
    acknowledged_at: datetime | None,
    now: datetime,
    calendars: Calendars,
    target_calendar: str = ALWAYS.name,
) -> tuple[tuple[Level, datetime], ...]:
    """The levels to tell now, in order, each with the instant at which it fell due; none twice.

    After an outage that is all of them that have fallen due. `acknowledged_at` set: somebody has it (or the
    target was met), and nobody further is told.
    """
    if acknowledged_at is not None:
        return ()
    open_levels = [level for level in chain if level.level not in done_levels]
    instants = [(level, level_at(level, breached_at, target_calendar, calendars)) for level in open_levels]
    return tuple((level, at) for level, at in instants if at <= now)


def next_level_at(
    chain: Sequence[Level],
    breached_at: datetime,
    done_levels: Collection[int],
    acknowledged_at: datetime | None,
    calendars: Calendars,
    target_calendar: str = ALWAYS.name,
) -> datetime | None:
    """The instant of the earliest level not told yet, past or future; None if all are told or somebody has it."""
    if acknowledged_at is not None:
        return None
    left = [level for level in chain if level.level not in done_levels]
    return min((level_at(level, breached_at, target_calendar, calendars) for level in left), default=None)


def reminder_at(
    told_at: datetime, sent: int, calendars: Calendars, target_calendar: str = ALWAYS.name
) -> datetime | None:
    """When to remind after a level told at `told_at` and `sent` reminders; None after five.

    The hours are those of the target's calendar: an office promise reminds in office hours only.
    """
    return calendars[target_calendar].add(told_at, REMINDERS[sent]) if sent < len(REMINDERS) else None


def counted_levels(chain: Sequence[Level], done_levels: Collection[int]) -> int:
    """How many levels move the ticket up in its queue: those told, but not those that only notify."""
    return sum(1 for level in chain if level.level in done_levels and not level.notify_only)


@dataclass(frozen=True, slots=True)
class Recipient(Generic[H]):
    """Who is told: the role that was found, its holder, and the empty roles passed over on the way."""

    role: Role
    holder: H
    skipped: tuple[Role, ...]


class NobodyToTell(LookupError):
    """No role of the whole ladder has a holder: nobody at all works for the estate."""


def recipient(role: Role, holder_of: Callable[[Role], H | None]) -> Recipient[H]:
    """The holder of `role` at this moment, or of the next role that has one: upwards, then security and the
    administrator, then downwards. Raises NobodyToTell only if no role has any.

    `holder_of` answers from the duty roster, and from the list of staff where a role keeps no roster.
    """
    skipped: list[Role] = []
    for candidate in _from(role):
        holder = holder_of(candidate)
        if holder is not None:
            return Recipient(candidate, holder, tuple(skipped))
        skipped.append(candidate)
    raise NobodyToTell(f"nobody holds {role} or any other role")


def _from(role: Role) -> Iterable[Role]:
    if role not in LADDER:
        # The control room and the administrator report to the manager.
        return dict.fromkeys((role, *LADDER[3:], *FALLBACK, *reversed(LADDER[:3])))
    i = LADDER.index(role)
    return (*LADDER[i:], *FALLBACK, *reversed(LADDER[:i]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One target of a ticket as the sweep sees it.

    `settled_at`: met, or ended with the ticket. `acknowledged_at`: somebody has the escalation. `told_at` and
    `reminded` are of the last level told; before `quiet_until` nobody is reminded.
    """

    due_at: datetime
    calendar: str = ALWAYS.name
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    settled_at: datetime | None = None
    breached_at: datetime | None = None
    acknowledged_at: datetime | None = None
    done_levels: frozenset[int] = frozenset()
    told_at: datetime | None = None
    reminded: int = 0
    quiet_until: datetime | None = None


def next_due_at(
    clocks: Iterable[Clock],
    chain: Sequence[Level],
    calendars: Calendars,
    pause_ends_at: datetime | None = None,
) -> datetime | None:
    """The single next instant at which the sweep must look at a ticket; None: nothing left to happen by itself.

    That is the earliest of a warning, a breach, a level, a reminder of the last one, and the cap of the
    pause that goes on. It may lie in the past: then the sweep is late, and the work is due now.
    """
    instants = [_next(clock, chain, calendars) for clock in clocks]
    return min((at for at in (*instants, pause_ends_at) if at is not None), default=None)


def _next(clock: Clock, chain: Sequence[Level], calendars: Calendars) -> datetime | None:
    if clock.settled_at is not None:
        return None
    if clock.breached_at is None:
        warns = clock.warned_at is None and clock.warn_at is not None and clock.warn_at < clock.due_at
        return clock.warn_at if warns else clock.due_at
    if clock.acknowledged_at is not None:
        return None
    at = next_level_at(chain, clock.breached_at, clock.done_levels, None, calendars, clock.calendar)
    if clock.told_at is None or clock.reminded >= len(REMINDERS):
        return at
    again = reminder_at(clock.told_at, clock.reminded, calendars, clock.calendar)
    if again is not None and clock.quiet_until is not None:
        again = max(again, clock.quiet_until)
    return min((each for each in (at, again) if each is not None), default=None)
