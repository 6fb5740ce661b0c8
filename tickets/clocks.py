"""What happens to the clocks of a ticket: met, paused, ended, started again, promised anew.

Called by the acts on a ticket, which hold its row's lock. Assigning, returning and handing over are not here:
they never change a due instant.
"""

from datetime import datetime, timedelta

from infra.database import Tx
from tickets import life, promises
from tickets.actors import Actor
from tickets.deadlines import Target
from tickets.history import EventKind, record
from tickets.intervals import StretchKind
from tickets.life import Life
from tickets.models import Ticket, TicketTarget
from tickets.promises import PolicyLine
from tickets.words import TargetKind
from tickets.working_time import ALWAYS, to_us

ANSWERS = (TargetKind.FIRST_RESPONSE, TargetKind.NEXT_RESPONSE)


def answered(tx: Tx, ticket: Ticket, staff_id: int, *, now: datetime, stops_climb: bool = False) -> bool:
    """A person has it: the response clocks are met. With `stops_climb`, what is breached climbs no further.

    Returns whether a climb was stopped.
    """
    if ticket.acknowledged_at is None:
        ticket.acknowledged_at = now
        ticket.acknowledged_by_id = staff_id
    clocks = life.read(tx, ticket)
    settled = [target for target in clocks.open if target.kind in ANSWERS]
    climbing = [target for target in clocks.open if target.breached_at is not None] if stops_climb else []
    for target in settled:
        clocks.meet(target, now)
    if climbing:
        ticket.climb_stopped_at = now
    clocks.acknowledge([*settled, *climbing], staff_id, now)
    clocks.schedule()
    return bool(climbing)


def meet(tx: Tx, ticket: Ticket, kind: TargetKind, actor: Actor, *, now: datetime) -> bool:
    """That promise is kept, in time or late; False if it was met before or never made."""
    clocks = life.read(tx, ticket)
    settled = [target for target in clocks.open if target.kind == kind]
    for target in settled:
        clocks.meet(target, now)
    clocks.acknowledge(settled, actor.staff_id, now)
    clocks.schedule()
    return bool(settled)


