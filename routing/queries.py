"""Reads for pages and the API: seats as they are shown, offers, work in hand, queues and the wall.

All from PostgreSQL, so that they hold also when the index is away. `estate_ids` None means every estate.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from infra.database import Tx
from routing import seats
from routing.facts import seat_facts, work_held
from routing.models import Assignment, Reservation, Seat
from routing.seats import CONNECTION_GRACE
from tickets.errors import NotFound
from tickets.models import Estate, Queue, Staff, StaffEstate, Ticket
from tickets.words import ReservationState, SeatState, TicketState

Estates = Collection[int] | None
_WAITING = (TicketState.QUEUED, TicketState.RESERVED)


@dataclass(frozen=True, slots=True)
class ShownSeat:
    """A seat as it is shown. `held`: units of active work; `load`: held ÷ capacity; `since`: declared since."""

    id: int
    staff_id: int
    login: str
    name: str
    state: SeatState
    declared: SeatState
    reason: str | None
    since: datetime
    idle_since: datetime
    wrap_up_until: datetime | None
    can_extend_wrap_up: bool
    capacity: int
    held: int
    load: float
    misses: int
    is_off_roster: bool
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    estates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue of one estate: tickets that nobody has accepted yet, and since when the oldest of them waits."""

    estate: str
    queue: str
    waiting: int
    live: int
    oldest_entered_at: datetime | None
    longest_wait: timedelta


@dataclass(frozen=True, slots=True)
class Wall:
    """What stands on the wall: waiting per queue, seats, and how many seats show each state."""

    queues: list[QueueFigures]
    seats: list[ShownSeat]
    seats_by_state: dict[SeatState, int]

    @property
    def waiting(self) -> int:
        """Tickets that nobody has accepted yet, over all queues."""
        return sum(queue.waiting for queue in self.queues)

    @property
    def longest_wait(self) -> timedelta:
        """How long the oldest of them has waited; zero if none waits."""
        return max((queue.longest_wait for queue in self.queues), default=timedelta(0))


def find_seat(tx: Tx, seat_id: int, estate_ids: Estates = None) -> Seat | None:
    """The stored seat, or None if there is none among the seats of these estates."""
    return tx.scalar(_of_estates(select(Seat), estate_ids).where(Seat.id == seat_id))


def seat_of(tx: Tx, staff_id: int) -> Seat | None:
    """The stored seat of a member of staff, or None."""
    return tx.scalar(select(Seat).where(Seat.staff_id == staff_id))


def seat_view(tx: Tx, seat: Seat, now: datetime) -> ShownSeat:
    """One seat as it is shown at `now`."""
    return _shown(tx, [seat], now)[0]


def list_seats(
    tx: Tx, estate_ids: Estates, now: datetime, *, after: int = 0, limit: int | None = None
) -> list[ShownSeat]:
    """Seats of active staff of these estates as shown at `now`, by id from `after` on."""
    chosen = _of_estates(select(Seat), estate_ids)
    chosen = chosen.join(Staff, Staff.id == Seat.staff_id).where(Staff.is_active, Seat.id > after)
    chosen = chosen.options(selectinload(Seat.skills), joinedload(Seat.staff).selectinload(Staff.estates))
    return _shown(tx, tx.scalars(chosen.order_by(Seat.id).limit(limit)).all(), now)


def get_reservation(tx: Tx, reservation_id: int) -> Reservation:
    """One reservation with its ticket. Raises NotFound."""
    found = tx.get(Reservation, reservation_id, options=[joinedload(Reservation.ticket)])
    if found is None:
        raise NotFound("reservation", reservation_id)
    return found


def pending_for(tx: Tx, staff_id: int, now: datetime) -> list[Reservation]:
    """The open offers to a person's seat that can still be answered at `now`: one at most."""
    return list(tx.scalars(_pending(now).join(Reservation.seat).where(Seat.staff_id == staff_id)))


def pending_in(tx: Tx, estate_ids: Estates, now: datetime) -> list[Reservation]:
    """The open offers of tickets of these estates that can still be answered at `now`, oldest first."""
    chosen = _pending(now).join(Reservation.ticket)
    if estate_ids is not None:
        chosen = chosen.where(Ticket.estate_id.in_(estate_ids))
    return list(tx.scalars(chosen))


def work_of(tx: Tx, seat_id: int) -> list[Ticket]:
    """The tickets a seat has in hand, worked on or waiting, by when it accepted them."""
    held = select(Ticket).join(Assignment, Assignment.ticket_id == Ticket.id)
    held = held.where(Assignment.seat_id == seat_id, Assignment.ended_at.is_(None))
    return list(tx.scalars(held.order_by(Assignment.started_at, Assignment.id)))


