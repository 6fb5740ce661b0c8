"""Ringing a resident back: the seat is reserved already, only key 1 connects, and a repeat rings nobody twice."""

import logging
from datetime import datetime

from infra.database import Tx
from infra.outbox import Claimed
from infra.runtime import Runtime
from infra.telephony import Sent, TelephonyError
from ivr import callbacks, endings, inputs, messages, texts, twiml
from ivr.callback_models import Callback
from ivr.calls import Line
from ivr.flow import pages
from ivr.hook import Hook
from ivr.models import Call
from ivr.scripts import Place, ScriptBook
from routing.service import Router
from tickets.models import Ticket
from tickets.phones import takes_texts

log = logging.getLogger(__name__)

RING_S = 30
DIRECTION = "callback"
YES, NO = "1", "2"


def dial(runtime: Runtime, item: Claimed, callback_id: int, seat_id: int) -> str:
    """Ring the resident of a call-back for the seat that took the ticket; returns in a few words what came of it."""
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        row = tx.get_one(Callback, callback_id, with_for_update=True)
        place = ScriptBook(runtime).read(tx).by_id[row.estate_id]
        row.seat_id = seat_id
        is_again = row.state == "ringing" and row.item_id == item.id and row.attempt_sid is None
        if row.state != "waiting" and not is_again:
            return f"{row.state} already"
        if not is_again:
            row.state, row.rung_at, row.item_id, row.attempt_sid = "ringing", now, item.id, None
            row.attempts += 1
        attempt = row.attempts
    try:
        sent = _find_or_ring(runtime, row, place, attempt, is_again)
    except TelephonyError as error:
        if not error.is_final:
            raise
        log.warning("call-back refused", extra={"callback_id": callback_id, "code": error.code})
        with runtime.transaction() as tx:
            failed = tx.get_one(Callback, callback_id, with_for_update=True)
            callbacks.attempt_failed(tx, Router(runtime), failed, runtime.clock.now())
        return f"refused {error.code}"
    with runtime.transaction() as tx:
        _note_ringing(tx, callback_id, place, sent, now)
    return "ringing"


def _find_or_ring(runtime: Runtime, row: Callback, place: Place, attempt: int, is_again: bool) -> Sent:
    """Ring, unless an earlier try whose answer was lost rings already."""
    found = runtime.telephony.find_call(to=row.phone_e164, from_=place.hotline) if is_again else None
    if found is not None:
        return found
    web, about = runtime.config.web_url, f"c={row.id}&a={attempt}"
    return runtime.telephony.call(
        to=row.phone_e164,
        from_=place.hotline,
        url=f"{web}/ivr/callback?{about}",
        status_callback=f"{web}/ivr/callback-status?{about}",
        ring_s=RING_S,
    )


def _note_ringing(tx: Tx, callback_id: int, place: Place, sent: Sent, now: datetime) -> None:
    row = tx.get_one(Callback, callback_id, with_for_update=True)
    row.attempt_sid = sent.sid
    if tx.get(Call, sent.sid) is None:
        tx.add(
            Call(
                sid=sent.sid, estate_id=row.estate_id, direction=DIRECTION, from_e164=place.hotline,
                to_e164=row.phone_e164, status="queued", language=row.language, ticket_id=row.ticket_id,
                started_at=now,
            )
        )  # fmt: skip


def hello(line: Line, hook: Hook) -> str:
    """What whoever answers hears: who rings, and the question for a key, without which nobody is connected."""
    with line.runtime.transaction() as tx:
        row = tx.get_one(Callback, inputs.number(hook.args.get("c")))
        place = line.book.read(tx).by_id[row.estate_id]
    if row.state != "ringing" or row.attempts != inputs.number(hook.args.get("a")):
        return twiml.render(pages.last_words("callback.over", row.language))
    action = f"/ivr/callback-answer?c={row.id}&a={row.attempts}"
    return twiml.render(pages.callback_call(place.desk, row.language, action))


def answered(line: Line, hook: Hook) -> str:
    """The key: 1 rings the agent who has the ticket, 2 calls it off, anything else ends the call."""
    key, now = hook.form.get("Digits", ""), line.runtime.clock.now()
    attempt = inputs.number(hook.args.get("a"))

    def act(tx: Tx) -> tuple[Callback, str]:
        row = tx.get_one(Callback, inputs.number(hook.args.get("c")), with_for_update=True)
        if row.attempts == attempt and row.state == "ringing" and key in (YES, NO):
            if key == NO:
                callbacks.call_off(tx, line.router, row, now)
            else:
                row.state = "talking"
        return row, tx.get_one(Call, row.call_sid).state_token or ""

    row, token = line.once(act)
    if row.attempts == attempt and row.state == "talking" and key == YES:
        told = {"s": token, "seat": str(row.seat_id)}
        return line.connect(Hook("/ivr/connect", told, hook.form))
    ended = {"off": "callback.off", "ringing": "goodbye"}.get(row.state, "callback.over")
    return twiml.render(pages.last_words(ended, row.language))


def on_status(line: Line, hook: Hook) -> None:
    """The provider tells what became of a call-back's ringing; without a key it was an attempt in vain."""
    endings.on_status(line, hook)
    now = line.runtime.clock.now()
    if inputs.call_status(hook.form) not in inputs.FINAL_STATUSES:
        return

    def act(tx: Tx) -> None:
        row = tx.get(Callback, inputs.number(hook.args.get("c")), with_for_update=True)
        if row is not None and row.state == "ringing" and row.attempts == inputs.number(hook.args.get("a")):
            callbacks.attempt_failed(tx, line.router, row, now)

    line.once(act)


def tell_missed(runtime: Runtime, item: Claimed) -> str:
    """Text a resident who was not reached that the ticket stays. Payload: `callback_id`."""
    with runtime.transaction() as tx:
        row = tx.get_one(Callback, int(item.payload["callback_id"]))
        ticket, place = tx.get_one(Ticket, row.ticket_id), ScriptBook(runtime).read(tx).by_id[row.estate_id]
    if not takes_texts(row.phone_e164):
        return "no texts"
    body = texts.written("sms.callback_missed", row.language, place.desk, number=ticket.number)
    return messages.send(
        runtime,
        messages.Text(
            key=item.key, to=row.phone_e164, from_=place.hotline, body=body, language=row.language,
            estate_id=place.id, ticket_id=ticket.id,
        ),
    )  # fmt: skip
