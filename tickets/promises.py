"""What is promised to whom: categories, calendars and policies as each process keeps them in memory.

They change seldom and are needed for every ticket. `load` reads them again when the stamp (one row, renewed by
triggers) is another than at the last reading; `remembered` gives the last reading unchecked, for a writer that
checks the stamp in its own statement (`tickets.opening`). How they are edited: `tickets.policy_service`.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select, tuple_
from sqlalchemy.orm import selectinload

from infra.database import Tx
from tickets import models
from tickets.calendars import Calendar
from tickets.deadlines import Due, Target, due
from tickets.errors import FieldError
from tickets.intervals import Gap
from tickets.models import CalendarException, Category, Estate, Policy, PolicyVersion, PromiseStamp, Storm
from tickets.policies import Case, find_policy, levels_from_json, targets_from_json
from tickets.policies import Policy as Rule
from tickets.windows import CalendarError, DayException, ExceptionKind, Window
from tickets.words import PriorityClass, TargetKind
from tickets.working_time import ALWAYS, Calendars

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CategoryLine:
    """A category as opening and editing need it; only a leaf has queue and class."""

    code: str
    kind: str
    queue_code: str | None
    priority_class: str | None
    is_hidden: bool


@dataclass(frozen=True)
class EstateLine:
    """An estate as promises need it."""

    id: int
    code: str
    zone: str
    office_calendar: str


@dataclass(frozen=True)
class CalendarLine:
    """A stored calendar; it becomes one of an estate by taking the estate's zone where it names none."""

    code: str
    zone: str | None
    weekly: Sequence[Any]
    exceptions: tuple[DayException, ...]

    def made(self, zone: str) -> Calendar:
        """The calendar as it counts; raises CalendarError."""
        data = {"name": self.code, "zone": self.zone or zone, "weekly": self.weekly}
        return Calendar.from_json(data).with_exceptions(self.exceptions)


@dataclass(frozen=True)
class PolicyLine:
    """One version of a policy: what it covers and promises (`rule`), and where it is stored."""

    id: int
    version: int
    rule: Rule
    at_opening: tuple[
        tuple[Target, str], ...
    ]  # what starts with the ticket, with its JSON text as clocks keep it

    @property
    def next_response(self) -> Target | None:
        """What a later message of the resident is promised: its own target, else that of the first answer."""
        own = {target.kind: target for target in self.rule.targets}
        first = own.get(TargetKind.FIRST_RESPONSE)
        return own.get(TargetKind.NEXT_RESPONSE) or (
            replace(first, kind=TargetKind.NEXT_RESPONSE) if first is not None else None
        )


@dataclass(frozen=True)
class StormLine:
    """A time `[from_at, until_at)` in which answers to ordinary matters may take `percent` longer."""

    from_at: datetime
    until_at: datetime
    percent: int


ANSWERS = frozenset({TargetKind.FIRST_RESPONSE, TargetKind.NEXT_RESPONSE})
ORDINARY = frozenset({PriorityClass.P2.value, PriorityClass.P3.value})


@dataclass(frozen=True)
class Promises:
    """One reading of all that promises are made from."""

    stamp: int
    categories: Mapping[str, CategoryLine]
    estates: Mapping[int, EstateLine]
    lines: Sequence[PolicyLine]
    storms: Mapping[int, Sequence[StormLine]]
    _stored: Mapping[int | None, Mapping[str, CalendarLine]]
    _calendars: dict[int, Calendars] = field(default_factory=dict)
    _found: dict[tuple[int, str, str, str | None], PolicyLine | None] = field(default_factory=dict)

    def leaf(self, code: str) -> CategoryLine:
        """The category to file under; FieldError for an unknown one and for one that is not a leaf.

        A hidden one is a leaf still: a call that began before it was hidden must get its ticket.
        """
        category = self.categories.get(code)
        if category is None:
            raise FieldError("category", f"There is no category {code}.")
        if category.queue_code is None or category.priority_class is None:
            raise FieldError("category", f"Category {code} has finer ones below it; choose one of those.")
        return category

    def line_for(
        self, estate_id: int, category: str, priority_class: str, customer_type: str | None
    ) -> PolicyLine | None:
        """The policy that covers such a ticket; None if not even a class default does."""
        key = (estate_id, category, priority_class, customer_type)
        if key not in self._found:
            by_rule = {id(line.rule): line for line in self.lines}
            rule = find_policy(
                (line.rule for line in self.lines), Case(self.estates[estate_id].code, *key[1:])
            )
            self._found[key] = by_rule[id(rule)] if rule else None
        return self._found[key]

    def promised(self, estate_id: int, priority_class: str, target: Target, started_at: datetime) -> Target:
        """The target as it holds for a clock that starts then: answers to ordinary matters longer in a storm."""
        if target.kind in ANSWERS and priority_class in ORDINARY:
            for storm in self.storms.get(estate_id, ()):
                if storm.from_at <= started_at < storm.until_at:
                    return target.stretch(storm.percent)
        return target

    def calendars(self, estate_id: int) -> Calendars:
        """The calendars of an estate: its own, and the company's where it has none of that code."""
        found = self._calendars.get(estate_id)
        if found is None:
            found = self._calendars[estate_id] = self._make_calendars(self.estates[estate_id])
        return found

    def _make_calendars(self, estate: EstateLine) -> Calendars:
        stored = {**self._stored.get(None, {}), **self._stored.get(estate.id, {})}
        made = {}
        for code, line in stored.items():
            try:
                made[code] = line.made(estate.zone)
            except CalendarError:
                log.exception("calendar cannot be used", extra={"calendar": code, "estate": estate.code})
        return Calendars(ZoneInfo(estate.zone), made, estate.office_calendar)


