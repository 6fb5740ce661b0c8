"""Bad weather: for a stated time, answers to ordinary matters may take longer. P0 and P1 stay as promised.

What comes in from `from_at` up to `until_at` is promised the longer answer from its opening on; what came in since
`from_at` and is still unanswered moves with it. Each ticket keeps the mark on its clock (`stretched`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, true

from infra.database import Tx
from tickets import clocks, promises
from tickets.actors import Actor
from tickets.acts import required
from tickets.errors import FieldError, NotFound
from tickets.lifecycle import OPEN_STATES
from tickets.models import Estate, Storm, Ticket, TicketTarget
from tickets.promises import ANSWERS, ORDINARY

BY_HALF = 50
LONGEST = timedelta(days=7)
_OPEN = tuple(state.value for state in OPEN_STATES)


@dataclass(frozen=True)
class StormReport:
    """A storm with what it did: answers stretched, and those of them that were late all the same."""

    storm: Storm
    estate: Estate
    stretched: int
    late: int


def declare(
    tx: Tx,
    estate_id: int,
    from_at: datetime,
    until_at: datetime,
    reason: str,
    actor: Actor,
    *,
    now: datetime,
    percent: int = BY_HALF,
) -> Storm:
    """Let ordinary answers take longer from–until; returns the storm.

    FieldError for no reason, a time that is over, reversed, longer than a week, or that meets another storm.
    """
    reason = required("reason", reason, "A reason for the longer answers")
    if until_at <= max(from_at, now):
        raise FieldError("until", "The end is not after the beginning, or is past.")
    if until_at - from_at > LONGEST or from_at < now - LONGEST:
        raise FieldError("until", "Answers can be stretched for a week at most.")
    if not 1 <= percent <= 100:
        raise FieldError("percent", "Answers can take up to twice as long, no longer.")
    tx.get_one(Estate, estate_id, with_for_update={"key_share": True})  # two who declare at once take turns
    meets = select(Storm.id).where(
        Storm.estate_id == estate_id, Storm.from_at < until_at, Storm.until_at > from_at
    )
    if tx.execute(meets.limit(1)).first() is not None:
        raise FieldError("from", "There is such a time already that meets this one.")
    storm = Storm(
        estate_id=estate_id,
        from_at=from_at,
        until_at=until_at,
        percent=percent,
        reason=reason,
        created_at=now,
        by_id=actor.staff_id,
    )
    tx.add(storm)
    tx.flush()
    _move_open(tx, storm, actor, now)
    return storm


def end(tx: Tx, storm_id: int, estate_ids: Collection[int], actor: Actor, *, now: datetime) -> Storm:
    """The weather is good again: what comes in from now on is promised as usual. Ending twice is nothing.

    Raises NotFound.
    """
    storm = tx.get(Storm, storm_id, with_for_update=True)
    if storm is None or storm.estate_id not in estate_ids:
        raise NotFound("storm", storm_id)
    if storm.until_at > now:
        storm.until_at = max(now, storm.from_at)
        tx.flush()
    return storm


def reports(tx: Tx, estate_ids: Collection[int], limit: int = 50) -> Sequence[StormReport]:
    """The storms of these estates, newest first, each with its count of stretched answers."""
    answers = [kind.value for kind in ANSWERS]
    stretched = (
        select(func.count().label("all"), func.count(TicketTarget.breached_at).label("late"))
        .select_from(TicketTarget)
        .join(Ticket, Ticket.id == TicketTarget.ticket_id)
        .where(
            Ticket.estate_id == Storm.estate_id,
            Ticket.created_at >= Storm.from_at - LONGEST,
            TicketTarget.kind.in_(answers),
            TicketTarget.promise.has_key("stretched"),
            TicketTarget.started_at >= Storm.from_at,
            TicketTarget.started_at < Storm.until_at,
        )
        .lateral()
    )
    query = (
        select(Storm, Estate, stretched.c.all, stretched.c.late)
        .join(Estate, Estate.id == Storm.estate_id)
        .join(stretched, true())
        .where(Storm.estate_id.in_(estate_ids))
        .order_by(Storm.from_at.desc(), Storm.id.desc())
        .limit(limit)
    )
    return [StormReport(*row) for row in tx.execute(query)]


def is_stretched(tx: Tx, ticket_id: int) -> bool:
    """Whether an answer owed on this ticket was given more time for a storm."""
    marked = TicketTarget.promise.has_key("stretched")
    query = select(TicketTarget.id).where(TicketTarget.ticket_id == ticket_id, marked)
    return tx.execute(query.limit(1)).first() is not None


def _move_open(tx: Tx, storm: Storm, actor: Actor, now: datetime) -> None:
    """Promise anew what came in since the beginning and still waits for its answer."""
    owed = select(TicketTarget.ticket_id).where(
        TicketTarget.kind.in_([kind.value for kind in ANSWERS]),
        TicketTarget.met_at.is_(None),
        TicketTarget.ended_at.is_(None),
        TicketTarget.breached_at.is_(None),
        TicketTarget.started_at >= storm.from_at,
    )
    query = (
        select(Ticket)
        .where(
            Ticket.estate_id == storm.estate_id,
            Ticket.state.in_(_OPEN),
            Ticket.priority_class.in_(ORDINARY),
            Ticket.created_at >= storm.from_at,
            Ticket.id.in_(owed),
        )
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )
    for ticket in tx.execute(query, execution_options={"populate_existing": True}).scalars().all():
        line = None
        if ticket.policy_id is not None and ticket.policy_version is not None:
            key = (
                ticket.policy_id,
                ticket.policy_version,
            )  # the promise it was opened under, not a newer one
            line = promises.versions(tx, [key])[key]
        clocks.promise_anew(tx, ticket, "storm", actor, now=now, line=line)
