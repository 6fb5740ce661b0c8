"""Text messages out and their fate: one row per thing told, sent at least once and never twice.

The row is written before the provider is asked. When an answer was lost, the next try first looks whether the text
arrived. What the texts say is `ivr.texts`; what comes in is `ivr.sms`.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from infra.runtime import Runtime
from infra.telephony import Sent, TelephonyError
from ivr.models import Message, OptOut

log = logging.getLogger(__name__)

# How far a message has come. A callback never moves it back; the last three are final.
RANKS = {
    "sending": 0, "accepted": 1, "scheduled": 1, "queued": 2, "sent": 3, "partially_delivered": 4,
    "canceled": 8, "undelivered": 8, "failed": 8, "delivered": 9, "read": 10,
}  # fmt: skip
FAILED = frozenset({"undelivered", "failed", "canceled"})


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text message to be sent. `key` names what it tells: there is one message per key, whatever happens."""

    key: str
    to: str
    from_: str
    body: str
    language: str
    estate_id: int | None = None
    ticket_id: int | None = None


def send(runtime: Runtime, text: Text) -> str:
    """Send `text` unless it was sent; returns in a few words what came of it.

    Runs outside a transaction. Raises `TelephonyError` when another try may help; a refusal for good is kept on
    the message and returned.
    """
    with runtime.transaction() as tx:
        message, is_new, outcome = _take(tx, text, runtime.clock.now())
    if outcome is not None:
        return outcome
    message_id = message.id
    try:
        sent = _find_or_send(runtime, message, is_new)
    except TelephonyError as error:
        if not error.is_final:
            raise
        with runtime.transaction() as tx:
            _fail(tx, message_id, error.code, runtime.clock.now())
        log.warning("text refused", extra={"message_id": message_id, "code": error.code})
        return f"refused {error.code}"
    with runtime.transaction() as tx:
        tx.execute(
            update(Message).where(Message.id == message_id, Message.sid.is_(None)).values(sid=sent.sid)
        )
        advance(tx, message_id, sent.status, None, runtime.clock.now())
    return "sent"


def _take(tx: Tx, text: Text, now: datetime) -> tuple[Message, bool, str | None]:
    """The message's row, whether this is its first try, and the outcome if nothing is left to do."""
    made = tx.execute(
        insert(Message)
        .values(
            key=text.key, direction="out", estate_id=text.estate_id, ticket_id=text.ticket_id,
            from_e164=text.from_, to_e164=text.to, body=text.body, language=text.language,
            status="sending", created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Message.id)
    ).scalar_one_or_none()  # fmt: skip
    message = tx.execute(select(Message).where(Message.key == text.key)).scalar_one()
    if made is None:
        is_done = message.sid is not None or message.status != "sending"
        return message, False, f"already {message.status}" if is_done else None
    if is_opted_out(tx, text.to):
        _fail(tx, made, None, now, "canceled")
        return message, True, "opted out"
    return message, True, None


def _find_or_send(runtime: Runtime, message: Message, is_new: bool) -> Sent:
    """Send what the row says: it was worded at the first try, and a time in it may read differently by now."""
    to, from_, body = message.to_e164, message.from_e164, message.body
    found = None if is_new else runtime.telephony.find_text(to=to, from_=from_, body=body)
    if found is not None:
        return found
    callback = f"{runtime.config.web_url}/ivr/sms-status?m={message.id}"
    return runtime.telephony.send_text(to=to, from_=from_, body=body, status_callback=callback)


def _fail(tx: Tx, message_id: int, code: int | None, now: datetime, status: str = "failed") -> None:
    values = {"status": status, "error_code": code, "updated_at": now}
    tx.execute(update(Message).where(Message.id == message_id).values(**values))


def advance(tx: Tx, message_id: int, status: str, code: int | None, now: datetime) -> Message | None:
    """Move a message forward to `status`; returns it if this changed anything.

    A status that is unknown, the same or earlier than the one known changes nothing: callbacks come late, twice and
    out of order.
    """
    message = tx.get(Message, message_id, with_for_update=True)
    if message is None or RANKS.get(status, -1) <= RANKS.get(message.status, 0):
        return None
    message.status, message.updated_at = status, now
    if code is not None:
        message.error_code = code
    return message


def is_opted_out(tx: Tx, e164: str) -> bool:
    """Whether the owner of this number has asked for no more texts."""
    return tx.get(OptOut, e164) is not None
