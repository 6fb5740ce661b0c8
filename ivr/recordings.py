"""Recordings on their way: fetched to our own storage, written down, listened to on record, deleted at both ends.

A recording's row is made by whichever tells of it first, the caller's turn or the provider's callback. How long it is
kept is the estate's choice; what belongs to an open complaint, or is held by hand, is kept beyond it (decision 0050).
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select

from infra.database import Tx
from infra.outbox import Claimed, post
from infra.runtime import Runtime
from ivr.models import Recording, RecordingPlay
from tickets.actors import Actor
from tickets.history import record
from tickets.models import Estate, Staff, Ticket
from tickets.words import Kind, TicketState

log = logging.getLogger(__name__)

SOUNDS = {"audio/x-wav": ".wav", "audio/wav": ".wav", "audio/mpeg": ".mp3"}
LARGEST = 32 * 2**20  # four times what two minutes take
ENDED = (TicketState.CLOSED, TicketState.CANCELLED)
SAME_PLAY = timedelta(minutes=1)  # a player asks for a sound piece by piece
LONGEST_TRANSCRIPT = 10_000


def fetch_soon(tx: Tx, sid: str, *, now: datetime) -> None:
    """Have a finished recording fetched; asking again changes nothing."""
    post(tx, "recording.fetch", f"recording:{sid}:fetch", {"sid": sid}, now=now)


def fetch(runtime: Runtime, item: Claimed) -> str:
    """Bring a recording into our own storage. Payload: `sid`. Raises while the provider does not have it yet."""
    sid = str(item.payload["sid"])
    with runtime.transaction() as tx:
        found = tx.get_one(Recording, sid)
    if found.deleted_at is not None or found.path is not None:
        return "deleted" if found.deleted_at is not None else "kept already"
    name = f"recordings/{found.created_at:%Y/%m}/{sid}"
    kept = runtime.media.fetch(f"{found.url}.wav", name, types=SOUNDS, largest=LARGEST)
    with runtime.transaction() as tx:
        row = tx.get_one(Recording, sid, with_for_update=True)
        if row.deleted_at is None:
            row.path, row.content_type, row.size = kept.path, kept.content_type, kept.size
            return f"{kept.size} bytes"
    runtime.media.remove(kept.path)  # its date came while it was on its way
    return "deleted meanwhile"


def note_transcript(tx: Tx, sid: str, words: str, *, now: datetime) -> bool:
    """Keep what the provider understood of a recording, once; returns whether this changed anything."""
    found = tx.get(Recording, sid, with_for_update=True)
    if found is None or found.transcript or found.deleted_at is not None or not words:
        return False
    found.transcript = words[:LONGEST_TRANSCRIPT]
    if found.ticket_id is not None:
        # Not the words: history cannot be altered, and they go when the recording goes.
        record(tx, found.ticket_id, "transcribed", Actor.SYSTEM, {"recording": sid}, now=now)
    return True


def note_play(tx: Tx, found: Recording, staff: Staff, now: datetime) -> None:
    """Write down that `staff` listens to a recording; the pieces of one listening count once."""
    before = exists().where(
        RecordingPlay.recording_sid == found.sid,
        RecordingPlay.staff_id == staff.id,
        RecordingPlay.at > now - SAME_PLAY,
    )
    if tx.scalar(select(before)):
        return
    tx.add(RecordingPlay(recording_sid=found.sid, staff_id=staff.id, at=now))
    if found.ticket_id is not None:
        told = {"recording": found.sid}
        record(tx, found.ticket_id, "recording_played", Actor.staff(staff), told, now=now)


def hold(tx: Tx, found: Recording, staff: Staff, now: datetime) -> None:
    """Keep a recording beyond its date, until it is released."""
    if found.held_at is None and found.deleted_at is None:
        found.held_at, found.held_by_id = now, staff.id
        _tell(tx, found, "recording_held", staff, now)


def release(tx: Tx, found: Recording, staff: Staff, now: datetime) -> None:
    """Let a recording that was held go when its date comes."""
    if found.held_at is not None:
        found.held_at, found.held_by_id = None, None
        _tell(tx, found, "recording_released", staff, now)


def _tell(tx: Tx, found: Recording, kind: str, staff: Staff, now: datetime) -> None:
    if found.ticket_id is not None:
        record(tx, found.ticket_id, kind, Actor.staff(staff), {"recording": found.sid}, now=now)


def is_due() -> ColumnElement[bool]:
    """Nothing keeps it: neither a hand nor a complaint that is still open. A condition on `Recording`."""
    complaint = (
        exists()
        .where(Ticket.id == Recording.ticket_id)
        .where(Ticket.kind == Kind.COMPLAINT, Ticket.state.not_in(ENDED))
    )
    return Recording.held_at.is_(None) & Recording.deleted_at.is_(None) & ~complaint


def expire(runtime: Runtime, now: datetime, limit: int = 500) -> int:
    """Have the recordings deleted whose date has come; returns how many."""
    days = func.coalesce(Estate.recording_days, 90)
    due = (
        select(Recording.sid)
        .outerjoin(Estate, Estate.id == Recording.estate_id)
        .where(is_due(), Recording.created_at <= now - func.make_interval(0, 0, 0, days))
        .order_by(Recording.created_at)
        .limit(limit)
    )
    with runtime.transaction() as tx:
        sids = list(tx.scalars(due))
        for sid in sids:
            key = f"recording:{sid}:delete:{now:%Y-%m-%d}"
            post(tx, "recording.delete", key, {"sid": sid}, now=now, queue="low")
    return len(sids)


def delete(runtime: Runtime, item: Claimed) -> str:
    """Delete a recording at the provider and here. Payload: `sid`."""
    sid = str(item.payload["sid"])
    with runtime.transaction() as tx:
        found = tx.scalar(select(Recording).where(Recording.sid == sid, is_due()))
    if found is None:
        return "held or deleted"
    runtime.telephony.delete_recording(sid)
    if found.path:
        runtime.media.remove(found.path)
    with runtime.transaction() as tx:
        row = tx.get_one(Recording, sid, with_for_update=True)
        row.deleted_at, row.path, row.transcript = runtime.clock.now(), None, None
    return "deleted"
