"""The index is thrown away and made again: by one builder, in good time, and nothing is lost meanwhile."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from routing import keys
from routing.live import Hold, IndexMissing, RoutingIndex
from routing.pools import pool
from routing.rebuild import RebuildRunning, Rebuilt, Snapshot, rebuild
from routing.selection import WaitingTicket
from tests.integration.routing.contents import check_invariants
from tests.integration.routing.model import (
    HOLD_MS,
    NOW_MS,
    POOL,
    IndexModel,
    make_index,
    make_seat,
    make_ticket,
)
from tickets.words import ReservationState

EMPTY = Snapshot((), (), (), ())


def test_what_stood_before_is_gone_and_other_keys_are_not(valkey: redis.Redis) -> None:
    valkey.set("rq:queue:urgent", "not ours")
    index = make_index(valkey)
    index.offer_ticket(make_ticket(1), NOW_MS)
    model = IndexModel({1: make_seat(1), 2: replace(make_seat(2), is_open=False)})
    model.offer_ticket(make_ticket(2), NOW_MS)
    model.take_ticket(3, 2, 0, NOW_MS)

    make_index(valkey, model)

    check_invariants(model, valkey)
    assert valkey.get("rq:queue:urgent") == "not ours"
    assert valkey.get(keys.WHOLE) == str(NOW_MS)


def test_only_one_builder_works_at_a_time(valkey: redis.Redis) -> None:
    def read() -> Snapshot:
        with pytest.raises(RebuildRunning):
            rebuild(valkey, lambda: EMPTY, NOW_MS)
        return EMPTY

    assert rebuild(valkey, read, NOW_MS) == Rebuilt(frozenset(), frozenset())
    assert not valkey.exists(keys.BUILDER)


def test_changes_during_a_rebuild_are_refused_and_handed_back(valkey: redis.Redis) -> None:
    index = make_index(valkey)

    def read() -> Snapshot:
        for act in (
            lambda: index.offer_ticket(make_ticket(7), NOW_MS),
            lambda: index.settle_reservation(Hold(8, 1, NOW_MS), ReservationState.ACCEPTED),
            lambda: index.close_seat(5),
            lambda: index.list_expired(NOW_MS),
        ):
            with pytest.raises(IndexMissing):
                act()
        return EMPTY

    rebuilt = rebuild(valkey, read, NOW_MS)

    assert rebuilt == Rebuilt(late_tickets=frozenset({7, 8}), late_seats=frozenset({5}))
    assert index.is_whole()
    assert not valkey.exists(keys.LATE)


def test_a_failed_read_leaves_the_index_missing_and_the_way_free(valkey: redis.Redis) -> None:
    make_index(valkey)

    def read() -> Snapshot:
        raise ConnectionError("the database is gone")

    with pytest.raises(ConnectionError):
        rebuild(valkey, read, NOW_MS)

    assert not RoutingIndex(valkey).is_whole()
    rebuild(valkey, lambda: EMPTY, NOW_MS)
    assert RoutingIndex(valkey).is_whole()


def test_a_builder_that_slept_past_its_lock_writes_nothing_more(valkey: redis.Redis) -> None:
    model = IndexModel({1: make_seat(1)})

    def tickets() -> Iterator[WaitingTicket]:
        valkey.delete(keys.BUILDER)  # as if its time had run out
        make_index(valkey, model)
        yield make_ticket(1)

    with pytest.raises(RebuildRunning):
        rebuild(valkey, lambda: Snapshot((), tickets(), (), ()), NOW_MS)

    check_invariants(model, valkey)
    assert RoutingIndex(valkey).is_whole()


def test_only_the_builder_that_has_the_lock_declares_the_index_whole(valkey: redis.Redis) -> None:
    def read() -> Snapshot:
        valkey.set(keys.BUILDER, "another one")
        return EMPTY

    with pytest.raises(RebuildRunning):
        rebuild(valkey, read, NOW_MS)

    assert not RoutingIndex(valkey).is_whole()
    assert valkey.get(keys.BUILDER) == "another one"


def test_a_large_index_is_rebuilt_in_time(valkey: redis.Redis) -> None:
    """A fifth of the figure promised (100,000 tickets, 5 s), in all of its time: a busy machine is no failure."""
    languages = ("en", "zh-TW", "yue", "any")
    names = [pool(f"E{estate}", "lifts", language) for estate in range(10) for language in languages]
    seats = [make_seat(n, pools=tuple(names[n % 20 : n % 20 + 12])) for n in range(1, 1001)]
    tickets = [
        WaitingTicket(n, NOW_MS * 1000 + n, NOW_MS, "E/lifts", (names[n % 40],), HOLD_MS)
        for n in range(1, 20_001)
    ]

    started = time.perf_counter()
    rebuild(valkey, lambda: Snapshot(seats, tickets, (), ()), NOW_MS)
    seconds = time.perf_counter() - started

    assert valkey.zcard(keys.queue("E/lifts")) == 20_000
    assert valkey.zcard(keys.seats(names[5])) == len([seat for seat in seats if names[5] in seat.pools])
    assert RoutingIndex(valkey).list_free_seats(POOL) == []
    assert seconds <= 5, seconds
