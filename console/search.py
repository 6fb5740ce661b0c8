"""Finding tickets: one box for number, phone, name, flat and words, and filters beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from infra.database import Tx
from infra.i18n.folding import search_pattern
from tickets import numbers
from tickets.lifecycle import OPEN_STATES
from tickets.models import Building, Queue, Resident, Ticket, Unit
from tickets.paging import Page, page
from tickets.words import TicketState

LENGTH = 50
SHORTEST_PHONE = 4
LONGEST_TEXT = 100
STATES = ("open", *TicketState)


@dataclass(frozen=True)
class TicketSearch:
    """What a person asked the list for; empty: no limit. `state` "open": everything not yet over."""

    text: str = ""
    state: str = "open"
    estate: str = ""
    category: str = ""
    queue: str = ""
    late: bool = False
    cursor: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "TicketSearch":
        """Read the parts of an address; what is not known there is left out."""
        text = args.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]
        # Without a state, somebody who looks for a number or a name means finished ones too.
        state = args.get("state", "" if text else "open")
        return cls(
            text=text,
            state=state if state in STATES else "",
            estate=args.get("estate", ""),
            category=args.get("category", ""),
            queue=args.get("queue", ""),
            late=args.get("late") == "1",
            cursor=args.get("cursor", ""),
        )


def list_tickets(tx: Tx, query: TicketSearch, estate_ids: Collection[int]) -> Page[Ticket]:
    """Return the part of the tickets of these estates that the search finds, newest first."""
    chosen = (
        select(Ticket)
        .where(Ticket.estate_id.in_(estate_ids), *_conditions(query))
        .options(
            joinedload(Ticket.estate),
            joinedload(Ticket.category),
            joinedload(Ticket.assignee),
            joinedload(Ticket.resident),
            joinedload(Ticket.unit).joinedload(Unit.building),
            selectinload(Ticket.targets),
        )
    )
    return page(tx, chosen, Ticket.created_at, Ticket.id, _place, query.cursor or None, LENGTH)


def list_queues(tx: Tx) -> list[Queue]:
    """Return every queue in its order."""
    return list(tx.scalars(select(Queue).order_by(Queue.sort, Queue.code)))


def _place(ticket: Ticket) -> tuple[datetime, int]:
    return ticket.created_at, ticket.id


def _conditions(query: TicketSearch) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.text:
        conditions.append(_matches(query.text))
    if query.state == "open":
        conditions.append(Ticket.state.in_([state.value for state in OPEN_STATES]))
    elif query.state:
        conditions.append(Ticket.state == query.state)
    if query.estate:
        conditions.append(Ticket.estate.has(code=query.estate))
    if query.category:
        conditions.append(Ticket.category_code == query.category)
    if query.queue:
        conditions.append(Ticket.queue_code == query.queue)
    if query.late:
        conditions.append(Ticket.escalation_level > 0)
    return conditions


def _matches(text: str) -> ColumnElement[bool]:
    """A ticket whose number, phone, resident, flat or words the text is, or is a part of.

    Words and names are found in either Chinese script and with or without accents.
    """
    if number := numbers.parse(text):
        return Ticket.number == number
    pattern = search_pattern(text)
    options: list[ColumnElement[bool]] = [
        Ticket.text.regexp_match(pattern, flags="i"),
        Ticket.place_text.regexp_match(pattern, flags="i"),
        Ticket.resident.has(Resident.name.regexp_match(pattern, flags="i")),
    ]
    digits = "".join(char for char in text if char.isdecimal() and char.isascii())
    if len(digits) >= SHORTEST_PHONE:
        # People write their number with the domestic 0 in front, which E.164 has not.
        options.append(Ticket.phone_e164.like(f"%{digits.lstrip('0')}%"))
    building, _dash, unit = text.partition("-")
    if unit:
        in_unit = (
            Unit.code.ilike(_literal(unit)),
            Unit.building.has(Building.code.ilike(_literal(building))),
        )
        options.append(Ticket.unit.has(in_unit[0] & in_unit[1]))
    else:
        options.append(Ticket.unit.has(Unit.code.ilike(_literal(text))))
    return or_(*options)


def _literal(text: str) -> str:
    return text.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
