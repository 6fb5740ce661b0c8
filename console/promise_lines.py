"""The promises of a ticket as drawn lines: each in its own calendar, with what ran, what stood, and the sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from console import timeline, wording
from console.access import Visit
from console.i18n import gettext as _
from tickets.calendars import Calendar
from tickets.explained import Explained, TargetLine, explain
from tickets.models import Staff, Ticket, TicketTarget

LONGEST_DRAWN = timedelta(days=62)
"""Beyond this the closed hours are too narrow to be seen, and are left out."""


@dataclass(frozen=True)
class Promise:
    """One target with its drawing and its sums; `left` is zero when it is past."""

    target: TicketTarget
    line: timeline.Line
    calendar: str
    length: timedelta
    used: timedelta
    left: timedelta
    by_hand: str  # who set its date, if somebody did

    @property
    def ended_at(self) -> datetime | None:
        """When its clock stopped for good; None while it runs or stands."""
        return self.target.met_at or self.target.ended_at

    @property
    def is_late(self) -> bool:
        """Whether it was missed, or met too late."""
        return self.target.breached_at is not None

    @property
    def stretched(self) -> int | None:
        """By how many percent a storm has stretched it; None: it is as usual."""
        percent = self.target.promise.get("stretched")
        return percent if isinstance(percent, int) else None


def drawn(visit: Visit, ticket: Ticket) -> list[Promise]:
    """Every clock of a ticket, oldest first, drawn from its stretches."""
    explained = explain(visit.tx, ticket, visit.now)
    zone = ZoneInfo(ticket.estate.timezone)
    names = {row.login: row.name for row in visit.tx.execute(select(Staff.login, Staff.name))}
    by_id = {row.id: row.name for row in visit.tx.execute(select(Staff.id, Staff.name))}
    spans = [
        timeline.Span(
            each.kind, each.starts_at, each.ends_at, _why(each.reason), names.get(each.by or "", "")
        )
        for each in explained.stretches
    ]
    spans = _as_counted(explained, spans)
    return [_promise(line, spans, zone, visit.now, by_id) for line in explained.targets]


def _as_counted(explained: Explained, spans: list[timeline.Span]) -> list[timeline.Span]:
    """The stretches as they are; before the first one stored the clocks ran."""
    started = min((line.target.started_at for line in explained.targets), default=None)
    if started is not None and (not spans or spans[0].starts_at > started):
        until = spans[0].starts_at if spans else None
        spans.insert(0, timeline.Span("running", started, until))
    return spans


def _promise(
    line: TargetLine, spans: list[timeline.Span], zone: ZoneInfo, now: datetime, by_id: dict[int, str]
) -> Promise:
    target = line.target
    ended_at = target.met_at or target.ended_at
    last = max(target.due_at, ended_at or now)
    shut = list(closed_hours(line, zone, target.started_at, last))
    drawing = timeline.draw(
        target.started_at, target.due_at, ended_at, spans, now, closed=shut, count=line.hours.between
    )
    author = by_id.get(target.by_hand_by_id or 0, "")
    return Promise(target, drawing, line.calendar, line.length, line.used, line.left, author)


def closed_hours(
    line: TargetLine, zone: ZoneInfo, first: datetime, last: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the hours between two instants that the clock's calendar does not count."""
    if not isinstance(line.hours, Calendar) or last - first > LONGEST_DRAWN:
        return
    at = first
    day = first.astimezone(zone).date() - timedelta(days=1)  # a window of the night before may reach in
    while day <= last.astimezone(zone).date():
        for opens_at, closes_at in line.hours.openings(day):
            if opens_at > at:
                yield at, min(opens_at, last)
            at = max(at, closes_at)
            if at >= last:
                return
        day += timedelta(days=1)
    if at < last:
        yield at, last


def _why(reason: str) -> str:
    """Why a stretch began, in words."""
    if reason == "cap":
        return _("The time on hold was used up")
    if reason == "reopened":
        return _("Reopened")
    return wording.word("wait", reason) if reason else ""
