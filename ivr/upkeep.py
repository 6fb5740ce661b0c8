"""What the telephone side does by itself now and then: plays the journal, ends calls whose end was never told.

Called by the clock process; any number may run. The journal is a file, so a clock belongs beside each web process.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from infra.runtime import Runtime
from ivr import endings, whispers
from ivr.calls import make_line
from ivr.hook import Hook
from ivr.journal import Journal

log = logging.getLogger(__name__)


def settle_calls(runtime: Runtime, now: datetime) -> int:
    """End the calls whose end was never told; returns how many."""
    return endings.settle_lost(make_line(runtime), now)


def play_journal(runtime: Runtime) -> int:
    """Play what was kept on this machine while the store was away; returns how many requests.

    What fails stays for the next time. Costs one look into a folder when there is nothing.
    """
    journal = Journal(runtime.config)
    if journal.is_empty():
        return 0
    line = make_line(runtime)
    paths: dict[str, Callable[[Hook], str]] = {
        "/ivr/step": line.step,
        "/ivr/wait": line.wait,
        "/ivr/connect": line.connect,
        "/ivr/accept": partial(whispers.accept, line),
    }

    def play(hook: Hook) -> None:
        turn = paths.get(hook.path.rstrip("/"))
        if turn is not None:
            turn(hook)

    return journal.replay(play)
