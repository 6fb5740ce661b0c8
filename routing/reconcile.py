"""Looks every few seconds whether the index agrees with PostgreSQL, and mends it ticket by ticket, seat by seat.

Index and truth are read one after the other while work goes on, so a difference counts only when two passes in a
row see it. What a killed process left behind is thus mended within two periods. One process at a time looks, by a
lease; if it dies another takes over. The whole index is made anew when it is gone, or when a seat's load stays wrong.
"""

import logging
import secrets
from collections import Counter
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import func, or_, select

from infra.database import Tx
from infra.runtime import Runtime
from routing import keys, queries
from routing.facts import hold_of, work_held
from routing.live import IndexMissing, RoutingIndex
from routing.matching import Round
from routing.models import Assignment, Reservation, Seat
from routing.pools import queue_name
from routing.rebuild import RebuildRunning
from routing.selection import SeatView
from routing.service import Router
from tickets.models import Estate, Queue, Ticket
from tickets.words import ReservationState, SeatState, TicketState

log = logging.getLogger(__name__)

PERIOD = timedelta(seconds=5)
LEASE_MS = 12_000
ALL_AT_ONCE = 5000
"""So many waiting tickets are compared one by one in each pass; with more, the queues whose counts differ."""
REFRESHED_IN_A_PASS = 200
PATIENCE = 3
"""So many passes a load may stay wrong before everything is rebuilt."""
RECENT = timedelta(minutes=15)
_WAITING = (TicketState.QUEUED, TicketState.RESERVED)


class Suspect(NamedTuple):
    """A ticket, a seat, or the load of a seat that the index seems to have wrong."""

    kind: Literal["ticket", "seat", "load"]
    id: int


