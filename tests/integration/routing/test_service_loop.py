"""The router process on real time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from infra.clock import Clock
from infra.config import Config
from infra.runtime import Runtime, build_runtime
from routing import queries
from routing.live import RoutingIndex
from routing.loop import run_router
from routing.service import Router
from tests.factories import make_seat, make_staff
from tests.integration.routing.conftest import make_office
from tickets import service as desk
from tickets.words import SeatState, Source


@contextmanager
def routing(runtime: Runtime) -> Iterator[threading.Thread]:
    """A router at work in a thread; afterwards it has ended."""
    stop = threading.Event()
    thread = threading.Thread(target=run_router, args=(runtime, stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def wait_until(is_so: Callable[[], bool], within_s: float = 60) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until, "not in time"
        threading.Event().wait(0.02)


def test_offers_lapse_and_seats_are_set_aside_without_anybody_asking(config: Config) -> None:
    runtime = build_runtime(config.model_copy(update={"hotline_offer_seconds": 1.0}), Clock())
    router = Router(runtime)
    with runtime.transaction() as tx:
        estate = make_office(tx)
        seat = make_seat(tx, make_staff(tx, estates=(estate,)), state="available")
        seat_id = seat.id

    def shown() -> queries.ShownSeat:
        with runtime.transaction() as tx:
            return queries.seat_view(tx, tx.get_one(type(seat), seat_id), runtime.clock.now())

    with routing(runtime):
        wait_until(RoutingIndex(runtime.valkey).is_whole)  # the first pass builds the index
        with runtime.transaction() as tx:
            new = desk.NewTicket(
                estate_id=estate.id, category_code="water", language="zh-TW", source=Source.API
            )
            router.open_and_queue(tx, new, now=runtime.clock.now())
        wait_until(lambda: shown().state is SeatState.ON_BREAK)
    assert shown().misses == 2
    runtime.close()


def test_stores_that_are_away_do_not_end_the_loop(config: Config) -> None:
    nowhere = {"redis_url": "redis://127.0.0.1:1/0", "database_url": "postgresql://127.0.0.1:1/none"}
    runtime = build_runtime(config.model_copy(update=nowhere), Clock())

    with routing(runtime) as thread:
        thread.join(1.5)
        assert thread.is_alive()
    runtime.close()
