"""Policies: what is promised to which tickets, and who is told when a promise is broken."""

from typing import Annotated, Any

from pydantic import Field

from console import policies
from console.access import Visit
from console.api.entry import endpoint
from console.api.fields import Code, Given, Listing, Out
from tickets.words import PriorityClass, Role, TargetKind

Count = Annotated[int, Field(ge=0, le=10 * 366 * 86_400)]


class WarnPart(Given):
    """When to warn: at a share of the time, or so long before. One of the three."""

    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    seconds: Count | None = None
    working_days: Annotated[float, Field(ge=0, le=366)] | None = None


class LatePart(Given):
    """Another length for what comes in between two local times of day."""

    from_: Annotated[str, Field(alias="from", pattern=r"^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$")]
    until: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$")]
    seconds: Annotated[int, Field(ge=1, le=10 * 366 * 86_400)]
    instead_of: int | None = None


class TargetPart(Given):
    """One promise: `seconds` of working time in a calendar, or whole `working_days`. Seconds win."""

    seconds: Annotated[int, Field(ge=1, le=10 * 366 * 86_400)] | None = None
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
    class_: str | None = Field(default=None, validation_alias="class")
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
    class_: PriorityClass | None = Field(serialization_alias="class")
    customer_type: str | None
    rank: int
    version: int
    targets: dict[TargetKind, dict[str, Any]]
    levels: list[dict[str, Any]]
    apply_to_open: bool = False


class PolicyListing(Listing[PolicyOut]):
    """Policies in the order in which they are tried."""


@endpoint("GET", "/policies", answer=PolicyListing)
def list_policies(visit: Visit) -> PolicyListing:
    """The policies of one's estates and of the whole company."""
    return PolicyListing(items=[_out(each) for each in policies.list_policies(visit.tx, visit.estate_ids)])


@endpoint("GET", "/policies/{id}", answer=PolicyOut)
def get_policy(visit: Visit, id: int) -> PolicyOut:
    """One policy."""
    return _out(policies.get_policy(visit.tx, id, visit.estate_ids))


def _out(policy: policies.PolicyInForce) -> PolicyOut:
    return PolicyOut(
        id=policy.id,
        code=policy.code,
        estate=policy.estate,
        category=policy.category,
        class_=PriorityClass(policy.priority_class) if policy.priority_class else None,
        customer_type=policy.customer_type,
        rank=policy.rank,
        version=policy.version,
        targets={TargetKind(kind): target for kind, target in policy.targets.items()},
        levels=policy.levels,
    )
