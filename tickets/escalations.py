"""Acknowledging escalations ("I have it") by phone key, text link or page: it stops the climb, once and for all.

Telling people is `tickets.tellings`; how levels come to be is `tickets.sweep`. Taking work on (first response)
is another thing: `tickets.edits.acknowledge`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update

from infra.database import Tx
from tickets import life
from tickets.actors import Actor
from tickets.errors import NotFound
from tickets.history import EventKind
from tickets.models import Escalation, Staff, Telling, Ticket, TicketEvent
from tickets.tellings import is_about
from tickets.words import TicketState

# What is left to come by itself once nobody is to be told of what is breached: warnings and breaches.
_STOP = text(
    """
UPDATE tickets t SET climb_stopped_at = :now, next_due_at = (
  SELECT min(CASE WHEN x.warned_at IS NULL AND x.warn_at < x.due_at THEN x.warn_at ELSE x.due_at END)
  FROM ticket_targets x
  WHERE x.ticket_id = t.id AND x.met_at IS NULL AND x.ended_at IS NULL AND x.breached_at IS NULL
)
WHERE t.id = ANY(CAST(:ids AS bigint[]))
"""
)


@dataclass(frozen=True)
class Acknowledged:
    """What an acknowledgement did: the tickets whose climb it stopped, and who had others already."""

    stopped: Sequence[Ticket]
    held_by: Staff | None  # somebody else pressed before; None: nobody did


def acknowledge_telling(tx: Tx, telling_id: int, staff_id: int, *, now: datetime) -> Acknowledged:
    """Whoever was told has all that this telling was about. Raises NotFound. Pressing again changes nothing."""
    telling = tx.get(Telling, telling_id)
    if telling is None:
        raise NotFound("telling", telling_id)
    about = select(Escalation).where(is_about(telling_id))
    done = _acknowledge(tx, tx.execute(about).scalars().all(), staff_id, now)
    if telling.acknowledged_at is None:
        telling.acknowledged_at = now
    return done


def acknowledge_escalation(tx: Tx, escalation_id: int, staff_id: int, *, now: datetime) -> Acknowledged:
    """A person has the ticket of this escalation. Raises NotFound. Pressing again changes nothing."""
    escalation = tx.get(Escalation, escalation_id)
    if escalation is None:
        raise NotFound("escalation", escalation_id)
    return _acknowledge(tx, [escalation], staff_id, now)


def _acknowledge(tx: Tx, about: Sequence[Escalation], staff_id: int, now: datetime) -> Acknowledged:
    tickets = _lock(tx, {one.ticket_id for one in about})
    before = select(Escalation.acknowledged_by_id).where(
        Escalation.id.in_([one.id for one in about]), Escalation.acknowledged_by_id != staff_id
    )
    held_by = tx.execute(before.limit(1)).scalar_one_or_none()
    # All that is open of these tickets, so that nobody else is rung for what somebody has.
    taken = tx.execute(
        update(Escalation)
        .where(
            Escalation.ticket_id.in_([ticket.id for ticket in tickets]), Escalation.acknowledged_at.is_(None)
        )
        .values(acknowledged_at=now, acknowledged_by_id=staff_id)
        .returning(Escalation.ticket_id, Escalation.target_kind, Escalation.level)
    ).all()
    levels: dict[int, list[list[object]]] = {}
    for ticket_id, kind, level in taken:
        levels.setdefault(ticket_id, []).append([kind, level])
    stopped = [ticket for ticket in tickets if ticket.id in levels]
    actor = Actor.staff(tx.get_one(Staff, staff_id))
    for ticket in stopped:
        line = TicketEvent(
            ticket_id=ticket.id,
            at=now,
            kind=EventKind.ESCALATION_ACKNOWLEDGED.value,
            actor=str(actor),
            data={"levels": levels[ticket.id]},
        )
        tx.add(line)
    tx.execute(_STOP, {"now": now, "ids": [ticket.id for ticket in stopped]})
    for ticket in stopped:
        tx.expire(ticket, ["climb_stopped_at", "next_due_at"])
        if ticket.state == TicketState.WAITING:
            life.read(tx, ticket).schedule()  # the end of its pause is to come as well
    return Acknowledged(stopped, tx.get(Staff, held_by) if held_by is not None else None)


def _lock(tx: Tx, ticket_ids: set[int]) -> Sequence[Ticket]:
    """The tickets, their rows locked in one order, so that two people who press at once never deadlock."""
    query = select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id)
    fresh = {"populate_existing": True}
    return tx.execute(query.with_for_update(key_share=True), execution_options=fresh).scalars().all()
