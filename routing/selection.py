"""The choice of a seat for a ticket and of a ticket for a seat: pure, slow, obvious.

This is the rule; `routing/scripts/*.lua` reach the same answer without looking at every seat, and a test
drives both side by side. Nothing here is stored and nothing here knows Valkey.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from routing.pools import weight_of

IDLE_EPOCH_MS = 1_577_836_800_000  # 2020-01-01, UTC
LOAD_STEP = 1 << 40  # more than the milliseconds from 2020 to 2054: load always decides before idle


@dataclass(frozen=True, slots=True)
class WaitingTicket:
    """What routing must know of a ticket that waits for a seat.

    `rank`: see `routing.rank`. `queue`: `routing.pools.queue_name`. `weight`: capacity it takes once
    accepted, the same as that of its pools. `hold_ms`: how long a seat has to answer. `declined`: seats never
    asked again. `missed`: seats that let it lapse, asked again only if no other seat is free.
    """

    id: int
    rank: int
    entered_at_ms: int
    queue: str
    pools: tuple[str, ...]
    hold_ms: int
    weight: int = 1
    declined: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.pools:
            raise ValueError(f"ticket {self.id} would wait in no pool")
        if any(weight_of(pool) != self.weight for pool in self.pools):
            raise ValueError(f"ticket {self.id} weighs {self.weight}, but waits in {self.pools}")


@dataclass(frozen=True, slots=True)
class SeatView:
    """What routing must know of a seat.

    `is_open`: on duty, available and not in wrap-up. `capacity`, `load`: units of work it can take and has.
    `idle_since_ms`: the later of the last release and the last return. `held_ticket`: offered, not yet
    answered.
    """

    id: int
    capacity: int
    idle_since_ms: int
    pools: tuple[str, ...]
    is_open: bool = True
    load: int = 0
    held_ticket: int | None = None


def is_eligible(ticket: WaitingTicket, seat: SeatView) -> bool:
    """Whether `ticket` may be held for `seat` now."""
    return (
        seat.is_open
        and seat.held_ticket is None
        and seat.load + ticket.weight <= seat.capacity
        and seat.id not in ticket.declined
        and not set(ticket.pools).isdisjoint(seat.pools)
    )


def choose_seat(ticket: WaitingTicket, seats: Iterable[SeatView]) -> SeatView | None:
    """Pick the seat to hold `ticket` for, or None if none is eligible.

    Least loaded first; equal load: idle longest; still equal: smallest stable hash of (ticket, seat), so that
    a rerun gives the same answer and no seat is always favoured. A seat that missed this ticket is picked
    only if every eligible seat did.
    """
    eligible = [seat for seat in seats if is_eligible(ticket, seat)]
    fresh = [seat for seat in eligible if seat.id not in ticket.missed]
    return min(
        fresh or eligible,
        key=lambda seat: (seat_score(seat), stable_hash(ticket.id, seat.id)),
        default=None,
    )


def choose_ticket(seat: SeatView, tickets: Iterable[WaitingTicket]) -> WaitingTicket | None:
    """Pick the waiting ticket to hold for `seat`: the smallest rank of all its pools, or None if none fits.

    Tickets of equal rank go by their id as written, so "10" stands before "9".
    """
    return min(
        (ticket for ticket in tickets if is_eligible(ticket, seat)),
        key=lambda ticket: (ticket.rank, str(ticket.id)),
        default=None,
    )


def seat_score(seat: SeatView) -> int:
    """Load in thousandths, then idle since: one number below 2^53, smallest first."""
    return seat.load * 1000 // seat.capacity * LOAD_STEP + seat.idle_since_ms - IDLE_EPOCH_MS


def stable_hash(ticket_id: int, seat_id: int) -> str:
    """The tie-break: the same in every process and, as `sha1hex`, in Valkey."""
    return hashlib.sha1(f"{ticket_id} {seat_id}".encode(), usedforsecurity=False).hexdigest()
