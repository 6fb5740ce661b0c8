"""The list behind each due instant: when the clocks ran, when they stood, why, by whom, and how much counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from infra.database import Tx
from tickets import life, promises
from tickets.deadlines import counted
from tickets.intervals import gaps
from tickets.models import Staff, Ticket, TicketInterval, TicketTarget
from tickets.working_time import ALWAYS, WorkingTime


@dataclass(frozen=True)
class StretchLine:
    """One stretch: `kind` is running, paused or over; `by` the login of whoever caused it (None: the system)."""

    kind: str
    reason: str
    by: str | None
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class TargetLine:
    """One clock with its sums: time used of the promise so far, in its own calendar, without the pauses."""

    target: TicketTarget
    calendar: str
    used: timedelta
    left: timedelta  # zero when it is past; real time does not run in a closed calendar
    length: timedelta  # what was promised in all
    hours: WorkingTime  # the calendar itself


@dataclass(frozen=True)
class Explained:
    """What a ticket's page shows behind its due instants. `paused`: real time that it stood, by reason."""

    stretches: Sequence[StretchLine]
    targets: Sequence[TargetLine]
    paused: dict[str, timedelta]


def explain(tx: Tx, ticket: Ticket, now: datetime) -> Explained:
    """The stretches of a ticket, each clock with what it has used by `now` (or by its end), and pauses by reason."""
    clocks = life.read(tx, ticket)
    calendars = promises.load(tx).calendars(ticket.estate_id)
    pauses = gaps([life.as_stretch(one) for one in clocks.intervals], clocks.caps, calendars.pausing)
    paused: dict[str, timedelta] = {}
    for row in clocks.intervals:
        if row.kind == "paused":
            paused[row.reason] = paused.get(row.reason, timedelta(0)) + ((row.ends_at or now) - row.starts_at)
    targets = []
    for target in life.all_targets(tx, ticket):
        code = target.promise["calendar"]
        calendar = calendars.by_code.get(code, ALWAYS)
        until = min(target.met_at or target.ended_at or now, now)
        used = counted(target.started_at, until, pauses, calendar)
        left = counted(until, max(target.due_at, until), pauses, calendar)
        length = counted(target.started_at, target.due_at, pauses, calendar)
        targets.append(TargetLine(target, code, used, left, length, calendar))
    return Explained(_lines(tx, clocks.intervals), targets, paused)


def _lines(tx: Tx, rows: Sequence[TicketInterval]) -> list[StretchLine]:
    ids = {row.by_id for row in rows if row.by_id is not None}
    logins = {row.id: row.login for row in tx.execute(select(Staff.id, Staff.login).where(Staff.id.in_(ids)))}
    return [
        StretchLine(
            row.kind,
            row.reason,
            logins.get(row.by_id) if row.by_id is not None else None,
            row.starts_at,
            row.ends_at,
        )
        for row in rows
    ]