class Reconciler:
    """Compares and mends; remembers from one pass to the next what seemed wrong. One per process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.router = Router(runtime)
        self.index = RoutingIndex(runtime.valkey)
        self._token = secrets.token_hex(8)
        self._next_at: datetime | None = None
        self._suspects: frozenset[Suspect] = frozenset()
        self._wrong_loads: Counter[int] = Counter()
        self._refreshed_to = 0

    def run_due(self, now: datetime) -> int | None:
        """Run a pass if one is due and no other process has the lease; returns what `run` does, or None."""
        if self._next_at is not None and now < self._next_at:
            return None
        self._next_at = now + PERIOD
        if not self._has_lease():
            self._suspects = frozenset()
            return None
        return self.run(now)

    def run(self, now: datetime) -> int:
        """One pass: returns how many tickets and seats were mended. Raises the errors of the stores."""
        try:
            if self.index.is_whole():
                return self._compare(now)
        except IndexMissing:
            log.info("routing index was lost while it was compared")
        self._rebuild(now)
        return 0

    def _compare(self, now: datetime) -> int:
        self._lose_silent(now)
        with self.runtime.transaction() as tx:
            open_seats = _open_seats(self.router, tx, now)
            suspects = self._differing_holds(tx) | self._differing_queues(tx)
            suspects |= self._differing_seats(tx, open_seats)
        confirmed = suspects & self._suspects
        self._suspects = suspects
        self._mend(confirmed, now)
        self._refresh(now)
        self._nudge(open_seats, now)
        return len(confirmed)

    def _has_lease(self) -> bool:
        client = self.runtime.valkey
        if client.set(keys.RECONCILER, self._token, nx=True, px=LEASE_MS):
            return True
        if client.get(keys.RECONCILER) != self._token:
            return False
        client.pexpire(keys.RECONCILER, LEASE_MS)
        return True

    def _rebuild(self, now: datetime) -> None:
        self._suspects = frozenset()
        self._wrong_loads.clear()
        try:
            self.router.rebuild(now)
        except RebuildRunning:
            log.info("routing index is being rebuilt by another process")

    def _lose_silent(self, now: datetime) -> None:
        with self.runtime.transaction() as tx:
            silent = queries.silent_seats(tx, now)
        still_open = self.index.find_seats(silent) if silent else {}
        for view in still_open.values():
            if view.is_open:
                with self.runtime.transaction() as tx:
                    self.router.lose_silent(tx, view.id, now=now)

    # What differs

    def _differing_holds(self, tx: Tx) -> frozenset[Suspect]:
        pending = select(Reservation).where(Reservation.state == ReservationState.PENDING)
        differing = {hold_of(r) for r in tx.scalars(pending)} ^ set(self.index.list_holds(ALL_AT_ONCE))
        return frozenset(Suspect("ticket", hold.ticket_id) for hold in differing)

    def _differing_queues(self, tx: Tx) -> frozenset[Suspect]:
        queues = tx.scalars(select(Queue.code)).all()
        names = [queue_name(estate, queue) for estate in tx.scalars(select(Estate.code)) for queue in queues]
        counts = dict.fromkeys(names, 0) | _waiting_counts(tx)
        figures = self.index.queue_figures(list(counts))
        if sum(counts.values()) > ALL_AT_ONCE:
            counts = {name: count for name, count in counts.items() if figures[name].waiting != count}
        else:
            counts = {name: count for name, count in counts.items() if count or figures[name].waiting}
        differing: set[int] = set()
        for name in counts:
            differing |= _waiting_ids(tx, name) ^ set(self.index.list_queue(name))
        return frozenset(Suspect("ticket", ticket_id) for ticket_id in differing)

    def _differing_seats(self, tx: Tx, open_seats: list[SeatView]) -> frozenset[Suspect]:
        ids = [seat.id for seat in open_seats]
        shown = self.index.find_seats(ids) if ids else {}
        work = work_held().where(Assignment.seat_id.in_(ids)).subquery()
        units = func.sum(work.c[2])
        sums = select(work.c[1], units.filter(~work.c[3]), units.filter(work.c[3])).group_by(work.c[1])
        held = {seat_id: (int(load or 0), int(calls or 0)) for seat_id, load, calls in tx.execute(sums)}
        suspects = set()
        for seat in open_seats:
            view = shown.get(seat.id)
            if view is None or _facts(view) != _facts(seat):
                suspects.add(Suspect("seat", seat.id))
            elif (view.load, view.calls) != held.get(seat.id, (0, 0)):
                suspects.add(Suspect("load", seat.id))
        return frozenset(suspects)

    # What is done about it

    def _mend(self, confirmed: frozenset[Suspect], now: datetime) -> None:
        if not confirmed:
            self._wrong_loads.clear()
            return
        log.warning(
            "routing index mended", extra={"suspects": [f"{s.kind} {s.id}" for s in sorted(confirmed)]}
        )
        wrong_loads = [suspect.id for suspect in confirmed if suspect.kind == "load"]
        self._wrong_loads = Counter({seat_id: self._wrong_loads[seat_id] + 1 for seat_id in wrong_loads})
        if any(times >= PATIENCE for times in self._wrong_loads.values()):
            self._rebuild(now)
            return
        round_ = Round(self.runtime, now)
        for ticket_id in self._recent_work(wrong_loads, now):
            round_.tell_ticket(ticket_id)
        for kind, id_ in sorted(confirmed):
            if kind == "ticket":
                self._mend_ticket(round_, id_, now)
            elif kind == "seat":
                round_.tell_seat(id_)
        round_.finish()

    def _mend_ticket(self, round_: Round, ticket_id: int, now: datetime) -> None:
        """An offer that the index does not know cannot be kept apart from others: it is made anew."""
        with self.runtime.transaction() as tx:
            self.router.withdraw_unheld(tx, ticket_id, now=now)
        round_.tell_ticket(ticket_id)

    def _recent_work(self, seat_ids: list[int], now: datetime) -> list[int]:
        """What these seats hold or have held of late: a release that the index missed is among it."""
        lately = or_(Assignment.ended_at.is_(None), Assignment.ended_at > now - RECENT)
        with self.runtime.transaction() as tx:
            held = select(Assignment.ticket_id).where(Assignment.seat_id.in_(seat_ids), lately).distinct()
            return list(tx.scalars(held)) if seat_ids else []

    def _refresh(self, now: datetime) -> None:
        """Renew the facts of the next waiting tickets, page by page: rank, pools, and what no event told."""
        round_ = Round(self.runtime, now)
        with self.runtime.transaction() as tx:
            page = self.router.facts.queued_page(tx, after=self._refreshed_to, limit=REFRESHED_IN_A_PASS)
        for entering in page:
            round_.ticket_entered(entering.ticket)
        self._refreshed_to = page[-1].ticket.id if len(page) == REFRESHED_IN_A_PASS else 0
        round_.finish()

    def _nudge(self, open_seats: list[SeatView], now: datetime) -> None:
        """Let seats with room look for work again, in case an offer could not be written when it was found."""
        shown = self.index.find_seats([seat.id for seat in open_seats]) if open_seats else {}
        round_ = Round(self.runtime, now)
        for seat in shown.values():
            if seat.is_open and seat.held_ticket is None and seat.load < seat.capacity:
                round_.seat_free(seat.id)
        round_.finish()


def _open_seats(router: Router, tx: Tx, now: datetime) -> list[SeatView]:
    """Seats that are to take work: one wrongly open in the index is found out when it is chosen."""
    available = tx.scalars(select(Seat.id).where(Seat.state == SeatState.AVAILABLE)).all()
    return [seat for seat in router.facts.seats(tx, now, available) if seat.is_open]


def _facts(seat: SeatView) -> tuple[bool, int, int, tuple[str, ...]]:
    return seat.is_open, seat.capacity, seat.idle_since_ms, seat.pools


def _waiting_counts(tx: Tx) -> dict[str, int]:
    rows = (
        select(Estate.code, Ticket.queue_code, func.count())
        .join(Estate, Estate.id == Ticket.estate_id)
        .where(Ticket.state.in_(_WAITING))
        .group_by(Estate.code, Ticket.queue_code)
    )
    return {queue_name(estate, queue): count for estate, queue, count in tx.execute(rows)}


def _waiting_ids(tx: Tx, name: str) -> set[int]:
    estate, _, queue = name.partition("/")
    waiting = select(Ticket.id).join(Estate, Estate.id == Ticket.estate_id).where(Ticket.state.in_(_WAITING))
    return set(tx.scalars(waiting.where(Estate.code == estate, Ticket.queue_code == queue)))
