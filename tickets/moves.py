"""The moves between queue and seat. Called by `routing` only, which knows the seats and their reservations.

Assigning, returning and handing over never change a due instant; acceptance by a person meets the first response.
"""

from datetime import datetime

from sqlalchemy.orm import object_session

from infra.database import Tx
from tickets import clocks, notices
from tickets.actors import Actor
from tickets.acts import change_state
from tickets.history import EventKind
from tickets.models import Staff, Ticket
from tickets.words import TicketMove, TicketState


def move_reserved(tx: Tx, ticket: Ticket, seat_id: int, login: str, *, now: datetime) -> None:
    """A seat is held for the ticket: queued → reserved."""
    about = {"seat_id": seat_id, "login": login}
    change_state(tx, ticket, TicketMove.RESERVE, EventKind.RESERVED, Actor.SYSTEM, now=now, **about)


def move_accepted(tx: Tx, ticket: Ticket, staff: Staff, seat_id: int, *, now: datetime) -> None:
    """The agent took what was reserved: reserved → assigned, first response met."""
    change_state(
        tx, ticket, TicketMove.ACCEPT, EventKind.ACCEPTED, Actor.staff(staff), now=now, seat_id=seat_id
    )
    _hold(tx, ticket, staff, seat_id, now)


def move_declined(tx: Tx, ticket: Ticket, staff: Staff, reason: str, *, now: datetime) -> None:
    """The agent declined: reserved → queued, in its old place."""
    actor = Actor.staff(staff)
    change_state(tx, ticket, TicketMove.DECLINE, EventKind.DECLINED, actor, now=now, reason=reason)


def move_lapsed(tx: Tx, ticket: Ticket, login: str, *, now: datetime) -> None:
    """Nobody answered the reservation in time: reserved → queued, in its old place."""
    change_state(tx, ticket, TicketMove.LAPSE, EventKind.LAPSED, Actor.SYSTEM, now=now, login=login)


def move_withdrawn(tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
    """The reservation was taken back (seat gone, caller gone): reserved → queued, in its old place."""
    change_state(tx, ticket, TicketMove.WITHDRAW, EventKind.WITHDRAWN, actor, now=now, reason=reason)


def move_taken(
    tx: Tx, ticket: Ticket, staff: Staff, seat_id: int | None, actor: Actor, *, now: datetime
) -> None:
    """A person takes the ticket, or is given it by `actor`, past the queue: → assigned, first response met.

    A pause that was running ends: whoever takes it works on it.
    """
    about = {"seat_id": seat_id, "login": staff.login}
    before = change_state(tx, ticket, TicketMove.TAKE, EventKind.TAKEN, actor, now=now, **about)
    if before is TicketState.WAITING:
        clocks.run_again(tx, ticket, actor, now=now)
    _hold(tx, ticket, staff, seat_id, now)


def move_returned(tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
    """The agent no longer has it: assigned or waiting → queued, with its first place in the queue."""
    before = change_state(
        tx, ticket, TicketMove.RETURN_TO_QUEUE, EventKind.RETURNED, actor, now=now, reason=reason
    )
    if before is TicketState.WAITING:
        clocks.run_again(tx, ticket, actor, now=now)
    release(ticket)


def release(ticket: Ticket) -> None:
    """Nobody has the ticket any more, and it waits for nothing."""
    ticket.assignee_id = None
    ticket.seat_id = None
    ticket.wait_reason = None
    ticket.wait_until = None
    ticket.is_live = False
    _forget_loaded(ticket)


def _hold(tx: Tx, ticket: Ticket, staff: Staff, seat_id: int | None, now: datetime) -> None:
    ticket.assignee_id = staff.id
    ticket.seat_id = seat_id
    ticket.wait_reason = None
    ticket.wait_until = None
    _forget_loaded(ticket)
    clocks.answered(tx, ticket, staff.id, now=now)
    if not ticket.is_live:  # who is on the line hears it
        notices.announce(tx, ticket, notices.Notice.TAKEN, ticket.reopened_count, now=now)


def _forget_loaded(ticket: Ticket) -> None:
    """Let `ticket.assignee` be read again: only the id was set."""
    session = object_session(ticket)
    if session is not None:
        session.flush()
        session.expire(ticket, ["assignee"])
