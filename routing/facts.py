"""The truth of seats and tickets as the routing index wants it: reads of PostgreSQL, one at a time or all at once.

Nothing is written here. A whole `Snapshot` is read in one transaction of its own (`snapshot`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from infra.clock import to_ms
from infra.database import Tx
from routing.live import Hold
from routing.models import Assignment, Reservation, Seat, SeatSkill
from routing.pools import pools_for_seat, queue_name
from routing.rank import rank
from routing.rebuild import Snapshot, Work
from routing.requirements import (
    Requirements,
    Spoken,
    Wanted,
    offer_time,
    requirements,
)
from routing.seats import SeatFacts, takes_work
from routing.selection import SeatView, WaitingTicket
from tickets.models import Estate, Staff, StaffEstate, Ticket
from tickets.priority import lane_of
from tickets.words import PriorityClass, ReservationState, SeatState, TicketState

PAGE = 2000
_QUEUED = (TicketState.QUEUED, TicketState.RESERVED)
_REFUSING = (ReservationState.DECLINED, ReservationState.LAPSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Seats that have answered a ticket since it last came into its queue."""

    declined: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entering:
    """A ticket as the index takes it, and what had to be relaxed for it."""

    ticket: WaitingTicket
    requirements: Requirements


_NOBODY = Asked()
_COLUMNS = (
    Ticket.id,
    Ticket.estate_id,
    Ticket.queue_code,
    Ticket.language,
    Ticket.priority_class,
    Ticket.is_live,
    Ticket.entered_at,
    Ticket.rank_at,
    Estate.code.label("estate_code"),
    Estate.language.label("estate_language"),
)
TicketRow = Row[int, int, str, str, str, bool, datetime, datetime, str, str]


class Facts:
    """Reads facts; `offer_seconds` is the configured length of an offer, None for the usual one."""

    def __init__(self, offer_seconds: float | None) -> None:
        self.offer_seconds = offer_seconds

    def entering(self, tx: Tx, ticket_id: int) -> Entering:
        """One ticket as it is to wait, whatever its state is. Raises NoResultFound."""
        row = tx.execute(_tickets().where(Ticket.id == ticket_id)).one()
        spoken = _spoken_for(tx, row)
        return self._entering(row, spoken, _asked(tx, [ticket_id]).get(ticket_id, _NOBODY))

    def ranks(self, tx: Tx, ticket_ids: Sequence[int]) -> dict[int, int]:
        """The order, by id, of those of these tickets that nobody has accepted yet."""
        rows = tx.execute(_tickets().where(Ticket.id.in_(ticket_ids), Ticket.state.in_(_QUEUED)))
        return {row.id: _rank(row) for row in rows}

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
        for seat, is_active in rows:
            yield SeatView(
                id=seat.id,
                capacity=seat.capacity,
                idle_since_ms=to_ms(seat.idle_since),
                pools=pools_for_seat(
                    estates[seat.staff_id], skills[seat.id, "queue"], skills[seat.id, "language"]
                ),
                is_open=is_active and takes_work(seat_facts(seat), now),
            )

    def snapshot(self, tx: Tx, now: datetime) -> Snapshot:
        """All that the index must hold. Its parts are read while they are consumed, so keep `tx` open."""
        spoken = _spoken_everywhere(tx)
        return Snapshot(
            seats=self.seats(tx, now),
            waiting=(entering.ticket for entering in self._queued(tx, spoken)),
            held=self._held(tx, spoken),
            work=(Work(*row) for row in tx.execute(work_held())),
        )

    def queued_page(self, tx: Tx, *, after: int, limit: int) -> list[Entering]:
        """The next `limit` queued tickets after the id `after`, by id."""
        return self._page(tx, _spoken_everywhere(tx), after, limit)

    def _queued(self, tx: Tx, spoken: Mapping[str, Spoken]) -> Iterator[Entering]:
        last = 0
        while page := self._page(tx, spoken, last, PAGE):
            yield from page
            last = page[-1].ticket.id

    def _page(self, tx: Tx, spoken: Mapping[str, Spoken], after: int, limit: int) -> list[Entering]:
        queued = _tickets().where(Ticket.state == TicketState.QUEUED, Ticket.id > after)
        rows = tx.execute(queued.order_by(Ticket.id).limit(limit)).all()
        asked = _asked(tx, [row.id for row in rows])
        return [
            self._entering(row, spoken.get(row.estate_code, {}), asked.get(row.id, _NOBODY)) for row in rows
        ]

    def _held(self, tx: Tx, spoken: Mapping[str, Spoken]) -> Iterator[tuple[WaitingTicket, Hold]]:
        pending = select(Reservation).where(Reservation.state == ReservationState.PENDING)
        holds = {r.ticket_id: hold_of(r) for r in tx.scalars(pending)}
        rows = tx.execute(_tickets().where(Ticket.id.in_(holds))).all() if holds else []
        asked = _asked(tx, list(holds))
        for row in rows:
            entering = self._entering(row, spoken.get(row.estate_code, {}), asked.get(row.id, _NOBODY))
            yield entering.ticket, holds[row.id]

    def _entering(self, row: TicketRow, spoken: Spoken, asked: Asked) -> Entering:
        wanted = Wanted(row.estate_code, row.queue_code, row.language, row.estate_language)
        needs = requirements(wanted, spoken)
        ticket = WaitingTicket(
            id=row.id,
            rank=_rank(row),
            entered_at_ms=to_ms(row.entered_at),
            queue=queue_name(row.estate_code, row.queue_code),
            pools=needs.pools,
            hold_ms=round(offer_time(row.is_live, self.offer_seconds).total_seconds() * 1000),
            declined=asked.declined,
            missed=asked.missed,
        )
        return Entering(ticket, needs)


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


