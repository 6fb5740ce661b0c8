"""The order of waiting tickets as one fixed number: smallest is next. Pure.

`rank_at = entered_at - head_start`; then the earlier `entered_at`, then the id. The head starts are the
table of `docs/glossary.md#rank`: since none exceeds its cap, nothing is overtaken by what entered later by
more than the cap, so nothing starves. The number changes only when an event changes the head start.
"""

from datetime import UTC, datetime, timedelta
from enum import IntEnum

from tickets.words import PriorityClass

LIVE_CAP = timedelta(seconds=180)
TICKET_CAP = timedelta(hours=16)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

_LIVE_CLASS_S = {PriorityClass.P1: 120, PriorityClass.P2: 30}
_TICKET_CLASS_MIN = {PriorityClass.P1: 720, PriorityClass.P2: 120}
_TIE_BITS = 10
_LANE_BITS = 50  # 40 bits of milliseconds (until 2054) and the tie; three lanes stay below 2^53


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


def live_head_start(priority: PriorityClass, *, vulnerable: bool = False, cut_off: bool = False) -> timedelta:
    """Head start of a waiting call of class `priority`, at most `LIVE_CAP`.

    `cut_off`: the caller was cut off or gave up within the last hour.
    """
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
    """Head start of a ticket of class `priority`, at most `TICKET_CAP`.

    `level` is its escalation level, `chases` how often the resident asked for speed.
    """
    minutes = _TICKET_CLASS_MIN.get(priority, 0) + 30 * vulnerable + promise
    minutes += min(30 * level, 90) + min(30 * chases, 60)
    return min(timedelta(minutes=minutes), TICKET_CAP)


def rank(entered_at: datetime, head_start: timedelta, lane: Lane) -> int:
    """The order of a ticket among all waiting ones, below 2^53 so that a double holds it.

    From the highest bits down: lane, `rank_at` in milliseconds since 2020, head start. Where `rank_at` is
    equal, the smaller head start entered earlier. In the emergency lane nothing has a head start.
    """
    if lane is Lane.EMERGENCY:
        head_start = timedelta(0)
    rank_ms = max(0, (entered_at - head_start - EPOCH) // timedelta(milliseconds=1))
    unit = timedelta(seconds=1) if lane is Lane.LIVE else timedelta(minutes=1)
    tie = min(head_start // unit, (1 << _TIE_BITS) - 1)
    return (lane << _LANE_BITS) + (rank_ms << _TIE_BITS) + tie
