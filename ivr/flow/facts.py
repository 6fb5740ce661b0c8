"""What effects found out, for the answer of the same turn. Everything has a harmless "not known"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.state import Dwelling


@dataclass(frozen=True)
class RingTarget:
    """Somebody to ring. `who` is our id of the person, read back in the accept URL; `language` theirs."""

    phone: str
    who: str
    language: str = "en"


@dataclass(frozen=True)
class TicketFacts:
    """A ticket as its owner may hear it. `state` is a value of `tickets.words.TicketState`."""

    number: str
    state: str
    category: str = ""
    promise: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """Results of one turn's effects. Instants are aware, in UTC.

    `now`: this turn's instant, needed to say a time as "today" or "tomorrow". `promise`: when somebody
    answers at the latest. `opening`: when the office opens next. `notice`: what the office wants every
    caller to hear now, by language tag. `position` is 1 for the next in line; `wait_minutes` None when
    no figure can be promised. `is_joined`: the incident was still open. `is_done`: what was
    asked of a ticket was possible. `callback` is the number that will
    be rung, None if the one that was given cannot be.
    """

    now: datetime | None = None
    ticket_number: str | None = None
    promise: datetime | None = None
    is_texted: bool = False
    opening: datetime | None = None
    dwelling: Dwelling | None = None
    ring: tuple[RingTarget, ...] = ()
    is_anyone_on_duty: bool = True
    position: int | None = None
    wait_minutes: int | None = None
    ticket: TicketFacts | None = None
    is_chase_sent: bool = True
    is_joined: bool = False
    is_done: bool = False
    notice: Mapping[str, str] = field(default_factory=dict)
    callback: str | None = None


NOTHING = Facts()
