"""Reads of calls for the page and the API: newest first, in parts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from console.cursors import decode, encode
from infra.database import Tx
from ivr.models import Call, Recording
from tickets.models import Ticket

LENGTH = 50


@dataclass(frozen=True)
class CallPart:
    """A part of the list of calls, with the ticket's number by its id, and the cursor of the part behind it."""

    items: Sequence[Call]
    numbers: dict[int, str]
    next: str | None


def list_calls(
    tx: Tx,
    estate_ids: Collection[int],
    cursor: str | None = None,
    limit: int = LENGTH,
    phone: str | None = None,
) -> CallPart:
    """Return calls of these estates, newest first. Raises FieldError for a cursor that no list gave."""
    chosen = select(Call).where(Call.estate_id.in_(estate_ids))
    if phone:
        chosen = chosen.where((Call.from_e164 == phone) | (Call.to_e164 == phone))
    if cursor:
        at, sid = decode(cursor)
        chosen = chosen.where(tuple_(Call.started_at, Call.sid) < (at, sid))
    found = tx.scalars(chosen.order_by(Call.started_at.desc(), Call.sid.desc()).limit(limit + 1)).all()
    items = found[:limit]
    ids = [call.ticket_id for call in items if call.ticket_id]
    rows = tx.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(ids)))
    numbers = {row.id: row.number for row in rows}
    more = len(found) > limit
    return CallPart(items, numbers, encode(items[-1].started_at, items[-1].sid) if more else None)


@dataclass(frozen=True)
class RecordingPart:
    """A part of the list of recordings, with tickets' numbers by id, and the cursor of the part behind it."""

    items: Sequence[Recording]
    numbers: dict[int, str]
    next: str | None


def list_recordings(
    tx: Tx, estate_ids: Collection[int], cursor: str | None = None, limit: int = LENGTH
) -> RecordingPart:
    """Return recordings of these estates that are still there, newest first. Raises FieldError as above."""
    chosen = select(Recording).where(Recording.estate_id.in_(estate_ids), Recording.deleted_at.is_(None))
    if cursor:
        at, sid = decode(cursor)
        chosen = chosen.where(tuple_(Recording.created_at, Recording.sid) < (at, sid))
    order = chosen.order_by(Recording.created_at.desc(), Recording.sid.desc())
    found = tx.scalars(order.limit(limit + 1)).all()
    items = found[:limit]
    ids = [each.ticket_id for each in items if each.ticket_id]
    rows = tx.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(ids)))
    more = len(found) > limit
    cursor = encode(items[-1].created_at, items[-1].sid) if more else None
    return RecordingPart(items, {row.id: row.number for row in rows}, cursor)
