"""Telling whoever is on duty of a ticket that no seat on duty can take."""

from infra.outbox import Claimed
from infra.runtime import Runtime
from ivr import messages, texts
from ivr.scripts import ScriptBook
from tickets.models import Staff, Ticket
from tickets.words import TicketState


def tell_nobody_takes(runtime: Runtime, item: Claimed) -> str:
    """Text the person on duty. Payload: `ticket_id`, `staff_id`."""
    with runtime.transaction() as tx:
        ticket = tx.get_one(Ticket, int(item.payload["ticket_id"]))
        staff = tx.get_one(Staff, int(item.payload["staff_id"]))
        place = ScriptBook(runtime).read(tx).by_id[ticket.estate_id]
        if ticket.state != TicketState.QUEUED:
            return "taken meanwhile"
        if staff.phone_e164 is None:
            return "no phone"
        link = f"{runtime.config.console_url}/tickets/{ticket.number}"
        category = ticket.category_code
        text = messages.Text(
            key=item.key,
            to=staff.phone_e164,
            from_=place.hotline,
            body=texts.nobody_takes(
                place.desk, staff.language, number=ticket.number, category=category, link=link
            ),
            language=staff.language,
            estate_id=ticket.estate_id,
        )
    return messages.send(runtime, text)
