"""Opening a ticket: the row, its clocks, its first line of history and the text to the caller, in one statement.

Who gets it is not here (`routing`); nor is what was promised (`tickets.promises`).
"""

import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import make_transient_to_detached

from infra.database import Tx
from tickets import numbers, promises
from tickets.actors import Actor
from tickets.errors import FieldError
from tickets.models import Resident, ResidentPhone, Ticket
from tickets.phones import takes_texts
from tickets.promises import Promises
from tickets.words import PriorityClass, Source, TicketState


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
        values = _values(tx, new, person, known, now)
        row = tx.execute(_OPEN, values | _extras(values, new, person, known)).one()
        if row.id is not None:
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


def _values(tx: Tx, new: NewTicket, person: _Person, known: Promises, now: datetime) -> dict[str, Any]:
    if new.estate_id not in known.zones:
        raise FieldError("estate", f"There is no estate {new.estate_id}.")
    category = known.leaf(new.category_code)
    priority_class = new.priority_class or category.priority_class
    if priority_class not in set(PriorityClass):
        raise FieldError("class", f"There is no class {priority_class}.")
    customer_type = new.customer_type or person.customer_type
    line = known.policy_for(new.estate_id, category.code, priority_class, customer_type)
    return dict.fromkeys(_COLUMNS) | {
        "number": numbers.make_number(_next_serial(tx)),
        "estate_id": new.estate_id,
        "category_code": category.code,
        "queue_code": category.queue_code,
        "priority_class": priority_class,
        "kind": category.kind,
        "language": new.language,
        "state": TicketState.QUEUED.value,
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
        "rank_at": now,
        "reopened_count": 0,
        "chase_count": 0,
        "policy_id": line.id if line else None,
        "policy_version": line.version if line else None,
        "escalation_level": 0,
        "method": new.method,
        "confidence": new.confidence,
        "tags": list(new.tags),
        "version": 1,
    }


def _extras(values: dict[str, Any], new: NewTicket, person: _Person, known: Promises) -> dict[str, Any]:
    told = {
        key: values[key] for key in ("category_code", "priority_class", "queue_code", "source", "language")
    }
    is_texted = bool(new.phone_e164) and person.takes_texts and takes_texts(new.phone_e164 or "")
    return {
        "stamp": known.stamp,
        "actor": str(new.actor),
        "opened": json.dumps(
            told | {"policy_id": values["policy_id"], "policy_version": values["policy_version"]}
        ),
        "is_texted": is_texted,
    }


def _next_serial(tx: Tx) -> int:
    """Take a serial from this process's block; blocks lost with a process leave gaps, which harm nobody."""
    bind = tx.get_bind()
    block = _serials.setdefault(bind.engine if isinstance(bind, Connection) else bind, deque())
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
