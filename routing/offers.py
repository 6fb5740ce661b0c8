"""An offer: a claim of the index written down as a reservation, and taken back again.

Rows are always locked in one order: ticket, seat, reservation. Whoever changes an offer, the work or the state of
a seat holds the seat's row, so meanwhile nothing else happens to that seat (decision 0021).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import redis
from sqlalchemy import ColumnElement, bindparam, func, select, update

from infra.clock import from_ms
from infra.database import Tx
from infra.live import publish_all
from infra.runtime import Runtime
from routing.facts import Facts, hold_of, seat_facts, work_held
from routing.live import Hold, IndexMissing, Place, PlaceState, RoutingIndex
from routing.models import Assignment, Reservation, Seat
from routing.rebuild import Snapshot, Work
from routing.seats import load, takes_work
from routing.selection import SeatView, WaitingTicket
from tickets import service as desk
from tickets.actors import Actor
from tickets.errors import NotAllowed
from tickets.models import Staff, Ticket
from tickets.words import ReservationState, TicketState

RULE = "least load, then longest idle, then smallest hash of ticket and seat"
RUNNERS_UP = 5

T = TypeVar("T")

# Built once, because an offer is written more often than anything else here.
_BOTH = (
    select(Ticket, Staff.login)
    .select_from(Ticket)
    .join(Seat, Seat.id == bindparam("seat_id"))
    .join(Staff, Staff.id == Seat.staff_id)
    .where(Ticket.id == bindparam("ticket_id"))
)
_work = work_held().where(Assignment.seat_id == bindparam("seat_id")).subquery()
_HELD_AND_OFFERED = select(
    select(func.coalesce(func.sum(_work.c[2]), 0)).scalar_subquery(),
    select(Reservation.id)
    .where(Reservation.seat_id == bindparam("seat_id"), Reservation.state == ReservationState.PENDING)
    .exists(),
)


class Fault(StrEnum):
    """Which side of a claim the index was wrong about."""

    TICKET = "ticket"
    SEAT = "seat"


class _Unfit(Exception):
    """Rolls back what was begun; the claim cannot become an offer."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Offer:
    """A claim, and who looked for whom: a `ticket` for a seat, or a `seat` for work."""

    hold: Hold
    sought_by: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the index must say of one ticket: it waits, is held, is worked on, or (all None) is not there."""

    waiting: WaitingTicket | None = None
    hold: Hold | None = None
    work: Work | None = None

    def is_shown_by(self, place: Place | None) -> bool:
        """Whether the index has the ticket where it belongs."""
        if self.work is not None:
            return place == Place(PlaceState.ASSIGNED, self.work.seat_id)
        if self.hold is not None:
            return place == Place(PlaceState.HELD, self.hold.seat_id)
        return place == (Place(PlaceState.WAITING, None) if self.waiting else None)


def write(runtime: Runtime, index: RoutingIndex, offer: Offer, now: datetime) -> Fault | None:
    """Write `offer` as a pending reservation, with history and explanation, in one transaction.

    Returns which side cannot be offered after all, and then has written nothing. Raises the database's errors.
    """
    explanation = explain(index, offer)
    try:
        with runtime.transaction() as tx:
            reservation, ticket = _write(tx, offer.hold, explanation, now)
            if runtime.clock.now() >= reservation.expires_at:  # this process slept since its claim
                raise _Unfit(Fault.TICKET)
            tx.after_commit(lambda: tell_pages(runtime, "offered", reservation, ticket))
    except _Unfit as refusal:
        return refusal.fault
    return None


def _write(tx: Tx, hold: Hold, explanation: dict[str, Any], now: datetime) -> tuple[Reservation, Ticket]:
    found = tx.execute(_BOTH, {"ticket_id": hold.ticket_id, "seat_id": hold.seat_id}).one_or_none()
    if found is None or found[0].state != TicketState.QUEUED:
        raise _Unfit(Fault.TICKET)
    ticket, login = found
    try:
        desk.move_reserved(tx, ticket, hold.seat_id, login, now=now)
    except NotAllowed:  # somebody was quicker, between the look and the lock
        raise _Unfit(Fault.TICKET) from None
    seat = lock_seat(tx, hold.seat_id)
    if seat is None or not takes_work(seat_facts(seat), now):
        raise _Unfit(Fault.SEAT)
    held, has_offer = held_and_offered(tx, seat.id)
    if has_offer or held + 1 > seat.capacity:
        raise _Unfit(Fault.SEAT)
    reservation = Reservation(
        ticket_id=ticket.id,
        seat_id=seat.id,
        state=ReservationState.PENDING,
        created_at=now,
        expires_at=from_ms(hold.expires_at_ms),
        explanation=explanation,
    )
    tx.add(reservation)
    tx.flush()  # the pages are told its id
    return reservation, ticket


def withdraw(
    tx: Tx, reservation: Reservation, ticket: Ticket, reason: str, actor: Actor, *, now: datetime
) -> bool:
    """Take back an open offer; ticket and seat are locked. The ticket is queued again at its old place.

    False if it was over already. The caller tells the index and the pages.
    """
    if not end(tx, reservation, ReservationState.CANCELLED, reason, now=now):
        return False
    desk.move_withdrawn(tx, ticket, reason, actor, now=now)
    return True


def pending_of_seat(tx: Tx, seat_id: int) -> Reservation | None:
    """The open offer of a seat, if there is one."""
    return _pending(tx, Reservation.seat_id == seat_id)


def pending_of_ticket(tx: Tx, ticket_id: int) -> Reservation | None:
    """The open offer of a ticket, if there is one."""
    return _pending(tx, Reservation.ticket_id == ticket_id)


def _pending(tx: Tx, whose: ColumnElement[bool]) -> Reservation | None:
    return tx.scalar(select(Reservation).where(whose, Reservation.state == ReservationState.PENDING))


def end(
    tx: Tx, reservation: Reservation, outcome: ReservationState, reason: str | None = None, *, now: datetime
) -> bool:
    """End a pending reservation as `outcome`; False if it was over already. An acceptance must be in time."""
    statement = update(Reservation).where(
        Reservation.id == reservation.id, Reservation.state == ReservationState.PENDING
    )
    if outcome is ReservationState.ACCEPTED:
        statement = statement.where(Reservation.expires_at > now)
    if outcome is ReservationState.LAPSED:
        statement = statement.where(Reservation.expires_at <= now)
    values = {"state": outcome.value, "ended_at": now, "reason": reason}
    ended = tx.execute(
        statement.values(values).returning(Reservation.id).execution_options(synchronize_session=False)
    ).first()
    tx.refresh(reservation)
    return ended is not None


def lock_seat(tx: Tx, seat_id: int) -> Seat | None:
    """One seat with its row locked and read anew; None if there is none."""
    tx.flush()
    statement = select(Seat).where(Seat.id == seat_id).execution_options(populate_existing=True)
    return tx.scalar(statement.with_for_update(of=Seat, key_share=True))


def lock_ticket(tx: Tx, ticket_id: int, *, skip_locked: bool = False) -> Ticket | None:
    """One ticket with its row locked and read anew; None if there is none.

    With `skip_locked` also None while somebody else has the row.
    """
    tx.flush()
    statement = select(Ticket).where(Ticket.id == ticket_id).execution_options(populate_existing=True)
    return tx.scalar(statement.with_for_update(of=Ticket, key_share=True, skip_locked=skip_locked))


def held_and_offered(tx: Tx, seat_id: int) -> tuple[int, bool]:
    """Units of active work that a seat holds, and whether an offer to it is open."""
    held, has_offer = tx.execute(_HELD_AND_OFFERED, {"seat_id": seat_id}).one()
    return int(held), has_offer


def truth_of_ticket(tx: Tx, facts: Facts, ticket_id: int, now: datetime) -> Truth:
    """What the index must say of a ticket."""
    ticket = tx.get_one(Ticket, ticket_id)
    if ticket.state == TicketState.QUEUED:
        return Truth(waiting=facts.entering(tx, ticket_id).ticket)
    if ticket.state == TicketState.RESERVED:
        reservation = pending_of_ticket(tx, ticket_id)
        return Truth(hold=hold_of(reservation)) if reservation else Truth()
    row = tx.execute(work_held().where(Assignment.ticket_id == ticket_id)).first()
    return Truth(work=Work(*row)) if row else Truth()


def explain(index: RoutingIndex, offer: Offer) -> dict[str, Any]:
    """Why this seat: the rule, who looked for whom, the pools in common, the seat's load and idle time at that
    moment and the next best seats'. Empty lists when the index does not answer: the offer matters more."""
    hold = offer.hold
    told: dict[str, Any] = {"rule": RULE, "sought_by": offer.sought_by, "pools": [], "considered": []}
    try:
        pools = index.shared_pools(hold.ticket_id, hold.seat_id)
        others = dict.fromkeys(seat for pool in pools for seat in index.list_free_seats(pool, RUNNERS_UP))
        views = index.find_seats([hold.seat_id, *others])
    except (redis.RedisError, IndexMissing):
        return told
    told["pools"] = pools
    told["considered"] = [_as_json(view, chosen=view.id == hold.seat_id) for view in views.values()]
    return told


