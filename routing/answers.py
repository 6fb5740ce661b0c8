"""What an agent answers to an offer: accept, decline, or nothing until it lapses.

The row decides: an answer counts if the reservation is still pending and its time has not run out, so of two
answers (two tabs, an agent and the clock) exactly one has an effect.
"""

from datetime import datetime

from sqlalchemy import select

from infra import outbox
from infra.database import Tx
from routing import offers
from routing.errors import NoLongerYours, NotYourReservation
from routing.facts import hold_of
from routing.live import RoutingIndex
from routing.matching import Round
from routing.models import Assignment, Reservation, Seat
from routing.part import Part, change_declared, one_by_one, record
from routing.seats import MISSED, MISSES_ALLOWED
from tickets import service as desk
from tickets.actors import Actor
from tickets.errors import NotFound
from tickets.models import Staff, Ticket
from tickets.words import ReservationState, SeatState

CONNECT_CALL = "seat.connect_call"


class Answers(Part):
    """Accept, decline and lapse."""

    def accept(self, tx: Tx, reservation_id: int, staff: Staff, *, now: datetime) -> Reservation:
        """Make the offered ticket the work of the agent's seat; the first response is met.

        If a caller is on the line, the outbox gets `seat.connect_call`. Accepting again what this seat accepted
        changes nothing. Raises NotFound, NotYourReservation or NoLongerYours.
        """
        reservation, seat, ticket = self._load(tx, reservation_id, staff)
        if reservation.state == ReservationState.ACCEPTED:
            return reservation
        if not offers.end(tx, reservation, ReservationState.ACCEPTED, now=now):
            raise _gone(reservation)
        desk.move_accepted(tx, ticket, staff, seat.id, now=now)
        tx.add(
            Assignment(
                ticket_id=ticket.id,
                seat_id=seat.id,
                staff_id=staff.id,
                reservation_id=reservation.id,
                started_at=now,
                weight=reservation.weight,
            )
        )
        _is_there(seat, now)
        if ticket.is_live and ticket.call_sid:
            payload = {"ticket_id": ticket.id, "seat_id": seat.id, "call_sid": ticket.call_sid}
            key = f"reservation:{reservation.id}:connect"
            outbox.post(tx, CONNECT_CALL, key, payload, now=now, queue="urgent")
        self._over(tx, reservation, ticket, ReservationState.ACCEPTED, now)
        return reservation

    def decline(
        self, tx: Tx, reservation_id: int, staff: Staff, reason: str | None = None, *, now: datetime
    ) -> Reservation:
        """Let the offered ticket go: it keeps its place, goes to the next seat, and is not offered here again.

        Declining again what this seat declined changes nothing. Raises NotFound, NotYourReservation or
        NoLongerYours.
        """
        reservation, seat, ticket = self._load(tx, reservation_id, staff)
        if reservation.state == ReservationState.DECLINED:
            return reservation
        reason = (reason or "").strip()
        if reservation.expires_at <= now or not offers.end(
            tx, reservation, ReservationState.DECLINED, reason or None, now=now
        ):
            raise _gone(reservation)
        desk.move_declined(tx, ticket, staff, reason, now=now)
        _is_there(seat, now)
        self._over(tx, reservation, ticket, ReservationState.DECLINED, now)
        return reservation

    def lapse_due(self, now: datetime, limit: int = 200) -> int:
        """Take back the offers whose time is over at `now`, each in a transaction of its own; returns how many.

        Several processes may do this at once; a seat that somebody is busy with waits for the next turn.
        """
        with self.runtime.transaction() as tx:
            due = select(Reservation.id).where(
                Reservation.state == ReservationState.PENDING, Reservation.expires_at <= now
            )
            ids = tx.scalars(due.order_by(Reservation.expires_at).limit(limit)).all()
        return one_by_one(ids, lambda reservation_id: self._lapse(reservation_id, now))

    def withdraw_unheld(self, tx: Tx, ticket_id: int, *, now: datetime) -> bool:
        """Take back the offer of a ticket if the index does not know of it; its ticket is queued again.

        True if it was withdrawn. Happens when the index lost its last moments, not in ordinary work.
        """
        reservation = offers.pending_of_ticket(tx, ticket_id)
        if reservation is None or hold_of(reservation) in RoutingIndex(self.runtime.valkey).list_holds(5000):
            return False
        ticket = offers.lock_ticket(tx, ticket_id)
        seat = offers.lock_seat(tx, reservation.seat_id)
        if ticket is None or seat is None:
            return False
        if not offers.withdraw(tx, reservation, ticket, "index lost", Actor.SYSTEM, now=now):
            return False
        tx.after_commit(lambda: offers.tell_pages(self.runtime, "withdrawn", reservation, ticket))
        return True

    def _lapse(self, reservation_id: int, now: datetime) -> bool:
        with self.runtime.transaction() as tx:
            reservation = tx.get_one(Reservation, reservation_id)
            ticket = offers.lock_ticket(tx, reservation.ticket_id, skip_locked=True)
            seat = offers.lock_seat(tx, reservation.seat_id) if ticket else None
            if ticket is None or seat is None:
                return False
            if not offers.end(tx, reservation, ReservationState.LAPSED, now=now):
                return False
            desk.move_lapsed(tx, ticket, seat.staff.login, now=now)
            seat.misses += 1
            record(tx, seat, "missed", Actor.SYSTEM, now=now, ticket=ticket.number, in_a_row=seat.misses)
            is_set_aside = seat.misses >= MISSES_ALLOWED and seat.state == SeatState.AVAILABLE
            if is_set_aside:
                change_declared(tx, seat, SeatState.ON_BREAK, MISSED, Actor.SYSTEM, now=now)
            self._over(tx, reservation, ticket, ReservationState.LAPSED, now, closes=is_set_aside)
        return True

    def _load(self, tx: Tx, reservation_id: int, staff: Staff) -> tuple[Reservation, Seat, Ticket]:
        """Reservation, seat and ticket, the last two locked; whose it is never changes, so it is asked first."""
        reservation = tx.get(Reservation, reservation_id)
        if reservation is None:
            raise NotFound("reservation", reservation_id)
        if reservation.seat.staff_id != staff.id:
            raise NotYourReservation(reservation_id)
        ticket = offers.lock_ticket(tx, reservation.ticket_id)
        seat = offers.lock_seat(tx, reservation.seat_id)
        if ticket is None or seat is None:
            raise NotFound("reservation", reservation_id)
        tx.refresh(reservation)
        return reservation, seat, ticket

    def _over(
        self,
        tx: Tx,
        reservation: Reservation,
        ticket: Ticket,
        outcome: ReservationState,
        now: datetime,
        *,
        closes: bool = False,
    ) -> None:
        hold = hold_of(reservation)

        def follow(round_: Round) -> None:
            round_.offer_ended(hold, outcome)
            if closes:
                round_.seat_closed(hold.seat_id)

        self.afterwards(tx, now, follow)
        tx.after_commit(lambda: offers.tell_pages(self.runtime, outcome.value, reservation, ticket))


def _is_there(seat: Seat, now: datetime) -> None:
    """An answer is a sign of life, whatever it comes from."""
    seat.misses = 0
    if seat.seen_at is not None:
        seat.seen_at = now


def _gone(reservation: Reservation) -> NoLongerYours:
    """What is still pending at this point is out of time: for the agent it has lapsed already."""
    state = ReservationState(reservation.state)
    return NoLongerYours(
        reservation.id, ReservationState.LAPSED if state is ReservationState.PENDING else state
    )
