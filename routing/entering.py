"""Tickets as the routing index takes them: what they ask of a seat, their order, and who has refused them.

Reads of PostgreSQL, one ticket at a time or page by page. Statements are built once: a ticket is opened more often
than anything else happens.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, null, select
from sqlalchemy.orm import aliased

from infra.clock import to_ms
from infra.database import Tx
from routing import rule_book
from routing.models import Reservation, RouteStep, Seat, SeatSkill
from routing.pools import queue_name
from routing.queue_rules import QueueRule, RuleBook, next_look
from routing.rank import rank
from routing.requirements import Requirements, Spoken, Wanted, offer_time, requirements, widened
from routing.selection import WaitingTicket
from tickets.models import Estate, Staff, StaffEstate, Ticket
from tickets.priority import lane_of
from tickets.words import PriorityClass, ReservationState, TicketState

PAGE = 2000
_NOT_ACCEPTED = (TicketState.QUEUED, TicketState.RESERVED)
_REFUSING = (ReservationState.DECLINED, ReservationState.LAPSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Seats that have answered a ticket since it last came into its queue."""

    declined: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entering:
    """A ticket as the index takes it, what had to be relaxed for it at once, and how its rule goes on.

    `steps_done`: so many steps of `rule` are taken or passed over since it entered its queue.
    """

    ticket: WaitingTicket
    requirements: Requirements
    wanted: Wanted
    rule: QueueRule
    steps_done: int


class Rosters:
    """What each kind of ticket needs, given what the seats of all estates speak; worked out once per kind."""

    def __init__(self, spoken: Mapping[str, Spoken], book: RuleBook) -> None:
        self.book = book
        self._spoken = spoken
        self._known: dict[tuple[Wanted, QueueRule], Requirements] = {}

    def needs(self, wanted: Wanted, rule: QueueRule) -> Requirements:
        """The requirements of a ticket."""
        known = self._known.get((wanted, rule))
        if known is None:
            known = requirements(wanted, self._spoken.get(wanted.estate, {}), rule)
            self._known[wanted, rule] = known
        return known


_NOBODY = Asked()
_STEPS_DONE = (
    select(func.count())
    .where(RouteStep.ticket_id == Ticket.id, RouteStep.entered_at == Ticket.entered_at, RouteStep.step > 0)
    .correlate(Ticket)
    .scalar_subquery()
)
TicketRow = Row[int, int, str, str, str, bool, datetime, datetime, str, str, int | None, int, int]


class TicketFacts:
    """Reads tickets; `offer_seconds` is the configured length of an offer, None for the usual one."""

    def __init__(self, offer_seconds: float | None) -> None:
        self.offer_seconds = offer_seconds

    def entering(self, tx: Tx, ticket_id: int, *, is_new: bool = False) -> Entering:
        """One ticket as it is to wait, whatever its state is. Raises NoResultFound.

        `is_new`: nobody has been asked yet, so nobody is looked for who refused.
        """
        row = tx.execute(_ONE, {"ticket_id": ticket_id}).one()
        if row.best is not None:  # somebody has all that is asked for, so what else there is does not matter
            spoken: Spoken = {row.queue_code: {row.language: row.best}}
        else:
            spoken = {}
            for _, trade, tag, level in tx.execute(_spoken().where(StaffEstate.estate_id == row.estate_id)):
                spoken = {**spoken, trade: {**spoken.get(trade, {}), tag: level}}
        asked = {} if is_new else _asked(tx, Ticket.id == ticket_id)
        return self._entering(row, Rosters({row.estate_code: spoken}, rule_book.load(tx, row.stamp)), asked)

    def ranks(self, tx: Tx, ticket_ids: Sequence[int]) -> dict[int, int]:
        """The order, by id, of those of these tickets that nobody has accepted yet."""
        rows = tx.execute(_tickets().where(Ticket.id.in_(ticket_ids), Ticket.state.in_(_NOT_ACCEPTED)))
        return {row.id: _rank(row) for row in rows}

    def queued_page(self, tx: Tx, *, after: int, limit: int) -> list[Entering]:
        """The next `limit` queued tickets after the id `after`, by id."""
        return self._page(tx, rosters(tx), after, limit)

    def queued(self, tx: Tx, known: Rosters) -> Iterator[Entering]:
        """All queued tickets, by id."""
        last = 0
        while page := self._page(tx, known, last, PAGE):
            yield from page
            last = page[-1].ticket.id

    def listed(self, tx: Tx, known: Rosters, ticket_ids: Sequence[int]) -> list[Entering]:
        """These tickets, whatever their state."""
        rows = tx.execute(_tickets().where(Ticket.id.in_(ticket_ids))).all() if ticket_ids else []
        asked = _asked(tx, Ticket.id.in_(ticket_ids)) if ticket_ids else {}
        return [self._entering(row, known, asked) for row in rows]

    def _page(self, tx: Tx, known: Rosters, after: int, limit: int) -> list[Entering]:
        queued = and_(Ticket.state == TicketState.QUEUED, Ticket.id > after)
        rows = tx.execute(_tickets().where(queued).order_by(Ticket.id).limit(limit)).all()
        asked = _asked(tx, and_(queued, Ticket.id <= rows[-1].id)) if rows else {}
        return [self._entering(row, known, asked) for row in rows]

    def _entering(self, row: TicketRow, known: Rosters, asked: Mapping[int, Asked]) -> Entering:
        is_live = row.is_live
        wanted = Wanted(row.estate_code, row.queue_code, row.language, row.estate_language, is_live)
        rule = known.book.rule(row.estate_code, row.queue_code, row.entered_at)
        needs = known.needs(wanted, rule)
        done = min(row.steps_done, len(rule.steps))
        refused = asked.get(row.id, _NOBODY)
        ticket = WaitingTicket(
            id=row.id,
            rank=_rank(row),
            entered_at_ms=to_ms(row.entered_at),
            queue=queue_name(row.estate_code, row.queue_code),
            pools=widened(wanted, needs, rule, done) if done else needs.pools,
            hold_ms=round(offer_time(is_live, self.offer_seconds).total_seconds() * 1000),
            weight=1 if is_live else rule.weight,
            declined=refused.declined,
            missed=refused.missed,
            is_live=is_live,
            step_at_ms=to_ms(next_look(rule, done, row.entered_at, is_live)),
        )
        return Entering(ticket, needs, wanted, rule, done)


