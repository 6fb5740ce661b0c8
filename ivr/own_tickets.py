"""What a caller does to a ticket of an earlier call: asks for speed, adds words, calls it off, opens it again."""

from datetime import datetime

from infra.database import Tx
from infra.outbox import Claimed, post
from infra.runtime import Runtime
from ivr import messages, texts
from ivr.scripts import ScriptBook
from routing.service import Router
from tickets import service as desk
from tickets.actors import Actor
from tickets.duty import recipient_for
from tickets.errors import Refused
from tickets.models import Staff, Ticket
from tickets.words import Role

BY_PHONE = "asked for by the resident, by phone"
ADDED = "🎙"  # the words are in the recording


def chase(tx: Tx, router: Router, ticket: Ticket, now: datetime) -> bool:
    """Count a chase and have its handler told; False if they were told within the last half hour."""
    chased = router.chase(tx, ticket, Actor.CALLER, now=now)
    if chased.is_sent:
        payload = {"ticket_id": ticket.id}
        post(tx, "ticket.chased", f"chase:{ticket.id}:{chased.count}", payload, now=now, queue="urgent")
    return chased.is_sent


def added(tx: Tx, ticket: Ticket, now: datetime) -> None:
    """A voice note was left: whoever works on the ticket owes an answer to it, as to any other word."""
    desk.note(tx, ticket, ADDED, Actor.CALLER, now=now)


def cancel(tx: Tx, router: Router, ticket: Ticket | None, now: datetime) -> bool:
    """Call a ticket off; False if that is not possible any more."""
    if ticket is None:
        return False
    try:
        router.cancel(tx, ticket, BY_PHONE, Actor.CALLER, now=now)
    except Refused:
        return False
    return True


def reopen(tx: Tx, router: Router, ticket: Ticket | None, now: datetime) -> bool:
    """Open a finished ticket again; False if it ended too long ago, or was not finished."""
    if ticket is None:
        return False
    try:
        router.reopen(tx, ticket, BY_PHONE, Actor.CALLER, now=now)
    except Refused:
        return False
    return True


def tell_chase(runtime: Runtime, item: Claimed) -> str:
    """Text whoever works on a chased ticket, or the lead on duty. Payload: `ticket_id`."""
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        ticket = tx.get_one(Ticket, int(item.payload["ticket_id"]))
        place = ScriptBook(runtime).read(tx).by_id[ticket.estate_id]
        handler = tx.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
        person = handler or recipient_for(tx, ticket.estate_id, Role.LEAD, now).staff
    if person is None or not person.phone_e164:
        return "nobody to tell"
    body = texts.written(
        "sms.chased",
        person.language,
        place.desk,
        number=ticket.number,
        category=texts.category_name(place.desk, ticket.category_code, person.language),
    )
    return messages.send(
        runtime,
        messages.Text(
            key=item.key, to=person.phone_e164, from_=place.hotline, body=body, language=person.language,
            estate_id=place.id, ticket_id=ticket.id,
        ),
    )  # fmt: skip