def tell_pages(runtime: Runtime, event: str, reservation: Reservation, ticket: Ticket) -> None:
    """Tell the seat's desk, the ticket's page and the wall what became of an offer."""
    data = {
        "event": event,
        "reservation": reservation.id,
        "seat": reservation.seat_id,
        "ticket": ticket.number,
        "state": ticket.state,
    }
    publish_all(runtime.valkey, (f"seat:{reservation.seat_id}", f"ticket:{ticket.number}", "wall"), data)


def counted(snapshot: Snapshot, counts: dict[str, int]) -> Snapshot:
    """The same snapshot; what is read from it is added up in `counts` as `seats` and `tickets`."""

    def count(name: str, items: Iterable[T]) -> Iterator[T]:
        for item in items:
            counts[name] += 1
            yield item

    return replace(
        snapshot,
        seats=count("seats", snapshot.seats),
        waiting=count("tickets", snapshot.waiting),
        held=count("tickets", snapshot.held),
        work=count("tickets", snapshot.work),
    )


def _as_json(view: SeatView, *, chosen: bool) -> dict[str, Any]:
    return {
        "seat": view.id,
        "chosen": chosen,
        "held": view.load,
        "capacity": view.capacity,
        "load": load(view.load, view.capacity),
        "idle_since": from_ms(view.idle_since_ms).isoformat(),
    }
