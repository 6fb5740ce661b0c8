"""Calendars as an office edits them: looked at before they are saved, kept in versions; open tickets move if asked.

An estate edits calendars of its own; the first edit of one of the company's makes the estate's copy of it, which
from then on stands in its place. How a calendar counts is `tickets.calendars`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from infra.database import Tx
from tickets import life, promises
from tickets.actors import Actor
from tickets.audit import note_act
from tickets.calendars import Calendar
from tickets.deadlines import Target
from tickets.errors import NotFound, Refused
from tickets.history import EventKind, record
from tickets.lifecycle import OPEN_STATES
from tickets.models import Calendar as Stored
from tickets.models import CalendarException, CalendarVersion, Estate, Ticket, TicketTarget
from tickets.windows import WEEKDAYS, DayException

_OPEN = tuple(state.value for state in OPEN_STATES)
MOST_COUNTED = 5_000


class CalendarChanged(Refused):
    """Somebody else has saved this calendar since it was read; nothing was overwritten."""

    code = "calendar_changed"


@dataclass(frozen=True)
class CalendarDraft:
    """A calendar as somebody wants it. `weekly`: texts such as "08:00-12:00" for each day, Monday first."""

    name: str
    weekly: Sequence[Sequence[str]]
    exceptions: Sequence[DayException]
    zone: str | None = None

    def made(self, estate: Estate, code: str) -> Calendar:
        """The calendar that it is, with the estate's zone unless it names one. Raises CalendarError."""
        data = {
            "name": code,
            "zone": self.zone or estate.timezone,
            "weekly": dict(zip(WEEKDAYS, self.weekly, strict=True)),
            "exceptions": [one.to_json() for one in self.exceptions],
        }
        return Calendar.from_json(data)


@dataclass(frozen=True)
class Moved:
    """An open promise of a ticket that the edit moves."""

    number: str
    kind: str
    before: datetime
    after: datetime


@dataclass(frozen=True)
class DayShown:
    """One day of the month preview: its windows in words, their length, and what is special about it."""

    on: date
    windows: tuple[str, ...]
    length: timedelta
    special: DayException | None


def list_calendars(tx: Tx, estate: Estate) -> list[Stored]:
    """The calendars of an estate by code: its own, and the company's where it has none of that code."""
    query = select(Stored).where(Stored.estate_id.is_(None) | (Stored.estate_id == estate.id))
    query = query.options(selectinload(Stored.exceptions)).order_by(Stored.estate_id.is_not(None))
    found = {row.code: row for row in tx.scalars(query)}
    return [found[code] for code in sorted(found)]


def get_calendar(tx: Tx, estate: Estate, code: str) -> Stored:
    """One calendar as it holds in the estate. Raises NotFound."""
    found = next((row for row in list_calendars(tx, estate) if row.code == code), None)
    if found is None:
        raise NotFound("calendar", code)
    return found


def draft_of(stored: Stored) -> CalendarDraft:
    """The calendar as it stands, to be edited. Raises CalendarError if it cannot be read."""
    weekly = stored.weekly if len(stored.weekly) == 7 else [[] for _ in WEEKDAYS]
    return CalendarDraft(stored.name, weekly, promises.calendar_line(stored).exceptions, stored.timezone)


def version_of(tx: Tx, stored: Stored) -> int:
    """How often the calendar was saved; 0: it is as it was installed."""
    newest = select(func.max(CalendarVersion.version)).where(CalendarVersion.calendar_id == stored.id)
    return tx.scalar(newest) or 0


def list_versions(tx: Tx, stored: Stored) -> Sequence[CalendarVersion]:
    """The saved versions of a calendar, newest first."""
    query = select(CalendarVersion).where(CalendarVersion.calendar_id == stored.id)
    return tx.scalars(query.order_by(CalendarVersion.version.desc()).limit(50)).all()


def month(calendar: Calendar, first: date) -> list[DayShown]:
    """The days of the month that begins on `first`, as the calendar has them."""
    days = []
    on = first.replace(day=1)
    while on.month == first.month:
        openings = calendar.openings(on)
        length = sum((end - start for start, end in openings), timedelta())
        texts = tuple(str(window) for window in calendar.windows(on))
        days.append(DayShown(on, texts, length, calendar.exception(on)))
        on += timedelta(days=1)
    return days


