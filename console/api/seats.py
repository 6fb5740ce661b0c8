"""Seats: list, get, and declaring a state."""

from typing import Annotated, Literal

from pydantic import Field

from console.access import Visit
from console.api.entry import endpoint
from console.api.fields import Given, Listing, Out, Paged, Time
from console.cursors import id_after
from routing import queries as reads
from routing.models import Seat
from routing.service import Router
from tickets.errors import NotFound, NotYours
from tickets.words import SeatState


class SeatOut(Out):
    """A place that takes work. `load` is work held ÷ capacity; `declared` what its agent said last."""

    id: int
    login: str
    name: str
    state: SeatState
    declared: SeatState
    reason: str | None
    since: Time
    capacity: int
    held: int
    load: float
    wrap_up_until: Time | None
    languages: list[str]
    skills: list[str]
    estates: list[str]


class SeatListing(Listing[SeatOut]):
    """Seats by id."""


class StateBody(Given):
    """What a seat is to be: `on_break` takes a `reason` of the estate's list."""

    state: Literal["available", "on_break", "offline"]
    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] | None = None


@endpoint("GET", "/seats", answer=SeatListing, query=Paged)
def list_seats(visit: Visit, query: Paged) -> SeatListing:
    """Seats of one's estates, by id."""
    after = id_after(query.cursor)
    found = reads.list_seats(visit.tx, visit.estate_ids, visit.now, after=after, limit=query.limit + 1)
    items = found[: query.limit]
    more = str(items[-1].id) if len(found) > query.limit else None
    return SeatListing(items=[SeatOut.model_validate(seat) for seat in items], next=more)


@endpoint("GET", "/seats/{id}", answer=SeatOut)
def get_seat(visit: Visit, id: int) -> SeatOut:
    """One seat."""
    return _view(visit, _seat(visit, id))


@endpoint("PUT", "/seats/{id}/state", answer=SeatOut, body=StateBody, refusals=(403, 409))
def put_seat_state(visit: Visit, id: int, body: StateBody) -> SeatOut:
    """Declare a seat's state. By its agent, or a supervisor of the estate."""
    seat = _seat(visit, id)
    if seat.staff_id != visit.staff.id and not visit.is_supervising:
        raise NotYours("Only its agent, or a supervisor of the estate, may declare a seat's state.")
    router = Router(visit.runtime)
    seat = router.set_state(visit.tx, seat, body.state, body.reason, visit.actor, now=visit.now)
    visit.tx.flush()
    return _view(visit, seat)


def _seat(visit: Visit, seat_id: int) -> Seat:
    seat = reads.find_seat(visit.tx, seat_id, visit.estate_ids)
    if seat is None:
        raise NotFound("seat", seat_id)
    return seat


def _view(visit: Visit, seat: Seat) -> SeatOut:
    return SeatOut.model_validate(reads.seat_view(visit.tx, seat, visit.now))
