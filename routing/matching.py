"""From what happened to the next offers: one round of matching, run right after a commit.

The index claims a seat for a ticket first (one script, with an expiry), then one transaction writes reservation,
ticket and history (`routing.offers`). A claim that cannot be written is given back, the index is told the truth
about both sides, and both look for another partner, all in the same round. Whatever a dead process or an absent
store leaves undone is found by `routing.reconcile`.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import redis

from infra.clock import to_ms
from infra.database import is_race
from infra.runtime import Runtime
from routing import offers
from routing.facts import Facts
from routing.live import Hold, IndexMissing, RoutingIndex
from routing.offers import Fault, Offer
from routing.rebuild import RebuildRunning, rebuild
from routing.selection import Preference, SeatView, WaitingTicket
from tickets.words import ReservationState

log = logging.getLogger(__name__)

STEPS_IN_A_ROUND = 200
"""An end to a round in which index and truth disagree about everything; reconcile goes on from there."""

T = TypeVar("T")
Seek = Callable[[], Hold | None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild put into the index: seats (open or not) and tickets not yet finished."""

    seats: int
    tickets: int


class Round:
    """One round of matching at `now`. Not shared between threads; made anew for each commit.

    Methods say what happened; each tells the index and follows up the offers that result. None raises for a store
    that is away: the truth is in PostgreSQL already.
    """

    def __init__(self, runtime: Runtime, now: datetime) -> None:
        self.runtime = runtime
        self.now = now
        self.now_ms = to_ms(now)
        self.index = RoutingIndex(runtime.valkey)
        self.facts = Facts(runtime.config.hotline_offer_seconds)
        self._todo: deque[tuple[str, Seek, int | None]] = deque()
        self._is_lost = False

    # What happened to a ticket

    def ticket_entered(self, ticket: WaitingTicket, preference: Preference | None = None) -> None:
        """A ticket came into its queue, or its facts changed while it waits there."""
        first = preference.seat_id if preference else None
        self._seek("ticket", lambda: self.index.offer_ticket(ticket, self.now_ms, preference), first)

    def ticket_widened(self, ticket_id: int, pools: Sequence[str], step_at_ms: int | None) -> None:
        """A step of a waiting ticket is done: more seats may have it, and the next step is due later."""
        self._seek("ticket", lambda: self.index.widen_ticket(ticket_id, pools, self.now_ms, step_at_ms))

    def ticket_back(self, ticket_id: int) -> None:
        """A ticket is back at its old place in the index and looks for a seat."""
        self._seek("ticket", lambda: self.index.match_ticket(ticket_id, self.now_ms))

    def ticket_reranked(self, ticket_id: int, rank: int) -> None:
        """A ticket that waits or is offered goes before or behind others by now."""
        self._tell(lambda: self.index.rerank_ticket(ticket_id, rank))

    def ticket_gone(self, ticket_id: int) -> None:
        """A ticket is finished or called off, wherever it stood; the seat that had it is free of it."""
        place = self._tell(lambda: self.index.remove_ticket(ticket_id, self.now_ms))
        if place and place.seat_id is not None:
            self.seat_free(place.seat_id)

    def ticket_taken(self, ticket_id: int, seat_id: int, weight: int, *, is_live: bool = False) -> None:
        """A ticket became a seat's work by hand; the seat that had it before is free of it."""
        place = self._tell(
            lambda: self.index.take_ticket(ticket_id, seat_id, weight, self.now_ms, is_live=is_live)
        )
        if place and place.seat_id not in (None, seat_id):
            self.seat_free(place.seat_id or 0)

    def work_weighed(self, ticket_id: int, seat_id: int, weight: int, *, is_live: bool = False) -> None:
        """Work of a seat was paused (0) or resumed, or its call is over; a seat with room again looks for work."""
        self._tell(lambda: self.index.weigh_work(ticket_id, seat_id, weight, is_live=is_live))
        if weight == 0 or not is_live:
            self.seat_free(seat_id)

    def work_released(self, ticket_id: int, seat_id: int, *, closes: bool) -> None:
        """A seat is done with a ticket; `closes`: its wrap-up begins, so it looks for nothing yet."""
        was_held = self._tell(lambda: self.index.release_work(ticket_id, seat_id, self.now_ms, closes=closes))
        if was_held is False:
            self.tell_ticket(ticket_id)
            self.tell_seat(seat_id)
        elif not closes:
            self.seat_free(seat_id)

    # What happened to a seat or an offer

    def seat_opened(self, seat: SeatView) -> None:
        """A seat takes work again, or its facts changed while it does."""
        self._seek("seat", lambda: self.index.offer_seat(seat, self.now_ms))

    def seat_free(self, seat_id: int) -> None:
        """A seat may have room: it looks for the best waiting ticket."""
        self._seek("seat", lambda: self.index.match_seat(seat_id, self.now_ms))

    def seat_closed(self, seat_id: int) -> None:
        """A seat takes no more work; a ticket that was held for it looks for another."""
        hold = self._tell(lambda: self.index.close_seat(seat_id))
        if hold:
            self.ticket_back(hold.ticket_id)

    def offer_ended(self, hold: Hold, outcome: ReservationState) -> None:
        """An offer was answered or ran out. If not accepted, ticket and seat both look on: the ticket first,
        so that the seat that let it go is asked again only for want of others."""
        was_held = self._tell(lambda: self.index.settle_reservation(hold, outcome))
        if was_held is False:
            self.tell_ticket(hold.ticket_id)
        if outcome is not ReservationState.ACCEPTED:
            self.ticket_back(hold.ticket_id)
        self.seat_free(hold.seat_id)

    # The truth about one side, for whatever went wrong

    def tell_ticket(self, ticket_id: int) -> None:
        """Make the index say of one ticket what PostgreSQL says."""
        with self.runtime.transaction() as tx:
            truth = offers.truth_of_ticket(tx, self.facts, ticket_id, self.now)
        place = self._tell(lambda: self.index.find_ticket(ticket_id))
        work = truth.work
        if self._is_lost or (work is None and truth.is_shown_by(place)):
            return
        if work is not None:
            if not truth.is_shown_by(place):
                self.ticket_taken(ticket_id, work.seat_id, work.weight, is_live=work.is_live)
            self.work_weighed(ticket_id, work.seat_id, work.weight, is_live=work.is_live)
            return
        if place is not None:
            self.ticket_gone(ticket_id)
        if truth.waiting is not None:
            self.ticket_entered(truth.waiting)

    def tell_seat(self, seat_id: int) -> None:
        """Make the index say of one seat what PostgreSQL says."""
        with self.runtime.transaction() as tx:
            view = self.facts.seat(tx, seat_id, self.now)
        if view is not None and view.is_open:
            self.seat_opened(view)
        else:
            self.seat_closed(seat_id)

    def rebuild(self) -> Rebuilt:
        """Make the whole index anew from PostgreSQL. Raises RebuildRunning, or the error of a store."""
        counts = {"seats": 0, "tickets": 0}
        with self.runtime.transaction() as tx:
            tx.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            late = rebuild(
                self.runtime.valkey,
                lambda: offers.counted(self.facts.snapshot(tx, self.now), counts),
                self.now_ms,
            )
        log.info("routing index rebuilt", extra=counts)
        self._is_lost = False
        for ticket_id in sorted(late.late_tickets):
            self.tell_ticket(ticket_id)
        with self.runtime.transaction() as tx:
            views = list(self.facts.seats(tx, self.now))
        for view in views:
            if view.id in late.late_seats:
                self.tell_seat(view.id)
            elif view.is_open:
                self.seat_free(view.id)
        self.finish()
        return Rebuilt(**counts)

    # How a round runs

    def finish(self) -> None:
        """Follow up everything that is to be done, until nothing more can be offered."""
        for _ in range(STEPS_IN_A_ROUND + len(self._todo)):
            if not self._todo:
                return
            sought_by, seek, preferred = self._todo.popleft()
            hold = self._tell(seek)
            if hold is not None:
                self._make_offer(Offer(hold, sought_by, hold.seat_id == preferred))
        if self._todo:
            log.warning("round of matching ended early", extra={"left": len(self._todo)})

    def _seek(self, sought_by: str, seek: Seek, preferred: int | None = None) -> None:
        self._todo.append((sought_by, seek, preferred))

    def _make_offer(self, offer: Offer) -> None:
        try:
            fault = offers.write(self.runtime, offer, self.now)
        except Exception as error:
            # The claim must not outlive the attempt; the pass of reconcile offers the ticket again.
            log.exception("offer not written", extra={"ticket_id": offer.hold.ticket_id})
            self._give_back(offer.hold)
            if is_race(error):
                self.ticket_back(offer.hold.ticket_id)
            return
        if fault is not None:
            self._give_back(offer.hold)
            self._mend(offer.hold, fault)

    def _give_back(self, hold: Hold) -> None:
        self._tell(lambda: self.index.settle_reservation(hold, ReservationState.CANCELLED))

    def _mend(self, hold: Hold, fault: Fault) -> None:
        """The index did not know something: tell it, then let the other side look on."""
        if fault is Fault.TICKET:
            self.tell_ticket(hold.ticket_id)
            self.seat_free(hold.seat_id)
        else:
            self.tell_seat(hold.seat_id)
            self.ticket_back(hold.ticket_id)

    def _tell(self, act: Callable[[], T]) -> T | None:
        """Run one act on the index. A lost index is rebuilt, which covers the act; a store that is away waits."""
        if self._is_lost:
            return None
        try:
            return act()
        except IndexMissing:
            self._is_lost = True
            self._todo.clear()
            self._heal()
        except redis.RedisError as error:
            self._is_lost = True
            log.warning("routing index does not answer", extra={"error": type(error).__name__})
        return None

    def _heal(self) -> None:
        try:
            Round(self.runtime, self.now).rebuild()
        except RebuildRunning:
            log.info("routing index is being rebuilt by another process")
        except Exception:
            log.exception("routing index not rebuilt")
