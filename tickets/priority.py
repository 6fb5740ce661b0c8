"""Head starts and the order of waiting work: a fixed sort key instead of a score that ages. Pure.

`rank_at = entered_at - head_start`; the smallest is next, then the earlier `entered_at`, then the id. That is
"time waited plus head start, largest first", but it changes only when an event changes the head start. Because
a head start is never below zero nor above its cap, nothing is overtaken by what entered later by more than the
cap. How lane and rank become one number in the queue index is `routing.rank`.
"""

from datetime import datetime, timedelta
from enum import IntEnum

from tickets.words import PriorityClass

LIVE_CAP = timedelta(seconds=180)
TICKET_CAP = timedelta(hours=16)

_LIVE_CLASS_S = {PriorityClass.P1: 120, PriorityClass.P2: 30}
_TICKET_CLASS_MIN = {PriorityClass.P1: 720, PriorityClass.P2: 120}


class Lane(IntEnum):
    """Which list a waiting ticket stands in; a whole list goes before the next one."""

    EMERGENCY = 0
    LIVE = 1
    TICKET = 2


class Promise(IntEnum):
    """Minutes of head start that a ticket's response deadline gives: only the latest of them counts."""

    ON_TIME = 0
    AT_RISK = 60
    BREACHED = 120


def lane_of(priority: PriorityClass, is_live: bool) -> Lane:
    """The list of a ticket: P0 has its own, live calls stand before tickets."""
    if priority is PriorityClass.P0:
        return Lane.EMERGENCY
    return Lane.LIVE if is_live else Lane.TICKET


def live_head_start(priority: PriorityClass, *, vulnerable: bool = False, cut_off: bool = False) -> timedelta:
    """Head start of a waiting call of class `priority`, at most `LIVE_CAP`; P0 has none, it has its own lane.

    `cut_off`: the caller was cut off or gave up within the last hour.
    """
    if priority is PriorityClass.P0:
        return timedelta(0)
    seconds = _LIVE_CLASS_S.get(priority, 0) + 30 * vulnerable + 30 * cut_off
    return min(timedelta(seconds=seconds), LIVE_CAP)


def ticket_head_start(
    priority: PriorityClass,
    *,
    vulnerable: bool = False,
    promise: Promise = Promise.ON_TIME,
    level: int = 0,
    chases: int = 0,
) -> timedelta:
    """Head start of a ticket of class `priority`, at most `TICKET_CAP`; P0 has none, it has its own lane.

    `level`: escalation levels told, those that only notify left out (`escalation.counted_levels`); `chases`: how
    often the resident asked for speed.
    """
    if priority is PriorityClass.P0:
        return timedelta(0)
    minutes = _TICKET_CLASS_MIN.get(priority, 0) + 30 * vulnerable + promise
    minutes += min(30 * level, 90) + min(30 * chases, 60)
    return min(timedelta(minutes=minutes), TICKET_CAP)


def rank_at(entered_at: datetime, head_start: timedelta) -> datetime:
    """The sort key within a lane. `entered_at` is the first entry into a queue and never changes."""
    return entered_at - head_start
