"""What the telephone side does by itself now and then: plays the journal, ends calls whose end was never told.

Called by the clock process; any number may run.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from infra.runtime import Runtime
from ivr import endings, whispers
from ivr.calls import Line, make_line
from ivr.hook import Hook
from ivr.journal import Journal

log = logging.getLogger(__name__)


def tidy(runtime: Runtime, now: datetime) -> dict[str, int]:
    """Do what has gathered; returns how many requests were `played` and calls `settled`."""
    line = make_line(runtime)
    return {"played": replay(line), "settled": endings.settle_lost(line, now)}


def replay(line: Line) -> int:
    """Play what was kept while the store was away; returns how many requests. What fails stays for the next time."""
    journal = Journal(line.runtime.config)
    if journal.is_empty():
        return 0
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
