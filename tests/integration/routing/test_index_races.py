"""Two clients at the same moment: exactly one gets the seat, the ticket, or the right to settle."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
import redis

from infra.valkey import connect
from routing.live import Hold, RoutingIndex
from tests.integration.routing.contents import read_contents
from tests.integration.routing.model import NOW_MS, POOL, make_index, make_seat, make_ticket
from tickets.words import ReservationState

ROUNDS = 200
T = TypeVar("T")
Racers = tuple[RoutingIndex, RoutingIndex]


@pytest.fixture
def racers(valkey: redis.Redis) -> Iterator[Racers]:
    """Two clients of the same empty index, each with its own connection."""
    make_index(valkey)
    number = valkey.connection_pool.connection_kwargs.get("db", 0)
    other = connect(f"{os.environ['TEST_REDIS_URL']}?db={number}")
    yield RoutingIndex(valkey), RoutingIndex(other)
    other.close()


def race(first: Callable[[], T], second: Callable[[], T]) -> list[T]:
    """Run both at once, as nearly as two threads can, and return both answers."""
    line = threading.Barrier(2)

    def runner(act: Callable[[], T]) -> T:
        line.wait(5)
        return act()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(runner, (first, second)))


def test_two_tickets_race_for_one_seat(racers: Racers) -> None:
    one, two = racers
    for turn in range(ROUNDS):
        first, second = make_ticket(turn * 2 + 1), make_ticket(turn * 2 + 2)
        one.offer_seat(make_seat(1, capacity=1), NOW_MS)

        answers = race(lambda: one.offer_ticket(first, NOW_MS), lambda: two.offer_ticket(second, NOW_MS))  # noqa: B023

        [hold] = [answer for answer in answers if answer]
        loser = first.id + second.id - hold.ticket_id
        assert one.list_waiting(POOL) == [loser]
        assert one.list_holds() == [hold]
        one.remove_ticket(loser, NOW_MS)
        one.remove_ticket(hold.ticket_id, NOW_MS)


def test_two_seats_race_for_one_ticket(racers: Racers) -> None:
    one, two = racers
    for turn in range(ROUNDS):
        one.offer_ticket(make_ticket(turn + 1), NOW_MS)

        answers = race(
            lambda: one.offer_seat(make_seat(1), NOW_MS), lambda: two.offer_seat(make_seat(2), NOW_MS)
        )

        [hold] = [answer for answer in answers if answer]
        assert one.list_free_seats(POOL) == [3 - hold.seat_id]
        assert one.settle_reservation(hold, ReservationState.ACCEPTED)
        assert one.release_work(hold.ticket_id, hold.seat_id, NOW_MS)
        one.close_seat(1)
        one.close_seat(2)


def test_an_acceptance_races_with_the_sweep_that_takes_back(racers: Racers) -> None:
    one, two = racers
    one.offer_seat(make_seat(1), NOW_MS)
    for turn in range(ROUNDS):
        hold = one.offer_ticket(make_ticket(turn + 1), NOW_MS)
        assert isinstance(hold, Hold)

        answers = race(
            lambda: one.settle_reservation(hold, ReservationState.ACCEPTED),  # noqa: B023
            lambda: two.settle_reservation(hold, ReservationState.LAPSED),  # noqa: B023
        )

        assert sorted(answers) == [False, True]
        place = one.remove_ticket(hold.ticket_id, NOW_MS)
        assert place
        assert (place.state == "assigned") == answers[0]
        assert one.find_seats([1])[1].load == 0


def test_a_seat_that_closes_races_with_a_ticket_that_comes(racers: Racers) -> None:
    one, two = racers
    for turn in range(ROUNDS):
        ticket = make_ticket(turn + 1)
        one.offer_seat(make_seat(1), NOW_MS)

        held, withdrawn = race(lambda: one.offer_ticket(ticket, NOW_MS), lambda: two.close_seat(1))  # noqa: B023

        assert held == withdrawn
        assert one.list_holds() == []
        assert one.list_waiting(POOL) == [ticket.id]
        one.remove_ticket(ticket.id, NOW_MS)
    assert sum(":ticket:" in key for key in read_contents(one.client)) == 0
