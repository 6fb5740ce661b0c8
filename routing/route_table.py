"""Which queue a request goes to: a table customer type × category × estate, tried line by line. Pure.

A line leaves open what it does not name. The first line that fits decides; after the last comes the queue of the
category itself; and what has none of these goes to the general queue, with a warning, never nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.requirements import GENERAL_QUEUE

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; None fits everything."""

    queue: str
    customer_type: str | None = None
    category: str | None = None
    estate: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the table looks at, by codes."""

    estate: str
    category: str
    customer_type: str | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a request goes: `line` from 1 on, or None by its category; `is_unmatched`: neither, so general."""

    queue: str
    line: int | None = None
    is_unmatched: bool = False


def route(lines: Sequence[Line], request: Request, own_queue: str | None) -> Routed:
    """The queue of a request; `own_queue`: that of its category, None if it has none."""
    for place, line in enumerate(lines, 1):
        if _fits(line, request):
            return Routed(line.queue, place)
    if own_queue:
        return Routed(own_queue)
    return Routed(GENERAL_QUEUE, is_unmatched=True)


def read_lines(stored: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines of a stored table."""
    return tuple(
        Line(
            str(facts["queue"]),
            facts.get("customer_type") or None,
            facts.get("category") or None,
            facts.get("estate") or None,
        )
        for facts in stored
    )


def write_lines(lines: Iterable[Line]) -> list[dict[str, str]]:
    """The same, as it is stored."""
    named = (
        {"queue": x.queue, "customer_type": x.customer_type, "category": x.category, "estate": x.estate}
        for x in lines
    )
    return [{key: value for key, value in facts.items() if value} for facts in named]


def _fits(line: Line, request: Request) -> bool:
    return (
        line.customer_type in (None, request.customer_type)
        and line.category in (None, request.category)
        and line.estate in (None, request.estate)
    )
