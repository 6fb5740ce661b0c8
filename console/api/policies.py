"""Policies: what is promised to which tickets, and who is told when a promise is broken."""

from typing import Annotated, Any

from pydantic import Field

from console.access import SUPERVISING, Visit
from console.api.entry import endpoint
from console.api.fields import Code, Given, Listing, Out, Query
from tickets import policy_service, policy_trial
from tickets.errors import FieldError
from tickets.models import Policy
from tickets.words import PriorityClass, Role, TargetKind

Count = Annotated[int, Field(ge=0, le=10 * 366 * 86_400)]
Seconds = Annotated[int, Field(ge=1, le=10 * 366 * 86_400)]
TimeOfDay = Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$")]


class WarnPart(Given):
    """When to warn: at a share of the time, or so long before. One of the three."""

    percent: Annotated[int, Field(ge=1, le=99)] | None = None
    seconds: Seconds | None = None
    working_days: Annotated[int, Field(ge=1, le=366)] | None = None


class LatePart(Given):
    """Another length for what comes in between two local times of day."""

    from_: TimeOfDay = Field(validation_alias="from", serialization_alias="from")
    until: TimeOfDay
    seconds: Seconds
    instead_of: Seconds | None = None


class TargetPart(Given):
    """One promise: `seconds` of working time in a calendar, or whole `working_days`. Seconds win."""

    seconds: Seconds | None = None
    working_days: Annotated[int, Field(ge=0, le=366)] | None = None
    calendar: Code = "always"
    warn: WarnPart | None = None
    late: LatePart | None = None


class LevelPart(Given):
    """One step of a chain: `after` seconds from the breach, who holds `role` is told."""

    after: Count
    role: Role
    calendar: Code | None = None
    notify_only: bool = False


class PolicyBody(Given):
    """A policy as it is to be; what `GET` gave can be put back. What it covers never changes by a `PUT`."""

    id: int | None = None
    code: str | None = None
    estate: str | None = None
    category: str | None = None
    class_: str | None = Field(default=None, validation_alias="class", serialization_alias="class")
    customer_type: str | None = None
    rank: int | None = None
    version: int | None = None
    targets: dict[TargetKind, TargetPart]
    levels: Annotated[list[LevelPart], Field(max_length=20)]
    apply_to_open: bool = False


class PolicyOut(Out):
    """A line of the promise: null covers anything. `apply_to_open` is a wish of a `PUT`, so it reads false."""

    id: int
    code: str
    estate: str | None
    category: str | None
    class_: PriorityClass | None = Field(serialization_alias="class", validation_alias="class")
    customer_type: str | None
    rank: int
    version: int
    targets: dict[TargetKind, dict[str, Any]]
    levels: list[dict[str, Any]]
    apply_to_open: bool = False


class PolicyListing(Listing[PolicyOut]):
    """Policies in the order in which they are tried."""


class TrialQuery(Query):
    """How far back a trial looks."""

    days: Annotated[int, Field(ge=1, le=366)] = policy_trial.DAYS


class TrialPart(Out):
    """One promise tried: counts of the tickets of those days; `furthest_seconds` negative: due earlier."""

    tickets: int
    late: int
    would_be_late: int
    open_moving: int
    furthest_seconds: int


class TrialOut(Out):
    """What a changed policy would have meant, by target. Only with `apply_to_open` would open tickets move."""

    id: int
    days: int
    targets: dict[TargetKind, TrialPart]


@endpoint("GET", "/policies", answer=PolicyListing)
def list_policies(visit: Visit) -> PolicyListing:
    """The policies of one's estates."""
    found = policy_service.list_policies(visit.tx, visit.estate_ids)
    return PolicyListing(items=[_out(visit, each) for each in found])


@endpoint("GET", "/policies/{id}", answer=PolicyOut)
def get_policy(visit: Visit, id: int) -> PolicyOut:
    """One policy."""
    return _out(visit, policy_service.get_policy(visit.tx, id, visit.estate_ids))


@endpoint("PUT", "/policies/{id}", answer=PolicyOut, body=PolicyBody, roles=SUPERVISING, refusals=(409,))
def put_policy(visit: Visit, id: int, body: PolicyBody) -> PolicyOut:
    """Promise something else from now on; with `apply_to_open` to tickets that are open, too."""
    policy_service.get_policy(visit.tx, id, visit.estate_ids)
    saved = policy_service.put_policy(visit.tx, id, _wanted(id, body), visit.actor, now=visit.now)
    visit.tx.flush()
    return _out(visit, saved)


@endpoint(
    "POST", "/policies/{id}/trial", answer=TrialOut, query=TrialQuery, body=PolicyBody, roles=SUPERVISING
)
def try_policy(visit: Visit, id: int, query: TrialQuery, body: PolicyBody) -> TrialOut:
    """Try a change on past and open tickets; nothing is stored."""
    policy = policy_service.get_policy(visit.tx, id, visit.estate_ids)
    found = policy_trial.try_on_past(visit.tx, policy, _wanted(id, body), now=visit.now, days=query.days)
    parts = {
        one.kind: TrialPart(
            tickets=one.tickets,
            late=one.late,
            would_be_late=one.would_be_late,
            open_moving=one.moving,
            furthest_seconds=round(one.furthest.total_seconds()),
        )
        for one in found
    }
    return TrialOut(id=id, days=query.days, targets=parts)


def _wanted(id: int, body: PolicyBody) -> dict[str, Any]:
    """The body as the services take it; FieldError if it is that of another policy."""
    if body.id not in (None, id):
        raise FieldError("id", "This is another policy than the one of the address.")
    given = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    given["targets"] = {kind: _fitting(target) for kind, target in given["targets"].items()}
    given["levels"] = [_without_null(level) for level in given["levels"]]
    return given


def _fitting(target: dict[str, Any]) -> dict[str, Any]:
    """A target as the store wants it: seconds alone where both are given, no warning longer than the target.

    A program that sets `seconds` on what was read need not know of what else stood there.
    """
    kept = _without_null(target)
    if "seconds" in kept:
        kept.pop("working_days", None)
    if "warn" in kept:
        kept["warn"] = _without_null(kept["warn"])
        if kept["warn"].get("seconds", 0) > kept.get("seconds", float("inf")):
            del kept["warn"]
    return kept


def _without_null(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _out(visit: Visit, policy: Policy) -> PolicyOut:
    body = policy_service.body_of(visit.tx, policy)
    more = {"code": policy.code, "rank": policy.rank, "version": policy.version}
    return PolicyOut.model_validate(body | more)
