"""One promise of a ticket as a drawn line: where its clock ran, where it stood still, when it is due. Pure.

Everything is in the units of an SVG 600 wide, so that the page needs no script and no inline style to draw it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

Count = Callable[[datetime, datetime], timedelta]


def real_time(start: datetime, end: datetime) -> timedelta:
    """Count every minute."""
    return end - start


WIDTH = 600.0
MARGIN = 0.04
"""Room behind the last instant, as a share of the whole."""


@dataclass(frozen=True)
class Span:
    """A stretch of a ticket's life: `running`, `paused` or `over`; `ends_at` None: still going on.

    `counted` is what of it the clock used up: its calendar's time, none while it stood.
    """

    kind: str
    starts_at: datetime
    ends_at: datetime | None
    reason: str = ""
    author: str = ""
    counted: timedelta = timedelta()


@dataclass(frozen=True)
class Part:
    """A piece of the bar, from `x` for `width`."""

    kind: str
    x: float
    width: float
    title: str = ""


@dataclass(frozen=True)
class Mark:
    """An upright line at `x`: `mark` the due instant, `now` the present."""

    kind: str
    x: float
    title: str = ""


@dataclass(frozen=True)
class Line:
    """A drawn promise; its sums so far: `ran` as the calendar counts, `paused` in real time."""

    parts: tuple[Part, ...]
    marks: tuple[Mark, ...]
    ran: timedelta
    paused: timedelta
    spans: tuple[Span, ...]

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands still in the last stretch."""
        return bool(self.spans) and self.spans[-1].kind == "paused"


def draw(
    started_at: datetime,
    due_at: datetime,
    ended_at: datetime | None,
    spans: Sequence[Span],
    now: datetime,
    closed: Sequence[tuple[datetime, datetime]] = (),
    count: Count = real_time,
) -> Line:
    """Draw a clock that started at `started_at`, is due at `due_at`, and ended at `ended_at` (None: it runs).

    `spans` are all stretches of the ticket, oldest first; what lies before the clock's start is left out.
    `closed` are the hours that the clock's calendar does not count, `count` how it counts.
    """
    until = ended_at or now
    first, last = started_at, max(due_at, until)
    scale = (last - first).total_seconds() * (1 + MARGIN) or 1.0

    def x(at: datetime) -> float:
        return round((at - first).total_seconds() / scale * WIDTH, 1)

    own = tuple(
        replace(span, counted=count(span.starts_at, span.ends_at or until))
        if span.kind == "running"
        else span
        for span in _clipped(spans, first, until)
    )

    def part(kind: str, starts_at: datetime, ends_at: datetime | None, title: str = "") -> Part:
        left, right = x(starts_at), x(ends_at or until)
        return Part(kind, left, max(0.5, round(right - left, 1)), title)

    parts = [part(span.kind, span.starts_at, span.ends_at, span.reason) for span in own]
    shut = ((max(start, first), min(end, last)) for start, end in closed)
    parts += [part("closed", start, end) for start, end in shut if start < end]
    if until > due_at:
        parts.append(part("late", due_at, until))
    marks = [Mark("mark", x(due_at))]
    if ended_at is None:
        marks.append(Mark("now", x(now)))
    ran = sum((span.counted for span in own), timedelta())
    return Line(tuple(parts), tuple(marks), ran, _sum(own, "paused"), own)


def _clipped(spans: Sequence[Span], first: datetime, last: datetime) -> Sequence[Span]:
    """The spans between two instants, each cut to fit; those of no length are left out."""
    cut = []
    for span in spans:
        starts_at, ends_at = max(span.starts_at, first), min(span.ends_at or last, last)
        if starts_at < ends_at:
            cut.append(replace(span, starts_at=starts_at, ends_at=ends_at))
    return cut


def _sum(spans: Sequence[Span], kind: str) -> timedelta:
    lengths = (span.ends_at - span.starts_at for span in spans if span.kind == kind and span.ends_at)
    return sum(lengths, timedelta())
