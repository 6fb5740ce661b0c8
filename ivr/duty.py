"""Emergencies on the line: stored before the first ring, rung in rounds, taken by whoever presses 1.

Every ring, key and answer is a line of the ticket's history. Who is on duty is `tickets.duty`; what the caller hears
meanwhile is the flow.
"""

from datetime import datetime

from infra.database import Tx
from ivr import matters
from ivr.flow.effects import DeclareEmergency, EndRound, WithdrawEmergency
from ivr.flow.facts import RingTarget
from ivr.models import Call
from ivr.scripts import Place
from routing.service import Router
from tickets import service as desk
from tickets.actors import Actor
from tickets.duty import duty_chain
from tickets.history import record
from tickets.models import Staff, Ticket
from tickets.words import PriorityClass, Source

SLIP = "pressed by mistake"


def declare(
    tx: Tx, router: Router, call: Call, place: Place, effect: DeclareEmergency, now: datetime
) -> Ticket:
    """Make the call's ticket an emergency, or open one; returns it."""
    ticket = matters.ticket_of(tx, call, effect.ticket)
    leaf = place.leaf(effect.category)
    if ticket is None:
        new = desk.NewTicket(
            estate_id=place.id,
            category_code=leaf.code,
            language=effect.language,
            source=Source.CALL,
            phone_e164=call.from_e164,
            resident_id=call.resident_id,
            unit_id=effect.unit_id,
            is_unit_confirmed=effect.is_unit_confirmed,
            place_text=effect.place,
            call_sid=call.sid,
            origin=matters.origin_of(call),
            priority_class=PriorityClass.P0,
            method=effect.trigger,
        )
        ticket = router.open_and_queue(tx, new, now=now).ticket
        call.ticket_id, call.unit_id = ticket.id, effect.unit_id
    else:
        changes = {"category_code": leaf.code, "priority_class": PriorityClass.P0.value}
        router.edit(tx, ticket, changes, ticket.version, Actor.CALLER, now=now)
    told = {"category": leaf.code, "trigger": effect.trigger}
    record(tx, ticket.id, "emergency_declared", Actor.CALLER, told, now=now)
    return ticket


def withdraw(
    tx: Tx, router: Router, call: Call, place: Place, effect: WithdrawEmergency, now: datetime
) -> None:
    """Take a slip of the finger back: the ticket is cancelled, or becomes again what it was."""
    ticket = matters.ticket_of(tx, call, effect.ticket)
    if ticket is None:
        return
    record(tx, ticket.id, "emergency_withdrawn", Actor.CALLER, {"reason": SLIP}, now=now)
    if effect.category:
        leaf = place.leaf(effect.category)
        changes = {"category_code": leaf.code, "priority_class": leaf.priority_class}
        router.edit(tx, ticket, changes, ticket.version, Actor.CALLER, now=now)
    else:
        router.cancel(tx, ticket, SLIP, Actor.CALLER, now=now)
        call.ticket_id = None  # what the caller says next is another matter


def ring(tx: Tx, estate_id: int, ticket: Ticket | None, number: int, now: datetime) -> tuple[RingTarget, ...]:
    """Whom round `number` (from 1) of the duty chain rings, each written down; empty when nobody is left."""
    rounds = duty_chain(tx, estate_id, now)
    people = rounds[number - 1] if 1 <= number <= len(rounds) else []
    for staff, role in people:
        if ticket is not None:
            told = {"round": number, "login": staff.login, "role": str(role)}
            record(tx, ticket.id, "ringing", Actor.SYSTEM, told, now=now)
    return tuple(RingTarget(staff.phone_e164 or "", str(staff.id), staff.language) for staff, _ in people)


def note_round(tx: Tx, ticket: Ticket, effect: EndRound, now: datetime) -> None:
    """Write down how a round ended."""
    told = {"round": effect.round, "is_talk": effect.is_talk, "seconds": effect.seconds}
    record(tx, ticket.id, "round_ended", Actor.SYSTEM, told, now=now)


def take(tx: Tx, ticket: Ticket, staff: Staff, call_sid: str, now: datetime) -> bool:
    """Somebody pressed 1: the emergency is theirs; False if somebody else was quicker."""
    tx.refresh(ticket, with_for_update={"key_share": True})
    if ticket.acknowledged_by_id not in (None, staff.id):
        told = {"login": staff.login}
        record(tx, ticket.id, "too_late", Actor.staff(staff), told, now=now)
        return False
    desk.acknowledge(tx, ticket, Actor.staff(staff), now=now)
    record(tx, ticket.id, "answered", Actor.staff(staff), {"call_sid": call_sid, "key": "1"}, now=now)
    return True
