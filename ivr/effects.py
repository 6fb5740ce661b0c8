"""What a turn of a call does to the world: each effect of the flow carried out on tickets, routing and call row.

Everything happens in the one transaction of the turn, with the call's row locked, so that two requests of one call
never act at once. Nothing here decides what the caller hears; the results go back as facts.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update

from infra.database import Tx
from ivr import callbacks, duty, incidents, matters, own_tickets, queries
from ivr.flow import effects as wanted
from ivr.flow.effects import Effect
from ivr.flow.facts import NOTHING, Facts
from ivr.models import Call
from ivr.scripts import Place
from ivr.state import CallState
from routing.service import Router
from tickets.callers import remember_language
from tickets.lifecycle import OPEN_STATES
from tickets.models import Resident, ResidentPhone, Ticket
from tickets.phones import national


@dataclass
class Scene:
    """One turn under way: transaction, router, the locked call, the estate, the state, and what was found so far.

    `effects` are all of the turn: some depend on what follows them.
    """

    tx: Tx
    router: Router
    call: Call
    place: Place
    state: CallState
    now: datetime
    effects: tuple[Effect, ...] = ()
    facts: Facts = NOTHING

    def found(self, **results: Any) -> None:
        """Add results to the facts."""
        self.facts = replace(self.facts, **results)


E = TypeVar("E")
Act = Callable[[Scene, Any], None]
ACTS: dict[type, Act] = {}


def carries_out(kind: type[E]) -> Callable[[Callable[[Scene, E], None]], Callable[[Scene, E], None]]:
    """Register a function as the one that carries out effects of this kind."""

    def register(act: Callable[[Scene, E], None]) -> Callable[[Scene, E], None]:
        ACTS[kind] = act
        return act

    return register


def carry_out(scene: Scene) -> Facts:
    """Carry out the effects of the turn, in order; returns what they found."""
    scene.facts = scene.place.facts(scene.now)
    for effect in scene.effects:
        ACTS[type(effect)](scene, effect)
        scene.call.trail = [*scene.call.trail, trail_line(scene, effect)]
    return scene.facts


def trail_line(scene: Scene, effect: Effect) -> list[Any]:
    """One line of the call's trail: seconds since its start, the step, what was done."""
    seconds = round((scene.now - scene.call.started_at).total_seconds(), 1)
    return [seconds, scene.state.step, type(effect).__name__]


@carries_out(wanted.RememberLanguage)
def remember(scene: Scene, effect: wanted.RememberLanguage) -> None:
    """Keep the language for the number, and for its resident if it is theirs alone or nobody knew."""
    call = scene.call
    call.language = effect.language
    if call.from_e164:
        remember_language(scene.tx, call.from_e164, effect.language, now=scene.now)
    if call.resident_id:
        others = select(ResidentPhone.resident_id).where(
            ResidentPhone.e164 == call.from_e164, ResidentPhone.resident_id != call.resident_id
        )
        scene.tx.execute(
            update(Resident)
            .where(Resident.id == call.resident_id, Resident.language.is_(None) | ~others.exists())
            .values(language=effect.language)
        )


@carries_out(wanted.NoteCategory)
def note_category(scene: Scene, effect: wanted.NoteCategory) -> None:
    """From now on a hang-up leaves a ticket."""
    scene.call.category_code = effect.category


@carries_out(wanted.NoteWords)
def note_words(scene: Scene, effect: wanted.NoteWords) -> None:
    """Kept on the call until it has a ticket to stand on."""
    scene.call.words, scene.call.words_confidence = effect.words, effect.confidence


@carries_out(wanted.FindDwelling)
def find_dwelling(scene: Scene, effect: wanted.FindDwelling) -> None:
    """Look for the unit that was keyed."""
    found = queries.find_dwelling(scene.tx, scene.place.id, effect.building, effect.keyed)
    scene.found(dwelling=found)


@carries_out(wanted.OpenTicket)
def open_ticket(scene: Scene, effect: wanted.OpenTicket) -> None:
    """Open the call's one ticket, or add what is new to the one it has."""
    is_waiting = any(isinstance(each, wanted.EnterQueue) for each in scene.effects)
    is_live = effect.is_live and is_waiting
    if is_live:
        queue = scene.place.leaf(effect.category).queue
        is_live = matters.is_anyone_on(scene.tx, scene.place.id, queue, effect.language, scene.now)
    ticket = matters.open_matter(scene.tx, scene.router, scene.call, scene.place, effect, is_live, scene.now)
    matters.attach(scene.tx, scene.call, ticket, effect.recording, scene.now)
    if effect.unrecorded:
        matters.note_unrecorded(scene.tx, ticket, effect.unrecorded, scene.now)
    tell_ticket(scene, ticket)


@carries_out(wanted.NoteUnrecorded)
def note_unrecorded(scene: Scene, effect: wanted.NoteUnrecorded) -> None:
    """Say on the ticket why it has no recording."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    if ticket is not None:
        matters.note_unrecorded(scene.tx, ticket, effect.why, scene.now)


@carries_out(wanted.DeclareEmergency)
def declare_emergency(scene: Scene, effect: wanted.DeclareEmergency) -> None:
    """Make the call's ticket an emergency, or open one, before anybody is rung."""
    scene.call.is_emergency = True
    scene.call.category_code = effect.category
    ticket = duty.declare(scene.tx, scene.router, scene.call, scene.place, effect, scene.now)
    callbacks.finish(scene.tx, ticket, scene.now)
    tell_ticket(scene, ticket)


