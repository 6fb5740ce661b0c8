"""Writes and reads the audit list: looks at personal data and acts of power, which nobody can alter."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from infra.database import Tx
from tickets.actors import Actor
from tickets.models import AuditEntry
from tickets.paging import Page, page


def note_act(
    tx: Tx,
    actor: Actor,
    action: str,
    subject: str,
    *,
    now: datetime,
    estate_id: int | None = None,
    **data: Any,
) -> AuditEntry:
    """Put one line into the audit list; `data` are plain values that name no person's secrets."""
    entry = AuditEntry(
        at=now,
        staff_id=actor.staff_id,
        actor=str(actor),
        action=action,
        subject=subject,
        estate_id=estate_id,
        data=data,
    )
    tx.add(entry)
    return entry


def list_acts(
    tx: Tx,
    estate_ids: Collection[int] | None,
    *,
    actor: str = "",
    subject: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """A part of the audit list, newest first; of these estates and of none in particular. None: all of it."""
    query = select(AuditEntry)
    if estate_ids is not None:
        query = query.where(or_(AuditEntry.estate_id.is_(None), AuditEntry.estate_id.in_(estate_ids)))
    if actor:
        query = query.where(AuditEntry.actor == f"staff:{actor}")
    if subject:
        query = query.where(AuditEntry.subject == subject)
    return page(tx, query, AuditEntry.at, AuditEntry.id, lambda entry: (entry.at, entry.id), cursor, limit)
