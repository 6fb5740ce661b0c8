"""Opening a ticket: the row, its clocks, its first line of history and the text to the caller, in one statement.

Who gets it is not here (`routing`); nor is what was promised (`tickets.promises`).
"""

import json
import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import make_transient_to_detached

from infra.database import Tx
from tickets import life, numbers, priority, promises
from tickets.actors import Actor
from tickets.deadlines import Due
from tickets.errors import FieldError
from tickets.models import Resident, ResidentPhone, Ticket
from tickets.phones import takes_texts
from tickets.promises import PolicyLine, Promises
from tickets.words import CustomerType, PriorityClass, Source, TicketState

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewTicket:
    """What is known of a piece of work when it comes in.

    `origin` names what made it ("call:CA…"): opening with the same one again finds the ticket instead of making
    a second. `priority_class` and `customer_type` None: the category's class, the resident's type.
    """

    estate_id: int
    category_code: str
    language: str
    source: str = Source.API
    text: str = ""
    phone_e164: str | None = None
    resident_id: int | None = None
    unit_id: int | None = None
    is_unit_confirmed: bool = False
    place_text: str = ""
    call_sid: str | None = None
    origin: str | None = None
    is_live: bool = False
    priority_class: str | None = None
    customer_type: str | None = None
    method: str | None = None
    confidence: float | None = None
    tags: tuple[str, ...] = ()
    queue_code: str | None = None  # instead of the category's own
    actor: Actor = Actor.CALLER


@dataclass(frozen=True)
class Opened:
    """The stored ticket; `is_new` False: the same origin had made it before, and nothing was written."""

    ticket: Ticket
    is_new: bool


@dataclass(frozen=True)
class _Person:
    customer_type: str | None
    is_vulnerable: bool
    takes_texts: bool


_NOBODY = _Person(None, False, True)

_COLUMNS = tuple(column.key for column in Ticket.__table__.columns if column.key != "id")
# The stamp is checked where the row is written, so that a ticket is never promised what was in force a moment
# ago and an unchanged promise costs no query. One statement, because each round trip costs more than a row.
_OPEN = text(
    f"""
WITH stamp AS (SELECT value FROM promise_stamp),
t AS (
  INSERT INTO tickets ({", ".join(_COLUMNS)})
  SELECT {", ".join(f":{column}" for column in _COLUMNS)} FROM stamp WHERE value = :stamp
  ON CONFLICT (origin) WHERE origin IS NOT NULL DO NOTHING
  RETURNING id
), target AS (
  INSERT INTO ticket_targets (ticket_id, kind, promise, started_at, warn_at, due_at)
  SELECT t.id, x.kind, x.promise, :created_at, x.warn_at, x.due_at
  FROM t, jsonb_to_recordset(CAST(:targets AS jsonb))
    AS x (kind text, promise jsonb, warn_at timestamptz, due_at timestamptz)
), clock AS (
  INSERT INTO ticket_intervals (ticket_id, kind, starts_at) SELECT id, 'running', :created_at FROM t
), line AS (
  INSERT INTO ticket_events (ticket_id, at, kind, actor, data)
  SELECT id, :created_at, 'opened', :actor, CAST(:opened AS jsonb) FROM t
), post AS (
  INSERT INTO outbox (kind, key, queue, payload, created_at, due_at)
  SELECT 'ticket.opened_text', 'ticket:' || id || '\\:opened', 'default', jsonb_build_object('ticket_id', id),
         :created_at, :created_at
  FROM t WHERE :is_texted
  RETURNING id
)
SELECT (SELECT value FROM stamp) AS stamp, (SELECT id FROM t) AS id, (SELECT id FROM post) AS outbox_id
"""  # noqa: S608 (only our own column names)
)
_EMPTY: dict[str, Any] = dict.fromkeys(_COLUMNS) | {
    "state": TicketState.QUEUED.value,
    "reopened_count": 0,
    "chase_count": 0,
    "escalation_level": 0,
    "version": 1,
}
_TOLD = ("category_code", "priority_class", "queue_code", "source", "language")
_CLASSES = frozenset(PriorityClass)
_CUSTOMER_TYPES = frozenset(CustomerType)
_TRIES = 5
_SERIALS_AT_ONCE = 64
_serials: WeakKeyDictionary[Engine, deque[int]] = WeakKeyDictionary()


def open_ticket(tx: Tx, new: NewTicket, *, now: datetime) -> Opened:
    """Store a ticket with its clocks and history, and post the text to the caller; return what is stored.

    The number may be told to anybody only after the commit. Raises FieldError for an unknown estate, category,
    class or customer type. Two transactions that open the same origin at once: the second waits, then finds.
    """
    person = _person(tx, new)
    known = promises.remembered(tx)
    for _ in range(_TRIES):
        values, line = _values(tx, new, person, known, now)
        dues = _dues(line, values, known, now)
        given = values | _beside(values, new, person, line, dues) | {"stamp": known.stamp}
        row = tx.connection().execute(_OPEN, given).one()
        if row.id is not None:
            if row.outbox_id is not None:
                tx.posted.append(("default", row.outbox_id))
            return Opened(_persistent(tx, values | {"id": row.id}), is_new=True)
        if row.stamp == known.stamp:
            return Opened(tx.execute(select(Ticket).where(Ticket.origin == new.origin)).scalar_one(), False)
        known = promises.load(tx)
    raise RuntimeError("the promises changed at each of five tries to open a ticket")