def pause(tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
    """The clocks stand from now on, up to the cap of pauses; those of P0 and of complaints run on."""
    clocks = life.read(tx, ticket)
    clocks.turn(StretchKind.PAUSED, reason, actor, now)
    if clocks.pause_ends_at() == now:  # no pause is allowed, or none is left
        clocks.turn(StretchKind.RUNNING, "cap", Actor.SYSTEM, now)
    clocks.recompute()
    clocks.schedule()


def run_again(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """The clocks run; their due instants have moved by the time they stood."""
    clocks = life.read(tx, ticket)
    if not clocks.is_running():  # else the cap had let them run before
        clocks.turn(StretchKind.RUNNING, "", actor, now)
        clocks.recompute()
    clocks.schedule()


def cap_pause(tx: Tx, ticket: Ticket, *, now: datetime) -> None:
    """The pause has used up its cap: the ticket still waits, but its clocks have run since then."""
    clocks = life.read(tx, ticket)
    ends_at = clocks.pause_ends_at()
    if ends_at is not None and ends_at <= now:
        clocks.turn(StretchKind.RUNNING, "cap", Actor.SYSTEM, ends_at)
        record(tx, ticket.id, EventKind.PAUSE_ENDED, Actor.SYSTEM, {"reason": ticket.wait_reason}, now=now)
    clocks.schedule()


def finish(tx: Tx, ticket: Ticket, actor: Actor, *, is_resolved: bool, now: datetime) -> None:
    """The ticket is over. Resolved: resolution is met, and the answers too if by a person; all else ends unmet."""
    met = (TargetKind.RESOLUTION, *(ANSWERS if actor.is_person else ())) if is_resolved else ()
    clocks = life.read(tx, ticket)
    for target in clocks.open:
        if target.kind in met:
            clocks.meet(target, now)
        else:
            target.ended_at = now
    clocks.acknowledge(clocks.open, actor.staff_id, now)
    clocks.turn(StretchKind.OVER, "", actor, now)
    ticket.climb_stopped_at = now
    clocks.schedule()


def start_again(tx: Tx, ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Reopened: the resolution goes on without the time in between, and a new response clock starts."""
    clocks = life.read(tx, ticket)
    clocks.turn(StretchKind.RUNNING, "reopened", actor, now)
    latest = _latest(tx, ticket)
    resolution = latest.get(TargetKind.RESOLUTION)
    if resolution is not None:
        resolution.met_at = None
        resolution.ended_at = None
        clocks.open.append(resolution)
    clocks.recompute()
    line = _line_for(tx, ticket)
    for promised in line.rule.targets if line else ():
        if promised.kind is TargetKind.FIRST_RESPONSE:
            before = latest.get(promised.kind)
            clocks.start(_held(clocks, promised, now), now, before.round + 1 if before else 1)
    clocks.schedule()


def ask(tx: Tx, ticket: Ticket, *, now: datetime) -> TicketTarget | None:
    """The resident has written or rung again: the clock of the next answer starts, and returns.

    None if an answer is owed already: the first unanswered message counts, not the last.
    """
    clocks = life.read(tx, ticket)
    line = _line_for(tx, ticket)
    promised = line.next_response if line else None
    if promised is None or any(target.kind in ANSWERS for target in clocks.open):
        return None
    before = _latest(tx, ticket).get(promised.kind)
    started = clocks.start(_held(clocks, promised, now), now, before.round + 1 if before else 1)
    clocks.schedule()
    return started


def set_by_hand(
    tx: Tx, ticket: Ticket, kind: str, due_at: datetime, reason: str, actor: Actor, *, now: datetime
) -> datetime | None:
    """A person sets when that open target is due; it never moves again. Returns when it was due before.

    None: the ticket has no such open target. What was late and is no longer gets a chain of its own.
    """
    clocks = life.read(tx, ticket)
    target = next((one for one in clocks.open if one.kind == kind), None)
    if target is None:
        return None
    before = target.due_at
    if target.breached_at is not None:
        promised = Target.from_json(target.promise)
        _end(clocks, target, now)
        target = clocks.start(promised, target.started_at, target.round + 1)
    target.due_at, target.is_by_hand = due_at, True
    target.by_hand_reason, target.by_hand_by_id = reason, actor.staff_id
    target.warn_at = _warn_by_hand(clocks, target, now)
    target.warned_at = None
    clocks.schedule()
    return before


def _warn_by_hand(clocks: Life, target: TicketTarget, now: datetime) -> datetime | None:
    """The lead of the promise, kept before the new instant; never before the present."""
    promised = Target.from_json(target.promise)
    if promised.warn is None:
        return None
    calendar = clocks.calendars.by_code.get(promised.calendar, ALWAYS)
    length = calendar.between(now, target.due_at)
    left = promised.warn.lead_us(to_us(now + length) - to_us(now), calendar)
    used = length - timedelta(microseconds=left)
    return calendar.add(now, used) if used > timedelta(0) else None


def rerank(tx: Tx, ticket: Ticket) -> None:
    """Store the ticket's place in its queue after something that moves it."""
    life.read(tx, ticket).schedule()


def promise_anew(
    tx: Tx, ticket: Ticket, why: str, actor: Actor, *, now: datetime, line: PolicyLine | None = None
) -> None:
    """Another promise holds from creation on, over the same stretches: a new class, category or policy.

    `line` None: the policy that now covers the ticket. What was met stays met, a date set by hand stays; what is
    past already is breached now, with `why` as the reason. Old and new due instants stand in the history.
    """
    line = line or _line_for(tx, ticket)
    if line is None:
        return
    before = [ticket.policy_id, ticket.policy_version]
    ticket.policy_id, ticket.policy_version = line.id, line.version
    clocks = life.read(tx, ticket)
    moved = _exchange(tx, clocks, line, now)
    for target in clocks.open:
        if target.breached_at is None and target.due_at <= now:
            clocks.breach(target, now, why, now=now)
    data = {"reason": why, "policy": [before, [line.id, line.version]], "due": moved}
    record(tx, ticket.id, EventKind.RECALCULATED, actor, data, now=now)
    clocks.schedule()


def _exchange(tx: Tx, clocks: Life, line: PolicyLine, now: datetime) -> dict[str, list[str | None]]:
    """Put the promises of `line` in the place of the open ones; old and new due instants by kind."""
    moved: dict[str, list[str | None]] = {}
    latest = _latest(tx, clocks.ticket)
    promised = {target.kind.value: target for target in line.rule.targets}
    later = promised.pop(TargetKind.NEXT_RESPONSE.value, None)
    if any(target.kind == TargetKind.NEXT_RESPONSE for target in clocks.open):
        promised |= {one.kind.value: one for one in (later or line.next_response,) if one is not None}
    for target in list(clocks.open):
        if target.kind not in promised and not target.is_by_hand:
            moved[target.kind] = [target.due_at.isoformat(), None]
            _end(clocks, target, now)
    pauses = clocks.pauses()
    for kind, new in promised.items():
        old = latest.get(kind)
        new = _held(clocks, new, old.started_at if old is not None else clocks.ticket.created_at)
        if old is None:
            moved[kind] = [None, clocks.start(new, clocks.ticket.created_at, 1).due_at.isoformat()]
        elif old in clocks.open and not old.is_by_hand:
            found = promises.due_of(new, old.started_at, pauses, clocks.calendars)
            moved[kind] = [old.due_at.isoformat(), found.due_at.isoformat()]
            if old.breached_at is not None and found.due_at > now:  # late no longer: a chain of its own
                _end(clocks, old, now)
                clocks.start(new, old.started_at, old.round + 1)
            else:
                old.promise, old.due_at, old.warn_at = new.to_json(), found.due_at, found.warn_at
    return moved


def _held(clocks: Life, target: Target, started_at: datetime) -> Target:
    """The promise as it holds for this ticket if its clock starts then."""
    ticket = clocks.ticket
    known = promises.load(clocks.tx)
    return known.promised(ticket.estate_id, ticket.priority_class, target, started_at)


def _end(clocks: Life, target: TicketTarget, now: datetime) -> None:
    target.ended_at = now
    clocks.open.remove(target)
    clocks.acknowledge([target], None, now)


def _latest(tx: Tx, ticket: Ticket) -> dict[str, TicketTarget]:
    """The newest clock of each kind, over or not."""
    return {target.kind: target for target in life.all_targets(tx, ticket)}


def _line_for(tx: Tx, ticket: Ticket) -> PolicyLine | None:
    return promises.load(tx).line_for(
        ticket.estate_id, ticket.category_code, ticket.priority_class, ticket.customer_type
    )
