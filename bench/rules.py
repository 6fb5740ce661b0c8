"""Pure rules: the due instants of one ticket."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.place import Place
from bench.report import Figure
from tickets import promises
from tickets.deadlines import dues

ROUNDS = 3000


def run(place: Place) -> Iterator[Figure]:
    """Yield microseconds for all targets of one P2 ticket (office calendar, holidays), against one addition."""
    with place.runtime.transaction() as tx:
        known = promises.load(tx)
    estate_id = next(iter(known.estates))
    line = known.line_for(estate_id, "home.water", "P2", None)
    if line is None:
        raise RuntimeError("no policy covers home.water")
    calendars = known.calendars(estate_id)
    begin = datetime(2027, 1, 4, tzinfo=UTC)
    instants = [begin + timedelta(minutes=7 * n) for n in range(ROUNDS)]
    for instant in instants[:200]:
        dues(line.rule.targets, instant, (), calendars)
    started = time.perf_counter()
    for instant in instants:
        dues(line.rule.targets, instant, (), calendars)
    spent = (time.perf_counter() - started) / ROUNDS * 1e6
    started = time.perf_counter()
    for instant in instants:
        instant + timedelta(hours=1)
    bare = (time.perf_counter() - started) / ROUNDS * 1e6
    yield Figure(
        "due_instants", spent, "µs", bare, "µs an addition", 100, goal_is_value=True, higher_is_better=False
    )
