"""The truth of seats and tickets as the routing index wants it: reads of PostgreSQL, one at a time or all at once.

Nothing is written here. What is read of a ticket stands in `routing.entering`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, case, select

from infra.clock import to_ms
from infra.database import Tx
from routing import rule_book
from routing.entering import Rosters, TicketFacts, rosters
from routing.live import Hold
from routing.models import Assignment, Reservation, Seat, SeatSkill
from routing.pools import pools_for_seat
from routing.rebuild import Snapshot, Work
from routing.seats import SeatFacts, takes_work
from routing.selection import SeatView, WaitingTicket
from tickets.models import Estate, Staff, StaffEstate, Ticket
from tickets.words import ReservationState, SeatState, TicketState


class Facts(TicketFacts):
    """Reads tickets and seats."""

    def seat(self, tx: Tx, seat_id: int, now: datetime) -> SeatView | None:
        """One seat with its facts, or None if there is no such seat. Load and hold are the index's own."""
        return next(self.seats(tx, now, [seat_id]), None)

    def seats(self, tx: Tx, now: datetime, seat_ids: Sequence[int] | None = None) -> Iterator[SeatView]:
        """The seats named, or all of active staff; open only if they take work at `now`."""
        chosen = select(Seat, Staff.is_active).join(Staff)
        chosen = chosen.where(Staff.is_active) if seat_ids is None else chosen.where(Seat.id.in_(seat_ids))
        rows = tx.execute(chosen).all()
        estates = _estates_of(tx, [seat.staff_id for seat, _ in rows])
        skills = _skills_of(tx, [seat.id for seat, _ in rows])
        asked = rule_book.load(tx).asked
        for seat, is_active in rows:
            yield SeatView(
                id=seat.id,
                capacity=seat.capacity,
                idle_since_ms=to_ms(seat.idle_since),
                pools=pools_for_seat(
                    estates[seat.staff_id], skills[seat.id, "queue"], skills[seat.id, "language"], asked
                ),
                is_open=is_active and takes_work(seat_facts(seat), now),
                turn_ms=to_ms(seat.state_since),
            )

    def snapshot(self, tx: Tx, now: datetime) -> Snapshot:
        """All that the index must hold. Its parts are read while they are consumed, so keep `tx` open."""
        known = rosters(tx)
        return Snapshot(
            seats=self.seats(tx, now),
            waiting=(entering.ticket for entering in self.queued(tx, known)),
            held=self._held(tx, known),
            work=(Work(*row) for row in tx.execute(work_held())),
        )

    def _held(self, tx: Tx, known: Rosters) -> Iterator[tuple[WaitingTicket, Hold]]:
        pending = select(Reservation).where(Reservation.state == ReservationState.PENDING)
        holds = {reservation.ticket_id: hold_of(reservation) for reservation in tx.scalars(pending)}
        for entering in self.listed(tx, known, list(holds)):
            yield entering.ticket, holds[entering.ticket.id]


def seat_facts(seat: Seat, *, held: int = 0, has_offer: bool = False) -> SeatFacts:
    """The stored facts of a seat as the pure rules of `routing.seats` take them."""
    return SeatFacts(
        declared=SeatState(seat.state),
        capacity=seat.capacity,
        held=held,
        has_offer=has_offer,
        wrap_up_until=seat.wrap_up_until,
        seen_at=seat.seen_at,
    )


def hold_of(reservation: Reservation) -> Hold:
    """The hold in the index that a reservation was written from."""
    return Hold(reservation.ticket_id, reservation.seat_id, to_ms(reservation.expires_at))


def work_held() -> Select[int, int, int, bool]:
    """Ticket, seat, weight (0 while it is paused) and "a caller is on the line" of all work that seats hold."""
    weight = case((Ticket.state == TicketState.ASSIGNED, Assignment.weight), else_=0)
    return (
        select(Assignment.ticket_id, Assignment.seat_id, weight, Ticket.is_live)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Assignment.ended_at.is_(None))
    )


def _estates_of(tx: Tx, staff_ids: Iterable[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    pairs = select(StaffEstate.staff_id, Estate.code).join(Estate, Estate.id == StaffEstate.estate_id)
    for staff_id, code in tx.execute(pairs.where(StaffEstate.staff_id.in_(staff_ids), Estate.is_active)):
        found[staff_id].append(code)
    return found


def _skills_of(tx: Tx, seat_ids: Iterable[int]) -> Mapping[tuple[int, str], dict[str, int]]:
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    skills = select(SeatSkill).where(SeatSkill.seat_id.in_(seat_ids))
    for skill in tx.scalars(skills):
        found[skill.seat_id, skill.kind][skill.code] = skill.level
    return found
