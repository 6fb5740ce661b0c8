"""Who knows a ticket or its resident already: the seat to ask before all others, if it is free."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from infra.database import Tx
from routing.models import Assignment
from tickets.models import Ticket

REMEMBERED = timedelta(days=90)


def of_ticket(tx: Tx, ticket_id: int) -> int | None:
    """The seat that had a ticket in hand last; None if none ever did."""
    had = select(Assignment.seat_id).where(Assignment.ticket_id == ticket_id)
    return tx.scalar(had.order_by(Assignment.id.desc()).limit(1))


def of_resident(tx: Tx, ticket: Ticket, now: datetime) -> int | None:
    """The seat that last worked for the same resident, flat or number in the same queue; None if none did lately."""
    same = [
        column == value
        for column, value in (
            (Ticket.resident_id, ticket.resident_id),
            (Ticket.unit_id, ticket.unit_id),
            (Ticket.phone_e164, ticket.phone_e164),
        )
        if value is not None
    ]
    if not same:
        return None
    had = select(Assignment.seat_id).join(Ticket, Ticket.id == Assignment.ticket_id)
    had = had.where(
        or_(*same), Ticket.queue_code == ticket.queue_code, Assignment.started_at > now - REMEMBERED
    )
    return tx.scalar(had.order_by(Assignment.id.desc()).limit(1))
