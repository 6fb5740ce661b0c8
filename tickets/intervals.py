"""Stretches of a ticket's life: when its clocks ran, when they stood and why, and how long a pause may last.

A due instant is a function of this list (see `tickets.deadlines`); nothing here looks at one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tickets.words import Kind, PriorityClass, TicketState, WaitReason
from tickets.working_time import WorkingTime


class StretchKind(StrEnum):
    """What the clocks of a ticket did for a while. `over` is the time between done and reopened: nobody's."""

    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch, `[starts_at, ends_at)`; None: it still goes on. `by` is who caused it, for the page."""

    kind: StretchKind
    starts_at: datetime
    ends_at: datetime | None = None
    reason: WaitReason | None = None
    by: str | None = None


class Gap(NamedTuple):
    """Time that no clock of the ticket counts."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class PauseCaps:
    """How many working days a ticket may pause in all, per group of reasons; without a cap, not at all."""

    groups: Mapping[WaitReason, tuple[str, float]]

    def group(self, reason: WaitReason | None) -> tuple[str, float]:
        """The name of the group that a reason counts in, and its cap in working days."""
        return self.groups.get(reason, ("", 0)) if reason else ("", 0)


DEFAULT_CAPS = PauseCaps(
    {
        WaitReason.RESIDENT: ("resident", 3),
        WaitReason.NO_ACCESS: ("resident", 3),
        WaitReason.PARTS: ("parts", 10),
        WaitReason.CONTRACTOR: ("parts", 10),
    }
)
NO_PAUSES = PauseCaps({})


def caps_for(priority_class: str, kind: str, caps: PauseCaps = DEFAULT_CAPS) -> PauseCaps:
    """The caps that hold for a ticket: P0 and complaints never pause."""
    return NO_PAUSES if priority_class == PriorityClass.P0 or kind == Kind.COMPLAINT else caps


def stretch_kind(state: TicketState) -> StretchKind:
    """What the clocks do in a state."""
    if state is TicketState.WAITING:
        return StretchKind.PAUSED
    open_states = (TicketState.QUEUED, TicketState.RESERVED, TicketState.ASSIGNED)
    return StretchKind.RUNNING if state in open_states else StretchKind.OVER


def gaps(stretches: Iterable[Stretch], caps: PauseCaps, calendar: WorkingTime) -> tuple[Gap, ...]:
    """The time that does not count, in order: pauses up to their cap, and what lay between done and reopened.

    Caps are counted in `calendar`, one working day being its ordinary length. A pause that goes on is given up
    to its cap, so what follows from it is a definite instant that only comes nearer when the pause ends. A
    ticket that is over at the moment has no gap for that: its clocks are judged as they stood.
    """
    found: list[Gap] = []
    used: dict[str, timedelta] = {}
    for stretch in stretches:
        if stretch.kind is StretchKind.RUNNING:
            continue
        ends_at = stretch.ends_at
        if stretch.kind is StretchKind.PAUSED:
            group, days = caps.group(stretch.reason)
            left = days * calendar.working_day - used.get(group, timedelta(0))
            cap_at = calendar.add(stretch.starts_at, left) if left > timedelta(0) else stretch.starts_at
            ends_at = cap_at if ends_at is None else min(ends_at, cap_at)
            used[group] = used.get(group, timedelta(0)) + calendar.between(stretch.starts_at, ends_at)
        if ends_at is not None and ends_at > stretch.starts_at:
            found.append(Gap(stretch.starts_at, ends_at))
    return tuple(found)


def pause_ends_at(stretches: Sequence[Stretch], caps: PauseCaps, calendar: WorkingTime) -> datetime | None:
    """When the pause that goes on reaches its cap and the clock runs again by itself; None if none goes on."""
    if not stretches or stretches[-1].kind is not StretchKind.PAUSED or stretches[-1].ends_at is not None:
        return None
    last = stretches[-1].starts_at
    found = [gap.ends_at for gap in gaps(stretches, caps, calendar) if gap.starts_at == last]
    return found[0] if found else last
