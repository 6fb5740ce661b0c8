"""How a queue is served: strategy, level asked for, and the steps by which it lets go of what it asks. Pure.

A rule is data that a supervisor edits; every version is kept with the instant from which it is valid, and a ticket
keeps the rule that was valid when it entered its queue. Steps go by the clock, or by a mark on the queue, or at once
when nobody who could take the ticket is on duty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from routing.pools import LEVELS, Asked, Strategy

MOST_STEPS = 8
MOST_WEIGHT = 9
LOOK_AGAIN = timedelta(seconds=60)
LOOK_AT_MARKS = timedelta(seconds=5)


class Add(StrEnum):
    """What a step adds to the seats that may have a ticket."""

    MAIN_LANGUAGE = "main_language"  # the estate's main language and English
    ANY_LANGUAGE = "any_language"
    LEVEL = "level"  # seats of a lower level of the skill
    QUEUE = "queue"  # seats of another queue
    ESTATES = "estates"  # seats of other estates


class Mark(StrEnum):
    """What made a step fire."""

    WAIT = "wait"
    PER_SEAT = "per_seat"
    EXPECTED_WAIT = "expected_wait"
    NOBODY_ON_DUTY = "nobody_on_duty"


class RuleError(ValueError):
    """A rule cannot be used; `field` names what is wrong."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class Step:
    """One step. It fires at the first of its marks: so long after entry (`live_after` with a caller on the line),
    more than `per_seat` waiting for each seat on duty, or more than `expected_wait` to be expected."""

    add: Add
    after: timedelta | None = None
    live_after: timedelta | None = None
    per_seat: float | None = None
    expected_wait: timedelta | None = None
    level: int = 1
    queue: str = ""
    estates: tuple[str, ...] = ()

    def due_after(self, is_live: bool) -> timedelta | None:
        """How long after entry the clock fires it; None: the clock never does."""
        return self.live_after if is_live and self.live_after is not None else self.after


@dataclass(frozen=True, slots=True)
class QueueRule:
    """How one queue is served. `weight`: units of a seat's capacity that its tickets take (a caller has a place of
    their own). `is_at_once`: the first step fires as soon as nobody on duty has all that is asked for; later steps
    that find nobody are passed over at once in any case."""

    strategy: Strategy = Strategy.LEAST_LOADED
    level: int = 1
    weight: int = 1
    steps: tuple[Step, ...] = ()
    is_at_once: bool = True


