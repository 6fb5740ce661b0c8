"""Reservations: what is being offered, and the answer to it."""

from typing import Annotated

from pydantic import Field

from console.access import OVERSEEING, Visit
from console.api.entry import endpoint
from console.api.fields import Given, Listing, Out, Time
from routing import queries as reads
from routing.models import Reservation
from routing.service import Router
from tickets.errors import NotFound
from tickets.words import ReservationState


class ReservationOut(Out):
    """An expiring hold of a seat for a ticket; `ticket` is its number."""

    id: int
    ticket: str
    seat_id: int
    state: ReservationState
    created_at: Time
    expires_at: Time


class ReservationListing(Listing[ReservationOut]):
    """The reservations that can still be answered."""


class DeclineBody(Given):
    """Why not."""

    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] | None = None


@endpoint("GET", "/reservations", answer=ReservationListing)
def list_reservations(visit: Visit) -> ReservationListing:
    """One's own pending reservation; for who oversees estates, all pending ones there."""
    if visit.role in OVERSEEING:
        found = reads.pending_in(visit.tx, visit.estate_ids, visit.now)
    else:
        found = reads.pending_for(visit.tx, visit.staff.id, visit.now)
    return ReservationListing(items=[_out(each) for each in found])


@endpoint("GET", "/reservations/{id}", answer=ReservationOut)
def get_reservation(visit: Visit, id: int) -> ReservationOut:
    """One reservation, also when it is over."""
    return _out(_reservation(visit, id))


@endpoint("POST", "/reservations/{id}/accept", answer=ReservationOut, refusals=(403, 409))
def accept_reservation(visit: Visit, id: int) -> ReservationOut:
    """Take what is offered. Too late is 409 and changes nothing."""
    _reservation(visit, id)
    return _out(Router(visit.runtime).accept(visit.tx, id, visit.staff, now=visit.now))


@endpoint("POST", "/reservations/{id}/decline", answer=ReservationOut, body=DeclineBody, refusals=(403, 409))
def decline_reservation(visit: Visit, id: int, body: DeclineBody) -> ReservationOut:
    """Let it go to the next seat."""
    _reservation(visit, id)
    router = Router(visit.runtime)
    return _out(router.decline(visit.tx, id, visit.staff, body.reason, now=visit.now))


def _reservation(visit: Visit, reservation_id: int) -> Reservation:
    """Raises NotFound, for a ticket of another estate too."""
    found = reads.get_reservation(visit.tx, reservation_id)
    if found.ticket.estate_id not in visit.estate_ids:
        raise NotFound("reservation", reservation_id)
    return found


def _out(reservation: Reservation) -> ReservationOut:
    return ReservationOut(
        id=reservation.id,
        ticket=reservation.ticket.number,
        seat_id=reservation.seat_id,
        state=ReservationState(reservation.state),
        created_at=reservation.created_at,
        expires_at=reservation.expires_at,
    )