def rosters(tx: Tx) -> Rosters:
    """What all seats of active staff speak, whatever state they are in."""
    spoken: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for estate, trade, language, level in tx.execute(_spoken()):
        spoken[estate][trade][language] = level
    return Rosters(spoken, rule_book.load(tx))


def _rank(row: TicketRow) -> int:
    lane = lane_of(PriorityClass(row.priority_class), row.is_live)
    return rank(row.entered_at, row.entered_at - row.rank_at, lane)


def _tickets(
    best: ColumnElement[int | None] | None = None,
) -> Select[int, int, str, str, str, bool, datetime, datetime, str, str, int | None, int, int]:
    return select(
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
        (null() if best is None else best).label("best"),
        rule_book.NEWEST.label("stamp"),
        _STEPS_DONE.label("steps_done"),
    ).join(Estate, Estate.id == Ticket.estate_id)


def _best() -> ColumnElement[int | None]:
    """The highest level of the trade among the seats of the ticket's estate that speak its language; else null."""
    trade, language = aliased(SeatSkill), aliased(SeatSkill)
    has_trade = and_(trade.seat_id == Seat.id, trade.kind == "queue", trade.code == Ticket.queue_code)
    speaks = and_(language.seat_id == Seat.id, language.kind == "language", language.code == Ticket.language)
    return (
        select(func.max(trade.level))
        .select_from(Seat)
        .join(Staff, and_(Staff.id == Seat.staff_id, Staff.is_active))
        .join(StaffEstate, StaffEstate.staff_id == Staff.id)
        .join(trade, has_trade)
        .join(language, speaks)
        .where(StaffEstate.estate_id == Ticket.estate_id)
        .correlate(Ticket)
        .scalar_subquery()
    )


_ONE = _tickets(_best()).where(Ticket.id == bindparam("ticket_id"))


def _spoken() -> Select[str, str, str, int]:
    trade, language = aliased(SeatSkill), aliased(SeatSkill)
    return (
        select(Estate.code, trade.code, language.code, func.max(trade.level))
        .select_from(StaffEstate)
        .join(Estate, Estate.id == StaffEstate.estate_id)
        .join(Staff, and_(Staff.id == StaffEstate.staff_id, Staff.is_active))
        .join(Seat, Seat.staff_id == Staff.id)
        .join(trade, and_(trade.seat_id == Seat.id, trade.kind == "queue"))
        .join(language, and_(language.seat_id == Seat.id, language.kind == "language"))
        .group_by(Estate.code, trade.code, language.code)
    )


def _asked(tx: Tx, which: ColumnElement[bool]) -> dict[int, Asked]:
    """Who declined or missed each ticket since it entered its queue: a reopened one is asked of everybody anew."""
    rows = tx.execute(
        select(Reservation.ticket_id, Reservation.seat_id, Reservation.state)
        .join(Ticket, Ticket.id == Reservation.ticket_id)
        .where(which, Reservation.state.in_(_REFUSING), Reservation.created_at >= Ticket.entered_at)
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
