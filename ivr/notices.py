"""Notices to residents about their ticket, sent when they are due and only while they still hold."""

from sqlalchemy import select

from infra.outbox import Claimed
from infra.runtime import Runtime
from ivr import messages, speech, texts
from ivr.flow.script import Desk
from ivr.scripts import ScriptBook
from tickets.link_tokens import make_token
from tickets.models import Staff, Ticket, Visit
from tickets.notices import Notice
from tickets.words import TicketState

RESIDENT = "resident"
"""The purpose of the link by which a resident accepts work or sends it back."""

HELD = frozenset({TicketState.ASSIGNED.value, TicketState.WAITING.value})


def send_notice(runtime: Runtime, item: Claimed) -> str:
    """Text a resident one notice. Payload: `ticket_id`, `notice`, `which`."""
    notice, which = Notice(item.payload["notice"]), item.payload["which"]
    with runtime.transaction() as tx:
        place_of = ScriptBook(runtime).read(tx).by_id
        ticket = tx.get_one(Ticket, item.payload["ticket_id"])
        visit = tx.get(Visit, which) if notice is Notice.VISIT else None
        handler = tx.scalar(select(Staff.name).where(Staff.id == ticket.assignee_id))
    if ticket.phone_e164 is None or not _holds(ticket, notice, which, visit):
        return "no longer so"
    place = place_of[ticket.estate_id]
    link = link_of(runtime, ticket)
    return messages.send(
        runtime,
        messages.Text(
            key=item.key,
            to=ticket.phone_e164,
            from_=place.hotline,
            body=_body(notice, ticket, visit, handler, place.desk, link, runtime),
            language=ticket.language,
            estate_id=place.id,
            ticket_id=ticket.id,
        ),
    )


def link_of(runtime: Runtime, ticket: Ticket) -> str:
    """The address at which the resident sees the ticket and answers for the work."""
    token = make_token(runtime.config.secret_key, RESIDENT, ticket.number)
    return f"{runtime.config.web_url}/t/{token}"


def _holds(ticket: Ticket, notice: Notice, which: object, visit: Visit | None) -> bool:
    match notice:
        case Notice.TAKEN:
            return ticket.state in HELD and ticket.reopened_count == which
        case Notice.VISIT:
            return visit is not None and visit.cancelled_at is None
        case Notice.DONE | Notice.CLOSING:
            return ticket.state == TicketState.RESOLVED and ticket.reopened_count == which


def _body(
    notice: Notice,
    ticket: Ticket,
    visit: Visit | None,
    handler: str | None,
    desk: Desk,
    link: str,
    runtime: Runtime,
) -> str:
    values: dict[str, speech.Value] = {"number": ticket.number}
    if notice is Notice.TAKEN:
        values["name"] = handler or ""
    elif visit is not None:
        now = runtime.clock.now()
        values["start"] = speech.Moment(visit.from_at, now, desk.timezone)
        values["end"] = speech.Moment(visit.until_at, now, desk.timezone)
    else:
        values["link"] = link
    return texts.written(f"sms.notice_{notice}", ticket.language, desk, **values)
