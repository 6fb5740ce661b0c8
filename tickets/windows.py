"""Local windows of a day, the dated exceptions to them, and how a local time becomes an instant.

Times of day are seconds from the midnight that begins the day; a window that crosses midnight ends beyond
86,400. Counting working time over these windows is `tickets.calendars`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local wall-clock times are naive on purpose
_WINDOW = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?)\s*[-–~]\s*(\d{1,2}:\d{2}(?::\d{2})?)")


class CalendarError(ValueError):
    """Something wrong in a calendar; the message begins with the calendar's name."""

    def __init__(self, calendar: str, problem: str) -> None:
        self.calendar = calendar
        self.problem = problem
        super().__init__(f"calendar {calendar!r}: {problem}")


def parse_time(text: str) -> int:
    """Seconds from midnight of `08:00` or `08:00:30`; `24:00` is the end of the day. ValueError otherwise."""
    parts = [int(part) for part in text.split(":")]
    hours, minutes, seconds = (*parts, 0)[:3]
    total = hours * 3600 + minutes * 60 + seconds
    if len(parts) not in (2, 3) or minutes > 59 or seconds > 59 or total > DAY:
        raise ValueError(f"{text!r} is not a time of day")
    return total


def format_time(seconds: int) -> str:
    """The time of day as `08:00` or `08:00:30`; past midnight it is the time on the next day's clock."""
    if seconds > DAY:
        seconds -= DAY
    hours, rest = divmod(seconds, 3600)
    text = f"{hours:02d}:{rest // 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open from `start` up to, not including, `end`, in seconds from the midnight that begins its day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY and self.start < self.end <= self.start + DAY):
            raise ValueError(f"a window from {self.start} s to {self.end} s is empty or longer than a day")

    @classmethod
    def parse(cls, text: str) -> Self:
        """`08:00-12:00`; `22:00-06:00` crosses midnight; `00:00-24:00` is a whole day. Else ValueError."""
        match = _WINDOW.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a window; write it as 08:00-12:00")
        start, end = parse_time(match[1]), parse_time(match[2])
        if start in (end, DAY):
            raise ValueError(f"window {text.strip()} is empty")
        return cls(start, end if end > start else end + DAY)

    def __str__(self) -> str:
        return f"{format_time(self.start)}-{format_time(self.end)}"


class ExceptionKind(StrEnum):
    """The three things a date can do instead of what its weekday says."""

    CLOSED = "closed"
    LIKE_WEEKDAY = "like_weekday"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class DayException:
    """What one date does instead; `reason` is shown wherever this date moved a clock.

    `source` says where the entry comes from (`holidays`, `typhoon`, a login), empty if nobody knows.
    """

    on: date
    kind: ExceptionKind
    weekday: int | None = None
    windows: tuple[Window, ...] = ()
    reason: str = ""
    source: str = ""

    @classmethod
    def closed(cls, on: date, reason: str = "", source: str = "") -> Self:
        """A holiday."""
        return cls(on, ExceptionKind.CLOSED, reason=reason, source=source)

    @classmethod
    def works_like(cls, on: date, weekday: int, reason: str = "", source: str = "") -> Self:
        """A make-up working day: `on` has the windows of `weekday` (Monday is 0)."""
        return cls(on, ExceptionKind.LIKE_WEEKDAY, weekday=weekday, reason=reason, source=source)

    @classmethod
    def own(cls, on: date, windows: Sequence[Window], reason: str = "", source: str = "") -> Self:
        """A half day, or any other day with windows of its own."""
        return cls(on, ExceptionKind.WINDOWS, windows=join(windows), reason=reason, source=source)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """`{"on", "closed": true}`, `{"on", "like": "fri"}` or `{"on", "windows": []}`, and `reason`."""
        on = date.fromisoformat(data["on"])
        reason, source = str(data.get("reason", "")), str(data.get("source", ""))
        if data.get("closed"):
            return cls.closed(on, reason, source)
        if "like" in data:
            if data["like"] not in WEEKDAYS:
                raise ValueError(f"{on}: {data['like']!r} is not one of {', '.join(WEEKDAYS)}")
            return cls.works_like(on, WEEKDAYS.index(data["like"]), reason, source)
        if "windows" in data:
            return cls.own(on, [Window.parse(text) for text in data["windows"]], reason, source)
        raise ValueError(f"{on}: say closed, like or windows")

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        data: dict[str, Any] = {"on": self.on.isoformat()}
        if self.kind is ExceptionKind.CLOSED:
            data["closed"] = True
        elif self.weekday is not None:
            data["like"] = WEEKDAYS[self.weekday]
        else:
            data["windows"] = [str(window) for window in self.windows]
        return data | {key: text for key, text in (("reason", self.reason), ("source", self.source)) if text}


def make_up(off: date, on: date, reason: str = "", source: str = "") -> tuple[DayException, DayException]:
    """A swapped working day: `off` is closed, `on` works like its weekday. Always both together."""
    return DayException.closed(off, reason, source), DayException.works_like(
        on, off.weekday(), reason, source
    )


def join(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows of one day in order, those that touch made one; ValueError if two overlap."""
    joined: list[Window] = []
    for window in sorted(windows):
        last = joined[-1] if joined else None
        if last is not None and window.start < last.end:
            raise ValueError(f"windows {last} and {window} overlap")
        # What crosses midnight stays apart when the sum could no longer be written as two clock times;
        # counting is not touched by that.
        fits = last is not None and (window.end <= DAY or window.end - DAY < last.start)
        if last is not None and window.start == last.end and fits:
            joined[-1] = Window(last.start, window.end)
        else:
            joined.append(window)
    return tuple(joined)


@lru_cache(maxsize=65_536)
def to_utc(zone: ZoneInfo, day: int, seconds: int, is_end: bool) -> int:
    """The instant, in microseconds since 1970 UTC, of a local time of day.

    `day` is the ordinal of the local date. A time that the clock skips is the first instant after the gap. A
    time that comes twice is the first of the two for a start and the second for an end.
    """
    local = datetime.fromordinal(day) + timedelta(seconds=seconds)
    before, after = _offset(zone, local, 0), _offset(zone, local, 1)
    at = int((local - _EPOCH).total_seconds())
    if before < after:  # skipped: fold 0 carries the offset before the gap, fold 1 the one after it
        return _first_with(zone, after, at - after, at - before) * 1_000_000
    return (at - (after if is_end else before)) * 1_000_000


def _offset(zone: ZoneInfo, local: datetime, fold: int) -> int:
    offset = local.replace(tzinfo=zone, fold=fold).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _first_with(zone: ZoneInfo, offset: int, low: int, high: int) -> int:
    """The first second in (low, high] whose local clock runs with `offset`; the change lies between them."""
    while high - low > 1:
        middle = (low + high) // 2
        found = datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset()
        low, high = (low, middle) if found == timedelta(seconds=offset) else (middle, high)
    return high
