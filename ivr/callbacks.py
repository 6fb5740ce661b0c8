"""Call-backs: asked for with the place kept, tried three times, and what becomes of them (decision 0052).

Ringing the resident is `ivr.calling_back`; here is only what stands in the tables, so that a restart or a repeated
request finds it.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from infra.outbox import post
from infra.runtime import Runtime
from ivr.callback_models import Callback
from ivr.flow.effects import AskCallback
from ivr.models import Call
from ivr.scripts import Place
from routing.service import Router
from tickets.actors import Actor
from tickets.history import record
from tickets.lifecycle import OPEN_STATES
from tickets.models import Ticket
from tickets.phones import callable_e164, mask, region_of
from tickets.words import TicketState, WaitReason

MOST_ATTEMPTS = 3
PAUSE = timedelta(minutes=10)
WINDOW = timedelta(hours=4)
EVENING = time(21, 0)  # who asked by day is not rung later than this
LOST = timedelta(minutes=3)  # a ringing of which nothing is heard for so long has failed
TAG = "callback"
LIVE = ("waiting", "ringing", "resting", "talking")


def ask(tx: Tx, call: Call, ticket: Ticket, place: Place, effect: AskCallback, now: datetime) -> str | None:
    """Have the caller rung at their turn; returns the number, None if it cannot be rung.

    A keyed number has to lie in the hotline's country: we pay for the call, and anybody may key anything.
    """
    home = region_of(place.hotline)
    if effect.keyed:
        phone = callable_e164(effect.keyed, home, only_region=True)
    else:
        phone = callable_e164(call.from_e164 or "", home)
    if phone is None:
        return None
    values = {
        "ticket_id": ticket.id, "estate_id": ticket.estate_id, "call_sid": call.sid, "phone_e164": phone,
        "language": effect.language, "state": "waiting", "asked_at": now,
        "until_at": window_end(now, place.desk.timezone),
    }  # fmt: skip
    made = insert(Callback).values(**values)
    again = {"phone_e164": phone, "language": effect.language}
    tx.execute(
        made.on_conflict_do_update(
            index_elements=["ticket_id"], set_=again, where=Callback.state.in_(("waiting", "resting"))
        )
    )
    if TAG not in ticket.tags:
        ticket.tags = [*ticket.tags, TAG]
    record(tx, ticket.id, "callback_asked", Actor.CALLER, {"phone": mask(phone)}, now=now)
    return phone


def window_end(now: datetime, timezone: str) -> datetime:
    """Until when a call-back asked for at `now` may ring: four hours, and by day not into the night."""
    local = now.astimezone(ZoneInfo(timezone))
    evening = local.replace(hour=EVENING.hour, minute=EVENING.minute, second=0, microsecond=0)
    end = now + WINDOW
    return min(end, evening) if local < evening else end


def of_ticket(tx: Tx, ticket_id: int) -> Callback | None:
    """The call-back of a ticket that is still to come, locked; None if there is none."""
    chosen = select(Callback).where(Callback.ticket_id == ticket_id, Callback.state.in_(LIVE))
    return tx.scalar(chosen.with_for_update())


def finish(tx: Tx, ticket: Ticket, now: datetime, state: str = "done") -> None:
    """The caller of this ticket is no longer to be rung, because they were talked to or went another way."""
    row = of_ticket(tx, ticket.id)
    if row is not None:
        row.state, row.ended_at = state, now
        ticket.tags = [tag for tag in ticket.tags if tag != TAG]


def attempt_failed(tx: Tx, router: Router, row: Callback, now: datetime) -> None:
    """Nobody took the call: rest and try again, or, after the last attempt, leave an ordinary ticket."""
    ticket = tx.get_one(Ticket, row.ticket_id)
    record(tx, ticket.id, "callback_missed", Actor.SYSTEM, {"attempt": row.attempts}, now=now)
    if row.attempts < MOST_ATTEMPTS and now + PAUSE < row.until_at:
        row.state, row.next_at = "resting", now + PAUSE
        if ticket.state == TicketState.ASSIGNED:
            router.wait(tx, ticket, WaitReason.RESIDENT, None, Actor.SYSTEM, now=now)
        return
    finish(tx, ticket, now, "failed")
    become_ordinary(tx, router, ticket, now)
    post(tx, "callback.missed", f"callback:{row.id}:missed", {"callback_id": row.id}, now=now)


def become_ordinary(tx: Tx, router: Router, ticket: Ticket, now: datetime) -> None:
    """The ticket waits on as one without a call."""
    if ticket.state in (TicketState.ASSIGNED, TicketState.WAITING):
        router.return_to_queue(tx, ticket, "the resident could not be reached", Actor.SYSTEM, now=now)
    router.caller_left(tx, ticket, now=now)


def call_off(tx: Tx, router: Router, row: Callback, now: datetime) -> None:
    """The resident needs no call any more; the ticket stays."""
    ticket = tx.get_one(Ticket, row.ticket_id)
    record(tx, ticket.id, "callback_off", Actor.CALLER, now=now)
    finish(tx, ticket, now, "off")
    become_ordinary(tx, router, ticket, now)


def sweep(runtime: Runtime, now: datetime, limit: int = 100) -> int:
    """Do what time brings to call-backs; returns how many were moved. Any number of processes may do this."""
    given_back = exists().where(
        Ticket.id == Callback.ticket_id, Ticket.state == TicketState.QUEUED, ~Ticket.is_live
    )
    due = (
        (Callback.state == "waiting") & given_back
        | (Callback.state == "resting") & (Callback.next_at <= now)
        | (Callback.state == "waiting") & (Callback.until_at <= now)
        | (Callback.state == "ringing") & (Callback.rung_at <= now - LOST)
    )
    with runtime.transaction() as tx:
        ids = list(tx.scalars(select(Callback.id).where(due).order_by(Callback.asked_at).limit(limit)))
    moved = 0
    for callback_id in ids:
        with runtime.transaction() as tx:
            row = tx.scalar(
                select(Callback).where(Callback.id == callback_id, due).with_for_update(skip_locked=True)
            )
            if row is not None:
                _move(tx, Router(runtime), row, now)
                moved += 1
    return moved


def _move(tx: Tx, router: Router, row: Callback, now: datetime) -> None:
    ticket = tx.get_one(Ticket, row.ticket_id)
    if TicketState(ticket.state) not in OPEN_STATES:
        finish(tx, ticket, now)
    elif row.state == "ringing":
        call = tx.get(Call, row.attempt_sid) if row.attempt_sid else None
        if call is None or call.ended_at is not None:
            attempt_failed(tx, router, row, now)
    elif row.state == "waiting" and row.until_at > now:
        _keep_place(tx, router, ticket, now)
    elif row.state == "waiting":
        record(tx, ticket.id, "callback_expired", Actor.SYSTEM, now=now)
        finish(tx, ticket, now, "expired")
        become_ordinary(tx, router, ticket, now)
    else:
        row.state, row.next_at = "waiting", None
        if ticket.state == TicketState.WAITING:
            router.resume(tx, ticket, Actor.SYSTEM, now=now)
        if ticket.state == TicketState.ASSIGNED:
            why = "the resident is to be called again"
            router.return_to_queue(tx, ticket, why, Actor.SYSTEM, now=now)
        _keep_place(tx, router, ticket, now)


def _keep_place(tx: Tx, router: Router, ticket: Ticket, now: datetime) -> None:
    """Let the ticket stand among the callers again: giving it back took it out of their lane."""
    if ticket.state == TicketState.QUEUED and not ticket.is_live:
        ticket.is_live = True
        router.enter(tx, ticket, now)
