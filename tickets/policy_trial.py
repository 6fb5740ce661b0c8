"""A changed policy tried on tickets that are past and open, before anybody is promised it. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select

from infra.database import Tx
from tickets import life, promises
from tickets.deadlines import Target
from tickets.intervals import Gap, caps_for, gaps
from tickets.lifecycle import OPEN_STATES
from tickets.models import Policy, Ticket, TicketInterval, TicketTarget
from tickets.policy_service import promised_by
from tickets.words import TargetKind

DAYS = 90
MOST = 5000
_OPEN = frozenset(state.value for state in OPEN_STATES)


@dataclass(frozen=True)
class Trial:
    """What a change would have done to one promise of the tickets of the last days (`tickets`: how many had it).

    `late` as it was, `would_be_late` under the change. `moving` open tickets would get another date if it were
    applied to them; `furthest` is the largest move, later if positive.
    """

    kind: TargetKind
    tickets: int
    late: int
    would_be_late: int
    moving: int
    furthest: timedelta

    @property
    def more(self) -> int:
        """How many more would have been late; negative: fewer."""
        return self.would_be_late - self.late


def try_on_past(
    tx: Tx, policy: Policy, body: Mapping[str, Any], *, now: datetime, days: int = DAYS
) -> list[Trial]:
    """Count what `body` (as `policy_service.body_of` gives it) would have meant for the policy's tickets.

    Read are the tickets of the last `days` and whatever is open, the newest `MOST` of them; dates set by hand and
    promises that ended unmet are left out. Raises FieldError for a body that cannot be promised.
    """
    targets, _ = promised_by(tx, policy, body)
    wanted = {target["kind"]: Target.from_json(target) for target in targets}
    answer = wanted.get(TargetKind.FIRST_RESPONSE.value)
    if answer is not None:  # later messages of the resident are promised the same unless it is said
        wanted.setdefault(TargetKind.NEXT_RESPONSE.value, replace(answer, kind=TargetKind.NEXT_RESPONSE))
    since = now - timedelta(days=days)
    recent = (
        select(Ticket.id)
        .where(Ticket.policy_id == policy.id, or_(Ticket.created_at > since, Ticket.state.in_(_OPEN)))
        .order_by(Ticket.id.desc())
        .limit(MOST)
        .scalar_subquery()
    )
    clocks = (
        select(
            Ticket.id, Ticket.estate_id, Ticket.priority_class, Ticket.kind.label("matter"), Ticket.state,
            (Ticket.created_at > since).label("is_recent"),
            TicketTarget.kind, TicketTarget.started_at, TicketTarget.due_at, TicketTarget.met_at,
            TicketTarget.breached_at,
        )
        .join(TicketTarget, TicketTarget.ticket_id == Ticket.id)
        .where(Ticket.id.in_(recent), ~TicketTarget.is_by_hand, TicketTarget.ended_at.is_(None))
        .where(TicketTarget.kind.in_(list(wanted)))
    )  # fmt: skip
    pauses = _pauses(tx, recent)
    found: dict[str, list[_Case]] = defaultdict(list)
    known = promises.load(tx)
    for row in tx.execute(clocks):
        calendars = known.calendars(row.estate_id)
        stretches = [life.as_stretch(one) for one in pauses.get(row.id, ())]
        gone = (
            gaps(stretches, caps_for(row.priority_class, row.matter), calendars.pausing) if stretches else ()
        )
        found[row.kind].append(_case(row, wanted[row.kind], gone, known, now))
    return [_sum(TargetKind(kind), found.get(kind, [])) for kind in wanted]


@dataclass(frozen=True)
class _Case:
    is_recent: bool
    was_late: bool
    is_late: bool
    move: timedelta | None  # of an open ticket that still owes it


def _case(
    row: Row[*tuple[Any, ...]], wanted: Target, gone: Sequence[Gap], known: promises.Promises, now: datetime
) -> _Case:
    held = known.promised(row.estate_id, row.priority_class, wanted, row.started_at)
    due_at = promises.due_of(held, row.started_at, gone, known.calendars(row.estate_id)).due_at
    is_open = row.met_at is None and row.state in _OPEN
    until = row.met_at or now
    was_late = row.breached_at is not None or row.due_at < until
    return _Case(row.is_recent, was_late, due_at < until, due_at - row.due_at if is_open else None)


def _sum(kind: TargetKind, cases: Sequence[_Case]) -> Trial:
    recent = [case for case in cases if case.is_recent]
    moves = [case.move for case in cases if case.move]
    return Trial(
        kind,
        len(recent),
        sum(case.was_late for case in recent),
        sum(case.is_late for case in recent),
        len(moves),
        max(moves, key=abs, default=timedelta(0)),
    )


def _pauses(tx: Tx, ticket_ids: Any) -> dict[int, list[TicketInterval]]:
    """The stretches of those tickets that have stood at least once."""
    stood = select(TicketInterval.ticket_id).where(
        TicketInterval.ticket_id.in_(ticket_ids), TicketInterval.kind != "running"
    )
    query = select(TicketInterval).where(TicketInterval.ticket_id.in_(stood))
    rows: dict[int, list[TicketInterval]] = defaultdict(list)
    for row in tx.execute(query.order_by(TicketInterval.starts_at, TicketInterval.id)).scalars():
        rows[row.ticket_id].append(row)
    return rows
