"""What a seat shows and may take, derived from the few facts that are stored. Pure.

Declared are available, on_break and offline; reserved, wrap_up and busy follow from the work of an available
seat. Who changes the facts: `routing.seat_service`, `routing.answers`, `routing.finish`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.words import SeatState

DECLARED = frozenset({SeatState.AVAILABLE, SeatState.ON_BREAK, SeatState.OFFLINE})
MISSES_ALLOWED = 2
"""So many missed offers in a row set a seat aside."""
MISSED = "missed"
"""Reason of a break that the seat did not ask for."""
WRAP_UP = timedelta(seconds=30)
CONNECTION_GRACE = timedelta(seconds=60)
"""A page that has been silent for longer counts as gone; a seat without a page is not watched."""


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """What is stored of one seat. `held`: units of active work; paused work weighs nothing."""

    declared: SeatState
    capacity: int
    held: int = 0
    has_offer: bool = False
    wrap_up_until: datetime | None = None
    seen_at: datetime | None = None


def shown_state(seat: SeatFacts, now: datetime) -> SeatState:
    """The state to show for a seat at `now` (decision 0020).

    A break or the end of duty is shown as declared even while work is still held; an open offer stands before
    wrap-up, wrap-up before work.
    """
    if seat.declared is not SeatState.AVAILABLE:
        return seat.declared
    if not is_connected(seat.seen_at, now):
        return SeatState.OFFLINE
    if seat.has_offer:
        return SeatState.RESERVED
    if is_wrapping_up(seat.wrap_up_until, now):
        return SeatState.WRAP_UP
    return SeatState.BUSY if seat.held else SeatState.AVAILABLE


def takes_work(seat: SeatFacts, now: datetime) -> bool:
    """Whether offers may be made to a seat at all, leaving aside room and an offer that it already has."""
    return (
        seat.declared is SeatState.AVAILABLE
        and is_connected(seat.seen_at, now)
        and not is_wrapping_up(seat.wrap_up_until, now)
    )


def load(held: int, capacity: int) -> float:
    """Active work ÷ capacity, 0.0 to 1.0; above 1.0 only when a person assigned by hand. No capacity is full."""
    return round(held / capacity, 3) if capacity > 0 else 1.0


def is_wrapping_up(wrap_up_until: datetime | None, now: datetime) -> bool:
    """Whether wrap-up still runs; it ends by itself, also when nobody is there to end it."""
    return wrap_up_until is not None and now < wrap_up_until


def is_connected(seen_at: datetime | None, now: datetime) -> bool:
    """Whether the seat's page was heard of lately. None: it has no page that is watched, which is no fault."""
    return seen_at is None or now - seen_at <= CONNECTION_GRACE
