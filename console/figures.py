"""Figures of the wall beside the queues and seats: what is late, at risk or escalated now, and how today went.

Definitions: `docs/glossary.md`. Everything is read from PostgreSQL, so the wall and a report agree.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from infra.database import Tx
from tickets.lifecycle import OPEN_STATES
from tickets.models import Escalation, Ticket, TicketTarget, Unit
from tickets.words import TargetKind

_OPEN = tuple(state.value for state in OPEN_STATES)


@dataclass(frozen=True)
class Today:
    """Since midnight in the zone of the estate. `None` where nothing fell due: a share of nothing is no number."""

    opened: int
    resolved: int
    open_now: int
    kept: float | None
    """First responses given in time ÷ first responses fallen due or given."""
    mean_response: timedelta | None
    """From opening to the first response by a person, of those given today."""


def today(tx: Tx, estate_ids: Collection[int], zone: tzinfo, now: datetime) -> Today:
    """Return how the day has gone so far."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    mine = Ticket.estate_id.in_(estate_ids)
    counts = tx.execute(
        select(
            func.count().filter(Ticket.created_at >= midnight),
            func.count().filter(Ticket.resolved_at >= midnight),
            func.count().filter(Ticket.state.in_(_OPEN)),
        ).where(
            mine, (Ticket.created_at >= midnight) | (Ticket.resolved_at >= midnight) | Ticket.state.in_(_OPEN)
        )
    ).one()
    kept, mean = _responses(tx, mine, midnight, now)
    return Today(*counts, kept=kept, mean_response=mean)


def _responses(
    tx: Tx, mine: ColumnElement[bool], midnight: datetime, now: datetime
) -> tuple[float | None, timedelta | None]:
    met, due = TicketTarget.met_at, TicketTarget.due_at
    given = met.between(midnight, now)
    in_time, all_, mean = tx.execute(
        select(
            func.count().filter(given, met <= due),
            func.count().filter(given | (met.is_(None) & due.between(midnight, now))),
            func.avg(met - TicketTarget.started_at).filter(given),
        )
        .join(TicketTarget.ticket)
        .where(mine, TicketTarget.kind == TargetKind.FIRST_RESPONSE, TicketTarget.ended_at.is_(None))
        .where(given | due.between(midnight, now))
    ).one()
    return (in_time / all_ if all_ else None), mean


def late_tickets(tx: Tx, estate_ids: Collection[int], now: datetime, limit: int) -> list[Ticket]:
    """Return open tickets with a running target that is past due, longest overdue first."""
    return list(tx.scalars(_by_target(estate_ids, TicketTarget.due_at <= now).limit(limit)))


def count_late(tx: Tx, estate_ids: Collection[int], now: datetime) -> int:
    """Return how many open tickets have a running target that is past due."""
    chosen = _by_target(estate_ids, TicketTarget.due_at <= now).order_by(None).subquery()
    return tx.scalar(select(func.count()).select_from(chosen)) or 0


def tickets_at_risk(tx: Tx, estate_ids: Collection[int], now: datetime, limit: int) -> list[Ticket]:
    """Return open tickets whose warning has begun and that are not late yet, soonest due first."""
    running = (TicketTarget.warn_at <= now) & (TicketTarget.due_at > now)
    late = _running(TicketTarget.due_at <= now).where(TicketTarget.ticket_id == Ticket.id).exists()
    return list(tx.scalars(_by_target(estate_ids, running).where(~late).limit(limit)))


def escalated_tickets(
    tx: Tx, estate_ids: Collection[int], limit: int
) -> list[tuple[Ticket, list[Escalation]]]:
    """Return open tickets that have climbed, with who was told, those that nobody has acknowledged first."""
    chosen = (
        select(Ticket)
        .where(Ticket.estate_id.in_(estate_ids), Ticket.state.in_(_OPEN), Ticket.escalation_level > 0)
        .order_by(Ticket.climb_stopped_at.is_not(None), Ticket.escalation_level.desc(), Ticket.id)
        .limit(limit)
    )
    found = list(tx.scalars(_with_names(chosen)))
    told = (
        select(Escalation)
        .where(Escalation.ticket_id.in_([ticket.id for ticket in found]))
        .options(joinedload(Escalation.recipient), joinedload(Escalation.acknowledged_by))
        .order_by(Escalation.at.desc())
    )
    by_ticket: dict[int, list[Escalation]] = {ticket.id: [] for ticket in found}
    for escalation in tx.scalars(told):
        by_ticket[escalation.ticket_id].append(escalation)
    return [(ticket, by_ticket[ticket.id]) for ticket in found]


def _running(condition: ColumnElement[bool]) -> Select[int]:
    return select(TicketTarget.ticket_id).where(
        TicketTarget.met_at.is_(None), TicketTarget.ended_at.is_(None), condition
    )


def _by_target(estate_ids: Collection[int], condition: ColumnElement[bool]) -> Select[Ticket]:
    """Open tickets with a running target that meets `condition`, by the due instant of the earliest such."""
    soonest = (
        select(TicketTarget.ticket_id, func.min(TicketTarget.due_at).label("due_at"))
        .where(TicketTarget.met_at.is_(None), TicketTarget.ended_at.is_(None), condition)
        .group_by(TicketTarget.ticket_id)
        .subquery()
    )
    chosen = (
        select(Ticket)
        .join(soonest, soonest.c.ticket_id == Ticket.id)
        .where(Ticket.estate_id.in_(estate_ids), Ticket.state.in_(_OPEN))
        .order_by(soonest.c.due_at, Ticket.id)
    )
    return _with_names(chosen)


def _with_names(chosen: Select[Ticket]) -> Select[Ticket]:
    return chosen.options(
        joinedload(Ticket.estate),
        joinedload(Ticket.category),
        joinedload(Ticket.assignee),
        joinedload(Ticket.unit).joinedload(Unit.building),
        selectinload(Ticket.targets),
    )
