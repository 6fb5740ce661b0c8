"""What the telephone holds about a person: told in a report, and forgotten with the person.

Rows of calls and texts stay for the figures; number, words and text go. The sound of recordings is left to their
own deletion, which also reaches the provider.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update

from infra.database import Tx
from ivr.models import Call, Message, Recording


def move_calls(tx: Tx, from_id: int, to_id: int) -> None:
    """Calls of one resident become another's, before the two are made one."""
    tx.execute(update(Call).where(Call.resident_id == from_id).values(resident_id=to_id))


def forget_numbers(tx: Tx, resident_id: int, numbers: Sequence[str]) -> dict[str, int]:
    """Take a person's numbers and what was said and written with them away; returns how many rows of each kind."""
    tx.execute(update(Call).where(Call.resident_id == resident_id).values(resident_id=None))
    theirs = select(Call.sid).where(Call.from_e164.in_(numbers))
    words = update(Recording).where(Recording.call_sid.in_(theirs)).values(transcript=None)
    spoken = tx.execute(words).rowcount  # type: ignore[attr-defined]
    gone = (
        update(Call).where(Call.from_e164.in_(numbers)).values(from_e164=None, words=None, state_token=None)
    )
    calls = tx.execute(gone).rowcount  # type: ignore[attr-defined]
    sent = update(Message).where(Message.to_e164.in_(numbers)).values(to_e164="", body="")
    came = update(Message).where(Message.from_e164.in_(numbers)).values(from_e164="", body="")
    texts = tx.execute(sent).rowcount + tx.execute(came).rowcount  # type: ignore[attr-defined]
    return {"calls": calls, "texts": texts, "transcripts": spoken}


def report_of(tx: Tx, numbers: Sequence[str]) -> dict[str, Any]:
    """Calls and texts of these numbers as plain values, oldest first."""
    calls = select(Call).where(or_(Call.from_e164.in_(numbers), Call.to_e164.in_(numbers)))
    texts = select(Message).where(or_(Message.from_e164.in_(numbers), Message.to_e164.in_(numbers)))
    return {
        "calls": [
            {"at": call.started_at.isoformat(), "direction": call.direction, "words": call.words}
            for call in tx.scalars(calls.order_by(Call.started_at))
        ],
        "texts": [
            {"at": text.created_at.isoformat(), "direction": text.direction, "body": text.body}
            for text in tx.scalars(texts.order_by(Message.id))
        ],
    }
