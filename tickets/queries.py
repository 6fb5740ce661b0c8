"""Reads of tickets: by number, in lists, with history. Who is calling: `tickets.callers`.

What is limited to estates takes their ids; None means all of the company's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from infra.database import Tx
from tickets import numbers
from tickets.callers import (
    Caller,
    Dwelling,
    caller_by_phone,
    estate_by_code,
    estate_by_hotline,
    find_unit,
    language_of,
)
from tickets.errors import NotFound
from tickets.lifecycle import OPEN_STATES
from tickets.models import (
    Category,
    Disposition,
    Escalation,
    Estate,
    StaffEstate,
    Ticket,
    TicketEvent,
    TicketInterval,
    Unit,
)
from tickets.paging import Page, page

__all__ = [
    "Caller",
    "Dwelling",
    "Page",
    "TicketFilters",
    "caller_by_phone",
    "estate_by_code",
    "estate_by_hotline",
    "estate_ids_of",
    "find_by_number",
    "find_unit",
    "get_by_number",
    "history",
    "intervals",
    "language_of",
    "list_categories",
    "list_dispositions",
    "list_escalations",
    "list_tickets",
    "open_tickets_of_phone",
    "open_tickets_of_unit",
]

_OPEN = tuple(state.value for state in OPEN_STATES)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class TicketFilters:
    """Which tickets a list shows; None or empty: no limit. `states` holds words of `TicketState`."""

    phone: str | None = None
    call_sid: str | None = None
    states: tuple[str, ...] = ()
    estate: str | None = None  # code
    category: str | None = None
    queue: str | None = None
    since: datetime | None = None  # opened then or later
    assignee_id: int | None = None
    unit_id: int | None = None
    is_escalated: bool = False  # true: only those that have climbed


def find_by_number(
    tx: Tx, number: str, estate_ids: Collection[int] | None = None, unit_id: int | None = None
) -> Ticket | None:
    """The ticket of a number as typed or said, or None: wrong digits, unknown, or of another estate or unit."""
    parsed = numbers.parse(number)
    if parsed is None:
        return None
    ticket = tx.execute(_shown(select(Ticket).where(Ticket.number == parsed))).scalar_one_or_none()
    if ticket is None or (estate_ids is not None and ticket.estate_id not in estate_ids):
        return None
    return ticket if unit_id is None or ticket.unit_id == unit_id else None


def get_by_number(tx: Tx, number: str, estate_ids: Collection[int] | None = None) -> Ticket:
    """As `find_by_number`; raises NotFound."""
    ticket = find_by_number(tx, number, estate_ids)
    if ticket is None:
        raise NotFound("ticket", number)
    return ticket


def list_tickets(
    tx: Tx,
    filters: TicketFilters,
    estate_ids: Collection[int] | None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Ticket]:
    """The tickets of these estates that pass the filters, newest first."""
    query = _shown(select(Ticket).where(*_conditions(filters)))
    if estate_ids is not None:
        query = query.where(Ticket.estate_id.in_(estate_ids))
    return page(tx, query, Ticket.created_at, Ticket.id, lambda t: (t.created_at, t.id), cursor, limit)


def history(tx: Tx, ticket_id: int) -> Sequence[TicketEvent]:
    """Every line of the ticket's history, oldest first."""
    lines = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
    return tx.execute(lines).scalars().all()


def intervals(tx: Tx, ticket_id: int) -> Sequence[TicketInterval]:
    """The stretches in which the ticket's clocks ran or stood, oldest first."""
    of_ticket = select(TicketInterval).where(TicketInterval.ticket_id == ticket_id)
    return tx.execute(of_ticket.order_by(TicketInterval.starts_at, TicketInterval.id)).scalars().all()


def open_tickets_of_unit(tx: Tx, unit_id: int) -> Sequence[Ticket]:
    """The unit's tickets that are not over, newest first."""
    return _open_tickets(tx, Ticket.unit_id == unit_id)


def open_tickets_of_phone(tx: Tx, e164: str, estate_id: int | None = None) -> Sequence[Ticket]:
    """The tickets from this number that are not over, newest first."""
    return _open_tickets(
        tx, Ticket.phone_e164 == e164, *([Ticket.estate_id == estate_id] if estate_id else [])
    )


def list_escalations(
    tx: Tx,
    estate_ids: Collection[int] | None,
    ticket_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Escalation]:
    """Escalations of these estates (of one ticket, if named), newest first, with ticket and people."""
    query = (
        select(Escalation)
        .join(Escalation.ticket)
        .options(
            joinedload(Escalation.ticket),
            joinedload(Escalation.recipient),
            joinedload(Escalation.acknowledged_by),
        )
    )
    if estate_ids is not None:
        query = query.where(Ticket.estate_id.in_(estate_ids))
    if ticket_id is not None:
        query = query.where(Escalation.ticket_id == ticket_id)
    return page(tx, query, Escalation.at, Escalation.id, lambda e: (e.at, e.id), cursor, limit)


def list_categories(tx: Tx, with_hidden: bool = False) -> Sequence[Category]:
    """The category tree, parents before children in menu order."""
    query = select(Category).order_by(Category.sort, Category.code)
    return tx.execute(query if with_hidden else query.where(~Category.is_hidden)).scalars().all()


def list_dispositions(tx: Tx, estate_id: int) -> Sequence[Disposition]:
    """The result codes that may end a ticket of the estate: its own and the company's."""
    valid = or_(Disposition.estate_id.is_(None), Disposition.estate_id == estate_id)
    return tx.execute(select(Disposition).where(valid).order_by(Disposition.sort)).scalars().all()


def estate_ids_of(tx: Tx, staff_id: int) -> frozenset[int]:
    """The estates that this member of staff may see."""
    rows = tx.execute(select(StaffEstate.estate_id).where(StaffEstate.staff_id == staff_id))
    return frozenset(rows.scalars())


def _conditions(filters: TicketFilters) -> list[ColumnElement[bool]]:
    f = filters
    pairs = (
        (f.phone, Ticket.phone_e164 == f.phone),
        (f.call_sid, Ticket.call_sid == f.call_sid),
        (f.states, Ticket.state.in_(f.states)),
        (f.estate, Ticket.estate_id.in_(select(Estate.id).where(Estate.code == f.estate))),
        (f.category, Ticket.category_code == f.category),
        (f.queue, Ticket.queue_code == f.queue),
        (f.since, Ticket.created_at >= (f.since or _LONG_AGO)),
        (f.assignee_id, Ticket.assignee_id == f.assignee_id),
        (f.unit_id, Ticket.unit_id == f.unit_id),
        (f.is_escalated, Ticket.escalation_level > 0),
    )
    return [condition for value, condition in pairs if value]


def _shown(query: Select[Ticket]) -> Select[Ticket]:
    """With everything that a line of a list or the ticket's own page shows, in a fixed number of queries."""
    return query.options(
        joinedload(Ticket.estate),
        joinedload(Ticket.assignee),
        joinedload(Ticket.resident),
        joinedload(Ticket.unit).joinedload(Unit.building),
        selectinload(Ticket.targets),
    )


def _open_tickets(tx: Tx, *conditions: ColumnElement[bool]) -> Sequence[Ticket]:
    query = _shown(select(Ticket).where(Ticket.state.in_(_OPEN), *conditions))
    return tx.execute(query.order_by(Ticket.created_at.desc(), Ticket.id.desc())).scalars().all()
