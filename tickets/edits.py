"""What people write on a ticket: notes, chases, acknowledgements, arrivals and corrections."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from infra.database import Tx
from tickets import answers, clocks, promises
from tickets.actors import Actor
from tickets.acts import lock, lock_open, required
from tickets.errors import EditConflict, FieldError
from tickets.history import EventKind, record
from tickets.lifecycle import OPEN_STATES
from tickets.models import Ticket, TicketEvent, Unit
from tickets.words import CustomerType, PriorityClass, TargetKind, TicketState

CHASE_QUIET = timedelta(minutes=30)

EDITABLE = frozenset(
    {
        "category_code",
        "customer_type",
        "is_unit_confirmed",
        "language",
        "phone_e164",
        "place_text",
        "priority_class",
        "resident_id",
        "text",
        "unit_id",
    }
)
_PROMISED_BY = frozenset({"category_code", "customer_type", "priority_class"})


@dataclass(frozen=True)
class Chase:
    """A stored chase: how many there are now, and whether it is to be sent on (no other in the last 30 minutes)."""

    count: int
    is_sent: bool


def note(tx: Tx, ticket: Ticket, text: str, actor: Actor, *, now: datetime) -> TicketEvent:
    """Add a note, to a ticket in any state. It answers nobody; a resident's own words ask for the next answer."""
    text = required("text", text, "The text of the note")
    noted = record(tx, ticket.id, EventKind.NOTED, actor, {"text": text}, now=now)
    if actor is Actor.CALLER:
        answers.heard(tx, ticket, now=now)
    return noted


def acknowledge(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """A person says "I have it": the first response is met and the climb of what is breached stops.

    The state stays. A second acknowledgement changes nothing. FieldError when no person stands behind it.
    """
    if actor.staff_id is None:
        raise FieldError("actor", "Only a member of staff can acknowledge a ticket.")
    lock_open(tx, ticket)
    is_first = ticket.acknowledged_at is None
    has_stopped = clocks.answered(tx, ticket, actor.staff_id, now=now, stops_climb=True)
    if is_first or has_stopped:
        record(tx, ticket.id, EventKind.ACKNOWLEDGED, actor, now=now)


def arrive(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Somebody is on site: that target is met, and no other. A second arrival changes nothing."""
    lock_open(tx, ticket)
    if clocks.meet(tx, ticket, TargetKind.ON_SITE, actor, now=now):
        record(tx, ticket.id, EventKind.ARRIVED, actor, now=now)


def chase(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> Chase:
    """The resident asks for speed: counted, ranked higher, written down; sent on once in 30 minutes."""
    lock_open(tx, ticket)
    recent = select(TicketEvent.id).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.kind == EventKind.CHASED.value,
        TicketEvent.at > now - CHASE_QUIET,
    )
    is_sent = tx.execute(recent.limit(1)).first() is None
    ticket.chase_count += 1
    clocks.rerank(tx, ticket)
    record(tx, ticket.id, EventKind.CHASED, actor, {"count": ticket.chase_count, "is_sent": is_sent}, now=now)
    answers.heard(tx, ticket, now=now)
    return Chase(ticket.chase_count, is_sent)


def edit(
    tx: Tx, ticket: Ticket, changes: Mapping[str, Any], seen_version: int, actor: Actor, *, now: datetime
) -> frozenset[str]:
    """Correct fields of `EDITABLE`; return the names of those that changed.

    Another class, category or customer type recomputes the promises of an open ticket from creation, with the
    same stretches. Raises
    EditConflict when somebody edited since `seen_version`, and FieldError for a field or value that cannot be.
    """
    lock(tx, ticket)
    if ticket.version != seen_version:
        raise EditConflict(ticket.number, seen_version, ticket.version)
    for field in changes:
        if field not in EDITABLE:
            raise FieldError(field, f"{field} cannot be edited.")
    different = {field: value for field, value in changes.items() if getattr(ticket, field) != value}
    if not different:
        return frozenset()
    _check(tx, ticket, different)
    lines = {field: [getattr(ticket, field), value] for field, value in different.items()}
    for field, value in different.items():
        setattr(ticket, field, value)
    if "category_code" in different:
        _refile(tx, ticket, different, lines)
    ticket.version += 1
    record(tx, ticket.id, EventKind.EDITED, actor, lines, now=now)
    if _PROMISED_BY & lines.keys() and TicketState(ticket.state) in OPEN_STATES:
        clocks.promise_anew(tx, ticket, "re-prioritised", actor, now=now)
    tx.flush()
    tx.expire(ticket, ["category", "resident", "unit"])
    return frozenset(lines)


def _check(tx: Tx, ticket: Ticket, values: Mapping[str, Any]) -> None:
    if "category_code" in values and promises.load(tx).leaf(values["category_code"]).is_hidden:
        raise FieldError("category", f"Category {values['category_code']} is no longer in use.")
    if values.get("priority_class", PriorityClass.P0) not in set(PriorityClass):
        raise FieldError("class", f"There is no class {values['priority_class']}.")
    if "category_code" in values:
        promises.load(tx).leaf(values["category_code"])
    customer_type = values.get("customer_type")
    if customer_type is not None and customer_type not in set(CustomerType):
        raise FieldError("customer_type", f"There is no customer type {customer_type}.")
    unit_id = values.get("unit_id")
    if unit_id is not None:
        unit = tx.get(Unit, unit_id)
        if unit is None or unit.building.estate_id != ticket.estate_id:
            raise FieldError("unit", "There is no such unit on this estate.")


def _refile(tx: Tx, ticket: Ticket, given: Mapping[str, Any], lines: dict[str, list[Any]]) -> None:
    """Take queue, kind and (unless it was given) class from the new category."""
    category = promises.load(tx).leaf(ticket.category_code)
    follows = {"queue_code": category.queue_code, "kind": category.kind}
    if "priority_class" not in given:
        follows["priority_class"] = category.priority_class
    for field, value in follows.items():
        if getattr(ticket, field) != value:
            lines[field] = [getattr(ticket, field), value]
            setattr(ticket, field, value)
