"""Carries webhooks: in the calling thread (tests), or each in a thread of its own (the demo)."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from ivr.carrier.web import Transport

log = logging.getLogger(__name__)

Errand = Callable[[], None]


class Courier:
    """Errands done in the thread that runs the exchange, in turn: a test leaves nothing to chance."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._errands: deque[Errand] = deque()

    def carry(self, errand: Errand, lane: str = "") -> None:
        """Do `errand` when the exchange has let go of its lock."""
        self._errands.append(errand)

    def go(self) -> None:
        """Do what is waiting to be done."""
        while self._errands:
            self._errands.popleft()()


class ThreadedCourier(Courier):
    """Each errand in its own thread (or greenlet, if gevent has patched), errands of one lane in turn."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._lanes: dict[str, deque[Errand]] = {}
        self._guard = threading.Lock()

    def carry(self, errand: Errand, lane: str = "") -> None:
        """See Courier; an errand without a lane waits for nobody."""
        if not lane:
            threading.Thread(target=_safely, args=(errand,), daemon=True).start()
            return
        with self._guard:
            waiting = self._lanes.setdefault(lane, deque())
            waiting.append(errand)
            if len(waiting) > 1:
                return
        threading.Thread(target=self._work, args=(lane,), daemon=True).start()

    def _work(self, lane: str) -> None:
        while True:
            with self._guard:
                waiting = self._lanes[lane]
                errand = waiting[0]
            _safely(errand)
            with self._guard:
                waiting.popleft()
                if not waiting:
                    del self._lanes[lane]
                    return


def _safely(errand: Errand) -> None:
    """A fault of ours ends one errand, not the lane behind it."""
    try:
        errand()
    except Exception:
        log.exception("errand failed")
