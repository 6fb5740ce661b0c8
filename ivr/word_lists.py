"""The emergency words in force, and how the office changes them. Processes read them again with the stamp of their
books, so that a change counts from the next call on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from infra.i18n.folding import folded
from ivr.understand.alarm import EXCEPTION, KINDS, LIST_NAMES, LONGEST_PHRASE, Alarms, Change
from ivr.word_models import EmergencyWord
from tickets.errors import FieldError
from tickets.models import Staff, Ticket, TicketEvent

LISTS = (*KINDS, EXCEPTION)


@dataclass(frozen=True)
class Firing:
    """Words that were taken for an emergency: on which ticket, when, which phrase, in which language."""

    ticket: Ticket
    at: datetime
    phrase: str
    language: str


def alarms(tx: Tx) -> Alarms:
    """The word lists in force."""
    rows = tx.scalars(select(EmergencyWord).order_by(EmergencyWord.id))
    return Alarms(tuple(Change(row.list_name, row.kind, row.phrase, row.is_on) for row in rows))


def set_word(
    tx: Tx, list_name: str, kind: str, phrase: str, is_on: bool, staff: Staff, *, now: datetime
) -> None:
    """Let a phrase count from now on, or count no more. Raises `FieldError` for one that cannot be a phrase."""
    if list_name not in LIST_NAMES:
        raise FieldError("list", "unknown list")
    if kind not in LISTS:
        raise FieldError("kind", "unknown kind")
    plain = " ".join(phrase.replace("\x00", "").split())
    if not any(each.isalnum() for each in plain):
        raise FieldError("phrase", "a phrase has letters")
    if len(plain) > LONGEST_PHRASE:
        raise FieldError("phrase", f"at most {LONGEST_PHRASE} characters")
    if len(folded(plain)) < shortest(list_name):
        raise FieldError("phrase", "too short: it would be heard in other words")
    values = {"is_on": is_on, "changed_at": now, "changed_by_id": staff.id}
    made = insert(EmergencyWord).values(list_name=list_name, kind=kind, phrase=plain, **values)
    tx.execute(made.on_conflict_do_update(index_elements=["list_name", "kind", "phrase"], set_=values))


def shortest(list_name: str) -> int:
    """The fewest characters of a phrase: two of a script whose characters are words, else three."""
    return 2 if list_name in ("zh", "ja", "ko") else 3


def firings(tx: Tx, estate_ids: list[int], limit: int = 30) -> list[Firing]:
    """The newest words that were taken for an emergency, at these estates."""
    rows = tx.execute(
        select(TicketEvent, Ticket)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(TicketEvent.kind == "alarm_heard", Ticket.estate_id.in_(estate_ids))
        .order_by(TicketEvent.id.desc())
        .limit(limit)
    )
    return [
        Firing(ticket, event.at, str(event.data.get("phrase", "")), str(event.data.get("language", "")))
        for event, ticket in rows
    ]
