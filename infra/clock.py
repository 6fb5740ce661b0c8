"""The one source of the present moment. Everything else is handed `now`."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.now(UTC)


class FakeClock(Clock):
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the test last set."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new present."""
        self._now += by
        return self._now

    def set(self, to: datetime) -> None:
        """Jump to `to` (aware)."""
        self._now = to.astimezone(UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Return milliseconds since the Unix epoch, floored; exact, so that `to_ms(from_ms(n))` is n."""
    return (moment - _EPOCH) // _MS


def from_ms(value: float) -> datetime:
    """Return the aware UTC datetime of `value` milliseconds since the Unix epoch."""
    return _EPOCH + value * _MS
