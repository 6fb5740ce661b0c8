"""What a ticket looks like to a program, and what a program may ask of one."""

from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from console.api.fields import (
    Code,
    Given,
    GivenTime,
    Language,
    Listing,
    Out,
    Paged,
    Phone,
    SomeWords,
    Time,
    Words,
)
from console.masking import masked as hide
from console.ticket_view import unit_name
from tickets.models import Ticket, TicketEvent
from tickets.words import (
    CustomerType,
    PriorityClass,
    TargetKind,
    TicketState,
    WaitReason,
)


class TargetOut(Out):
    """One promise: due, and when it was met or missed."""

    kind: TargetKind
    due_at: Time
    met_at: Time | None
    breached_at: Time | None


class ResidentOfTicket(Out):
    """Whom a ticket is about."""

    name: str
    phone: str | None
    unit: str | None


class TicketOut(Out):
    """A piece of work."""

    number: str
    estate: str
    category: str
    class_: PriorityClass = Field(serialization_alias="class")
    queue: str
    language: str
    state: TicketState
    text: str
    resident: ResidentOfTicket | None
    phone: str | None
    call_sid: str | None
    source: str
    assignee: str | None
    seat_id: int | None
    created_at: Time
    acknowledged_at: Time | None
    targets: list[TargetOut]
    kind: str
    place: str
    is_unit_confirmed: bool
    wait_reason: str | None
    wait_until: Time | None
    disposition: str | None
    escalation_level: int
    chase_count: int
    reopened_count: int
    resolved_at: Time | None
    closed_at: Time | None
    version: int


class EventOut(Out):
    """One line of a ticket's history: `actor` is `staff:<login>`, `caller` or `system`."""

    id: int
    at: Time
    kind: str
    actor: str
    data: dict[str, Any]


class TicketFilters(Paged):
    """Which tickets a list shows."""

    phone: Phone | None = None
    call_sid: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")] | None = None
    state: TicketState | None = None
    estate: Code | None = None
    category: Code | None = None
    queue: Code | None = None
    since: GivenTime | None = None


class NewTicketBody(Given, extra="ignore"):
    """A ticket to be opened; routed like one from the phone. Fields we do not know are left aside."""

    estate: Code
    category: Code
    language: Language | None = None
    phone: Phone | None = None
    text: Words = ""
    class_: PriorityClass | None = Field(default=None, validation_alias="class")
    customer_type: CustomerType | None = None
    unit: Annotated[str, Field(pattern=r"^[^\x00]{1,40}$")] | None = None
    place: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    call_sid: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")] | None = None


class TicketChanges(Given):
    """Corrections; a field left out stays. `version` is the one that was read: a stale one is 409."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    category: Code | None = None
    class_: PriorityClass | None = Field(default=None, validation_alias="class")
    text: Words | None = None
    language: Language | None = None
    customer_type: CustomerType | None = None
    is_unit_confirmed: bool | None = None
    place: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] | None = None


class WaiverBody(Given):
    """A required step that is left out, and why."""

    step: Code
    reason: Words


class ResolveBody(Given):
    """How it ended: `disposition` is a code of the estate's list; `done` is always one."""

    disposition: Code
    note: Words | None = None
    waive: Annotated[list[WaiverBody], Field(max_length=50)] | None = None


class ReasonBody(Given):
    """Why."""

    reason: SomeWords


class ReopenBody(Given):
    """Why the work came back."""

    reason: SomeWords = "reopened by another program"


class WaitBody(Given):
    """Whom or what it waits for, and until when; without an end, until it is resumed."""

    reason: WaitReason
    until: AwareDatetime | None = None


class NoteBody(Given):
    """A note for the history."""

    text: SomeWords


class TicketListing(Listing[TicketOut]):
    """A part of the tickets, newest first."""


class EventListing(Listing[EventOut]):
    """A ticket's whole history, oldest first."""


def ticket_out(ticket: Ticket, *, masked: bool = False) -> TicketOut:
    """Return a ticket as a program reads it; `masked`: without the middle of its numbers."""
    phone = ticket.phone_e164
    if phone and masked:
        phone = hide(phone)
    resident = None
    if ticket.resident is not None:
        resident = ResidentOfTicket(name=ticket.resident.name, phone=phone, unit=unit_name(ticket) or None)
    return TicketOut(
        number=ticket.number,
        estate=ticket.estate.code,
        category=ticket.category_code,
        class_=PriorityClass(ticket.priority_class),
        queue=ticket.queue_code,
        language=ticket.language,
        state=TicketState(ticket.state),
        text=ticket.text,
        resident=resident,
        phone=phone,
        call_sid=ticket.call_sid,
        source=ticket.source,
        assignee=ticket.assignee.login if ticket.assignee else None,
        seat_id=ticket.seat_id,
        created_at=ticket.created_at,
        acknowledged_at=ticket.acknowledged_at,
        targets=[TargetOut.model_validate(each) for each in ticket.targets],
        kind=ticket.kind,
        place=ticket.place_text,
        is_unit_confirmed=ticket.is_unit_confirmed,
        wait_reason=ticket.wait_reason,
        wait_until=ticket.wait_until,
        disposition=ticket.disposition,
        escalation_level=ticket.escalation_level,
        chase_count=ticket.chase_count,
        reopened_count=ticket.reopened_count,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        version=ticket.version,
    )


def event_out(event: TicketEvent) -> EventOut:
    """Return one line of history as a program reads it."""
    return EventOut.model_validate(event)
