"""Calls, as far as they belong to one's estates."""

from typing import Annotated

from pydantic import Field

from console.access import OVERSEEING, Visit
from console.api.entry import endpoint
from console.api.fields import Listing, Out, Phone, Query, Time
from console.calls import list_calls as read_calls
from ivr.models import Call
from tickets.errors import NotFound
from tickets.models import Ticket


class CallOut(Out):
    """One phone leg. `from` null: withheld. `ticket` is the number of the ticket that came of it."""

    sid: str
    estate: str | None
    direction: str
    from_: str | None = Field(serialization_alias="from")
    to: str | None
    status: str
    language: str | None
    category: str | None
    is_emergency: bool
    ticket: str | None
    started_at: Time
    ended_at: Time | None
    duration_seconds: int | None


class CallListing(Listing[CallOut]):
    """A part of the calls, newest first."""


class CallFilters(Query):
    """Which calls a list shows; `phone` is either party's."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=300, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    phone: Phone | None = None


@endpoint("GET", "/calls", answer=CallListing, query=CallFilters, roles=OVERSEEING)
def list_calls(visit: Visit, query: CallFilters) -> CallListing:
    """Calls of one's estates, newest first."""
    found = read_calls(visit.tx, visit.estate_ids, query.cursor, query.limit, query.phone)
    items = [_out(visit, call, found.numbers.get(call.ticket_id or 0)) for call in found.items]
    return CallListing(items=items, next=found.next)


@endpoint("GET", "/calls/{code}", answer=CallOut, roles=OVERSEEING)
def get_call(visit: Visit, code: str) -> CallOut:
    """One call by its SID."""
    call = visit.tx.get(Call, code)
    if call is None or call.estate_id not in visit.estate_ids:
        raise NotFound("call", code)
    ticket = visit.tx.get(Ticket, call.ticket_id) if call.ticket_id else None
    return _out(visit, call, ticket.number if ticket else None)


def _out(visit: Visit, call: Call, number: str | None) -> CallOut:
    codes = {estate.id: estate.code for estate in visit.estates}
    return CallOut(
        sid=call.sid,
        estate=codes.get(call.estate_id or 0),
        direction=call.direction,
        from_=call.from_e164,
        to=call.to_e164,
        status=call.status,
        language=call.language,
        category=call.category_code,
        is_emergency=call.is_emergency,
        ticket=number,
        started_at=call.started_at,
        ended_at=call.ended_at,
        duration_seconds=call.duration_s,
    )
