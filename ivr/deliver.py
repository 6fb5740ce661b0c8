"""What the outbox delivers by telephone, at least once and without doubles. Nothing waits inside a transaction.

Each function takes the runtime and the claimed row, returns a few words on what it did, raises `infra.outbox.Later`
to be called again, or an error to be tried again after a pause. `workers.handlers` maps kinds to them.
"""

import logging

from sqlalchemy import or_, select

from infra.database import Tx
from infra.outbox import Claimed
from infra.runtime import Runtime
from infra.telephony import TelephonyError
from ivr import callbacks, calling_back, messages, texts
from ivr.endings import TALKING
from ivr.models import Call
from ivr.queries import first_responses
from ivr.scripts import ScriptBook
from ivr.tellings import ring_telling, send_telling, tell
from routing.service import Router
from tickets import storms
from tickets.models import Ticket, TicketEvent
from tickets.words import Source, TicketState

__all__ = ["connect_seat", "ring_telling", "send_opened_text", "send_reply", "send_telling", "tell"]

log = logging.getLogger(__name__)


def send_opened_text(runtime: Runtime, item: Claimed) -> str:
    """Text the caller of a new ticket its number and promise. Payload: `ticket_id`.

    A ticket that came by text message was answered there, in the same breath.
    """
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        place_of = ScriptBook(runtime).read(tx).by_id
        ticket = tx.get_one(Ticket, item.payload["ticket_id"])
        promise = first_responses(tx, [ticket.id]).get(ticket.id)
        is_stretched = storms.is_stretched(tx, ticket.id)
    if ticket.source == Source.SMS or ticket.phone_e164 is None:
        return "answered at once"
    if ticket.state == TicketState.CANCELLED:
        return "cancelled meanwhile"
    place = place_of[ticket.estate_id]
    body = texts.ticket_opened(
        place.desk,
        ticket.language,
        number=ticket.number,
        category=ticket.category_code,
        promise=promise if promise is not None and promise > now else None,
        now=now,
    )
    if is_stretched:
        body = f"{body} {texts.written('sms.storm', ticket.language, place.desk)}"
    return messages.send(
        runtime,
        messages.Text(
            key=f"ticket:{ticket.id}:opened",
            to=ticket.phone_e164,
            from_=place.hotline,
            body=body,
            language=ticket.language,
            estate_id=place.id,
            ticket_id=ticket.id,
        ),
    )


def send_reply(runtime: Runtime, item: Claimed) -> str:
    """Text a resident what a member of staff wrote. Payload: `ticket_id`, `event_id`."""
    with runtime.transaction() as tx:
        place_of = ScriptBook(runtime).read(tx).by_id
        ticket = tx.get_one(Ticket, item.payload["ticket_id"])
        words = tx.get_one(TicketEvent, item.payload["event_id"]).data["text"]
    if ticket.phone_e164 is None:
        return "no number"
    place = place_of[ticket.estate_id]
    about = texts.written("sms.about", ticket.language, place.desk, number=ticket.number)
    return messages.send(
        runtime,
        messages.Text(
            key=item.key,
            to=ticket.phone_e164,
            from_=place.hotline,
            body=f"{about} {words}",
            language=ticket.language,
            estate_id=place.id,
            ticket_id=ticket.id,
        ),
    )


def _call_of(tx: Tx, ticket: Ticket) -> Call | None:
    """The call in which the resident of a ticket is on the line now."""
    is_theirs = or_(Call.ticket_id == ticket.id, Call.sid == ticket.call_sid)
    on_line = select(Call).where(is_theirs, Call.ended_at.is_(None), Call.direction.in_(TALKING))
    # A call-back that rings has nobody on the line yet: it has no state of a conversation.
    return tx.scalar(on_line.where(Call.state_token.is_not(None)).order_by(Call.started_at.desc()).limit(1))


def connect_seat(runtime: Runtime, item: Claimed) -> str:
    """Send the waiting caller of a ticket to the phone of the agent who took it, or ring the one who asked for that.

    Payload: `ticket_id`, `seat_id`.
    """
    ticket_id, seat_id = int(item.payload["ticket_id"]), int(item.payload["seat_id"])
    with runtime.transaction() as tx:
        ticket = tx.get_one(Ticket, ticket_id)
        call = _call_of(tx, ticket)
        asked = callbacks.of_ticket(tx, ticket_id)
    if not ticket.is_live or ticket.seat_id != seat_id:
        return "caller gone"
    if call is None:
        return calling_back.dial(runtime, item, asked.id, seat_id) if asked else "caller gone"
    url = f"{runtime.config.web_url}/ivr/connect?s={call.state_token}&seat={seat_id}&n={item.id}"
    try:
        runtime.telephony.redirect_call(call.sid, url)
    except TelephonyError as error:
        if not error.is_final:
            raise
        if asked is not None:  # the end of the first call was not told yet
            return calling_back.dial(runtime, item, asked.id, seat_id)
        log.warning("caller could not be connected", extra={"call_sid": call.sid, "code": error.code})
        with runtime.transaction() as tx:
            Router(runtime).caller_left(tx, tx.get_one(Ticket, ticket_id), now=runtime.clock.now())
        return f"refused {error.code}"
    return "connecting"
