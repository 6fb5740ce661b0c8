"""The choice of a seat for a ticket and of a ticket for a seat: pure, slow, obvious.

This is the rule; `routing/scripts/*.lua` reach the same answer without looking at every seat, and a test
drives both side by side. Nothing here is stored and nothing here knows Valkey.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby

from routing.pools import strategy_of, tier_of, weight_of

IDLE_EPOCH_MS = 1_577_836_800_000  # 2020-01-01, UTC
LOAD_STEP = 1 << 40  # more than the milliseconds from 2020 to 2054: load always decides before idle
FULL = 1000 * LOAD_STEP  # from here on only callers on the line
OUT = 1 << 52  # from here on nobody
REASON_STEP = 1 << 44
MOST_SHARE = 4000  # of load in thousandths: more, by hand, counts as this


class OutReason(IntEnum):
    """Why a seat that serves a pool may not be chosen, as its score says."""

    NO_ROOM = 1  # its tickets fill it
    CLOSED = 2  # off duty, on a break, in wrap-up or not connected
    ON_CALL = 3  # it talks to a caller


@dataclass(frozen=True, slots=True)
class WaitingTicket:
    """What routing must know of a ticket that waits for a seat.

    `rank`: see `routing.rank`. `queue`: `routing.pools.queue_name`. `weight`: capacity it takes once
    accepted, the same as that of its pools. `hold_ms`: how long a seat has to answer. `declined`: seats never
    asked again. `missed`: seats that let it lapse, asked again only if no other seat is free. `is_live`: a
    caller is on the line; takes the seat's place for calls. `step_at_ms`: when a requirement is relaxed next.
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
    is_live: bool = False
    step_at_ms: int | None = None

    def __post_init__(self) -> None:
        if not self.pools:
            raise ValueError(f"ticket {self.id} would wait in no pool")
        if any(weight_of(pool) != self.weight for pool in self.pools):
            raise ValueError(f"ticket {self.id} weighs {self.weight}, but waits in {self.pools}")
        if self.is_live and self.weight != 1:
            raise ValueError(f"ticket {self.id} is a call, which takes one place, not {self.weight}")


@dataclass(frozen=True, slots=True)
class Preference:
    """A seat that has a ticket before all others if it is free at that moment, and how long it may think."""

    seat_id: int
    hold_ms: int


@dataclass(frozen=True, slots=True)
class SeatView:
    """What routing must know of a seat.

    `is_open`: on duty, available and not in wrap-up. `capacity`, `load`: units of work it can take and has.
    `calls`: callers on the line, beside the load. `idle_since_ms`: the later of the last release and the last
    return. `turn_ms`: its last turn in a queue that goes by turns, never before it came on duty.
    `held_ticket`: offered, not yet answered.
    """

    id: int
    capacity: int
    idle_since_ms: int
    pools: tuple[str, ...]
    is_open: bool = True
    load: int = 0
    held_ticket: int | None = None
    calls: int = 0
    turn_ms: int = 0


def is_eligible(ticket: WaitingTicket, seat: SeatView) -> bool:
    """Whether `ticket` may be held for `seat` now. A caller may ring a seat full of tickets, but not one that
    talks to another caller; and who talks is offered nothing else either."""
    return (
        seat.is_open
        and seat.held_ticket is None
        and seat.calls == 0
        and (ticket.is_live or seat.load + ticket.weight <= seat.capacity)
        and seat.id not in ticket.declined
        and not set(ticket.pools).isdisjoint(seat.pools)
    )


def choose_seat(
    ticket: WaitingTicket, seats: Iterable[SeatView], preference: Preference | None = None
) -> SeatView | None:
    """Pick the seat to hold `ticket` for, or None if none is eligible.

    The preferred seat if it is eligible. Else by the strategy of the ticket's pools (`seat_score`), the pools of
    one strategy and level before those of the next; equal score: smallest stable hash of (ticket, seat), so that
    a rerun gives the same answer and no seat is always favoured. A seat that missed this ticket is picked
    only if every eligible seat did.
    """
    eligible = [seat for seat in seats if is_eligible(ticket, seat)]
    fresh = [seat for seat in eligible if seat.id not in ticket.missed]
    for seat in fresh:
        if preference is not None and seat.id == preference.seat_id:
            return seat
    for asked in (fresh, eligible):
        for _, pools in groupby(ticket.pools, tier_of):
            wanted = tuple(pools)
            scored = [
                (seat_score(seat, pool), seat) for seat in asked for pool in wanted if pool in seat.pools
            ]
            if scored:
                return min(scored, key=lambda pair: (pair[0], stable_hash(ticket.id, pair[1].id)))[1]
    return None


def choose_ticket(seat: SeatView, tickets: Iterable[WaitingTicket]) -> WaitingTicket | None:
    """Pick the waiting ticket to hold for `seat`: the smallest rank of all its pools, or None if none fits.

    Tickets of equal rank go by their id as written, so "10" stands before "9".
    """
    return min(
        (ticket for ticket in tickets if is_eligible(ticket, seat)),
        key=lambda ticket: (ticket.rank, str(ticket.id)),
        default=None,
    )


def seat_score(seat: SeatView, pool: str) -> int:
    """Where a seat stands in a pool: one number below 2^53, smallest first.

    Least loaded then longest idle; idle alone in a pool `~i`; last turn in a pool `~r`. From FULL on: its tickets
    fill it. From OUT on: why it may not be chosen (`OutReason`), with its load. While it has an offer to answer it
    stands in no pool.
    """
    share = load_share(seat)
    if not seat.is_open:
        return OUT + OutReason.CLOSED * REASON_STEP + share
    if seat.calls:
        return OUT + OutReason.ON_CALL * REASON_STEP + share
    room, idle = seat.capacity - seat.load, seat.idle_since_ms - IDLE_EPOCH_MS
    if room < weight_of(pool) > 1:
        return OUT + OutReason.NO_ROOM * REASON_STEP + (share if room >= 1 else max(share, 1000))
    if room < 1:
        return max(share, 1000) * LOAD_STEP + idle
    if strategy_of(pool) == "i":
        return idle
    if strategy_of(pool) == "r":
        return seat.turn_ms - IDLE_EPOCH_MS
    return share * LOAD_STEP + idle


def load_share(seat: SeatView) -> int:
    """Load in thousandths of the capacity; a seat without capacity is full."""
    return min(seat.load * 1000 // seat.capacity, MOST_SHARE) if seat.capacity > 0 else 1000


def stable_hash(ticket_id: int, seat_id: int) -> str:
    """The tie-break: the same in every process and, as `sha1hex`, in Valkey."""
    return hashlib.sha1(f"{ticket_id} {seat_id}".encode(), usedforsecurity=False).hexdigest()
