"""How a ticket ends, and how it comes back."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from infra.database import Tx
from tickets import clocks, notices
from tickets.actors import Actor
from tickets.acts import change_state, lock, required
from tickets.errors import FieldError, TooLateToReopen
from tickets.history import EventKind
from tickets.models import Disposition, Ticket
from tickets.moves import release
from tickets.words import TicketMove

REOPEN_DAYS = 7
CLOSE_AFTER = timedelta(days=7)


def resolve(
    tx: Tx, ticket: Ticket, disposition: str, note: str | None, actor: Actor, *, now: datetime
) -> None:
    """The work is done: any open state → resolved, resolution met. FieldError for an unknown disposition."""
    _check_disposition(tx, ticket, disposition)
    about = {"disposition": disposition, "note": note or "", "seat_id": ticket.seat_id}
    change_state(tx, ticket, TicketMove.RESOLVE, EventKind.RESOLVED, actor, now=now, **about)
    ticket.disposition = disposition
    ticket.resolved_at = now
    _stand_still(ticket)
    clocks.finish(tx, ticket, actor, is_resolved=True, now=now)
    notices.announce(tx, ticket, notices.Notice.DONE, ticket.reopened_count, now=now)


def close(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Nobody returned the work: resolved → closed."""
    change_state(tx, ticket, TicketMove.CLOSE, EventKind.CLOSED, actor, now=now)
    ticket.closed_at = now


def cancel(tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
    """The resident no longer wants it: any open state → cancelled; its clocks end without being met."""
    reason = required("reason", reason, "A reason for cancelling")
    change_state(tx, ticket, TicketMove.CANCEL, EventKind.CANCELLED, actor, now=now, reason=reason)
    ticket.closed_at = now
    _stand_still(ticket)
    clocks.finish(tx, ticket, actor, is_resolved=False, now=now)


def reopen(tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
    """The work came back within 7 days: → queued, with a new place, a new response clock and the old resolution.

    The resolution clock goes on without the time in which the ticket was over. TooLateToReopen afterwards: then
    a new, linked ticket is the way.
    """
    reason = required("reason", reason, "A reason for reopening")
    lock(tx, ticket)
    ended_at = ticket.resolved_at or ticket.closed_at
    if ended_at is not None and now - ended_at > timedelta(days=REOPEN_DAYS):
        raise TooLateToReopen(ticket.number, REOPEN_DAYS)
    about = {"reason": reason, "disposition": ticket.disposition, "assignee_id": ticket.assignee_id}
    change_state(tx, ticket, TicketMove.REOPEN, EventKind.REOPENED, actor, now=now, **about)
    ticket.reopened_count += 1
    ticket.resolved_at = None
    ticket.closed_at = None
    ticket.disposition = None
    ticket.acknowledged_at = None
    ticket.acknowledged_by_id = None
    ticket.entered_at = now
    release(ticket)
    clocks.start_again(tx, ticket, actor, now=now)


def _check_disposition(tx: Tx, ticket: Ticket, code: str) -> None:
    of_estate = or_(Disposition.estate_id.is_(None), Disposition.estate_id == ticket.estate_id)
    known = select(Disposition.id).where(Disposition.code == code, of_estate).limit(1)
    if tx.execute(known).first() is None:
        raise FieldError("disposition", f"There is no result code {code!r} on this estate's list.")


def _stand_still(ticket: Ticket) -> None:
    ticket.seat_id = None
    ticket.is_live = False
    ticket.wait_reason = None
    ticket.wait_until = None
