"""Waiting: a ticket that stands for a reason, with its clocks; and going on with it."""

from datetime import datetime

from infra.database import Tx
from tickets import clocks
from tickets.actors import Actor
from tickets.acts import change_state
from tickets.errors import FieldError
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.words import TicketMove, WaitReason


def wait(tx: Tx, ticket: Ticket, reason: str, until: datetime | None, actor: Actor, *, now: datetime) -> None:
    """The agent waits for somebody or something: assigned → waiting. Waiting again changes reason and end.

    Clocks that may pause stand until `until`, until somebody goes on, or until the cap is used up, whatever comes
    first; their due instants move by as much. FieldError for no or an unknown reason, or an end that is past.
    """
    if reason not in set(WaitReason):
        raise FieldError("reason", f"Waiting needs a reason: {', '.join(WaitReason)}.")
    if until is not None and until <= now:
        raise FieldError("until", "The end of the wait is past.")
    until_text = until.isoformat() if until else None
    change_state(
        tx, ticket, TicketMove.WAIT, EventKind.WAITING, actor, now=now, reason=reason, until=until_text
    )
    ticket.wait_reason = str(reason)
    ticket.wait_until = until
    clocks.pause(tx, ticket, reason, actor, now=now)


def resume(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Work goes on with the same agent: waiting → assigned; the clocks run again."""
    change_state(tx, ticket, TicketMove.RESUME, EventKind.RESUMED, actor, now=now, reason=ticket.wait_reason)
    ticket.wait_reason = None
    ticket.wait_until = None
    clocks.run_again(tx, ticket, actor, now=now)
