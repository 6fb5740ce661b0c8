"""An offer: a claim of the index written down as a reservation, and taken back again.

Rows are always locked in one order: ticket, seat, reservation. Whoever changes an offer, the work or the state of
a seat holds the seat's row, so meanwhile nothing else happens to that seat (decision 0021).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, bindparam, func, select, update

from infra.clock import from_ms
from infra.database import Tx
from infra.live import publish_all
from infra.runtime import Runtime
from routing import explaining
from routing.colleagues import roster_of
from routing.explaining import Roster
from routing.facts import Facts, hold_of, seat_facts, work_held
from routing.live import Hold, Place, PlaceState
from routing.models import Assignment, Reservation, Seat
from routing.pools import weight_of
from routing.rebuild import Snapshot, Work
from routing.seats import takes_work
from routing.selection import WaitingTicket
from tickets import service as desk
from tickets.actors import Actor
from tickets.errors import NotAllowed
from tickets.models import Staff, Ticket
from tickets.priority import lane_of
from tickets.words import PriorityClass, ReservationState, TicketState

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
    select(func.coalesce(func.sum(_work.c[2]).filter(~_work.c[3]), 0)).scalar_subquery(),
    select(func.coalesce(func.sum(_work.c[2]).filter(_work.c[3]), 0)).scalar_subquery(),
    select(Reservation.id)
    .where(Reservation.seat_id == bindparam("seat_id"), Reservation.state == ReservationState.PENDING)
    .exists(),
)
_REFUSED = select(Reservation.seat_id, Reservation.state).where(
    Reservation.ticket_id == bindparam("ticket_id"),
    Reservation.state.in_((ReservationState.DECLINED, ReservationState.LAPSED)),
    Reservation.created_at >= bindparam("since"),
)


class Held(NamedTuple):
    """Units of a seat's capacity in use, and callers on its line."""

    units: int
    calls: int


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
    """A claim, and who looked for whom: a `ticket` for a seat, or a `seat` for work.

    `is_preferred`: the seat had it before all others.
    """

    hold: Hold
    sought_by: str
    is_preferred: bool = False


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


def write(runtime: Runtime, offer: Offer, now: datetime) -> Fault | None:
    """Write `offer` as a pending reservation, with history and explanation, in one transaction.

    Returns which side cannot be offered after all, and then has written nothing. Raises the database's errors.
    """
    estate = offer.hold.told.partition("/")[0]
    roster = roster_of(runtime, estate, now) if estate else {}
    try:
        with runtime.transaction() as tx:
            reservation, ticket = _write(tx, offer, roster, now)
            if runtime.clock.now() >= reservation.expires_at:  # this process slept since its claim
                raise _Unfit(Fault.TICKET)
            tx.after_commit(lambda: tell_pages(runtime, "offered", reservation, ticket))
    except _Unfit as refusal:
        return refusal.fault
    return None


def _write(tx: Tx, offer: Offer, roster: Roster, now: datetime) -> tuple[Reservation, Ticket]:
    hold = offer.hold
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
    weight = weight_of(hold.told.partition("\n")[0])
    if has_offer or not fits(held, ticket.is_live, weight, seat):
        raise _Unfit(Fault.SEAT)
    reservation = Reservation(
        ticket_id=ticket.id,
        seat_id=seat.id,
        state=ReservationState.PENDING,
        created_at=now,
        expires_at=from_ms(hold.expires_at_ms),
        explanation=_explain(tx, offer, ticket, roster),
        weight=weight,
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


def held_and_offered(tx: Tx, seat_id: int) -> tuple[Held, bool]:
    """What a seat has in hand, and whether an offer to it is open."""
    units, calls, has_offer = tx.execute(_HELD_AND_OFFERED, {"seat_id": seat_id}).one()
    return Held(int(units), int(calls)), has_offer


def fits(held: Held, is_live: bool, weight: int, seat: Seat) -> bool:
    """Whether a seat has room for a ticket: nothing beside a call, and a call beside any number of tickets."""
    return held.calls == 0 and (is_live or held.units + weight <= seat.capacity)


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


def _explain(tx: Tx, offer: Offer, ticket: Ticket, roster: Roster) -> dict[str, Any]:
    """Why this seat, from what the index told of the moment of the choice, and where the ticket stood in line."""
    hold = offer.hold
    refused = tx.execute(_REFUSED, {"ticket_id": ticket.id, "since": ticket.entered_at}).all()
    by_answer = {
        "declined": [seat for seat, state in refused if state == ReservationState.DECLINED],
        "missed": [seat for seat, state in refused if state == ReservationState.LAPSED],
    }
    pools = explaining.read(hold.told, is_live=ticket.is_live)
    told = explaining.explain(hold.seat_id, pools, roster, by_answer, is_preferred=offer.is_preferred)
    place = {
        "lane": lane_of(PriorityClass(ticket.priority_class), ticket.is_live).name.lower(),
        "entered_at": ticket.entered_at.isoformat(),
        "rank_at": ticket.rank_at.isoformat(),
    }
    return {"sought_by": offer.sought_by, **told, "rank": place}


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
