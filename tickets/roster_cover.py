"""What a roster must hold: somebody who answers at every minute, and nobody in two places at once.

Pure; the roster itself is `tickets.roster`. Somebody answers while a duty lead is on, or at night the control room.
Supervisor, manager and director answer by telephone and may do so for several estates; the others stand somewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic
from zoneinfo import ZoneInfo

from tickets.roster import H, Slot, spans, subtract
from tickets.windows import to_utc
from tickets.words import Role
from tickets.working_time import from_us, to_us, utc

HORIZON = timedelta(days=366)
NIGHT = (22 * 60, 32 * 60)
"""From when until when the control room may answer alone, in minutes of the estate's clock."""
ON_SITE = frozenset({Role.AGENT, Role.LEAD, Role.SECURITY})


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A time in which nobody answers for the estate, `[starts_at, ends_at)` in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Booked(Generic[H]):
    """A slot with where it is: what one person holds, seen across estates."""

    estate_id: int
    zone: ZoneInfo
    slot: Slot[H]


@dataclass(frozen=True, slots=True)
class Clash(Generic[H]):
    """One person twice at the same time: the two lines, and the first time at which they meet."""

    first: Booked[H]
    second: Booked[H]
    starts_at: datetime
    ends_at: datetime


def uncovered(
    slots: Sequence[Slot[H]], start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[Uncovered, ...]:
    """The times of [start, end) in which no duty lead is on, nor at night the control room; in order.

    A slot for one trade alone answers for nobody else, so it does not count.
    """
    leads = [slot for slot in slots if slot.role == Role.LEAD and slot.trade is None]
    guards = [slot for slot in slots if slot.role == Role.SECURITY and slot.trade is None]
    left = subtract([(to_us(start), to_us(end))], spans(leads, start, end, zone))
    if left and guards:
        nights = _nights(start, end, zone)
        by_night = subtract(nights, subtract(nights, spans(guards, start, end, zone)))
        left = subtract(left, by_night)
    return tuple(Uncovered(from_us(a), from_us(b)) for a, b in left)


def opened(before: Iterable[Uncovered], after: Iterable[Uncovered]) -> tuple[Uncovered, ...]:
    """The times that are uncovered after a change and were not before it."""
    new = subtract(_plain(after), _plain(before))
    return tuple(Uncovered(from_us(a), from_us(b)) for a, b in new)


def clash(booked: Iterable[Booked[H]], start: datetime, end: datetime) -> Clash[H] | None:
    """The first time in [start, end) at which one person, whose slots these all are, is wanted twice; or None."""
    first, last = to_us(start), to_us(end)
    found: list[tuple[int, int, Booked[H]]] = []
    for one in booked:
        for begins, ends in spans([one.slot], start, end, one.zone):
            if begins < last and ends > first:
                found.append((begins, ends, one))
    found.sort(key=lambda item: (item[0], item[1], item[2].slot.id))
    for place, (begins, ends, one) in enumerate(found):
        for other_begins, other_ends, other in found[place + 1 :]:
            if other_begins >= ends:
                break
            if _excludes(one, other):
                return Clash(one, other, from_us(max(begins, other_begins)), from_us(min(ends, other_ends)))
    return None


def _excludes(one: Booked[H], other: Booked[H]) -> bool:
    if one.estate_id == other.estate_id:
        return True
    return one.slot.role in ON_SITE or other.slot.role in ON_SITE


def _nights(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[int, int]]:
    first = utc(start).astimezone(zone).date().toordinal() - 1
    last = utc(end).astimezone(zone).date().toordinal()
    return [
        (to_utc(zone, day, NIGHT[0] * 60, is_end=False), to_utc(zone, day, NIGHT[1] * 60, is_end=True))
        for day in range(first, last + 1)
    ]


def _plain(gaps: Iterable[Uncovered]) -> list[tuple[int, int]]:
    return [(to_us(gap.starts_at), to_us(gap.ends_at)) for gap in gaps]
