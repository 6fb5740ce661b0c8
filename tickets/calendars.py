"""Business calendars: how much working time lies between two instants, and when some of it will have passed.

All instants are aware; answers are in UTC. Windows are local to the calendar's zone. Nothing is rounded: the
unit inside is the microsecond. The rules are in `docs/decisions/0101-working-time.md`.

A calendar counts over *blocks* of 28 days: sorted UTC windows with running sums, built on first use and kept
with the calendar object. So keep the object (one per estate and calendar); do not make it for each ticket.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from tickets.blocks import Block, build
from tickets.windows import DAY, WEEKDAYS, CalendarError, DayException, ExceptionKind, Window, join, to_utc
from tickets.working_time import (
    ALWAYS,
    MICROSECOND,
    Always,
    Calendars,
    WorkingTime,
    from_us,
    to_us,
)

__all__ = ["ALWAYS", "Always", "Calendar", "CalendarError", "Calendars", "NoOpening", "WorkingTime"]

HORIZON = timedelta(days=366)

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_US = DAY * 1_000_000
_BLOCK_DAYS = 28
_BLOCK = _BLOCK_DAYS * _DAY_US
_HORIZON_US = HORIZON // MICROSECOND
_KEPT_BLOCKS = 512
_KEPT_CLOSINGS = 4096


class NoOpening(CalendarError):
    """No window within 366 days after `after`: the calendar cannot answer."""

    def __init__(self, calendar: str, after: datetime) -> None:
        self.after = after
        super().__init__(calendar, f"no window in the 366 days after {after:%Y-%m-%d %H:%M} UTC")


@dataclass(frozen=True)
class Calendar(WorkingTime):
    """Weekly windows in one zone, and what single dates do instead.

    `weekly` has seven entries, Monday first. Making one raises CalendarError for windows that overlap, two
    exceptions on one date, or an unknown zone; `check_openings` refuses one that is closed for a year.
    """

    name: str
    zone: str
    weekly: tuple[tuple[Window, ...], ...]
    exceptions: tuple[DayException, ...] = ()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _special: Mapping[int, DayException] = field(init=False, repr=False, compare=False)
    _days: dict[int, tuple[tuple[int, int], ...]] = field(init=False, repr=False, compare=False)
    _blocks: dict[int, Block] = field(init=False, repr=False, compare=False)
    _closings: dict[tuple[int, int], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        try:
            put(self, "_zone", ZoneInfo(self.zone))
        except (KeyError, ValueError, OSError):
            raise CalendarError(self.name, f"unknown time zone {self.zone!r}") from None
        try:
            put(self, "weekly", tuple(join(windows) for windows in self.weekly))
        except ValueError as error:
            raise CalendarError(self.name, str(error)) from None
        put(self, "exceptions", tuple(sorted(self.exceptions, key=lambda exception: exception.on)))
        put(self, "_special", {exception.on.toordinal(): exception for exception in self.exceptions})
        put(self, "_days", {})
        put(self, "_blocks", {})
        put(self, "_closings", {})
        self._check()

    @property
    def working_day(self) -> timedelta:
        """The length of an ordinary day: weekly hours over the weekdays that have any."""
        lengths = [sum(w.end - w.start for w in windows) for windows in self.weekly if windows]
        return timedelta(seconds=sum(lengths) / len(lengths)) if lengths else timedelta(days=1)

    def add_us(self, at: int, amount: int) -> int:
        """See `add`."""
        if amount == 0:
            return self.opening_us(at)
        k = at // _BLOCK
        starts, ends, before, total = self._blocks.get(k) or self._block(k)
        i = bisect_right(ends, at)
        amount += before[i] + at - starts[i] if at > starts[i] else before[i]
        if amount > total:
            return self._add_beyond(at, k, amount)
        i = bisect_left(before, amount) - 1
        return starts[i] + amount - before[i]

    def between_us(self, start: int, end: int) -> int:
        """See `between`."""
        if end <= start:
            return 0
        k, last = start // _BLOCK, end // _BLOCK
        total = self._block(last).used(end) - self._block(k).used(start)
        while k < last:
            total += self._block(k).total
            k += 1
        return total

    def opening_us(self, at: int) -> int:
        """See `next_opening`."""
        k, limit = at // _BLOCK, at + _HORIZON_US
        while k * _BLOCK <= limit:
            block = self._block(k)
            opens_at = block.starts[bisect_right(block.ends, at)]
            if opens_at <= limit:
                return max(at, opens_at)
            k += 1
        raise NoOpening(self.name, from_us(at))

    def closing_us(self, at: int, n: int) -> int:
        """See `nth_working_day_end`."""
        at = self.opening_us(at)
        day = from_us(at).astimezone(self._zone).toordinal()
        before = self._day(day - 1)
        if before and at < before[-1][1]:
            day -= 1
        found = self._closings.get((day, n))
        if found is None:
            if len(self._closings) >= _KEPT_CLOSINGS:
                self._closings.clear()
            last = day
            for _ in range(n):
                last = self._next_working_day(last)
            found = self._closings[day, n] = max(end for _, end in self._day(last))
        return found

    def windows(self, on: date) -> tuple[Window, ...]:
        """The local windows of a date: its exception's, else its weekday's."""
        exception = self._special.get(on.toordinal())
        if exception is None:
            return self.weekly[on.weekday()]
        return exception.windows if exception.weekday is None else self.weekly[exception.weekday]

    def openings(self, on: date) -> tuple[tuple[datetime, datetime], ...]:
        """The windows of a date as UTC instants; a window that the clock skips is left out."""
        return tuple((from_us(start), from_us(end)) for start, end in self._day(on.toordinal()))

    def exception(self, on: date) -> DayException | None:
        """What the date does instead of its weekday, or None."""
        return self._special.get(on.toordinal())

    def with_exceptions(self, exceptions: Iterable[DayException]) -> Self:
        """A calendar in which these dates do as given, whatever they did before."""
        new = {exception.on: exception for exception in (*self.exceptions, *exceptions)}
        return replace(self, exceptions=tuple(new.values()))

    def closed_from(self, at: datetime, reason: str, source: str = "") -> Self:
        """A calendar that closes suddenly at `at` for the rest of that local day (typhoon, power cut)."""
        local = at.astimezone(self._zone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        changed = []
        for on, limit in ((local.date() - timedelta(days=1), seconds + DAY), (local.date(), seconds)):
            left = [Window(w.start, min(w.end, limit)) for w in self.windows(on) if w.start < limit]
            if tuple(left) != self.windows(on):
                changed.append(DayException.own(on, left, reason, source))
        return self.with_exceptions(changed)

    def check_openings(self, after: datetime) -> None:
        """Raise NoOpening if `after`, or dated closings later, are followed by 366 days without a window."""
        self.next_opening(after)
        if not any(self.weekly):
            return  # lives from dated windows alone: what comes after the last of them is not known yet
        last = max((exception.on.toordinal() for exception in self.exceptions), default=0)
        closed_at = to_us(after)
        end = max(closed_at, (last - _EPOCH_DAY + 8) * _DAY_US) + _HORIZON_US
        for k in range(closed_at // _BLOCK, end // _BLOCK + 1):
            block = self._block(k)
            for opens_at, closes_at in zip(block.starts, block.ends, strict=False):
                if opens_at - closed_at > _HORIZON_US:
                    raise NoOpening(self.name, from_us(closed_at))
                closed_at = max(closed_at, closes_at)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """`{"name", "zone", "weekly": {"mon": ["08:00-12:00"]}, "exceptions": []}`; raises CalendarError.

        `weekly` may also be a list of seven lists, Monday first.
        """
        name = str(data.get("name", ""))
        weekly = data.get("weekly", {})
        if isinstance(weekly, list):
            weekly = dict(enumerate(weekly)) if len(weekly) != 7 else dict(zip(WEEKDAYS, weekly, strict=True))
        if unknown := set(weekly) - set(WEEKDAYS):
            raise CalendarError(name, f"unknown weekday {min(unknown, key=str)!r}")
        try:
            windows = tuple(tuple(Window.parse(text) for text in weekly.get(day, ())) for day in WEEKDAYS)
            exceptions = tuple(DayException.from_json(one) for one in data.get("exceptions", ()))
        except (ValueError, KeyError, TypeError) as error:
            raise CalendarError(name, str(error)) from None
        return cls(name, str(data.get("zone", "")), windows, exceptions)

    def to_json(self) -> dict[str, Any]:
        """The form that `from_json` reads."""
        weekly = {day: [str(w) for w in self.weekly[i]] for i, day in enumerate(WEEKDAYS) if self.weekly[i]}
        exceptions = [exception.to_json() for exception in self.exceptions]
        return {"name": self.name, "zone": self.zone, "weekly": weekly, "exceptions": exceptions}

    def _check(self) -> None:
        if len(self.weekly) != 7:
            raise CalendarError(self.name, "a week has seven days")
        if len(self._special) != len(self.exceptions):
            raise CalendarError(self.name, "two exceptions on one date")
        for exception in self.exceptions:
            if exception.kind is ExceptionKind.LIKE_WEEKDAY and exception.weekday not in range(7):
                raise CalendarError(self.name, f"{exception.on} works like an unknown weekday")
        for i, day in enumerate(WEEKDAYS):
            self._check_midnight(day, self.weekly[i - 1], self.weekly[i])
        one = timedelta(days=1)
        for on in (exception.on for exception in self.exceptions):
            self._check_midnight(str(on), self.windows(on - one), self.windows(on))
            self._check_midnight(str(on + one), self.windows(on), self.windows(on + one))

    def _check_midnight(self, day: str, before: tuple[Window, ...], windows: tuple[Window, ...]) -> None:
        if before and windows and before[-1].end - DAY > windows[0].start:
            raise CalendarError(self.name, f"on {day} {windows[0]} overlaps {before[-1]} of the day before")

    def _add_beyond(self, open_at: int, k: int, amount: int) -> int:
        """Where `amount`, counted from the start of block `k` and more than it has, is reached."""
        block = self._block(k)
        while amount > block.total:
            amount -= block.total
            open_at = max(open_at, block.ends[-1]) if block.ends else open_at
            k += 1
            block = self._block(k)
            if min(block.starts[0], (k + 1) * _BLOCK) - open_at > _HORIZON_US:
                raise NoOpening(self.name, from_us(open_at))
        return block.reach(amount)

    def _next_working_day(self, day: int) -> int:
        for later in range(day + 1, day + HORIZON.days + 1):
            if self._day(later):
                return later
        raise NoOpening(self.name, from_us((day - _EPOCH_DAY) * _DAY_US))

    def _day(self, day: int) -> tuple[tuple[int, int], ...]:
        """The windows of a local date as instants, in order, those of no length left out."""
        found = self._days.get(day)
        if found is None:
            edges = [
                (to_utc(self._zone, day, w.start, is_end=False), to_utc(self._zone, day, w.end, is_end=True))
                for w in self.windows(date.fromordinal(day))
            ]
            found = self._days[day] = tuple(edge for edge in edges if edge[0] < edge[1])
        return found

    def _block(self, k: int) -> Block:
        block = self._blocks.get(k)
        if block is None:
            if len(self._blocks) >= _KEPT_BLOCKS:  # somebody asks about centuries; keep memory bounded
                self._blocks.clear()
                self._days.clear()
            # From two days before: a window across midnight can reach this far, in zones up to 14 h from UTC.
            first = _EPOCH_DAY + k * _BLOCK_DAYS
            edges = [edge for day in range(first - 2, first + _BLOCK_DAYS + 2) for edge in self._day(day)]
            block = self._blocks[k] = build(edges, k * _BLOCK, (k + 1) * _BLOCK)
        return block
