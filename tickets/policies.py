"""A policy as a value: which tickets it covers, what it promises, who is told when that fails.

How policies are stored and versioned is `tickets.promises`; what ships with the program is `tickets.defaults`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tickets.deadlines import PolicyError, Target
from tickets.escalation import Level
from tickets.words import PriorityClass


@dataclass(frozen=True, slots=True)
class Case:
    """What of a ticket decides on its policy."""

    estate: str
    category: str
    priority_class: str
    customer_type: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One line of the table; None matches anything. `code` names the line, `rank` its turn (lowest first)."""

    code: str
    targets: tuple[Target, ...]
    levels: tuple[Level, ...]
    estate: str | None = None
    category: str | None = None
    priority_class: str | None = None
    customer_type: str | None = None
    rank: int = 0

    def covers(self, case: Case) -> bool:
        """Whether the line is for such a ticket. A category covers what lies below it.

        P0 is covered only by a line that names P0, so that no wide line ever slows an emergency down.
        """
        category, priority_class = self.category, self.priority_class
        return (
            self.estate in (None, case.estate)
            and (category is None or f"{case.category}.".startswith(f"{category}."))
            and (
                priority_class == case.priority_class
                or (priority_class is None and case.priority_class != "P0")
            )
            and self.customer_type in (None, case.customer_type)
        )


def find_policy(policies: Iterable[Policy], case: Case) -> Policy | None:
    """The first line, by rank, that covers the case; between equals an estate's own line, then the code."""
    found = [policy for policy in policies if policy.covers(case)]
    return min(found, key=lambda p: (p.rank, p.estate is None, p.code), default=None)


def rank_of(category: str | None, priority_class: str | None, customer_type: str | None) -> int:
    """The rank at which the more specific line comes first: category, then class, then customer type.

    A deeper category comes before a wider one; lines for P0 come before everything.
    """
    if priority_class == PriorityClass.P0:
        return 10
    depth = category.count(".") + 1 if category else 0
    return 500 - 100 * min(depth, 3) - 20 * (priority_class is not None) - 10 * (customer_type is not None)


def targets_from_json(data: Any) -> tuple[Target, ...]:
    """Targets of the API's object by kind, or of the stored list; PolicyError names what is wrong."""
    if isinstance(data, Mapping):
        data = [
            {**entry, "kind": kind} if isinstance(entry, Mapping) else entry for kind, entry in data.items()
        ]
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise PolicyError("targets", "is not an object of targets by kind")
    targets = tuple(Target.from_json(entry) for entry in data)
    if len({target.kind for target in targets}) < len(targets):
        raise PolicyError("targets", "names a kind twice")
    return targets


def targets_by_kind(targets: Iterable[Target]) -> dict[str, dict[str, Any]]:
    """The API's object: `{"first_response": {"seconds", "calendar", …}, …}`."""
    entries = {target.kind.value: target.to_json() for target in targets}
    return {
        kind: {key: value for key, value in data.items() if key != "kind"} for kind, data in entries.items()
    }


def levels_from_json(data: Any) -> tuple[Level, ...]:
    """A chain `[{"after", "role", …}]`, numbered from 1 in its order; PolicyError names what is wrong."""
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise PolicyError("levels", "is not a list")
    levels = tuple(Level.from_json(number, entry) for number, entry in enumerate(data, start=1))
    for earlier, later in pairwise(levels):
        if later.calendar == earlier.calendar and later.after < earlier.after:
            raise PolicyError(f"levels.{later.level}.after", "is earlier than the level before")
    return levels
