"""Escalations: who was told of what is late, and who has it."""

from typing import Annotated

from pydantic import Field

from console.access import Visit
from console.api.entry import endpoint
from console.api.fields import Listing, Out, Paged, Time
from console.masking import hides_numbers, masked
from tickets import queries
from tickets.models import Escalation
from tickets.words import Role, TargetKind


class EscalationOut(Out):
    """One level reached by one missed target; `at` is when the row was committed."""

    id: int
    ticket: str
    target: TargetKind
    level: int
    role: Role
    recipient: str
    recipient_role: Role
    phone: str | None
    due_at: Time
    at: Time
    acknowledged_at: Time | None
    acknowledged_by: str | None


class EscalationListing(Listing[EscalationOut]):
    """A part of the escalations, newest first."""


class EscalationFilters(Paged):
    """Of which ticket; without, of all one's estates."""

    ticket: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")] | None = None


@endpoint("GET", "/escalations", answer=EscalationListing, query=EscalationFilters)
def list_escalations(visit: Visit, query: EscalationFilters) -> EscalationListing:
    """Escalations of one's estates or of one ticket, newest first."""
    ticket_id = None
    if query.ticket is not None:
        ticket = queries.find_by_number(visit.tx, query.ticket, visit.estate_ids)
        if ticket is None:
            return EscalationListing(items=[])
        ticket_id = ticket.id
    found = queries.list_escalations(visit.tx, visit.estate_ids, ticket_id, query.cursor, query.limit)
    hidden = hides_numbers(visit)
    return EscalationListing(items=[_out(each, hidden) for each in found.items], next=found.next)


def _out(escalation: Escalation, hidden: bool) -> EscalationOut:
    phone = escalation.phone_e164
    taker = escalation.acknowledged_by
    return EscalationOut(
        id=escalation.id,
        ticket=escalation.ticket.number,
        target=TargetKind(escalation.target_kind),
        level=escalation.level,
        role=Role(escalation.role),
        recipient=escalation.recipient.login,
        recipient_role=Role(escalation.recipient_role),
        phone=masked(phone) if phone and hidden else phone,
        due_at=escalation.due_at,
        at=escalation.at,
        acknowledged_at=escalation.acknowledged_at,
        acknowledged_by=taker.login if taker else None,
    )
