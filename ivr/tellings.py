"""Telling a person on duty about late tickets: one text and one call for all that are untold, decision 0033.

The sweep writes escalations and asks for the telling of a person; whoever comes first gathers everything that the
person was not told yet, under a lock, so that two askers never tell the same twice. Text and call are then delivered
as two outbox rows of their own: one of them failing does not repeat the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from infra.database import Tx
from infra.outbox import Claimed, Later, post
from infra.runtime import Runtime
from infra.telephony import TelephonyError
from ivr import messages, texts
from ivr.models import Call
from ivr.queries import ticket_words
from tickets.lifecycle import OPEN_STATES
from tickets.models import Escalation, Staff, Telling, Ticket

WINDOW = timedelta(minutes=1)
# Tellings of one person within the window after which the next waits a moment for others to join it, and after
# which it waits until the window has moved on. Level one is told within 5 s, so the first bound is not low.
JOIN_AFTER, HOLD_AFTER = 8, 14
JOIN_BY = timedelta(0)  # the next look into the outbox, about 3 s later
RING_S = 25


def tell(runtime: Runtime, item: Claimed) -> str:
    """Gather what one person has not been told, and hand its text and its call to the outbox.

    Payload: `recipient_id`. Raises `Later` when the person was told so often just now that this has to join the next
    telling.
    """
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        staff = tx.get_one(Staff, item.payload["recipient_id"], with_for_update=True)
        untold = _untold(tx, staff.id)
        if not untold:
            return "nothing untold"
        if not staff.phone_e164:
            return "no phone"
        wait = _hold_back(tx, staff.id, is_joined=item.attempts > 1, now=now)
        if wait is None:
            telling = Telling(recipient_id=staff.id, phone_e164=staff.phone_e164, created_at=now)
            tx.add(telling)
            tx.flush()  # its id goes into the rows below
            tx.execute(update(Escalation).where(Escalation.id.in_(untold)).values(telling_id=telling.id))
            for part in ("text", "call"):
                key = f"telling:{telling.id}:{part}"
                post(tx, f"telling.{part}", key, {"telling_id": telling.id}, now=now, queue="urgent")
    if wait is not None:
        raise Later(wait)
    return f"{len(untold)} escalations"


def _untold(tx: Tx, staff_id: int) -> list[int]:
    """Ids of escalations to this person that nobody has told or acknowledged, of tickets still open."""
    statement = (
        select(Escalation.id)
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .where(Escalation.recipient_id == staff_id, Escalation.telling_id.is_(None))
        .where(Escalation.acknowledged_at.is_(None), Ticket.state.in_(OPEN_STATES))
        .order_by(Escalation.id)
    )
    return list(tx.scalars(statement))


def _hold_back(tx: Tx, staff_id: int, *, is_joined: bool, now: datetime) -> timedelta | None:
    """How long this telling has to wait for others to join it; None if it may go out now."""
    recent = list(
        tx.scalars(
            select(Telling.created_at)
            .where(Telling.recipient_id == staff_id, Telling.created_at > now - WINDOW)
            .order_by(Telling.created_at)
        )
    )
    if len(recent) >= HOLD_AFTER:
        return recent[len(recent) - HOLD_AFTER] + WINDOW - now
    return JOIN_BY if len(recent) >= JOIN_AFTER and not is_joined else None


@dataclass(frozen=True)
class Told:
    """What one telling is about, oldest first, and how its person is reached."""

    telling_id: int
    phone: str
    language: str
    hotline: str
    estate_id: int
    late: tuple[texts.LateTicket, ...]


def told(tx: Tx, telling_id: int) -> Told | None:
    """The contents of a telling; None if there is no such telling."""
    telling = tx.get(Telling, telling_id)
    if telling is None:
        return None
    staff = tx.get_one(Staff, telling.recipient_id)
    rows = tx.execute(
        select(Escalation, Ticket)
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .where(Escalation.telling_id == telling_id)
        .order_by(Escalation.due_at, Escalation.id)
    ).all()
    if not rows:
        return None
    words = ticket_words(tx, [ticket for _, ticket in rows])
    late = tuple(
        texts.LateTicket(words[ticket.id], escalation.due_at, escalation.level) for escalation, ticket in rows
    )
    estate = rows[0][1].estate
    return Told(telling_id, telling.phone_e164, staff.language, estate.hotline_e164, estate.id, late)


def send_telling(runtime: Runtime, item: Claimed) -> str:
    """Text one telling. Payload: `telling_id`."""
    telling_id = int(item.payload["telling_id"])
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        about = told(tx, telling_id)
    if about is None:
        return "nothing to tell"
    text = messages.Text(
        key=item.key,
        to=about.phone,
        from_=about.hotline,
        body=texts.late(about.late, about.language, runtime.config.console_url, now),
        language=about.language,
        estate_id=about.estate_id,
    )
    outcome = messages.send(runtime, text)
    with runtime.transaction() as tx:
        sid = select(messages.Message.sid).where(messages.Message.key == item.key).scalar_subquery()
        tx.execute(update(Telling).where(Telling.id == telling_id).values(text_sid=sid))
    return outcome


def ring_telling(runtime: Runtime, item: Claimed) -> str:
    """Ring the person of one telling; the document says what is late and takes key 1. Payload: `telling_id`."""
    telling_id = int(item.payload["telling_id"])
    with runtime.transaction() as tx:
        about = told(tx, telling_id)
        is_over = about is None or _is_answered(tx, telling_id)
    if about is None or is_over:
        return "acknowledged meanwhile"
    web = runtime.config.web_url
    try:
        sent = runtime.telephony.call(
            to=about.phone,
            from_=about.hotline,
            url=f"{web}/ivr/tell?t={telling_id}",
            status_callback=f"{web}/ivr/status",
            ring_s=RING_S,
        )
    except TelephonyError as error:
        if error.is_final:
            return f"refused {error.code}"
        raise
    with runtime.transaction() as tx:
        _record_call(tx, about, sent.sid, runtime.clock.now())
    return "ringing"


def _is_answered(tx: Tx, telling_id: int) -> bool:
    """Whether the call was made already, or nothing in the telling is unacknowledged any more."""
    telling = tx.get_one(Telling, telling_id)
    open_ones = select(func.count()).where(
        Escalation.telling_id == telling_id, Escalation.acknowledged_at.is_(None)
    )
    return telling.call_sid is not None or tx.scalar(open_ones) == 0


def _record_call(tx: Tx, about: Told, sid: str, now: datetime) -> None:
    tx.execute(update(Telling).where(Telling.id == about.telling_id).values(call_sid=sid))
    if tx.get(Call, sid) is None:  # its first callback may have been quicker
        tx.add(
            Call(
                sid=sid, estate_id=about.estate_id, direction="duty", from_e164=about.hotline,
                to_e164=about.phone, status="queued", language=about.language, started_at=now,
            )
        )  # fmt: skip
