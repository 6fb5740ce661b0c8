"""Time of the carrier: a list of things to do, moved by hand in tests and by a ticker in the demo."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime


@dataclass(order=True)
class Timer:
    """One thing to do at `at` (seconds since the epoch); `cancelled` ones are passed over."""

    at: float
    order: int
    act: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Forget it."""
        self.cancelled = True


class Timeline:
    """Now, and what is due when. `on_move` is told each new instant before anything due then is done."""

    def __init__(self, start: float, on_move: Callable[[datetime], None] | None = None) -> None:
        self.now = start
        self._heap: list[Timer] = []
        self._order = itertools.count()
        self._on_move = on_move

    def at(self, when: float, act: Callable[[], None]) -> Timer:
        """Do `act` at `when`, never before now."""
        timer = Timer(max(when, self.now), next(self._order), act)
        heapq.heappush(self._heap, timer)
        return timer

    def next_due(self) -> float | None:
        """The instant of the next thing to do, or None."""
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def step(self, limit: float) -> Timer | None:
        """Move to the next thing due by `limit` and hand it over; with nothing left move to `limit`, None."""
        due = self.next_due()
        if due is None or due > limit:
            self._move(max(limit, self.now))
            return None
        self._move(due)
        return heapq.heappop(self._heap)

    def _move(self, to: float) -> None:
        if to != self.now:
            self.now = to
            if self._on_move:
                self._on_move(instant(to))


def instant(seconds: float) -> datetime:
    """The aware UTC datetime of `seconds` since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def rfc2822(seconds: float | None) -> str | None:
    """As Twilio writes dates; None stays None."""
    return None if seconds is None else format_datetime(instant(seconds))
