"""Tickets: list, get, open, correct, and every act that a program may do to one."""

from typing import Any

from flask import request
from sqlalchemy import func, select

from console import live_news
from console.access import Visit
from console.api.entry import Answer, endpoint
from console.api.fields import Paged
from console.api.idempotency import once
from console.api.problems import FieldProblem, Problem
from console.api.ticket_models import (
    EventListing,
    NewTicketBody,
    NoteBody,
    ReasonBody,
    ReopenBody,
    ResolveBody,
    TicketChanges,
    TicketFilters,
    TicketListing,
    TicketOut,
    WaitBody,
    event_out,
    ticket_out,
)
from console.masking import hides_numbers
from console.ticket_view import TicketView
from routing.service import Router
from tickets import queries, service
from tickets.errors import NotYours
from tickets.models import Building, Estate, Ticket, Unit
from tickets.words import Source

KEY = {"Idempotency-Key": "The same key again gives the same ticket and opens none."}


@endpoint("GET", "/tickets", answer=TicketListing, query=TicketFilters)
def list_tickets(visit: Visit, query: TicketFilters) -> TicketListing:
    """Tickets of one's estates, newest first."""
    filters = queries.TicketFilters(
        phone=query.phone,
        call_sid=query.call_sid,
        states=(query.state.value,) if query.state else (),
        estate=query.estate,
        category=query.category,
        queue=query.queue,
        since=query.since,
    )
    found = queries.list_tickets(visit.tx, filters, visit.estate_ids, query.cursor, query.limit)
    return TicketListing(items=[_out(visit, ticket) for ticket in found.items], next=found.next)


@endpoint("GET", "/tickets/{number}", answer=TicketOut)
def get_ticket(visit: Visit, number: str) -> TicketOut:
    """One ticket."""
    return _out(visit, any_ticket(visit, number))


@endpoint(
    "POST",
    "/tickets",
    answer=TicketOut,
    status=201,
    body=NewTicketBody,
    refusals=(404, 409),
    headers=KEY,
)
def open_ticket(visit: Visit, body: NewTicketBody) -> Any:
    """Open a ticket and route it."""
    return once(visit, lambda: _open(visit, body))


@endpoint("PATCH", "/tickets/{number}", answer=TicketOut, body=TicketChanges, refusals=(403, 409))
def edit_ticket(visit: Visit, number: str, body: TicketChanges) -> TicketOut:
    """Correct a ticket. By who works on it, or a supervisor."""
    ticket = own(visit, number)
    given = body.model_dump(exclude_unset=True, exclude={"version"})
    names = {"category": "category_code", "class_": "priority_class", "place": "place_text"}
    changes = {names.get(key, key): value for key, value in given.items() if value is not None}
    version = body.version if body.version is not None else ticket.version
    Router(visit.runtime).edit(visit.tx, ticket, changes, version, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "edited")
    return again(visit, ticket)


@endpoint("GET", "/tickets/{number}/events", answer=EventListing, query=Paged)
def list_ticket_events(visit: Visit, number: str, query: Paged) -> EventListing:
    """A ticket's history, oldest first and whole."""
    ticket = any_ticket(visit, number)
    return EventListing(items=[event_out(each) for each in queries.history(visit.tx, ticket.id)])


@endpoint("POST", "/tickets/{number}/events", answer=TicketOut, status=201, body=NoteBody)
def add_note(visit: Visit, number: str, body: NoteBody) -> TicketOut:
    """Write a note into the history."""
    ticket = any_ticket(visit, number)
    service.note(visit.tx, ticket, body.text, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "noted")
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/resolve", answer=TicketOut, body=ResolveBody, refusals=(403, 409))
def resolve_ticket(visit: Visit, number: str, body: ResolveBody) -> TicketOut:
    """Finish a ticket. By who works on it, or a supervisor."""
    ticket = own(visit, number)
    note, code = body.note or "", body.disposition
    Router(visit.runtime).resolve(visit.tx, ticket, code, note, visit.actor, now=visit.now)
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/reopen", answer=TicketOut, body=ReopenBody, refusals=(403, 409))
def reopen_ticket(visit: Visit, number: str, body: ReopenBody) -> TicketOut:
    """Take a finished ticket back into its queue."""
    ticket = any_ticket(visit, number)
    if not TicketView(visit, ticket).may_reopen:
        raise NotYours("Only who works on it, or a supervisor, may do that.")
    Router(visit.runtime).reopen(visit.tx, ticket, body.reason, visit.actor, now=visit.now)
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/wait", answer=TicketOut, body=WaitBody, refusals=(403, 409))
def wait_ticket(visit: Visit, number: str, body: WaitBody) -> TicketOut:
    """Put a ticket on hold; its clocks stand still as far as the rules allow."""
    ticket = own(visit, number)
    router = Router(visit.runtime)
    router.wait(visit.tx, ticket, body.reason.value, body.until, visit.actor, now=visit.now)
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/resume", answer=TicketOut, refusals=(403, 409))
def resume_ticket(visit: Visit, number: str) -> TicketOut:
    """Go on with a ticket that was on hold."""
    ticket = own(visit, number)
    Router(visit.runtime).resume(visit.tx, ticket, visit.actor, now=visit.now)
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/acknowledge", answer=TicketOut, refusals=(409,))
def acknowledge_ticket(visit: Visit, number: str) -> TicketOut:
    """Say "I have it": the first response is given and the climb stops."""
    ticket = any_ticket(visit, number)
    service.acknowledge(visit.tx, ticket, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "acknowledged")
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/arrive", answer=TicketOut, refusals=(403, 409))
def arrive_ticket(visit: Visit, number: str) -> TicketOut:
    """Say that somebody is on site."""
    ticket = own(visit, number)
    service.arrive(visit.tx, ticket, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "arrived")
    return again(visit, ticket)