@carries_out(wanted.WithdrawEmergency)
def withdraw_emergency(scene: Scene, effect: wanted.WithdrawEmergency) -> None:
    """A slip of the finger: cancelled, or back to what it was."""
    scene.call.is_emergency = False
    scene.call.category_code = effect.category or None
    duty.withdraw(scene.tx, scene.router, scene.call, scene.place, effect, scene.now)


@carries_out(wanted.RingDuty)
def ring_duty(scene: Scene, effect: wanted.RingDuty) -> None:
    """Find whom this round rings, and write it down before it rings."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    targets = duty.ring(scene.tx, scene.place.id, ticket, effect.round, scene.now)
    scene.found(ring=targets)


@carries_out(wanted.EndRound)
def end_round(scene: Scene, effect: wanted.EndRound) -> None:
    """Write down how a round of ringing ended."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    if ticket is not None:
        duty.note_round(scene.tx, ticket, effect, scene.now)


@carries_out(wanted.EnterQueue)
def enter_queue(scene: Scene, effect: wanted.EnterQueue) -> None:
    """The caller waits on the line, if there is anybody to wait for."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    is_on = ticket is not None and matters.wait_on_line(scene.tx, scene.router, ticket, scene.now)
    scene.found(is_anyone_on_duty=is_on)


@carries_out(wanted.LeaveQueue)
def leave_queue(scene: Scene, effect: wanted.LeaveQueue) -> None:
    """The caller waits no longer; the ticket stays as ordinary work."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    if ticket is not None:
        matters.leave_line(scene.tx, scene.router, scene.call, ticket, effect.why, scene.now, effect.seconds)


@carries_out(wanted.AskCallback)
def ask_callback(scene: Scene, effect: wanted.AskCallback) -> None:
    """The caller is rung back at their turn and keeps the place until then."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    if ticket is not None:
        asked = callbacks.ask(scene.tx, scene.call, ticket, scene.place, effect, scene.now)
        scene.found(callback=national(asked) if asked else None)


@carries_out(wanted.AddRecording)
def add_recording(scene: Scene, effect: wanted.AddRecording) -> None:
    """Attach a recording to the call's ticket, or to one of an earlier call."""
    ticket = matters.ticket_of(scene.tx, scene.call, effect.ticket)
    if ticket is not None:
        matters.attach(scene.tx, scene.call, ticket, effect.recording, scene.now, is_place=effect.is_place)
        if effect.is_note:
            own_tickets.added(scene.tx, ticket, scene.now)


@carries_out(wanted.FindTicket)
def find_ticket(scene: Scene, effect: wanted.FindTicket) -> None:
    """Look for a ticket that this caller may hear of."""
    found = matters.find_own(scene.tx, scene.call, scene.state, scene.place.id, effect.number, scene.now)
    if found is not None:
        scene.call.ticket_id = scene.call.ticket_id or found.id
    scene.found(ticket=matters.spoken(scene.tx, found) if found is not None else None)


@carries_out(wanted.Chase)
def chase(scene: Scene, effect: wanted.Chase) -> None:
    """Count a chase, and tell whoever has the ticket, or the one on duty."""
    ticket = matters.find_own(scene.tx, scene.call, scene.state, scene.place.id, effect.ticket, scene.now)
    if ticket is not None and ticket.state in OPEN_STATES:
        scene.found(is_chase_sent=own_tickets.chase(scene.tx, scene.router, ticket, scene.now))


@carries_out(wanted.CancelTicket)
def cancel_ticket(scene: Scene, effect: wanted.CancelTicket) -> None:
    """The caller calls a ticket off."""
    ticket = matters.find_own(scene.tx, scene.call, scene.state, scene.place.id, effect.ticket, scene.now)
    scene.found(is_done=own_tickets.cancel(scene.tx, scene.router, ticket, scene.now))


@carries_out(wanted.ReopenTicket)
def reopen_ticket(scene: Scene, effect: wanted.ReopenTicket) -> None:
    """The caller says, in a recording, what is not right yet."""
    ticket = matters.find_own(scene.tx, scene.call, scene.state, scene.place.id, effect.ticket, scene.now)
    if ticket is not None:
        matters.attach(scene.tx, scene.call, ticket, effect.recording, scene.now)
    scene.found(is_done=own_tickets.reopen(scene.tx, scene.router, ticket, scene.now))


@carries_out(wanted.JoinIncident)
def join_incident(scene: Scene, effect: wanted.JoinIncident) -> None:
    """Count the caller in; no ticket is made."""
    scene.found(is_joined=incidents.join_by_phone(scene.tx, scene.call, effect, scene.now))


@carries_out(wanted.NoteMissedCall)
def note_missed_call(scene: Scene, effect: wanted.NoteMissedCall) -> None:
    """The call stays without a ticket: so it stands on the missed-call list (`queries.missed_calls`)."""


def tell_ticket(scene: Scene, ticket: Ticket) -> None:
    """Let the caller hear the ticket's number, and by when somebody answers."""
    told = queries.announced(scene.tx, ticket.id, scene.call.from_e164)
    scene.found(ticket_number=ticket.number, promise=told.promise, is_texted=told.is_texted)
