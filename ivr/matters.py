"""What a call is about, as a ticket: opened once, added to, waited on, looked up. Queues and seats: the router."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from ivr import callbacks, outlook, recordings
from ivr.flow.effects import OpenTicket, RecordingRef, WithdrawEmergency
from ivr.flow.facts import TicketFacts
from ivr.models import Call, Recording
from ivr.queries import first_responses
from ivr.scripts import Place
from ivr.state import CallState
from routing.models import Seat
from routing.service import Router
from tickets import callers
from tickets import service as desk
from tickets.actors import Actor
from tickets.history import record
from tickets.lifecycle import OPEN_STATES
from tickets.models import Staff, Ticket
from tickets.words import Source, TicketState

HUNG_UP = "hung_up"
A_WEEK = timedelta(days=7)
TAKEN_BACK = WithdrawEmergency.__name__


def ticket_of(tx: Tx, call: Call, number: str = "") -> Ticket | None:
    """The ticket with this number, or the call's own one."""
    if number:
        return tx.execute(select(Ticket).where(Ticket.number == number)).scalar_one_or_none()
    return tx.get(Ticket, call.ticket_id) if call.ticket_id else None


def origin_of(call: Call) -> str:
    """What names the call's next ticket: its sid, with a count when an earlier one was taken back."""
    taken_back = sum(line[2] == TAKEN_BACK for line in call.trail)
    return f"call:{call.sid}:{taken_back + 1}" if taken_back else f"call:{call.sid}"


def open_matter(
    tx: Tx, router: Router, call: Call, place: Place, effect: OpenTicket, is_live: bool, now: datetime
) -> Ticket:
    """The call's ticket: opened and queued, or the one it has, with the words of this turn added."""
    known = ticket_of(tx, call)
    if known is not None:
        add_words(tx, known, effect.words, now)
        note_alarm(tx, known, effect.alarm, effect.language, now)
        return known
    leaf = place.leaf(effect.category)
    is_guess = bool(effect.method and effect.category)
    said = effect.confidence if effect.words else call.words_confidence
    opened = router.open_and_queue(
        tx,
        desk.NewTicket(
            estate_id=place.id,
            category_code=leaf.code,
            language=effect.language,
            source=Source.VOICEMAIL if effect.is_voicemail else Source.CALL,
            text="\n".join(dict.fromkeys(filter(None, (call.words, effect.words)))),
            phone_e164=call.from_e164,
            resident_id=call.resident_id,
            unit_id=effect.unit_id,
            is_unit_confirmed=effect.is_unit_confirmed,
            place_text=effect.place,
            call_sid=call.sid,
            origin=origin_of(call),
            is_live=is_live,
            priority_class=leaf.raised if effect.is_raised else None,
            method=effect.method if is_guess else "keys" if effect.category else None,
            confidence=effect.sureness / 100 if is_guess else said,
            tags=(HUNG_UP,) if effect.is_hung_up else (),
        ),
        now=now,
    )
    call.ticket_id, call.unit_id = opened.ticket.id, effect.unit_id
    note_alarm(tx, opened.ticket, effect.alarm, effect.language, now)
    return opened.ticket


def note_alarm(tx: Tx, ticket: Ticket, phrase: str, language: str, now: datetime) -> None:
    """Keep which words sounded like an emergency, so that the office can judge its lists."""
    if phrase:
        told = {"phrase": phrase, "language": language}
        record(tx, ticket.id, "alarm_heard", Actor.CALLER, told, now=now)


def add_words(tx: Tx, ticket: Ticket, words: str | None, now: datetime) -> None:
    """Keep words that came after the ticket: as its text if it has none, else as a note."""
    if not words or words == ticket.text:
        return
    if ticket.text:
        desk.note(tx, ticket, words, Actor.CALLER, now=now)
    else:
        desk.edit(tx, ticket, {"text": words}, ticket.version, Actor.CALLER, now=now)