@endpoint("POST", "/tickets/{number}/cancel", answer=TicketOut, body=ReasonBody, refusals=(403, 409))
def cancel_ticket(visit: Visit, number: str, body: ReasonBody) -> TicketOut:
    """Call a ticket off."""
    ticket = own(visit, number)
    Router(visit.runtime).cancel(visit.tx, ticket, body.reason, visit.actor, now=visit.now)
    return again(visit, ticket)


def _open(visit: Visit, body: NewTicketBody) -> Answer:
    estate = next((each for each in visit.estates if each.code == body.estate), None)
    if estate is None:
        raise Problem(404, "not_found", f"There is no estate {body.estate}.")
    caller = _caller(visit, body.phone, estate)
    unit, resident_id, is_confirmed = caller
    if body.unit is not None:
        unit = _unit(visit, estate, body.unit)
        is_confirmed = True
    opened = Router(visit.runtime).open_and_queue(
        visit.tx,
        service.NewTicket(
            estate_id=estate.id,
            category_code=body.category,
            language=body.language or queries.language_of(visit.tx, body.phone) or estate.language,
            source=Source.API,
            text=body.text,
            phone_e164=body.phone,
            resident_id=resident_id,
            unit_id=unit.id if unit else None,
            is_unit_confirmed=is_confirmed,
            place_text=body.place,
            call_sid=body.call_sid,
            origin=_origin(visit),
            priority_class=body.class_,
            customer_type=body.customer_type,
            actor=visit.actor,
        ),
        now=visit.now,
    )
    headers = {"Location": f"{request.path}/{opened.ticket.number}"}
    return Answer(again(visit, opened.ticket), headers=headers)


def _caller(visit: Visit, phone: str | None, estate: Estate) -> tuple[Unit | None, int | None, bool]:
    """The flat and person of a number, as far as it is only one: several flats are confirmed by a person."""
    if phone is None:
        return None, None, False
    found = queries.caller_by_phone(visit.tx, phone, visit.now.date(), estate.id)
    unit = found.dwellings[0].unit if len(found.dwellings) == 1 else None
    return unit, found.resident.id if found.resident else None, unit is not None


def _unit(visit: Visit, estate: Estate, name: str) -> Unit:
    """A flat by the name that `resident.unit` gives, "3-12A"."""
    written = func.concat(Building.code, "-", Unit.code)
    chosen = select(Unit).join(Unit.building).where(Building.estate_id == estate.id, written == name)
    unit = visit.tx.scalars(chosen).one_or_none()
    if unit is None:
        wrong = FieldProblem(field="unit", message="There is no such flat in the estate.")
        raise Problem(422, "field", "A value is missing or wrong.", [wrong])
    return unit


def _origin(visit: Visit) -> str | None:
    key = request.headers.get("Idempotency-Key")
    return f"api:{visit.staff.id}:{key}" if key else None


def any_ticket(visit: Visit, number: str) -> Ticket:
    """A ticket of the caller's estates. Raises NotFound."""
    return queries.get_by_number(visit.tx, number, visit.estate_ids)


def own(visit: Visit, number: str) -> Ticket:
    """A ticket that the caller works on or supervises. Raises NotFound and NotYours."""
    ticket = any_ticket(visit, number)
    if not TicketView(visit, ticket).may_act:
        raise NotYours("Only who works on it, or a supervisor of the estate, may do that.")
    return ticket


def again(visit: Visit, ticket: Ticket) -> TicketOut:
    """The ticket as it stands after an act, read anew with everything that is shown."""
    visit.tx.flush()
    visit.tx.expire(ticket)
    return _out(visit, any_ticket(visit, ticket.number))


def _out(visit: Visit, ticket: Ticket) -> TicketOut:
    return ticket_out(ticket, masked=hides_numbers(visit))