def _person(tx: Tx, new: NewTicket) -> _Person:
    if new.resident_id is None:
        return _NOBODY
    phone = (ResidentPhone.resident_id == Resident.id) & (ResidentPhone.e164 == new.phone_e164)
    row = tx.execute(
        select(Resident.customer_type, Resident.is_vulnerable, ResidentPhone.takes_texts)
        .outerjoin(ResidentPhone, phone)
        .where(Resident.id == new.resident_id)
    ).one_or_none()
    if row is None:
        raise FieldError("resident", f"There is no resident {new.resident_id}.")
    return _Person(row.customer_type, row.is_vulnerable, row.takes_texts is not False)


def _values(
    tx: Tx, new: NewTicket, person: _Person, known: Promises, now: datetime
) -> tuple[dict[str, Any], PolicyLine | None]:
    """The row of the ticket, its next instant left open, and the policy that covers it."""
    if new.estate_id not in known.estates:
        raise FieldError("estate", f"There is no estate {new.estate_id}.")
    category = known.leaf(new.category_code)
    priority_class = new.priority_class or category.priority_class
    if priority_class not in _CLASSES:
        raise FieldError("class", f"There is no class {priority_class}.")
    customer_type = new.customer_type or person.customer_type
    if customer_type is not None and customer_type not in _CUSTOMER_TYPES:
        raise FieldError("customer_type", f"There is no customer type {customer_type}.")
    head_start = life.head_start(
        PriorityClass(priority_class), is_live=new.is_live, is_vulnerable=person.is_vulnerable
    )
    line = known.line_for(new.estate_id, category.code, priority_class, customer_type)
    values = _EMPTY | {
        "number": numbers.make_number(_next_serial(tx)),
        "estate_id": new.estate_id,
        "category_code": category.code,
        "queue_code": new.queue_code or category.queue_code,
        "priority_class": priority_class,
        "kind": category.kind,
        "language": new.language,
        "text": new.text,
        "source": str(new.source),
        "origin": new.origin,
        "call_sid": new.call_sid,
        "is_live": new.is_live,
        "resident_id": new.resident_id,
        "unit_id": new.unit_id,
        "is_unit_confirmed": new.is_unit_confirmed,
        "place_text": new.place_text,
        "phone_e164": new.phone_e164,
        "customer_type": customer_type,
        "created_at": now,
        "entered_at": now,
        "rank_at": priority.rank_at(now, head_start),
        "policy_id": line.id if line else None,
        "policy_version": line.version if line else None,
        "method": new.method,
        "confidence": new.confidence,
        "tags": list(new.tags),
    }
    return values, line


def _dues(
    line: PolicyLine | None, values: dict[str, Any], known: Promises, now: datetime
) -> list[tuple[Due, str]]:
    """The instants of each promised target with the promise as stored; sets when the sweep must look first."""
    if line is None:
        log.error("no policy covers a ticket", extra={"category": values["category_code"]})
        return []
    estate_id, priority_class = values["estate_id"], values["priority_class"]
    calendars = known.calendars(estate_id)
    dues = []
    for target, stored in line.at_opening:
        held = known.promised(estate_id, priority_class, target, now)
        found = promises.due_of(held, now, (), calendars)
        dues.append((found, stored if held is target else json.dumps(held.to_json())))
    instants = [at for due, _ in dues for at in (due.warn_at, due.due_at) if at is not None]
    values["next_due_at"] = min(instants, default=None)
    return dues


def _beside(
    values: dict[str, Any],
    new: NewTicket,
    person: _Person,
    line: PolicyLine | None,
    dues: list[tuple[Due, str]],
) -> dict[str, Any]:
    """What stands beside the ticket's row: clocks, first line of history, text."""
    told = {key: values[key] for key in _TOLD}
    told["policy"] = [line.rule.code, line.version] if line else None
    told["due"] = {due.kind: due.due_at.isoformat() for due, _ in dues}
    return {
        "actor": str(new.actor),
        "opened": json.dumps(told),
        "is_texted": new.phone_e164 is not None and person.takes_texts and takes_texts(new.phone_e164),
        "targets": f"[{', '.join(_as_json(due, stored) for due, stored in dues)}]",
    }


def _as_json(due: Due, promise: str) -> str:
    """A clock as the statement takes it; put together from text, since the promise is JSON already."""
    warn_at = f'"{due.warn_at.isoformat()}"' if due.warn_at else "null"
    due_at = f'"{due.due_at.isoformat()}"'
    return f'{{"kind": "{due.kind}", "promise": {promise}, "warn_at": {warn_at}, "due_at": {due_at}}}'


def _next_serial(tx: Tx) -> int:
    """Take a serial from this process's block; blocks lost with a process leave gaps, which harm nobody."""
    block = _serials.setdefault(promises.engine_of(tx), deque())
    while True:
        try:
            return block.popleft()
        except IndexError:
            many = text("SELECT nextval('ticket_serial') FROM generate_series(1, :n)")
            block.extend(tx.execute(many, {"n": _SERIALS_AT_ONCE}).scalars())


def _persistent(tx: Tx, values: dict[str, Any]) -> Ticket:
    """The mapped object of a row that was just written, without reading it back.

    Filled past the attributes' events, which take as long as the database and have nobody to tell here.
    """
    ticket = Ticket()
    ticket.__dict__.update(values)
    make_transient_to_detached(ticket)
    tx.add(ticket)
    return ticket