def attach(
    tx: Tx, call: Call, ticket: Ticket, ref: RecordingRef | None, now: datetime, *, is_place: bool = False
) -> None:
    """Keep a recording on the ticket, once, with a line of history."""
    if ref is None:
        return
    values = {"call_sid": call.sid, "ticket_id": ticket.id, "url": ref.url, "duration_s": ref.seconds}
    statement = insert(Recording).values(sid=ref.sid, created_at=now, estate_id=ticket.estate_id, **values)
    kept = statement.on_conflict_do_update(
        index_elements=["sid"],
        set_={"ticket_id": ticket.id, "duration_s": func.greatest(Recording.duration_s, ref.seconds)},
        where=Recording.ticket_id.is_(None),
    )
    if tx.execute(kept.returning(Recording.sid)).first() is not None:
        told = {"recording": ref.sid, "seconds": ref.seconds, "is_place": is_place}
        record(tx, ticket.id, "recorded", Actor.CALLER, told, now=now)
    recordings.fetch_soon(tx, ref.sid, now=now)


def note_unrecorded(tx: Tx, ticket: Ticket, why: str, now: datetime) -> None:
    """Say on the ticket why it has no recording: `declined` by the caller, or `silent`."""
    record(tx, ticket.id, "not_recorded", Actor.CALLER, {"why": why}, now=now)


def find_own(
    tx: Tx, call: Call, state: CallState, estate_id: int, number: str, now: datetime
) -> Ticket | None:
    """A ticket that this caller may hear of: from their number or of their dwelling; "" is the newest open one, else
    the newest that ended within a week.

    A number that does not exist and one of somebody else are the same: nothing.
    """
    units = [home.unit_id for home in state.dwellings]
    is_theirs: ColumnElement[bool] = Ticket.unit_id.in_(units)
    if call.from_e164:
        is_theirs = is_theirs | callers.is_from(call.from_e164, call.started_at.date())
    query = select(Ticket).where(Ticket.estate_id == estate_id, is_theirs)
    if number:
        query = query.where(Ticket.number == number)
    else:
        is_open = Ticket.state.in_(OPEN_STATES)
        query = query.where(is_open | (func.coalesce(Ticket.resolved_at, Ticket.closed_at) > now - A_WEEK))
        query = query.order_by(is_open.desc(), Ticket.created_at.desc(), Ticket.id.desc())
    return tx.execute(query.limit(1)).scalar_one_or_none()


def spoken(tx: Tx, ticket: Ticket) -> TicketFacts:
    """A ticket as its owner may hear it."""
    promise = first_responses(tx, [ticket.id]).get(ticket.id)
    return TicketFacts(ticket.number, ticket.state, ticket.category_code, promise)


def is_anyone_on(tx: Tx, estate_id: int, queue_code: str, language: str, now: datetime) -> bool:
    """Whether there is anybody for whom such a caller could wait."""
    return outlook.seats_on(tx, estate_id, queue_code, language, now) > 0


def wait_on_line(tx: Tx, router: Router, ticket: Ticket, now: datetime) -> bool:
    """Let the ticket's caller wait on the line; False if there is nobody to wait for.

    A ticket whose agent did not come to the phone goes back to its old place first.
    """
    is_on = is_anyone_on(tx, ticket.estate_id, ticket.queue_code, ticket.language, now)
    if ticket.state in (TicketState.ASSIGNED, TicketState.WAITING):
        router.return_to_queue(tx, ticket, "the agent's phone was not answered", Actor.SYSTEM, now=now)
    if ticket.state not in (TicketState.QUEUED, TicketState.RESERVED):
        return False
    if ticket.is_live != is_on:
        ticket.is_live = is_on
        if ticket.state == TicketState.QUEUED:
            router.enter(tx, ticket, now)
        else:
            router.rerank(tx, ticket, now)
    return is_on


def leave_line(
    tx: Tx, router: Router, call: Call, ticket: Ticket, why: str, now: datetime, seconds: int = 0
) -> None:
    """The ticket's caller is no longer waiting: talked to for `seconds`, gone, or leaving a message."""
    callbacks.finish(tx, ticket, now)
    if why == "talked":
        router.call_ended(tx, ticket, now=now)
        call.talk_s, call.answered_by_id = seconds, ticket.assignee_id
        record(tx, ticket.id, "talked", Actor.CALLER, {"seconds": seconds}, now=now)
    elif ticket.state in OPEN_STATES:
        router.caller_left(tx, ticket, now=now)


def staff_of_seat(tx: Tx, seat_id: int) -> Staff | None:
    """Who works at a seat."""
    return tx.scalar(select(Staff).join(Seat, Seat.staff_id == Staff.id).where(Seat.id == seat_id))
