"""Tickets that grow out of others: a complaint about a request, work that came back after its time.

Both stay, each with a line of history that names the other.
"""

from datetime import datetime

from sqlalchemy import select

from infra.database import Tx
from tickets.actors import Actor
from tickets.acts import lock, required
from tickets.history import EventKind, record
from tickets.models import Ticket, TicketEvent
from tickets.opening import NewTicket, Opened, open_ticket

COMPLAINT = "opinions.complaint"


def complain(tx: Tx, ticket: Ticket, text: str, source: str, actor: Actor, *, now: datetime) -> Opened:
    """The resident complains about how a matter goes: a complaint of its own, with its own promise, linked."""
    text = required("text", text, "What is complained about")
    return _grow(tx, ticket, COMPLAINT, text, source, "complaint", actor, now)


def follow_up(tx: Tx, ticket: Ticket, text: str, source: str, actor: Actor, *, now: datetime) -> Opened:
    """The matter came back when it was too late to reopen: a new ticket of the same category, linked."""
    text = required("text", text, "What came back")
    return _grow(tx, ticket, ticket.category_code, text, source, "follow_up", actor, now)


def linked(tx: Tx, ticket_id: int) -> list[tuple[str, str]]:
    """The numbers of the tickets that belong to this one, each with how it does, oldest first."""
    lines = select(TicketEvent.data).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.kind == EventKind.LINKED.value
    )
    return [(data["number"], data["as"]) for data in tx.execute(lines.order_by(TicketEvent.id)).scalars()]


def _grow(
    tx: Tx, ticket: Ticket, category: str, text: str, source: str, kind: str, actor: Actor, now: datetime
) -> Opened:
    lock(tx, ticket)
    new = NewTicket(
        estate_id=ticket.estate_id,
        category_code=category,
        language=ticket.language,
        source=source,
        text=text,
        phone_e164=ticket.phone_e164,
        resident_id=ticket.resident_id,
        unit_id=ticket.unit_id,
        is_unit_confirmed=ticket.is_unit_confirmed,
        place_text=ticket.place_text,
        customer_type=ticket.customer_type,
        origin=f"{kind}:{ticket.id}:{now.isoformat()}",
        actor=actor,
    )
    opened = open_ticket(tx, new, now=now)
    if opened.is_new:
        about = {"number": ticket.number, "as": "cause"}
        record(tx, opened.ticket.id, EventKind.LINKED, actor, about, now=now)
        about = {"number": opened.ticket.number, "as": kind}
        record(tx, ticket.id, EventKind.LINKED, actor, about, now=now)
    return opened
