"""The order of waiting tickets in the index as one fixed number: smallest is next. Pure.

Lane first, then `rank_at`, then the earlier `entered_at`; what these are is decided in `tickets.priority`. The
number changes only when an event changes the head start.
"""

from datetime import UTC, datetime, timedelta

from tickets.priority import Lane

__all__ = ["Lane", "rank"]

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_TIE_BITS = 10
_LANE_BITS = 50  # 40 bits of milliseconds (until 2054) and the tie; three lanes stay below 2^53


def rank(entered_at: datetime, head_start: timedelta, lane: Lane) -> int:
    """The order of a ticket among all waiting ones, below 2^53 so that a double holds it.

    From the highest bits down: lane, `rank_at` in milliseconds since 2020, head start. Where `rank_at` is
    equal, the smaller head start entered earlier. In the emergency lane nothing has a head start.
    """
    if lane is Lane.EMERGENCY:
        head_start = timedelta(0)
    rank_ms = max(0, (entered_at - head_start - _EPOCH) // timedelta(milliseconds=1))
    unit = timedelta(seconds=1) if lane is Lane.LIVE else timedelta(minutes=1)
    tie = min(head_start // unit, (1 << _TIE_BITS) - 1)
    return (lane << _LANE_BITS) + (rank_ms << _TIE_BITS) + tie