def save(
    tx: Tx, estate: Estate, code: str, draft: CalendarDraft, seen: int, actor: Actor, *, now: datetime
) -> Stored:
    """Store the draft as the estate's own calendar and as its next version; new tickets are promised by it.

    `seen` is the version that the editor read. Raises CalendarChanged, and CalendarError for a calendar that cannot
    be, or that has no opening for a year.
    """
    made = draft.made(estate, code)
    made.check_openings(now)
    stored = _own(tx, estate, code)
    if version_of(tx, stored) != seen:
        raise CalendarChanged("Somebody else has saved this calendar in the meantime.")
    body = made.to_json()
    stored.name, stored.timezone = draft.name.strip() or stored.name, draft.zone
    stored.weekly = [body["weekly"].get(day, []) for day in WEEKDAYS]
    tx.execute(delete(CalendarException).where(CalendarException.calendar_id == stored.id))
    tx.expire(stored, ["exceptions"])
    tx.add_all([_row(stored.id, one, str(actor)) for one in made.exceptions])
    version = CalendarVersion(
        calendar_id=stored.id, version=seen + 1, body=body, created_at=now, created_by=actor.staff_id
    )
    tx.add(version)
    tx.flush()
    note_act(
        tx, actor, "calendar.saved", f"calendar:{estate.code}:{code}", now=now, estate_id=estate.id, version=seen + 1
    )  # fmt: skip
    return stored


def moved_by(tx: Tx, estate: Estate, code: str) -> list[Moved]:
    """Which open promises counted in this calendar fall due at another time than stored, as it stands now."""
    moved = []
    for ticket in _concerned(tx, estate, code):
        clocks = life.read(tx, ticket)
        pauses = clocks.pauses()
        for target in clocks.open:
            promise = Target.from_json(target.promise)
            if promise.calendar != code or target.is_by_hand:
                continue
            due = promises.due_of(promise, target.started_at, pauses, clocks.calendars).due_at
            if due != target.due_at:
                moved.append(Moved(ticket.number, target.kind, target.due_at, due))
    return moved


def apply_to_open(tx: Tx, estate: Estate, code: str, actor: Actor, *, now: datetime) -> int:
    """Let the open promises counted in this calendar fall due by it; returns how many tickets were recomputed."""
    tickets = _concerned(tx, estate, code, lock=True)
    for ticket in tickets:
        clocks = life.read(tx, ticket)
        before = {target.id: target.due_at for target in clocks.open}
        clocks.recompute()
        due = {
            target.kind: [before[target.id].isoformat(), target.due_at.isoformat()]
            for target in clocks.open
            if before[target.id] != target.due_at
        }
        if due:
            data = {"reason": "calendar", "calendar": code, "due": due}
            record(tx, ticket.id, EventKind.RECALCULATED, actor, data, now=now)
        clocks.schedule()
    return len(tickets)


def _concerned(tx: Tx, estate: Estate, code: str, *, lock: bool = False) -> Sequence[Ticket]:
    counted: Any = TicketTarget.promise["calendar"].astext
    promised = select(TicketTarget.ticket_id).where(
        counted == code, TicketTarget.met_at.is_(None), TicketTarget.ended_at.is_(None)
    )
    query = select(Ticket).where(
        Ticket.estate_id == estate.id, Ticket.state.in_(_OPEN), Ticket.id.in_(promised)
    )
    query = query.order_by(Ticket.id).limit(MOST_COUNTED)
    return tx.scalars(query.with_for_update(key_share=True) if lock else query).all()


def _own(tx: Tx, estate: Estate, code: str) -> Stored:
    """The estate's own calendar of that code, its row locked; made as a copy of the company's on first use."""
    own = select(Stored).where(Stored.estate_id == estate.id, Stored.code == code).with_for_update()
    found = tx.scalars(own).one_or_none()
    if found is None:
        model = get_calendar(tx, estate, code)
        found = Stored(
            estate_id=estate.id, code=code, name=model.name, timezone=model.timezone, weekly=model.weekly
        )
        tx.add(found)
        tx.flush()
    return found


def _row(calendar_id: int, one: DayException, by: str) -> CalendarException:
    return CalendarException(
        calendar_id=calendar_id,
        on_date=one.on,
        kind=one.kind.value,
        weekday=one.weekday,
        windows=[str(window) for window in one.windows],
        note=one.reason,
        source=one.source or by,
    )
