"""How many calls and texts one number may make in a while, so that a robot cannot fill the desk.

Counted in Valkey by number and period; a store that is away lets everybody through. The bounds leave room for
somebody who is cut off and rings again and again, and count numbers apart: a hundred neighbours who report the same
outage within a minute all get through.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

import redis

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bound:
    """At most `most` in each period of `period_s` seconds."""

    most: int
    period_s: int


CALLS = (Bound(12, 60), Bound(60, 3600))
WITHHELD_CALLS = (Bound(60, 60),)  # all withheld numbers of one hotline together
TEXTS = (Bound(10, 60), Bound(40, 3600))


class Limits:
    """Counts what each number does. With `is_on` False everything is allowed and nothing is counted."""

    def __init__(self, valkey: redis.Redis, is_on: bool) -> None:
        self._valkey = valkey
        self._is_on = is_on

    def allows_call(self, caller: str | None, hotline: str, now: datetime) -> bool:
        """Count one incoming call; False if it is one too many. `caller` None: withheld."""
        if caller is None:
            return self._count("withheld", hotline, WITHHELD_CALLS, now)
        return self._count("call", caller, CALLS, now)

    def allows_text(self, sender: str, now: datetime) -> bool:
        """Count one incoming text; False if it is one too many."""
        return self._count("text", sender, TEXTS, now)

    def _count(self, what: str, who: str, bounds: tuple[Bound, ...], now: datetime) -> bool:
        if not self._is_on:
            return True
        # The number itself is nobody's business in a store that is dumped and looked at.
        mark = hashlib.blake2s(who.encode(), digest_size=10).hexdigest()
        pipe = self._valkey.pipeline(transaction=False)
        for bound in bounds:
            key = f"hotline:limit:{what}:{mark}:{bound.period_s}:{int(now.timestamp()) // bound.period_s}"
            pipe.incr(key)
            pipe.expire(key, bound.period_s + 5)
        try:
            counts = pipe.execute()[::2]
        except redis.RedisError as error:
            log.warning("limits are not counted", extra={"error": type(error).__name__})
            return True
        return all(count <= bound.most for count, bound in zip(counts, bounds, strict=True))
