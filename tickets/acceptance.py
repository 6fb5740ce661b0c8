"""After the work: the resident accepts it or sends it back; without an answer the ticket closes by itself.

Sending it back reopens the ticket, which touches queues: `routing` does it (`Router.reopen`).
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from infra.database import Tx
from tickets import ending, notices
from tickets.actors import Actor
from tickets.acts import change_state
from tickets.ending import CLOSE_AFTER
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.words import TicketMove, TicketState

TOLD_BEFORE = timedelta(days=2)
PAGE = 200


def accept_work(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """The resident is content: resolved → closed. Raises NotAllowed for a ticket that is not done."""
    change_state(tx, ticket, TicketMove.CLOSE, EventKind.WORK_ACCEPTED, actor, now=now)
    ticket.closed_at = now


def close_page(tx: Tx, now: datetime, limit: int = PAGE) -> int:
    """Close what nobody answered for seven days, and tell two days before; returns how many tickets were touched.

    Call again, in a new transaction, until it is fewer than `limit`. Several may run. A ticket closes two days
    after its notice at the earliest, also when nothing ran for a week.
    """
    told_by = now - TOLD_BEFORE
    query = (
        select(Ticket)
        .where(
            Ticket.state == TicketState.RESOLVED.value,
            Ticket.resolved_at <= now - (CLOSE_AFTER - TOLD_BEFORE),
            or_(
                Ticket.close_told_at.is_(None),
                Ticket.close_told_at < Ticket.resolved_at,  # of an earlier ending
                (Ticket.resolved_at <= now - CLOSE_AFTER) & (Ticket.close_told_at <= told_by),
            ),
        )
        .order_by(Ticket.resolved_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    found = tx.execute(query, execution_options={"populate_existing": True}).scalars().all()
    for ticket in found:
        told_at, resolved_at = ticket.close_told_at, ticket.resolved_at
        if told_at is None or (resolved_at is not None and told_at < resolved_at):
            ticket.close_told_at = now
            notices.announce(tx, ticket, notices.Notice.CLOSING, ticket.reopened_count, now=now)
        else:
            ending.close(tx, ticket, Actor.SYSTEM, now=now)
    return len(found)
