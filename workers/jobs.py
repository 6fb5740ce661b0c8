"""What RQ runs. Each job is five lines: read the state, do the work outside a transaction, record it.

Jobs arrive at least once; the claim in the outbox is what makes two of the same harmless.
"""

import functools
import logging
from datetime import timedelta

from infra import outbox
from infra.config import load_config
from infra.runtime import Runtime, build_runtime
from infra.telephony import TelephonyError
from workers.handlers import HANDLERS

log = logging.getLogger(__name__)

# After the n-th failure of a delivery; then it is a dead letter.
PAUSES = [timedelta(seconds=s) for s in (2, 5, 15, 60, 300, 900, 3600)]


@functools.cache
def job_runtime() -> Runtime:
    """The runtime of this worker process, made by its first job and kept."""
    return build_runtime(load_config(), pool_size=2)


def relay(item_id: int) -> dict[str, str]:
    """Deliver one outbox row; returns what came of it. Nothing happens when somebody else has it or had it."""
    return {"outcome": deliver(job_runtime(), item_id)}


def deliver(runtime: Runtime, item_id: int) -> str:
    """Claim row `item_id`, run its handler, record the outcome; see `relay`."""
    with runtime.transaction() as tx:
        item = outbox.claim(tx, item_id, now=runtime.clock.now())
    if item is None:
        return "not ours"
    try:
        result = HANDLERS[item.kind](runtime, item)
    except outbox.Later as later:
        with runtime.transaction() as tx:
            outbox.put_off(tx, item.id, runtime.clock.now() + later.by)
        return "later"
    except Exception as error:
        return _failed(runtime, item, error)
    with runtime.transaction() as tx:
        outbox.finish(tx, item.id, result, now=runtime.clock.now())
    log.info("delivered", extra={"kind": item.kind, "outbox_id": item.id, "outcome": result})
    return result


def _failed(runtime: Runtime, item: outbox.Claimed, error: Exception) -> str:
    is_final = isinstance(error, TelephonyError) and error.is_final
    what = str(error) if isinstance(error, TelephonyError) else f"{type(error).__name__}: {error}"
    now = runtime.clock.now()
    gives_up = is_final or item.attempts > len(PAUSES)
    with runtime.transaction() as tx:
        if gives_up:
            outbox.bury(tx, item.id, what, now=now)
        else:
            outbox.put_off(tx, item.id, now + PAUSES[item.attempts - 1], what)
    facts = {"kind": item.kind, "outbox_id": item.id, "attempts": item.attempts, "gives_up": gives_up}
    if isinstance(error, TelephonyError):
        log.warning("delivery failed", extra={**facts, "error": what})
    else:
        log.exception("delivery failed", extra=facts)
    return "dead" if gives_up else "failed"
