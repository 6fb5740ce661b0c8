"""What every act on a ticket begins with: the row is locked first, then the move is checked against the table.

Always the ticket's row before any other: two writers then wait for each other and never deadlock. The lock lets
others refer to the ticket meanwhile (a line of history, a call).
"""

from datetime import datetime

from infra.database import Tx
from tickets import lifecycle
from tickets.actors import Actor
from tickets.errors import FieldError, NotAllowed, NotOpen
from tickets.history import EventKind, record
from tickets.models import Ticket
from tickets.words import TicketMove, TicketState


def lock(tx: Tx, ticket: Ticket) -> Ticket:
    """Lock the ticket's row until the end of the transaction and read it afresh."""
    tx.flush()  # reading afresh would lose what this transaction has changed
    # Only the ticket's row: it may have been loaded with joins, whose other side cannot be locked.
    tx.refresh(ticket, with_for_update={"key_share": True, "of": Ticket})
    return ticket


def lock_open(tx: Tx, ticket: Ticket) -> Ticket:
    """As `lock`; raises NotOpen for a ticket that is over."""
    lock(tx, ticket)
    if TicketState(ticket.state) not in lifecycle.OPEN_STATES:
        raise NotOpen(ticket.number, TicketState(ticket.state))
    return ticket


def change_state(
    tx: Tx,
    ticket: Ticket,
    move: TicketMove,
    kind: EventKind,
    actor: Actor,
    *,
    now: datetime,
    **data: object,
) -> TicketState:
    """Lock, check and make a move, and write its line of history; return the state before.

    Raises NotAllowed with the moves that are possible.
    """
    lock(tx, ticket)
    before = TicketState(ticket.state)
    try:
        after = lifecycle.next_state(before, move)
    except lifecycle.NotAllowed as refusal:
        raise NotAllowed(refusal) from None
    ticket.state = after.value
    record(tx, ticket.id, kind, actor, {"state": [before.value, after.value]} | data, now=now)
    return before


def required(field: str, text: str | None, what: str) -> str:
    """`text` without blanks around it; FieldError if nothing is left."""
    if text is None or not text.strip():
        raise FieldError(field, f"{what} is required.")
    return text.strip()
