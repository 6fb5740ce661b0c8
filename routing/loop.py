"""The router process: does at every quarter of a second what only time brings, and every few seconds looks whether
index and truth agree. Several may run; each piece of work is done once."""

import logging
import threading
from collections.abc import Callable

import redis

from infra.database import is_disconnect
from infra.runtime import Runtime
from routing.reconcile import Reconciler
from routing.service import Router

log = logging.getLogger(__name__)

TICK_S = 0.25
AFTER_ERROR_S = 1.0


def run_router(runtime: Runtime, stop: threading.Event) -> None:
    """Work until `stop` is set. A store that is away is waited for; nothing else ends the loop either."""
    router, reconciler = Router(runtime), Reconciler(runtime)
    while not stop.is_set():
        is_well = _attempt(lambda: router.tick(runtime.clock.now()))
        is_well &= _attempt(lambda: reconciler.run_due(runtime.clock.now()))
        stop.wait(TICK_S if is_well else AFTER_ERROR_S)


def _attempt(act: Callable[[], object]) -> bool:
    try:
        act()
    except redis.RedisError as error:
        log.warning("routing index does not answer", extra={"error": type(error).__name__})
    except Exception as error:
        if is_disconnect(error):
            log.warning("database does not answer", extra={"error": type(error).__name__})
        else:
            log.exception("router turn failed")
    else:
        return True
    return False
