"""Telling a person of escalations, once: which ones, what came of it, and "I have it".

Sending is not here (`ivr.deliver`): a telling is begun in one transaction, sent outside of any, and marked in
another. One telling covers everything its recipient has not been told of yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from infra.database import Tx
from tickets.models import Escalation, Reminder, Staff, Telling, Ticket


@dataclass(frozen=True)
class ToTell:
    """A telling and what it is about, lowest level and oldest first; each escalation has its ticket loaded."""

    telling: Telling
    recipient: Staff
    escalations: Sequence[Escalation]


def begin_telling(tx: Tx, recipient_id: int, key: str, *, now: datetime) -> ToTell | None:
    """Collect what this person has not been told of yet; None if there is nothing, or the person has no phone.

    `key` is that of the outbox item that asks: when a crash makes it ask again, it gets the same telling with
    the same escalations, and `text_sid` and `call_sid` say what had already gone out. Tickets whose climb
    somebody has stopped meanwhile are left out.
    """
    recipient = tx.get_one(Staff, recipient_id)
    telling = tx.execute(select(Telling).where(Telling.key == key)).scalar_one_or_none()
    if telling is None:
        if recipient.phone_e164 is None:
            return None
        telling = _collect(tx, recipient, recipient.phone_e164, key, now)
        if telling is None:
            return None
    about = (
        select(Escalation)
        .where(is_about(telling.id))
        .options(joinedload(Escalation.ticket).joinedload(Ticket.unit))
        .order_by(Escalation.level, Escalation.at, Escalation.id)
    )
    return ToTell(telling, recipient, tx.execute(about).scalars().all())


def is_about(telling_id: int) -> ColumnElement[bool]:
    """The condition on an escalation that this telling told it, for the first time or as a reminder."""
    reminded = select(Reminder.escalation_id).where(Reminder.telling_id == telling_id)
    return or_(Escalation.telling_id == telling_id, Escalation.id.in_(reminded))


def mark_texted(tx: Tx, telling_id: int, text_sid: str) -> None:
    """The text of this telling has gone out."""
    tx.execute(update(Telling).where(Telling.id == telling_id).values(text_sid=text_sid))


def mark_called(tx: Tx, telling_id: int, call_sid: str) -> None:
    """The call of this telling was begun."""
    tx.execute(update(Telling).where(Telling.id == telling_id).values(call_sid=call_sid))


def _collect(tx: Tx, recipient: Staff, phone_e164: str, key: str, now: datetime) -> Telling | None:
    # Lock what is taken, so that two requests for one person at the same moment share it out, never double it.
    untold = (
        select(Escalation.id)
        .join(Escalation.ticket)
        .where(
            Escalation.recipient_id == recipient.id,
            Escalation.telling_id.is_(None),
            Escalation.acknowledged_at.is_(None),
        )
        .with_for_update(of=Escalation, skip_locked=True)
    )
    ids = tx.execute(untold).scalars().all()
    again = (
        select(Reminder.id)
        .join(Reminder.escalation)
        .where(
            Reminder.recipient_id == recipient.id,
            Reminder.telling_id.is_(None),
            Escalation.acknowledged_at.is_(None),
        )
        .with_for_update(of=Reminder, skip_locked=True)
    )
    reminder_ids = tx.execute(again).scalars().all()
    if not ids and not reminder_ids:
        return None
    made = (
        insert(Telling)
        .values(recipient_id=recipient.id, phone_e164=phone_e164, created_at=now, key=key)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Telling)
    )
    telling = tx.execute(made).scalar_one_or_none()
    if telling is not None:
        tx.execute(update(Escalation).where(Escalation.id.in_(ids)).values(telling_id=telling.id))
        tx.execute(update(Reminder).where(Reminder.id.in_(reminder_ids)).values(telling_id=telling.id))
    return telling
