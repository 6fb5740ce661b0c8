"""Reserving a seat in Valkey, against the cheapest script that a client can call."""

import time
from collections.abc import Iterator

import redis

from bench.place import Place
from bench.report import Figure
from infra.valkey import connect
from routing.live import Hold, RoutingIndex
from routing.rebuild import Snapshot, rebuild
from routing.selection import SeatView, WaitingTicket
from tickets.words import ReservationState

TRIVIAL = "return redis.call('INCR', KEYS[1])"
ROUNDS, BATCH = 60, 50
NOW_MS = 1_800_000_000_000


def run(place: Place) -> Iterator[Figure]:
    """Yield reservations a second by one client at 100 and at 10,000 seats, and the cost of the larger index."""
    client = connect(f"{place.config.redis_url}?db=9")
    rates = {}
    for seats in (100, 10_000):
        ceiling = trivial_rate(client)
        rates[seats] = reserve_rate(client, seats)
        yield Figure(
            f"reserve_seat_{seats}_seats", rates[seats], "reservations/s", ceiling, "trivial EVALSHA/s", 0.5
        )
    yield Figure(
        "reserve_seat_100_to_10000_seats",
        1e6 / rates[10_000],
        "µs",
        1e6 / rates[100],
        "µs at 100 seats",
        1.3,
        higher_is_better=False,
    )
    client.flushdb()
    client.close()


def trivial_rate(client: redis.Redis, calls: int = 6000) -> float:
    """Return calls a second of a one-line script by one synchronous client."""
    sha = client.script_load(TRIVIAL)
    for _ in range(500):
        client.evalsha(sha, 1, "bench:counter")
    started = time.perf_counter()
    for _ in range(calls):
        client.evalsha(sha, 1, "bench:counter")
    return calls / (time.perf_counter() - started)


def reserve_rate(client: redis.Redis, seats: int) -> float:
    """Return holds a second: skills, language, load and idle time; giving the seats back is not timed."""
    client.flushdb()
    index = RoutingIndex(client)
    languages = ("zh-TW", "yue", "en")
    pools = tuple(f"cuihu/{queue}/{tag}" for queue in ("home_repairs", "security") for tag in languages)
    views = [SeatView(n, 3, NOW_MS - n * 1000, pools) for n in range(1, seats + 1)]
    rebuild(client, lambda: Snapshot(views, [], [], []), NOW_MS)
    spent, ticket_id = 0.0, 0
    for _ in range(ROUNDS):
        tickets = []
        for _ in range(BATCH):
            ticket_id += 1
            pool = (pools[ticket_id % len(pools)],)
            tickets.append(
                WaitingTicket(ticket_id, NOW_MS + ticket_id, NOW_MS, "cuihu/home_repairs", pool, 20_000)
            )
        started = time.perf_counter()
        holds = [index.offer_ticket(ticket, NOW_MS) for ticket in tickets]
        spent += time.perf_counter() - started
        _give_back(index, holds)
    return ROUNDS * BATCH / spent


def _give_back(index: RoutingIndex, holds: list[Hold | None]) -> None:
    for hold in holds:
        if hold is None:
            raise RuntimeError("a free seat was not found")
        index.settle_reservation(hold, ReservationState.ACCEPTED)
        index.release_work(hold.ticket_id, hold.seat_id, NOW_MS + hold.ticket_id)