def work_held() -> Select[int, int, int]:
    """Ticket, seat and weight of all work that seats hold: 1 while it is worked on, 0 while it is paused."""
    weight = case((Ticket.state == TicketState.ASSIGNED, 1), else_=0)
    return (
        select(Assignment.ticket_id, Assignment.seat_id, weight)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Assignment.ended_at.is_(None))
    )


def _rank(row: TicketRow) -> int:
    lane = lane_of(PriorityClass(row.priority_class), row.is_live)
    return rank(row.entered_at, row.entered_at - row.rank_at, lane)


def _tickets() -> Select[int, int, str, str, str, bool, datetime, datetime, str, str]:
    return select(*_COLUMNS).join(Estate, Estate.id == Ticket.estate_id)


def _asked(tx: Tx, ticket_ids: Sequence[int]) -> dict[int, Asked]:
    """Who declined or missed each ticket since it entered its queue: a reopened one is asked of everybody anew."""
    if not ticket_ids:
        return {}
    rows = tx.execute(
        select(Reservation.ticket_id, Reservation.seat_id, Reservation.state)
        .join(Ticket, Ticket.id == Reservation.ticket_id)
        .where(Reservation.ticket_id.in_(ticket_ids), Reservation.state.in_(_REFUSING))
        .where(Reservation.created_at >= Ticket.entered_at)
    )
    seats: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for ticket_id, seat_id, state in rows:
        seats[ticket_id][state].add(seat_id)
    return {
        ticket_id: Asked(
            frozenset(by_state[ReservationState.DECLINED]), frozenset(by_state[ReservationState.LAPSED])
        )
        for ticket_id, by_state in seats.items()
    }


def _spoken(*, estate_id: int | None = None) -> Select[str, str, Sequence[str]]:
    trade, language = aliased(SeatSkill), aliased(SeatSkill)
    statement = (
        select(Estate.code, trade.code, func.array_agg(language.code.distinct()))
        .select_from(StaffEstate)
        .join(Estate, Estate.id == StaffEstate.estate_id)
        .join(Staff, and_(Staff.id == StaffEstate.staff_id, Staff.is_active))
        .join(Seat, Seat.staff_id == Staff.id)
        .join(trade, and_(trade.seat_id == Seat.id, trade.kind == "queue"))
        .join(language, and_(language.seat_id == Seat.id, language.kind == "language"))
        .group_by(Estate.code, trade.code)
    )
    return statement if estate_id is None else statement.where(StaffEstate.estate_id == estate_id)


def _spoken_everywhere(tx: Tx) -> Mapping[str, Spoken]:
    spoken: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for estate, trade, languages in tx.execute(_spoken()):
        spoken[estate][trade] = frozenset(languages)
    return spoken


def _spoken_for(tx: Tx, row: TicketRow) -> Spoken:
    """What the roster speaks as far as this ticket needs it: mostly one quick look answers."""
    trade, language = aliased(SeatSkill), aliased(SeatSkill)
    fits = (
        select(Seat.id)
        .join(Staff, and_(Staff.id == Seat.staff_id, Staff.is_active))
        .join(StaffEstate, StaffEstate.staff_id == Staff.id)
        .join(trade, and_(trade.seat_id == Seat.id, trade.kind == "queue", trade.code == row.queue_code))
        .join(
            language,
            and_(language.seat_id == Seat.id, language.kind == "language", language.code == row.language),
        )
        .where(StaffEstate.estate_id == row.estate_id)
        .limit(1)
    )
    if tx.execute(fits).first():
        return {row.queue_code: frozenset({row.language})}
    return {trade: frozenset(tags) for _, trade, tags in tx.execute(_spoken(estate_id=row.estate_id))}


def _estates_of(tx: Tx, staff_ids: Iterable[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    pairs = select(StaffEstate.staff_id, Estate.code).join(Estate, Estate.id == StaffEstate.estate_id)
    for staff_id, code in tx.execute(pairs.where(StaffEstate.staff_id.in_(staff_ids), Estate.is_active)):
        found[staff_id].append(code)
    return found


def _skills_of(tx: Tx, seat_ids: Iterable[int]) -> Mapping[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    skills = select(SeatSkill.seat_id, SeatSkill.kind, SeatSkill.code).where(SeatSkill.seat_id.in_(seat_ids))
    for seat_id, kind, code in tx.execute(skills):
        found[seat_id, kind].append(code)
    return found
