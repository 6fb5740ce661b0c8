"""What passes between resident and desk after the first answer: messages heard, replies sent, dates agreed by hand.

A message of the resident starts the clock of the next answer; only a person's answer meets it.
"""

from datetime import datetime, timedelta

from infra.database import Tx
from infra.outbox import post
from tickets import clocks
from tickets.actors import Actor
from tickets.acts import lock, lock_open, required
from tickets.errors import FieldError
from tickets.history import EventKind, record
from tickets.lifecycle import OPEN_STATES
from tickets.models import Ticket, TicketEvent
from tickets.phones import takes_texts
from tickets.words import TargetKind, TicketState

LONGEST_REPLY = 600
FURTHEST = timedelta(days=366)


def heard(tx: Tx, ticket: Ticket, *, now: datetime) -> bool:
    """The resident has said something more: the next answer is owed from now on. False if one was owed already.

    A ticket that is over owes none.
    """
    lock(tx, ticket)
    if TicketState(ticket.state) not in OPEN_STATES:
        return False
    started = clocks.ask(tx, ticket, now=now)
    if started is None:
        return False
    due = {"target": started.kind, "due_at": started.due_at.isoformat()}
    record(tx, ticket.id, EventKind.ASKED, Actor.CALLER, due, now=now)
    return True


def reply(tx: Tx, ticket: Ticket, text: str, actor: Actor, *, now: datetime) -> TicketEvent:
    """A member of staff answers the resident by text message: the answers owed are given.

    FieldError for no words, too many, no person behind it, or a number that takes no texts.
    """
    text = required("text", text, "The text of the reply")
    if len(text) > LONGEST_REPLY:
        raise FieldError("text", f"At most {LONGEST_REPLY} characters fit into a text message.")
    if actor.staff_id is None:
        raise FieldError("actor", "Only a member of staff can answer a resident.")
    lock(tx, ticket)
    if ticket.phone_e164 is None or not takes_texts(ticket.phone_e164):
        raise FieldError("phone", "No number is known that takes texts.")
    event = record(tx, ticket.id, EventKind.REPLIED, actor, {"text": text}, now=now)
    tx.flush()
    post(
        tx, "ticket.reply", f"event:{event.id}:reply", {"ticket_id": ticket.id, "event_id": event.id}, now=now
    )
    if TicketState(ticket.state) in OPEN_STATES:
        clocks.answered(tx, ticket, actor.staff_id, now=now)
    return event


def set_due(
    tx: Tx, ticket: Ticket, kind: str, due_at: datetime, reason: str, actor: Actor, *, now: datetime
) -> None:
    """Set by hand when a promise falls due, with a reason; no pause, policy or priority moves it afterwards.

    FieldError for a past instant, one more than a year ahead, or a promise that is not open.
    """
    reason = required("reason", reason, "A reason for the date")
    if kind not in set(TargetKind):
        raise FieldError("kind", f"There is no promise {kind}.")
    if due_at <= now:
        raise FieldError("due_at", "The instant is past.")
    if due_at > now + FURTHEST:
        raise FieldError("due_at", "The instant is more than a year ahead.")
    lock_open(tx, ticket)
    before = clocks.set_by_hand(tx, ticket, kind, due_at, reason, actor, now=now)
    if before is None:
        raise FieldError("kind", f"The ticket owes no {kind} at the moment.")
    told = {"target": kind, "due_at": [before.isoformat(), due_at.isoformat()], "reason": reason}
    record(tx, ticket.id, EventKind.DUE_SET, actor, told, now=now)