def _minutes(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


DEFAULT_RULE = QueueRule(
    steps=(
        Step(Add.MAIN_LANGUAGE, after=_minutes(10), live_after=_minutes(0.5)),
        Step(Add.ANY_LANGUAGE, after=_minutes(30), live_after=_minutes(1)),
    ),
    is_at_once=False,
)
"""What holds for a queue until somebody sets something else (decision 0070)."""


@dataclass(frozen=True, slots=True)
class Version:
    """A rule from an instant on; `estate` None: everywhere."""

    estate: str | None
    queue: str
    valid_from: datetime
    rule: QueueRule


@dataclass(frozen=True)
class RuleBook:
    """Every version of every rule."""

    stamp: int = 0
    versions: Mapping[tuple[str | None, str], Sequence[Version]] = field(default_factory=dict)

    def rule(self, estate: str, queue: str, at: datetime) -> QueueRule:
        """The rule of a queue at an instant: the estate's own, else everybody's, else the default."""
        for key in ((estate, queue), (None, queue)):
            for version in reversed(self.versions.get(key, ())):
                if version.valid_from <= at:
                    return version.rule
        return DEFAULT_RULE

    @cached_property
    def weights(self) -> frozenset[int]:
        """Every weight that tickets of any queue may have."""
        found = (version.rule.weight for versions in self.versions.values() for version in versions)
        return frozenset((1, *found))

    def asked(self, skill: str) -> Asked:
        """What tickets of any age may ask of a skill: levels and strategies of every version, any weight."""
        known = self._asked.get(skill)
        if known is None:
            own = [
                v.rule for (_, queue), versions in self.versions.items() if queue == skill for v in versions
            ]
            rules = [DEFAULT_RULE, *own]
            levels = {
                1,
                *(rule.level for rule in rules),
                *(step.level for rule in rules for step in rule.steps),
            }
            known = Asked(frozenset(levels), frozenset(rule.strategy for rule in rules), self.weights)
            self._asked[skill] = known
        return known

    @cached_property
    def _asked(self) -> dict[str, Asked]:
        return {}


def next_look(
    rule: QueueRule, done: int, entered_at: datetime, is_live: bool, now: datetime | None = None
) -> datetime:
    """When a waiting ticket is to be looked at again: its next step by the clock, or sooner if the queue's marks or
    the roster may fire one. Without `now`: at entry, that is at once."""
    if now is None:
        return entered_at
    due = [now + LOOK_AGAIN]
    if done < len(rule.steps):
        step = rule.steps[done]
        after = step.due_after(is_live)
        if after is not None:
            due.append(entered_at + after)
        if step.per_seat is not None or step.expected_wait is not None:
            due.append(now + LOOK_AT_MARKS)
    return max(min(due), now)


def make_book(stamp: int, versions: Iterable[Version]) -> RuleBook:
    """The versions by estate and queue, oldest first."""
    by_queue: dict[tuple[str | None, str], list[Version]] = {}
    for version in sorted(versions, key=lambda one: one.valid_from):
        by_queue.setdefault((version.estate, version.queue), []).append(version)
    return RuleBook(stamp, by_queue)


def read_rule(settings: Mapping[str, Any]) -> QueueRule:
    """The rule that `settings` (JSON) say. Raises RuleError for what cannot be used."""
    try:
        strategy = Strategy(settings.get("strategy", Strategy.LEAST_LOADED))
    except ValueError:
        raise RuleError("strategy", f"not a strategy: {settings.get('strategy')!r}") from None
    level = _whole(settings, "level", 1, 1, 5)
    weight = _whole(settings, "weight", 1, 1, MOST_WEIGHT)
    listed = settings.get("steps", [])
    if len(listed) > MOST_STEPS:
        raise RuleError("steps", f"at most {MOST_STEPS} steps")
    steps = tuple(_step(one, place) for place, one in enumerate(listed, 1))
    return QueueRule(strategy, level, weight, steps, bool(settings.get("at_once", True)))


def write_rule(rule: QueueRule) -> dict[str, Any]:
    """The settings (JSON) that `read_rule` reads as `rule`."""
    steps = []
    for step in rule.steps:
        facts = {
            "add": str(step.add),
            "after_s": _seconds(step.after),
            "live_after_s": _seconds(step.live_after),
            "per_seat": step.per_seat,
            "expected_wait_s": _seconds(step.expected_wait),
            "level": step.level if step.add is Add.LEVEL else None,
            "queue": step.queue or None,
            "estates": list(step.estates) or None,
        }
        steps.append({name: value for name, value in facts.items() if value is not None})
    facts = {"strategy": str(rule.strategy), "level": rule.level, "weight": rule.weight}
    return facts | {"steps": steps, "at_once": rule.is_at_once}


def _step(facts: Mapping[str, Any], place: int) -> Step:
    name = f"steps.{place}"
    try:
        add = Add(facts.get("add", ""))
    except ValueError:
        raise RuleError(name, f"step {place} adds nothing that is known: {facts.get('add')!r}") from None
    step = Step(
        add,
        after=_time(facts, "after_s", name),
        live_after=_time(facts, "live_after_s", name),
        per_seat=_positive(facts, "per_seat", name),
        expected_wait=_time(facts, "expected_wait_s", name),
        level=_whole(facts, "level", 1, LEVELS[0], LEVELS[-1], name),
        queue=str(facts.get("queue") or ""),
        estates=tuple(str(code) for code in facts.get("estates") or ()),
    )
    if (
        step.after is None
        and step.live_after is None
        and step.per_seat is None
        and step.expected_wait is None
    ):
        raise RuleError(name, f"step {place} needs a time or a mark")
    if add is Add.QUEUE and not step.queue:
        raise RuleError(name, f"step {place} names no queue")
    if add is Add.ESTATES and not step.estates:
        raise RuleError(name, f"step {place} names no estate")
    return step


def _whole(facts: Mapping[str, Any], key: str, default: int, least: int, most: int, name: str = "") -> int:
    value = facts.get(key)
    if value in (None, ""):
        return default
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = least - 1
    if not least <= number <= most:
        raise RuleError(name or key, f"{key} is a whole number from {least} to {most}, not {value!r}")
    return number


def _positive(facts: Mapping[str, Any], key: str, name: str) -> float | None:
    value = facts.get(key)
    if value in (None, ""):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 1e6:
        raise RuleError(name, f"{key} is a number from 0 on, not {value!r}")
    return number


def _time(facts: Mapping[str, Any], key: str, name: str) -> timedelta | None:
    seconds = _positive(facts, key, name)
    return None if seconds is None else timedelta(seconds=seconds)


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
