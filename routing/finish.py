"""What happens to a ticket after it was opened, as far as a seat or a queue feels it.

Each act is the desk's own (`tickets.service`) plus the seat's side of it: the offer that ends, the work that is
released, the wrap-up that begins, the place in the index. Rows are locked ticket first (`routing.offers`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from infra.database import Tx
from routing import familiar, offers, rule_book
from routing.errors import AboveCapacity
from routing.matching import Round
from routing.models import Assignment, Reservation, Seat
from routing.part import Part, one_by_one
from routing.pools import Strategy
from routing.seat_service import begin_wrap_up
from routing.selection import Preference
from tickets import clocks, history
from tickets import service as desk
from tickets.actors import Actor
from tickets.errors import NotFound
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.words import ReservationState, SeatState, TicketState

FORMER_HANDLER_MS = 60_000
QUEUED = frozenset({TicketState.QUEUED, TicketState.RESERVED})
_ROUTED_BY = frozenset({"category_code", "language", "priority_class"})


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a ticket: an open offer or work in hand, with the seat, locked; nothing while it waits."""

    seat: Seat | None = None
    offer: Reservation | None = None
    work: Assignment | None = None


class TicketLife(Part):
    """Wait, resume, resolve, reopen, cancel, return, transfer, assign, edit and chase."""

    def wait(
        self, tx: Tx, ticket: Ticket, reason: str, until: datetime | None, actor: Actor, *, now: datetime
    ) -> None:
        """Pause a ticket in hand, as `tickets.service.wait`; meanwhile it takes none of the seat's capacity."""
        holder = _lock(tx, ticket)
        desk.wait(tx, ticket, reason, until, actor, now=now)
        self._weigh(tx, ticket, holder, now, is_paused=True)

    def resume(self, tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
        """Go on with a paused ticket, even if that takes the seat above its capacity."""
        holder = _lock(tx, ticket)
        desk.resume(tx, ticket, actor, now=now)
        self._weigh(tx, ticket, holder, now)

    def resume_due(self, now: datetime, limit: int = 200) -> int:
        """Resume the paused tickets whose `wait_until` is reached at `now`; returns how many."""
        over = select(Ticket.id).where(Ticket.state == TicketState.WAITING, Ticket.wait_until <= now)
        with self.runtime.transaction() as tx:
            ids = tx.scalars(over.order_by(Ticket.wait_until).limit(limit)).all()
        return one_by_one(ids, lambda ticket_id: self._resume_due(ticket_id, now))

    def _resume_due(self, ticket_id: int, now: datetime) -> bool:
        with self.runtime.transaction() as tx:
            ticket = offers.lock_ticket(tx, ticket_id, skip_locked=True)
            if ticket is None or ticket.state != TicketState.WAITING or (ticket.wait_until or now) > now:
                return False
            self.resume(tx, ticket, Actor.SYSTEM, now=now)
        return True

    def resolve(
        self, tx: Tx, ticket: Ticket, disposition: str, note: str | None, actor: Actor, *, now: datetime
    ) -> None:
        """Finish a ticket. If its own agent did, the seat's wrap-up begins; else the seat is free at once."""
        holder = _lock(tx, ticket)
        desk.resolve(tx, ticket, disposition, note, actor, now=now)
        self._let_go(tx, ticket, holder, "resolved", actor, now)
        self._tell(tx, ticket, holder, "resolved")

    def cancel(self, tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
        """Call a ticket off, wherever it stands."""
        holder = _lock(tx, ticket)
        desk.cancel(tx, ticket, reason, actor, now=now)
        self._let_go(tx, ticket, holder, "cancelled", actor, now)
        self._tell(tx, ticket, holder, "cancelled")

    def reopen(self, tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
        """Take a finished ticket back into its queue; everybody may be asked again, who had it last before all
        others if free at this moment."""
        desk.reopen(tx, ticket, reason, actor, now=now)
        self.enter(tx, ticket, now, former=familiar.of_ticket(tx, ticket.id))
        self._tell(tx, ticket, Holder(), "reopened")

    def return_to_queue(self, tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
        """Give work in hand back to its old place in the queue."""
        holder = _lock(tx, ticket)
        desk.move_returned(tx, ticket, reason, actor, now=now)
        self._let_go(tx, ticket, holder, "returned", actor, now)
        self.enter(tx, ticket, now)
        self._tell(tx, ticket, holder, "returned")

    def transfer(
        self, tx: Tx, ticket: Ticket, category_code: str, reason: str, actor: Actor, *, now: datetime
    ) -> None:
        """Move a ticket to the queue of another category; it keeps its entry time and its elapsed time."""
        holder = _lock(tx, ticket)
        if holder.work is not None:
            desk.move_returned(tx, ticket, reason, actor, now=now)
        elif holder.offer is not None:
            desk.move_withdrawn(tx, ticket, reason, actor, now=now)
        desk.edit(tx, ticket, {"category_code": category_code}, ticket.version, actor, now=now)
        self._let_go(tx, ticket, holder, "transferred", actor, now)
        self.enter(tx, ticket, now)
        self._tell(tx, ticket, holder, "transferred")

    def assign(
        self, tx: Tx, ticket: Ticket, seat: Seat, actor: Actor, *, now: datetime, may_exceed: bool = False
    ) -> None:
        """Give a ticket to a seat by hand, from wherever it is.

        Above the seat's capacity only with `may_exceed`, and then it is marked. Raises AboveCapacity.
        """
        holder = _lock(tx, ticket)
        taker = offers.lock_seat(tx, seat.id)
        if taker is None:
            raise NotFound("seat", seat.id)
        if holder.work is not None and holder.work.seat_id == taker.id:
            return
        weight = rule_book.load(tx).rule(ticket.estate.code, ticket.queue_code, ticket.entered_at).weight
        weight = 1 if ticket.is_live else weight
        held, _ = offers.held_and_offered(tx, taker.id)
        is_over = not offers.fits(held, ticket.is_live, weight, taker)
        if is_over and not may_exceed:
            raise AboveCapacity(taker.id, held.units, taker.capacity)
        desk.move_taken(tx, ticket, taker.staff, taker.id, actor, now=now)
        if is_over:
            about = {"seat_id": taker.id, "held": held.units, "capacity": taker.capacity}
            history.record(tx, ticket.id, "above_capacity", actor, about, now=now)
        if holder.offer is not None:
            offers.end(tx, holder.offer, ReservationState.CANCELLED, "assigned by hand", now=now)
        if holder.work is not None and holder.seat is not None:
            holder.work.ended_at, holder.work.outcome = now, "transferred"
            holder.seat.idle_since = now
            tx.flush()  # the old work must be over before the new begins: one assignment per ticket
        tx.add(
            Assignment(
                ticket_id=ticket.id,
                seat_id=taker.id,
                staff_id=taker.staff_id,
                started_at=now,
                weight=weight,
                is_over=is_over,
            )
        )
        ticket_id, seat_id, is_live = ticket.id, taker.id, ticket.is_live
        self.afterwards(
            tx, now, lambda round_: round_.ticket_taken(ticket_id, seat_id, weight, is_live=is_live)
        )
        self._tell(tx, ticket, holder, "assigned", seat_id)

    def edit(
        self,
        tx: Tx,
        ticket: Ticket,
        changes: Mapping[str, Any],
        seen_version: int,
        actor: Actor,
        *,
        now: datetime,
    ) -> frozenset[str]:
        """Correct a ticket, as `tickets.service.edit`; one that waits is ranked and asked for anew.

        An open offer is withdrawn if another trade or language is needed now.
        """
        holder = _lock(tx, ticket)
        queue, language = ticket.queue_code, ticket.language
        changed = desk.edit(tx, ticket, changes, seen_version, actor, now=now)
        if not changed & _ROUTED_BY or ticket.state not in QUEUED:
            return changed
        if holder.offer is None:
            self.enter(tx, ticket, now)
        elif (queue, language) != (ticket.queue_code, ticket.language):
            desk.move_withdrawn(tx, ticket, "edited", actor, now=now)
            self._let_go(tx, ticket, holder, "edited", actor, now)
            self.enter(tx, ticket, now)
            self._tell(tx, ticket, holder, "withdrawn")
        else:
            self.rerank(tx, ticket, now)
        return changed

    def chase(self, tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> desk.Chase:
        """Count a chase, as `tickets.service.chase`; a waiting ticket moves forward by it."""
        chase = desk.chase(tx, ticket, actor, now=now)
        self.rerank(tx, ticket, now)
        return chase

    def caller_left(self, tx: Tx, ticket: Ticket, *, now: datetime) -> None:
        """The caller hung up while waiting: the ticket waits on as one without a call, at its first place."""
        holder = _lock(tx, ticket)
        if not ticket.is_live:
            return
        ticket.is_live = False
        clocks.rerank(tx, ticket)
        history.record(tx, ticket.id, EventKind.CALLER_LEFT, Actor.CALLER, now=now)
        if ticket.state == TicketState.QUEUED:
            self.enter(tx, ticket, now)
        elif ticket.state == TicketState.RESERVED:
            self.rerank(tx, ticket, now)
        else:
            self._weigh(tx, ticket, holder, now, is_paused=ticket.state == TicketState.WAITING)
        self._tell(tx, ticket, holder, "caller_left")

    def call_ended(self, tx: Tx, ticket: Ticket, *, now: datetime) -> None:
        """Caller and agent have talked: the ticket is ordinary work of its seat from now on."""
        holder = _lock(tx, ticket)
        if ticket.is_live:
            ticket.is_live = False
            self._weigh(tx, ticket, holder, now, is_paused=ticket.state == TicketState.WAITING)

    def enter(
        self, tx: Tx, ticket: Ticket, now: datetime, *, is_new: bool = False, former: int | None = None
    ) -> None:
        """After the commit, put a queued ticket with its present facts into the index, or renew them there.

        `is_new`: it has never been offered to anybody. `former`: the seat that has it before all others if it is
        free now; in a sticky queue that is whoever last worked for the resident.
        """
        tx.flush()
        entering = self.facts.entering(tx, ticket.id, is_new=is_new)
        if entering.requirements.relaxed:
            about = {"relaxed": list(entering.requirements.relaxed), "pools": list(entering.ticket.pools)}
            history.record(tx, ticket.id, "requirements_relaxed", Actor.SYSTEM, about, now=now)
        hold_ms = entering.ticket.hold_ms
        if former is not None:
            hold_ms = min(hold_ms, FORMER_HANDLER_MS)
        elif is_new and entering.rule.strategy is Strategy.STICKY:
            former = familiar.of_resident(tx, ticket, now)
        first = None if former is None else Preference(former, hold_ms)
        self.afterwards(tx, now, lambda round_: round_.ticket_entered(entering.ticket, first))

    def rerank(self, tx: Tx, ticket: Ticket, now: datetime) -> None:
        """After the commit, move a ticket that waits or is offered to the place that is stored now."""
        self.rerank_all(tx, [ticket.id], now)

    def rerank_all(self, tx: Tx, ticket_ids: Sequence[int], now: datetime) -> None:
        """As `rerank`, for many: what a sweep has warned of, breached or escalated moves forward."""
        tx.flush()
        ranks = self.facts.ranks(tx, ticket_ids)

        def follow(round_: Round) -> None:
            for ticket_id, rank in ranks.items():
                round_.ticket_reranked(ticket_id, rank)

        if ranks:
            self.afterwards(tx, now, follow)

    def _let_go(
        self, tx: Tx, ticket: Ticket, holder: Holder, outcome: str, actor: Actor, now: datetime
    ) -> None:
        """End the offer or the work that a ticket was; afterwards the index forgets it and the seat looks on."""
        ticket_id = ticket.id
        if holder.work is None or holder.seat is None:
            if holder.offer is not None:
                offers.end(tx, holder.offer, ReservationState.CANCELLED, outcome, now=now)
            self.afterwards(tx, now, lambda round_: round_.ticket_gone(ticket_id))
            return
        seat = holder.seat
        holder.work.ended_at, holder.work.outcome = now, outcome
        seat.idle_since = now
        wraps = (
            outcome == "resolved" and seat.state == SeatState.AVAILABLE and actor.staff_id == seat.staff_id
        )
        if wraps:
            begin_wrap_up(tx, seat, actor, now=now)
        seat_id = seat.id
        self.afterwards(tx, now, lambda round_: round_.work_released(ticket_id, seat_id, closes=wraps))

    def _weigh(
        self, tx: Tx, ticket: Ticket, holder: Holder, now: datetime, *, is_paused: bool = False
    ) -> None:
        """After the commit, let the work of a seat weigh what it does now: paused work weighs nothing."""
        if holder.work is not None:
            ticket_id, seat_id, is_live = ticket.id, holder.work.seat_id, ticket.is_live
            weight = 0 if is_paused else holder.work.weight
            self.afterwards(
                tx, now, lambda round_: round_.work_weighed(ticket_id, seat_id, weight, is_live=is_live)
            )
        self._tell(tx, ticket, holder, "waiting" if is_paused else "resumed")

    def _tell(self, tx: Tx, ticket: Ticket, holder: Holder, event: str, seat_id: int | None = None) -> None:
        seats = {seat_id, holder.seat.id if holder.seat else None} - {None}
        topics = (f"ticket:{ticket.number}", *(f"seat:{seat}" for seat in seats), "wall")
        self.tell(tx, topics, event=event, ticket=ticket.number, state=ticket.state)


def _lock(tx: Tx, ticket: Ticket) -> Holder:
    """Lock a ticket, then the seat that has it; while both are locked nobody else can give or take it."""
    offers.lock_ticket(tx, ticket.id)
    offer = offers.pending_of_ticket(tx, ticket.id)
    in_hand = select(Assignment).where(Assignment.ticket_id == ticket.id, Assignment.ended_at.is_(None))
    work = tx.scalar(in_hand)
    seat_id = offer.seat_id if offer else work.seat_id if work else None
    return Holder(offers.lock_seat(tx, seat_id) if seat_id is not None else None, offer, work)
