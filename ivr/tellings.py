"""Telling a person on duty about late tickets: one text and one call for all that are untold (decision 0033).

The sweep writes escalations and asks for the telling of a person; whoever comes first gathers everything that the
person was not told yet. Text and call are then delivered as two outbox rows of their own, so that one of them failing
does not repeat the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from infra.database import Tx
from infra.outbox import Claimed, Later, post
from infra.runtime import Runtime
from infra.telephony import TelephonyError
from ivr import messages, texts
from ivr.flow.script import Desk
from ivr.models import Call, Message
from ivr.scripts import Reading, ScriptBook
from tickets import escalations
from tickets import tellings as desk_tellings
from tickets.models import Escalation, Staff, Telling, Ticket

WINDOW = timedelta(minutes=1)
# Tellings of one person within the window after which the next waits a moment for others to join it, and after
# which it waits until the window has moved on. Level one is told within 5 s, so the first bound is not low.
JOIN_AFTER, HOLD_AFTER = 8, 14
JOIN_BY = timedelta(0)  # the clock's next look into the outbox
RING_S = 25


def tell(runtime: Runtime, item: Claimed) -> str:
    """Gather what one person has not been told, and hand its text and its call to the outbox.

    Payload: `recipient_id`. Raises `Later` when the person was told so often just now that this has to join the next
    telling.
    """
    now, recipient_id = runtime.clock.now(), int(item.payload["recipient_id"])
    with runtime.transaction() as tx:
        tx.get_one(Staff, recipient_id, with_for_update={"key_share": True})  # two askers take turns
        wait = _hold_back(tx, recipient_id, is_joined=item.attempts > 1, now=now)
        begun = desk_tellings.begin_telling(tx, recipient_id, item.key, now=now) if wait is None else None
        if begun is not None:
            for part in ("text", "call"):
                key = f"telling:{begun.telling.id}:{part}"
                post(tx, f"telling.{part}", key, {"telling_id": begun.telling.id}, now=now, queue="urgent")
    if wait is not None:
        raise Later(wait)
    return f"{len(begun.escalations)} escalations" if begun else "nothing untold"


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
class Late:
    """A late ticket as its telling speaks of it."""

    number: str
    category_code: str
    desk: Desk
    due_at: datetime
    level: int

    def category(self, language: str) -> str:
        """The name of its category."""
        return texts.category_name(self.desk, self.category_code, language)


@dataclass(frozen=True)
class Told:
    """What one telling is about, oldest first, and how its person is reached."""

    telling_id: int
    phone: str
    language: str
    hotline: str
    estate_id: int
    call_sid: str | None
    is_open: bool
    late: tuple[Late, ...]


def read(tx: Tx, reading: Reading, telling_id: int) -> Told | None:
    """The contents of a telling; None if there is no such telling."""
    telling = tx.get(Telling, telling_id)
    if telling is None:
        return None
    staff = tx.get_one(Staff, telling.recipient_id)
    rows = tx.execute(
        select(Escalation, Ticket)
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .where(desk_tellings.is_about(telling_id))
        .order_by(Escalation.due_at, Escalation.id)
    ).all()
    if not rows:
        return None
    late = tuple(
        Late(ticket.number, ticket.category_code, reading.by_id[ticket.estate_id].desk, row.due_at, row.level)
        for row, ticket in rows
    )
    place = reading.by_id[rows[0][1].estate_id]
    return Told(
        telling_id=telling_id,
        phone=telling.phone_e164,
        language=staff.language,
        hotline=place.hotline,
        estate_id=place.id,
        call_sid=telling.call_sid,
        is_open=any(row.acknowledged_at is None for row, _ in rows),
        late=late,
    )


def _read(runtime: Runtime, item: Claimed) -> Told | None:
    with runtime.transaction() as tx:
        return read(tx, ScriptBook(runtime).read(tx), int(item.payload["telling_id"]))


def send_telling(runtime: Runtime, item: Claimed) -> str:
    """Text one telling. Payload: `telling_id`."""
    told = _read(runtime, item)
    if told is None:
        return "nothing to tell"
    text = messages.Text(
        key=item.key,
        to=told.phone,
        from_=told.hotline,
        body=body_of(told, runtime.config.console_url, runtime.clock.now()),
        language=told.language,
        estate_id=told.estate_id,
    )
    outcome = messages.send(runtime, text)
    with runtime.transaction() as tx:
        sid = tx.scalar(select(Message.sid).where(Message.key == item.key))
        if sid is not None:
            desk_tellings.mark_texted(tx, told.telling_id, sid)
    return outcome


def body_of(told: Told, console_url: str, now: datetime) -> str:
    """The text of a telling, with the link at which it can be acknowledged."""
    if len(told.late) > 1:
        numbers = tuple(each.number for each in told.late)
        return texts.escalations(told.language, numbers=numbers, link=console_url)
    one = told.late[0]
    return texts.escalation(
        one.desk,
        told.language,
        number=one.number,
        category=one.category_code,
        due=one.due_at,
        now=now,
        level=one.level,
        link=f"{console_url}/tickets/{one.number}",
    )


def ring_telling(runtime: Runtime, item: Claimed) -> str:
    """Ring the person of one telling; the document says what is late and takes key 1. Payload: `telling_id`."""
    told = _read(runtime, item)
    if told is None or not told.is_open:
        return "acknowledged meanwhile"
    if told.call_sid is not None:
        return "rung already"
    web = runtime.config.web_url
    try:
        sent = runtime.telephony.call(
            to=told.phone,
            from_=told.hotline,
            url=f"{web}/ivr/tell?t={told.telling_id}",
            status_callback=f"{web}/ivr/status",
            ring_s=RING_S,
        )
    except TelephonyError as error:
        if error.is_final:
            return f"refused {error.code}"
        raise
    with runtime.transaction() as tx:
        desk_tellings.mark_called(tx, told.telling_id, sent.sid)
        if tx.get(Call, sent.sid) is None:
            tx.add(_call_row(told, sent.sid, runtime.clock.now()))
    return "ringing"


def _call_row(told: Told, sid: str, now: datetime) -> Call:
    return Call(
        sid=sid, estate_id=told.estate_id, direction="duty", from_e164=told.hotline, to_e164=told.phone,
        status="queued", language=told.language, started_at=now,
    )  # fmt: skip


@dataclass(frozen=True)
class Thanks:
    """What the person hears after the key: their language, and who had it already (None: nobody)."""

    language: str
    held_by: str | None = None


def acknowledge(tx: Tx, telling_id: int, now: datetime) -> Thanks:
    """The person pressed 1: all that the telling told is theirs, and climbs no further."""
    telling = tx.get_one(Telling, telling_id)
    done = escalations.acknowledge_telling(tx, telling_id, telling.recipient_id, now=now)
    is_late = done.held_by is not None and not done.stopped
    return Thanks(language_of(tx, telling_id), done.held_by.name if done.held_by and is_late else None)


def language_of(tx: Tx, telling_id: int) -> str:
    """The language of the person of a telling."""
    return tx.get_one(Staff, tx.get_one(Telling, telling_id).recipient_id).language
