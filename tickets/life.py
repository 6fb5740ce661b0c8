"""The stored clocks of one ticket at work: its stretches, its open targets, and what follows from them.

A `Life` is read under the lock of the ticket's row and used by the acts in `tickets.clocks`; whoever changes
something ends with `schedule`. The arithmetic is in `tickets.deadlines`, who is told in `tickets.escalation`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from infra.database import Tx
from tickets import priority, promises
from tickets.actors import Actor
from tickets.deadlines import Target
from tickets.escalation import Clock, Level, counted_levels, next_due_at
from tickets.history import EventKind, record
from tickets.intervals import Gap, PauseCaps, Stretch, StretchKind, caps_for, gaps, pause_ends_at
from tickets.models import Escalation, Resident, Ticket, TicketInterval, TicketTarget
from tickets.priority import Lane, Promise
from tickets.words import PriorityClass, WaitReason
from tickets.working_time import Calendars


@dataclass
class Life:
    """What the clocks of one ticket are computed from. `open`: the targets that are neither met nor ended."""

    tx: Tx
    ticket: Ticket
    calendars: Calendars
    caps: PauseCaps
    chain: tuple[Level, ...]
    intervals: list[TicketInterval]
    open: list[TicketTarget]

    def pauses(self) -> tuple[Gap, ...]:
        """The time that no clock of the ticket counts."""
        return gaps(self._stretches(), self.caps, self.calendars.pausing)

    def pause_ends_at(self) -> datetime | None:
        """When the pause that goes on uses up its cap; None if none goes on."""
        return pause_ends_at(self._stretches(), self.caps, self.calendars.pausing)

    def is_running(self) -> bool:
        """Whether the clocks run at this moment."""
        return not self.intervals or self.intervals[-1].kind == StretchKind.RUNNING

    def turn(self, kind: StretchKind, reason: str, actor: Actor, at: datetime) -> None:
        """End the stretch that goes on and begin another. Flushes, as the table allows one open stretch only."""
        last = self.intervals[-1] if self.intervals else None
        if last is not None and last.ends_at is None:
            last.ends_at = max(at, last.starts_at)
            self.tx.flush()
        began = TicketInterval(
            ticket_id=self.ticket.id,
            kind=kind.value,
            reason=reason,
            by_id=actor.staff_id,
            starts_at=at,
            ends_at=None,
        )
        self.tx.add(began)
        self.intervals.append(began)

    def recompute(self) -> None:
        """Move the due instants of the open targets to where the stretches put them; not those set by hand."""
        pauses = self.pauses()
        for target in self.open:
            if not target.is_by_hand:
                promise = Target.from_json(target.promise)
                found = promises.due_of(promise, target.started_at, pauses, self.calendars)
                target.due_at, target.warn_at = found.due_at, found.warn_at

    def start(self, promised: Target, started_at: datetime, number: int) -> TicketTarget:
        """Begin a clock; `number` counts those of its kind on this ticket."""
        found = promises.due_of(promised, started_at, self.pauses(), self.calendars)
        target = TicketTarget(
            ticket_id=self.ticket.id,
            kind=promised.kind.value,
            round=number,
            promise=promised.to_json(),
            started_at=started_at,
            warn_at=found.warn_at,
            due_at=found.due_at,
            is_by_hand=False,
            level=0,
        )
        self.tx.add(target)
        self.open.append(target)
        return target

    def meet(self, target: TicketTarget, now: datetime) -> None:
        """The promise is kept, in time or late."""
        if target.breached_at is None and now > target.due_at:  # late, and the sweep has not been here yet
            self.breach(target, target.due_at, now=now)
        target.met_at = now

    def breach(self, target: TicketTarget, at: datetime, why: str = "", *, now: datetime) -> None:
        """The promise was not kept at `at`. Nobody is told here."""
        target.breached_at = at
        data = {"target": target.kind, "due_at": target.due_at.isoformat()} | ({"reason": why} if why else {})
        record(self.tx, self.ticket.id, EventKind.BREACHED, Actor.SYSTEM, data, now=now)

    def acknowledge(self, targets: Iterable[TicketTarget], staff_id: int | None, now: datetime) -> None:
        """Whoever was still to be told of these need not be."""
        told = [target.id for target in targets if target.level > 0]
        if told:
            self.tx.execute(
                update(Escalation)
                .where(Escalation.target_id.in_(told), Escalation.acknowledged_at.is_(None))
                .values(acknowledged_at=now, acknowledged_by_id=staff_id)
            )

    def schedule(self) -> None:
        """Store when the sweep must look at the ticket next, and where it stands in its queue."""
        self.open = [target for target in self.open if target.met_at is None and target.ended_at is None]
        stopped_at = self.ticket.climb_stopped_at
        clocks = [as_clock(target, stopped_at) for target in self.open]
        self.ticket.next_due_at = next_due_at(clocks, self.chain, self.calendars, self.pause_ends_at())
        self.ticket.rank_at = self._rank_at()

    def _stretches(self) -> list[Stretch]:
        return [as_stretch(one) for one in self.intervals]

    def _rank_at(self) -> datetime:
        ticket = self.ticket
        resident = self.tx.get(Resident, ticket.resident_id) if ticket.resident_id is not None else None
        early = head_start(
            PriorityClass(ticket.priority_class),
            is_live=ticket.is_live,
            is_vulnerable=resident is not None and resident.is_vulnerable,
            promise=standing((target.warned_at, target.breached_at) for target in self.open),
            level=counted_levels(self.chain, range(1, ticket.escalation_level + 1)),
            chases=ticket.chase_count,
        )
        return priority.rank_at(ticket.entered_at, early)


def head_start(
    priority_class: PriorityClass,
    *,
    is_live: bool,
    is_vulnerable: bool,
    promise: Promise = Promise.ON_TIME,
    level: int = 0,
    chases: int = 0,
) -> timedelta:
    """How much earlier than it entered a ticket counts in its lane; a waiting call by its own table."""
    if priority.lane_of(priority_class, is_live) is Lane.LIVE:
        return priority.live_head_start(priority_class, vulnerable=is_vulnerable)
    return priority.ticket_head_start(
        priority_class, vulnerable=is_vulnerable, promise=promise, level=level, chases=chases
    )


def read(tx: Tx, ticket: Ticket) -> Life:
    """The clocks of a ticket as they stand in this transaction. Flushes, so that its own changes are seen."""
    known = promises.load(tx)
    intervals = select(TicketInterval).where(TicketInterval.ticket_id == ticket.id)
    return Life(
        tx,
        ticket,
        known.calendars(ticket.estate_id),
        caps_for(ticket.priority_class, ticket.kind),
        _chain(tx, ticket),
        list(tx.execute(intervals.order_by(TicketInterval.starts_at, TicketInterval.id)).scalars()),
        [target for target in all_targets(tx, ticket) if target.met_at is None and target.ended_at is None],
    )


def all_targets(tx: Tx, ticket: Ticket) -> Sequence[TicketTarget]:
    """Every clock the ticket has had, oldest first."""
    query = select(TicketTarget).where(TicketTarget.ticket_id == ticket.id).order_by(TicketTarget.id)
    return tx.execute(query).scalars().all()


def standing(clocks: Iterable[tuple[datetime | None, datetime | None]]) -> Promise:
    """How the promises of a ticket stand, from the (warned, breached) instants of its open clocks."""
    pairs = list(clocks)
    if any(breached_at for _, breached_at in pairs):
        return Promise.BREACHED
    return Promise.AT_RISK if any(warned_at for warned_at, _ in pairs) else Promise.ON_TIME


def as_stretch(row: TicketInterval) -> Stretch:
    """A stored stretch as a value; the reason only where it is one to wait for."""
    reason = WaitReason(row.reason) if row.reason in set(WaitReason) else None
    return Stretch(StretchKind(row.kind), row.starts_at, row.ends_at, reason)


def as_clock(target: TicketTarget, climb_stopped_at: datetime | None) -> Clock:
    """A stored target as the sweep sees it; a stopped climb holds for what was breached by then."""
    breached_at = target.breached_at
    is_stopped = breached_at is not None and climb_stopped_at is not None and breached_at <= climb_stopped_at
    return Clock(
        due_at=target.due_at,
        calendar=target.promise["calendar"],
        warn_at=target.warn_at,
        warned_at=target.warned_at,
        settled_at=target.met_at or target.ended_at,
        breached_at=breached_at,
        acknowledged_at=climb_stopped_at if is_stopped else None,
        done_levels=frozenset(range(1, target.level + 1)),
        told_at=target.told_at,
        reminded=target.reminded,
    )


def _chain(tx: Tx, ticket: Ticket) -> tuple[Level, ...]:
    if ticket.policy_id is None or ticket.policy_version is None:
        return ()
    key = (ticket.policy_id, ticket.policy_version)
    return promises.versions(tx, [key])[key].rule.levels
