"""What time has brought to one ticket: a pure judgement of its clocks at an instant.

The sweep reads rows, asks here, and writes what it is told. Who the recipients are is `tickets.duty`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tickets import priority
from tickets.escalation import Clock, Level, counted_levels, levels_due, next_due_at, reminder_at
from tickets.life import head_start, standing
from tickets.words import PriorityClass
from tickets.working_time import Calendars


@dataclass(slots=True)
class Target:
    """A clock that runs, as stored. Judging marks on it what has come."""

    id: int
    kind: str
    calendar: str
    due_at: datetime
    warn_at: datetime | None
    warned_at: datetime | None
    breached_at: datetime | None
    level: int
    told_at: datetime | None = None
    reminded: int = 0
    quiet_until: datetime | None = None  # not stored: the office is closed until then


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of a ticket decides, beside its clocks."""

    priority_class: PriorityClass
    is_live: bool
    is_vulnerable: bool
    entered_at: datetime
    chases: int
    level: int
    climb_stopped_at: datetime | None
    pause_ends_at: datetime | None


@dataclass(slots=True)
class Verdict:
    """What is to be written: warnings and breaches that have come, levels and reminders with when each fell due."""

    warned: list[Target] = field(default_factory=list)
    breached: list[Target] = field(default_factory=list)
    levels: list[tuple[Target, Level, datetime]] = field(default_factory=list)
    reminders: list[tuple[Target, Level, datetime]] = field(default_factory=list)


def judge(
    targets: Sequence[Target], facts: Facts, chain: Sequence[Level], calendars: Calendars, now: datetime
) -> Verdict:
    """Mark on `targets` what has come by `now`, and say it. What was marked before is not said again.

    A target that is breached is not warned of any more. A higher level takes the lower ones with it.
    """
    verdict = Verdict()
    for target in targets:
        if target.breached_at is None:
            if target.due_at <= now:
                target.breached_at = target.due_at
                verdict.breached.append(target)
            elif target.warn_at is not None and target.warned_at is None and target.warn_at <= now:
                target.warned_at = now
                verdict.warned.append(target)
        if target.breached_at is not None:
            levels = _levels(target, target.breached_at, facts, chain, calendars, now)
            verdict.levels += levels
            if not levels:
                verdict.reminders += _reminders(target, facts, chain, calendars, now)
    return verdict


def next_look(
    targets: Sequence[Target], facts: Facts, chain: Sequence[Level], calendars: Calendars
) -> datetime | None:
    """When the sweep must look again; None: nothing more comes by itself."""
    return next_due_at((_clock(target, facts) for target in targets), chain, calendars, facts.pause_ends_at)


def rank_at(targets: Sequence[Target], facts: Facts, chain: Sequence[Level]) -> datetime:
    """The place in the queue that follows from warnings, breaches and the highest level told."""
    level = max((target.level for target in targets), default=0)
    early = head_start(
        facts.priority_class,
        is_live=facts.is_live,
        is_vulnerable=facts.is_vulnerable,
        promise=standing((target.warned_at, target.breached_at) for target in targets),
        level=counted_levels(chain, range(1, max(level, facts.level) + 1)),
        chases=facts.chases,
    )
    return priority.rank_at(facts.entered_at, early)


def _levels(
    target: Target,
    breached_at: datetime,
    facts: Facts,
    chain: Sequence[Level],
    calendars: Calendars,
    now: datetime,
) -> list[tuple[Target, Level, datetime]]:
    stopped_at = facts.climb_stopped_at
    if stopped_at is not None and breached_at <= stopped_at:
        return []
    done = range(1, target.level + 1)
    due = dict(levels_due(chain, breached_at, done, None, now, calendars, target.calendar))
    highest = max((level.level for level in due), default=0)
    return [(target, level, due.get(level, now)) for level in chain if target.level < level.level <= highest]


def _reminders(
    target: Target, facts: Facts, chain: Sequence[Level], calendars: Calendars, now: datetime
) -> list[tuple[Target, Level, datetime]]:
    """The reminder that has come; those that came before it and were missed are one with it."""
    last = next((level for level in chain if level.level == target.level), None)
    if last is None or target.told_at is None or _is_stopped(target, facts):
        return []
    due, number = None, target.reminded
    while (at := reminder_at(target.told_at, number, calendars, target.calendar)) and at <= now:
        due, number = at, number + 1
    if due is None:
        return []
    calendar = calendars[target.calendar]
    if not calendar.is_open(now):  # a late sweep does not ring at night for what is promised in office hours
        target.quiet_until = calendar.next_opening(now)
        return []
    target.reminded = number
    return [(target, last, due)]


def _is_stopped(target: Target, facts: Facts) -> bool:
    stopped_at = facts.climb_stopped_at
    return target.breached_at is not None and stopped_at is not None and target.breached_at <= stopped_at


def _clock(target: Target, facts: Facts) -> Clock:
    return Clock(
        due_at=target.due_at,
        calendar=target.calendar,
        warn_at=target.warn_at,
        warned_at=target.warned_at,
        breached_at=target.breached_at,
        acknowledged_at=facts.climb_stopped_at if _is_stopped(target, facts) else None,
        done_levels=frozenset(range(1, target.level + 1)),
        told_at=target.told_at,
        reminded=target.reminded,
        quiet_until=target.quiet_until,
    )