_kept: WeakKeyDictionary[Engine, Promises] = WeakKeyDictionary()
_versions: WeakKeyDictionary[Engine, dict[tuple[int, int], PolicyLine]] = WeakKeyDictionary()


def load(tx: Tx) -> Promises:
    """The promises as this transaction sees them; one short query when nothing has changed."""
    stamp = tx.execute(select(PromiseStamp.value)).scalar_one()
    kept = _kept.get(engine_of(tx))
    return kept if kept is not None and kept.stamp == stamp else _read(tx, stamp)


def remembered(tx: Tx) -> Promises:
    """The last reading of this process, however old; reads if there is none yet."""
    return _kept.get(engine_of(tx)) or load(tx)


def versions(tx: Tx, wanted: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], PolicyLine]:
    """Policies as promised at the time, by (policy id, version). What a version promises never changes."""
    kept = _versions.setdefault(engine_of(tx), {})
    missing = {one for one in wanted if one not in kept}
    if missing:
        estates = {row.id: row.code for row in tx.execute(select(Estate.id, Estate.code))}
        query = (
            select(Policy, PolicyVersion)
            .join(PolicyVersion, PolicyVersion.policy_id == Policy.id)
            .where(tuple_(PolicyVersion.policy_id, PolicyVersion.version).in_(missing))
        )
        for policy, version in tx.execute(query):
            kept[policy.id, version.version] = _line(policy, version, estates)
    return kept


def engine_of(tx: Tx) -> Engine:
    """The engine behind a transaction: what belongs to one database is kept under it."""
    bind = tx.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


def due_of(target: Target, started_at: datetime, pauses: Sequence[Gap], calendars: Calendars) -> Due:
    """As `deadlines.due`, but never without an answer: a target whose calendar fails counts in real time.

    A ticket must be stored and promised something even when somebody has spoilt a calendar; the log says so.
    """
    try:
        return due(target, started_at, pauses, calendars)
    except (KeyError, CalendarError):
        log.exception(
            "target counted in real time", extra={"target": target.kind, "calendar": target.calendar}
        )
        seconds = target.seconds if target.seconds is not None else 86_400 * max(target.working_days or 0, 1)
        return due(Target(target.kind, seconds, None, ALWAYS.name), started_at, pauses, calendars)


def calendar_line(row: models.Calendar) -> CalendarLine:
    """A row of the table as a value; raises CalendarError for exceptions that cannot be read."""
    try:
        exceptions = tuple(_day(one) for one in row.exceptions)
    except ValueError as error:
        raise CalendarError(row.code, str(error)) from None
    return CalendarLine(row.code, row.timezone, row.weekly, exceptions)


def _day(row: CalendarException) -> DayException:
    if row.kind == ExceptionKind.CLOSED:
        return DayException.closed(row.on_date, row.note, row.source)
    if row.kind == ExceptionKind.LIKE_WEEKDAY and row.weekday is not None:
        return DayException.works_like(row.on_date, row.weekday, row.note, row.source)
    windows = [Window.parse(text) for text in row.windows]
    return DayException.own(row.on_date, windows, row.note, row.source)


def _read(tx: Tx, stamp: int) -> Promises:
    categories = {
        row.code: CategoryLine(*row)
        for row in tx.execute(
            select(
                Category.code, Category.kind, Category.queue_code, Category.priority_class, Category.is_hidden
            )
        )
    }
    estate_rows = tx.execute(select(Estate.id, Estate.code, Estate.timezone, Estate.office_calendar))
    estates = {row.id: EstateLine(*row) for row in estate_rows}
    codes = {estate.id: estate.code for estate in estates.values()}
    fresh = {"populate_existing": True}
    in_force = (
        select(Policy, PolicyVersion)
        .join(
            PolicyVersion, (PolicyVersion.policy_id == Policy.id) & (PolicyVersion.version == Policy.version)
        )
        .where(Policy.is_active)
        .order_by(Policy.id)
    )
    lines = [
        _line(policy, version, codes) for policy, version in tx.execute(in_force, execution_options=fresh)
    ]
    stored: dict[int | None, dict[str, CalendarLine]] = defaultdict(dict)
    calendars = select(models.Calendar).options(selectinload(models.Calendar.exceptions))
    for calendar in tx.execute(calendars, execution_options=fresh).scalars():
        try:
            stored[calendar.estate_id][calendar.code] = calendar_line(calendar)
        except CalendarError:
            log.exception("calendar cannot be read", extra={"calendar": calendar.code})
    storms: dict[int, list[StormLine]] = defaultdict(list)
    for row in tx.execute(select(Storm.estate_id, Storm.from_at, Storm.until_at, Storm.percent)):
        storms[row.estate_id].append(StormLine(row.from_at, row.until_at, row.percent))
    read = Promises(stamp, categories, estates, lines, storms, stored)
    _kept[engine_of(tx)] = read
    return read


def _line(policy: Policy, version: PolicyVersion, estates: Mapping[int, str]) -> PolicyLine:
    rule = Rule(
        policy.code,
        targets_from_json(version.targets),
        levels_from_json(version.levels),
        estates[policy.estate_id] if policy.estate_id is not None else None,
        policy.category_code,
        policy.priority_class,
        policy.customer_type,
        policy.rank,
    )
    at_opening = tuple(
        (target, json.dumps(target.to_json()))
        for target in rule.targets
        if target.kind is not TargetKind.NEXT_RESPONSE
    )
    return PolicyLine(policy.id, version.version, rule, at_opening)
