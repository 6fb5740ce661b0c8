"""What time and the queues' marks bring to tickets that wait: the next step of the rule that held when they entered.

A page of tickets is looked at with one reading of who is on duty; only those that take a step are written, each in a
transaction of its own. Steps are kept with the ticket (`route_steps`), so that nothing is done twice.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from sqlalchemy import or_, select

from infra import outbox
from infra.clock import to_ms
from infra.database import Tx
from routing import offers
from routing.entering import Entering, rosters
from routing.live import IndexMissing, RoutingIndex
from routing.matching import Round
from routing.models import RouteStep, Seat
from routing.part import Part, one_by_one
from routing.queue_rules import Mark, Step, next_look
from routing.requirements import widened
from routing.seats import MISSED
from tickets import duty, history
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.words import Role, SeatState, TicketState

NOBODY_TAKES = "routing.nobody"
USUAL_HANDLING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that fired: its place in the rule from 1 on, by which mark, the value then and the limit, and the pools
    that it added; `is_skipped`: nobody on duty serves them, so the next step followed at once."""

    place: int
    mark: Mark
    value: float | None
    limit: float | None
    pools: tuple[str, ...]
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What steps depend on: for each pool, seats on duty that serve it; for each queue, how many tickets wait."""

    on_duty: Counter[str]
    waiting: Counter[str]
    handling: timedelta = USUAL_HANDLING

    def seats_for(self, pools: Collection[str]) -> int:
        """Seats on duty for the pool of these that most serve: one seat serves many of them."""
        return max((self.on_duty[pool] for pool in pools), default=0)


def steps_due(entering: Entering, entered_at: datetime, situation: Situation, now: datetime) -> list[Taken]:
    """The steps of a waiting ticket that are to be taken now, in order. Pure."""
    taken: list[Taken] = []
    rule, done, pools = entering.rule, entering.steps_done, entering.ticket.pools
    is_empty = situation.seats_for(pools) == 0 and (rule.is_at_once or done > 0)
    while done < len(rule.steps):
        fired = _fired(rule.steps[done], entering, entered_at, situation, now)
        if fired is None and is_empty:
            fired = (Mark.NOBODY_ON_DUTY, None, None)
        if fired is None:
            break
        done += 1
        wider = widened(entering.wanted, entering.requirements, rule, done)
        added = tuple(pool for pool in wider if pool not in pools)
        is_skipped = situation.seats_for(added) == 0
        taken.append(Taken(done, *fired, added, is_skipped))
        pools = (*pools, *added)
        is_empty = is_skipped
    return taken


def _fired(
    step: Step, entering: Entering, entered_at: datetime, situation: Situation, now: datetime
) -> tuple[Mark, float | None, float | None] | None:
    waited, after = now - entered_at, step.due_after(entering.wanted.is_live)
    if after is not None and waited >= after:
        return Mark.WAIT, waited.total_seconds(), after.total_seconds()
    seats = situation.seats_for(entering.ticket.pools)
    waiting = situation.waiting[entering.ticket.queue]
    per_seat = waiting / seats if seats else float(waiting)
    if step.per_seat is not None and per_seat > step.per_seat:
        return Mark.PER_SEAT, round(per_seat, 2), step.per_seat
    expected = situation.handling * per_seat
    if step.expected_wait is not None and expected > step.expected_wait:
        return Mark.EXPECTED_WAIT, expected.total_seconds(), step.expected_wait.total_seconds()
    return None


class Stepping(Part):
    """Relaxes and overflows waiting tickets."""

    def take_steps(self, now: datetime, limit: int = 200) -> int:
        """Look at the tickets whose next step may be due at `now`; returns how many took one."""
        index = RoutingIndex(self.runtime.valkey)
        try:
            due = index.list_steps(to_ms(now), limit)
        except (IndexMissing, redis.RedisError):
            return 0  # the reconciler sees to it
        if not due:
            return 0
        with self.runtime.transaction() as tx:
            page = sorted(self.facts.listed(tx, rosters(tx), due), key=_in_line)
            situation = self._situation(tx, index, {one.ticket.queue for one in page}, now)
            asked = select(Ticket.id, Ticket.entered_at).where(Ticket.id.in_(due))
            entered = {row.id: row.entered_at for row in tx.execute(asked)}
        round_ = Round(self.runtime, now)
        moving: dict[int, list[Taken]] = {}
        for one in page:
            at = entered[one.ticket.id]
            steps = steps_due(one, at, situation, now)
            if steps or (one.rule.is_at_once and situation.seats_for(one.ticket.pools) == 0):
                moving[one.ticket.id] = steps
            else:
                self._look_later(round_, one, at, now)
        by_id = {one.ticket.id: one for one in page}
        done = one_by_one(moving, lambda id_: self._move(round_, by_id[id_], moving[id_], entered[id_], now))
        round_.finish()
        return done

    def _move(
        self, round_: Round, one: Entering, steps: Sequence[Taken], entered_at: datetime, now: datetime
    ) -> bool:
        with self.runtime.transaction() as tx:
            ticket = offers.lock_ticket(tx, one.ticket.id, skip_locked=True)
            if ticket is None:
                return False
            is_waiting = ticket.state in (TicketState.QUEUED, TicketState.RESERVED)
            if not is_waiting or ticket.entered_at != entered_at:
                return False
            for step in steps:
                _write(tx, ticket, step, now)
            is_stuck = one.steps_done + len(steps) == len(one.rule.steps) and (
                all(step.is_skipped for step in steps)
            )
            if is_stuck:
                self._tell_nobody(tx, ticket, now)
            if steps:
                self.tell(tx, (f"ticket:{ticket.number}", "wall"), event="step", ticket=ticket.number)
        pools = tuple(pool for step in steps for pool in step.pools)
        self._look_later(round_, one, entered_at, now, pools, len(steps))
        return bool(steps)

    def _look_later(
        self,
        round_: Round,
        one: Entering,
        entered_at: datetime,
        now: datetime,
        pools: tuple[str, ...] = (),
        steps: int = 0,
    ) -> None:
        look = next_look(one.rule, one.steps_done + steps, entered_at, one.wanted.is_live, now)
        round_.ticket_widened(one.ticket.id, pools, max(to_ms(look), to_ms(now) + 1))

    def _tell_nobody(self, tx: Tx, ticket: Ticket, now: datetime) -> None:
        """Tell who is on duty that no seat can take a ticket; once for each time it enters a queue."""
        if tx.get(RouteStep, (ticket.id, ticket.entered_at, 0)) is not None:
            return
        found = duty.recipient_for(tx, ticket.estate_id, Role.LEAD, now)
        about = {"role": str(found.role), "recipient": found.staff.login}
        tx.add(_row(ticket, 0, Mark.NOBODY_ON_DUTY, about, now))
        history.record(tx, ticket.id, "nobody_takes", Actor.SYSTEM, about, now=now)
        payload = {"ticket_id": ticket.id, "staff_id": found.staff.id}
        key = f"nobody:{ticket.id}:{to_ms(ticket.entered_at)}"
        outbox.post(tx, NOBODY_TAKES, key, payload, now=now, queue="urgent")

    def _situation(self, tx: Tx, index: RoutingIndex, queues: set[str], now: datetime) -> Situation:
        on_duty: Counter[str] = Counter()
        there = or_(Seat.state == SeatState.AVAILABLE, Seat.reason.is_distinct_from(MISSED))
        ids = tx.scalars(select(Seat.id).where(Seat.state != SeatState.OFFLINE, there)).all()
        for seat in self.facts.seats(tx, now, ids) if ids else ():
            on_duty.update(seat.pools)
        figures = index.queue_figures(sorted(queues)) if queues else {}
        return Situation(on_duty, Counter({name: found.waiting for name, found in figures.items()}))


def _in_line(one: Entering) -> tuple[int, str]:
    """The order in which the index would serve them: a step that adds a seat must not let one overtake another."""
    return one.ticket.rank, str(one.ticket.id)


def _write(tx: Tx, ticket: Ticket, step: Taken, now: datetime) -> None:
    about = {
        "step": step.place,
        "mark": str(step.mark),
        "value": step.value,
        "limit": step.limit,
        "pools": list(step.pools),
        "skipped": step.is_skipped,
    }
    tx.add(_row(ticket, step.place, step.mark, about, now))
    kind = "step_skipped" if step.is_skipped else "step_taken"
    history.record(tx, ticket.id, kind, Actor.SYSTEM, about, now=now)


def _row(ticket: Ticket, place: int, mark: Mark, about: Mapping[str, object], now: datetime) -> RouteStep:
    return RouteStep(
        ticket_id=ticket.id,
        entered_at=ticket.entered_at,
        step=place,
        at=now,
        mark=str(mark),
        data=dict(about),
    )
