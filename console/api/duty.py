"""Who is on duty: one answer for each role at any instant."""

from pydantic import Field

from console.access import Visit
from console.api.entry import endpoint
from console.api.fields import GivenTime, Listing, Out, Query, Time
from tickets import duty, roster_reads
from tickets.errors import NotFound
from tickets.words import Role

ASKED = (Role.LEAD, Role.SECURITY, Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR)


class DutyOut(Out):
    """Who answers for `role`. `held_as` is another role when that one was empty; `skipped` names the empty ones."""

    role: Role
    held_as: Role
    login: str
    name: str
    phone: str | None
    since: Time | None = Field(description="Null: no line of the roster names this person.")
    until: Time | None
    is_stand_in: bool
    skipped: list[Role]


class DutyListing(Listing[DutyOut]):
    """One answer for each role, and never none."""


class DutyQuery(Query):
    """For which instant; now, if none is named."""

    at: GivenTime | None = None


@endpoint("GET", "/estates/{code}/duty", answer=DutyListing, query=DutyQuery, refusals=(409,))
def list_duty(visit: Visit, code: str, query: DutyQuery) -> DutyListing:
    """Who answers for an estate at an instant."""
    estate = next((each for each in visit.estates if each.code == code), None)
    if estate is None:
        raise NotFound("estate", code)
    book = duty.roster(visit.tx, estate.id)
    found = [roster_reads.answering(book, role, query.at or visit.now) for role in ASKED]
    return DutyListing(items=[_out(each) for each in found])


def _out(found: roster_reads.Answering) -> DutyOut:
    return DutyOut(
        role=found.asked,
        held_as=found.role,
        login=found.staff.login,
        name=found.staff.name,
        phone=found.staff.phone_e164,
        since=found.since,
        until=found.until,
        is_stand_in=found.role is not found.asked,
        skipped=list(found.skipped),
    )