def reservations_of(tx: Tx, ticket_id: int) -> list[Reservation]:
    """Every offer of a ticket with its explanation, oldest first."""
    made = select(Reservation).where(Reservation.ticket_id == ticket_id).order_by(Reservation.id)
    return list(tx.scalars(made.options(joinedload(Reservation.seat).joinedload(Seat.staff))))


def former_handler(tx: Tx, ticket_id: int) -> Staff | None:
    """Who had a ticket in hand last before now, or None if nobody did."""
    last = select(Staff).join(Assignment, Assignment.staff_id == Staff.id)
    last = last.where(Assignment.ticket_id == ticket_id, Assignment.ended_at.is_not(None))
    return tx.scalar(last.order_by(Assignment.id.desc()).limit(1))


def queue_figures(tx: Tx, estate_ids: Estates, now: datetime) -> list[QueueFigures]:
    """Every queue of these estates in which something waits, and how long; by estate and queue."""
    live = func.count().filter(Ticket.is_live)
    rows = (
        select(Estate.code, Queue.code, func.count(), live, func.min(Ticket.entered_at))
        .select_from(Ticket)
        .join(Estate, Estate.id == Ticket.estate_id)
        .join(Queue, Queue.code == Ticket.queue_code)
        .where(Ticket.state.in_(_WAITING))
        .group_by(Estate.code, Queue.code, Queue.sort)
        .order_by(Estate.code, Queue.sort)
    )
    if estate_ids is not None:
        rows = rows.where(Ticket.estate_id.in_(estate_ids))
    return [QueueFigures(*row, longest_wait=max(now - row[-1], timedelta(0))) for row in tx.execute(rows)]


def wall(tx: Tx, estate_ids: Estates, now: datetime) -> Wall:
    """The live figures of these estates at `now`."""
    shown = list_seats(tx, estate_ids, now)
    by_state = {state: sum(seat.state is state for seat in shown) for state in SeatState}
    return Wall(queue_figures(tx, estate_ids, now), shown, by_state)


def silent_seats(tx: Tx, now: datetime) -> list[int]:
    """Seats declared available whose page has been silent for longer than the grace."""
    lost = Seat.seen_at < now - CONNECTION_GRACE
    return list(tx.scalars(select(Seat.id).where(Seat.state == SeatState.AVAILABLE, lost).order_by(Seat.id)))


def _pending(now: datetime) -> Select[Reservation]:
    return (
        select(Reservation)
        .where(Reservation.state == ReservationState.PENDING, Reservation.expires_at > now)
        .options(joinedload(Reservation.ticket))
        .order_by(Reservation.id)
    )


def _of_estates(chosen: Select[Seat], estate_ids: Estates) -> Select[Seat]:
    if estate_ids is None:
        return chosen
    serving = select(StaffEstate.staff_id).where(StaffEstate.estate_id.in_(estate_ids))
    return chosen.where(Seat.staff_id.in_(serving))


def _shown(tx: Tx, stored: Sequence[Seat], now: datetime) -> list[ShownSeat]:
    ids = [seat.id for seat in stored]
    work = work_held().where(Assignment.seat_id.in_(ids)).subquery()
    sums = select(work.c[1], func.sum(work.c[2])).group_by(work.c[1])
    held: dict[int, int] = {seat_id: int(units) for seat_id, units in tx.execute(sums)}
    open_offers = select(Reservation.seat_id).where(
        Reservation.seat_id.in_(ids), Reservation.state == ReservationState.PENDING
    )
    offered = set(tx.scalars(open_offers.where(Reservation.expires_at > now)))
    return [_show(seat, held.get(seat.id, 0), seat.id in offered, now) for seat in stored]


def _show(seat: Seat, held: int, has_offer: bool, now: datetime) -> ShownSeat:
    state = seats.shown_state(seat_facts(seat, held=held, has_offer=has_offer), now)
    return ShownSeat(
        id=seat.id,
        staff_id=seat.staff_id,
        login=seat.staff.login,
        name=seat.staff.name,
        state=state,
        declared=SeatState(seat.state),
        reason=seat.reason,
        since=seat.state_since,
        idle_since=seat.idle_since,
        wrap_up_until=seat.wrap_up_until if state is SeatState.WRAP_UP else None,
        can_extend_wrap_up=state is SeatState.WRAP_UP and not seat.wrap_up_extended,
        capacity=seat.capacity,
        held=held,
        load=seats.load(held, seat.capacity),
        misses=seat.misses,
        is_off_roster=seat.is_off_roster,
        languages=tuple(sorted(skill.code for skill in seat.skills if skill.kind == "language")),
        skills=tuple(sorted(skill.code for skill in seat.skills if skill.kind == "queue")),
        estates=tuple(estate.code for estate in seat.staff.estates),
    )
