"""What routing refuses. Nothing is changed by a refusal; pages and the API map classes to answers."""

from tickets.errors import NotYours, Refused
from tickets.words import ReservationState


class NoLongerYours(Refused):
    """The offer is over: it lapsed, was answered, was withdrawn, or its time has just run out."""

    code = "no_longer_yours"

    def __init__(self, reservation_id: int, state: ReservationState) -> None:
        super().__init__(
            f"Reservation {reservation_id} is no longer yours: it is {state}.",
            reservation=reservation_id,
            state=str(state),
        )


class NotYourReservation(NotYours):
    """The offer was made to another seat."""

    code = "not_your_reservation"

    def __init__(self, reservation_id: int) -> None:
        super().__init__(
            f"Reservation {reservation_id} was made to another seat.", reservation=reservation_id
        )


class WrapUpNotExtended(Refused):
    """There is no wrap-up to extend, or it has been extended already."""

    code = "wrap_up_not_extended"


class AboveCapacity(Refused):
    """The seat has no room for what is given to it by hand; who gives it must say that it is meant."""

    code = "above_capacity"

    def __init__(self, seat_id: int, held: int, capacity: int) -> None:
        super().__init__(
            f"Seat {seat_id} is full: {held} of {capacity}.", seat=seat_id, held=held, capacity=capacity
        )
