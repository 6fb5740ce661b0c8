"""The duty roster as a value: who holds a role at an instant, and where nobody does.

Slots repeat in the estate's local time and belong to the day they start on. On the nights of a clock change a
slot is as long as the night really is. What to do when nobody holds a role is `tickets.escalation.recipient`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from tickets.windows import to_utc
from tickets.working_time import from_us, to_us, utc

H = TypeVar("H")

EVERY_DAY = 0b111_1111
_FAR = date.max


@dataclass(frozen=True, slots=True)
class Slot(Generic[H]):
    """A line of the roster: `holder` has `role` on these weekdays between two local times.

    `weekdays` is a bit mask, Monday = 1. `end_minute` may pass 1440: the slot then runs past midnight.
    `valid_until` is the first day on which it no longer starts; None: no end. `id` settles ties. `away` are the
    times, in microseconds since 1970 UTC, at which the holder is ill, on leave or swapped out: nobody holds it.
    """

    id: int
    holder: H
    role: str
    weekdays: int
    start_minute: int
    end_minute: int
    valid_from: date
    valid_until: date | None = None
    trade: str | None = None
    away: tuple[tuple[int, int], ...] = ()

    def starts_on(self, on: date) -> bool:
        """Whether the slot begins on that local date."""
        is_valid = self.valid_from <= on and (self.valid_until is None or on < self.valid_until)
        return is_valid and bool(self.weekdays >> on.weekday() & 1)

    def span(self, on: date, zone: ZoneInfo) -> tuple[int, int]:
        """The slot of one date as microseconds since 1970 UTC, `[start, end)`."""
        day = on.toordinal()
        start = to_utc(zone, day, self.start_minute * 60, is_end=False)
        return start, to_utc(zone, day, self.end_minute * 60, is_end=True)

    def held(self, on: date, zone: ZoneInfo) -> tuple[tuple[int, int], ...]:
        """The parts of `span` in which the holder is there, in order; one part, unless somebody is away."""
        return subtract([self.span(on, zone)], self.away) if self.away else (self.span(on, zone),)


def holders_at(
    slots: Iterable[Slot[H]], role: str, at: datetime, zone: ZoneInfo, trade: str | None = None
) -> tuple[H, ...]:
    """Everybody who holds the role at that instant, the one who answers first, each once.

    A slot for the asked trade comes before one for all trades; then the slot that is valid for the shorter time
    (a swap or a one-off duty stands before the repeating line), then the one that began to be valid later, then
    the lower id. With a trade asked, slots of other trades do not count; without one, all do.
    """
    instant, today = to_us(at), utc(at).astimezone(zone).date()
    on_duty = [
        slot
        for slot in slots
        if slot.role == role and (trade is None or slot.trade in (None, trade))
        for on in (today, today - timedelta(days=1))
        if slot.starts_on(on) and any(_covers(part, instant) for part in slot.held(on, zone))
    ]
    return tuple(dict.fromkeys(slot.holder for slot in sorted(on_duty, key=_precedence)))


def spells_at(
    slots: Iterable[Slot[H]], role: str, at: datetime, zone: ZoneInfo
) -> tuple[tuple[H, datetime, datetime], ...]:
    """Everybody who holds the role at that instant, with the start and end of that spell of duty (UTC)."""
    instant = to_us(at)
    return tuple(
        (slot.holder, from_us(span[0]), from_us(span[1]))
        for slot in sorted((slot for slot in slots if slot.role == role), key=_precedence)
        for span in _spans(slot, at, at, zone)
        if _covers(span, instant)
    )


def holder_at(
    slots: Iterable[Slot[H]], role: str, at: datetime, zone: ZoneInfo, trade: str | None = None
) -> H | None:
    """The one who answers for the role at that instant; None if nobody is on duty."""
    return next(iter(holders_at(slots, role, at, zone, trade)), None)


def gaps(
    slots: Iterable[Slot[H]], role: str, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    """The times in [start, end) in which nobody holds the role, in UTC and in order.

    A slot for one trade alone does not fill the role.
    """
    held = spans((slot for slot in slots if slot.role == role and slot.trade is None), start, end, zone)
    return tuple((from_us(a), from_us(b)) for a, b in subtract([(to_us(start), to_us(end))], held))


def spans(slots: Iterable[Slot[H]], start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Every time, in microseconds since 1970 UTC, in which one of the slots is held; those of [start, end) and
    some around it, unordered."""
    return [span for slot in slots for span in _spans(slot, start, end, zone)]


def subtract(
    whole: Iterable[tuple[int, int]], parts: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """What is left of `whole` (in order, apart from each other) when `parts` are taken out."""
    left, cuts = [], sorted(parts)
    for start, end in whole:
        at = start
        for begins, ends in cuts:
            if begins >= end:
                break
            if begins > at:
                left.append((at, begins))
            at = max(at, ends)
        if at < end:
            left.append((at, end))
    return tuple(left)


def _spans(slot: Slot[H], start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    on = utc(start).astimezone(zone).date() - timedelta(days=1)
    last = utc(end).astimezone(UTC).date() + timedelta(days=1)
    while on <= last:
        if slot.starts_on(on):
            yield from slot.held(on, zone)
        on += timedelta(days=1)


def _covers(span: tuple[int, int], instant: int) -> bool:
    return span[0] <= instant < span[1]


def _precedence(slot: Slot[H]) -> tuple[bool, int, int, int]:
    length = (slot.valid_until or _FAR).toordinal() - slot.valid_from.toordinal()
    return slot.trade is None, length, -slot.valid_from.toordinal(), slot.id
