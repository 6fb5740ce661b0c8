"""Each script of the routing index alone on a real Valkey: its answer, and afterwards every key."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import redis

from routing import keys
from routing.live import Hold, IndexMissing, Place, PlaceState, QueueFigures, RoutingIndex
from routing.scripting import script_names
from routing.selection import choose_seat
from tests.integration.routing.contents import check_invariants
from tests.integration.routing.model import (
    ANY,
    HOLD_MS,
    NOW_MS,
    POOL,
    QUEUE,
    IndexModel,
    make_index,
    make_seat,
    make_ticket,
)
from tickets.words import ReservationState

ENDS = NOW_MS + HOLD_MS
TICKET, SEAT = make_ticket(11), make_seat(1)
HOLD = Hold(11, 1, ENDS)
ACCEPTED, DECLINED = ReservationState.ACCEPTED, ReservationState.DECLINED
LAPSED, CANCELLED = ReservationState.LAPSED, ReservationState.CANCELLED


class Pair:
    """The index and the model beside it; what is done to one is done to the other."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.model, self.index = client, IndexModel(), make_index(client)

    def __getattr__(self, act: str) -> Callable[..., Any]:
        def both(*args: Any, **options: Any) -> Any:
            answer = getattr(self.index, act)(*args, **options)
            assert answer == getattr(self.model, act)(*args, **options)
            check_invariants(self.model, self.client)
            return answer

        return both


@pytest.fixture
def pair(valkey: redis.Redis) -> Pair:
    return Pair(valkey)


@pytest.fixture
def held(pair: Pair) -> Pair:
    """Seat 1 open, ticket 11 held for it."""
    pair.offer_seat(SEAT, NOW_MS)
    assert pair.offer_ticket(TICKET, NOW_MS) == HOLD
    return pair


@pytest.fixture
def working(held: Pair) -> Pair:
    """Seat 1 works on ticket 11."""
    assert held.settle_reservation(HOLD, ACCEPTED)
    return held


def test_a_ticket_without_a_free_seat_waits(pair: Pair) -> None:
    assert pair.offer_ticket(TICKET, NOW_MS) is None
    assert pair.index.find_ticket(11) == Place(PlaceState.WAITING, None)
    assert pair.index.list_waiting(POOL) == [11]


def test_a_ticket_is_held_at_once_for_a_free_seat(held: Pair) -> None:
    assert held.index.find_ticket(11) == Place(PlaceState.HELD, 1)
    assert held.index.list_free_seats(POOL) == []
    assert held.index.list_holds() == [HOLD]


def test_a_ticket_offered_again_is_renewed_while_it_waits_and_left_alone_after(pair: Pair) -> None:
    pair.offer_ticket(TICKET, NOW_MS)

    pair.offer_ticket(replace(TICKET, pools=(ANY,), rank=3, queue="HA/other"), NOW_MS)
    assert pair.index.queue_figures([QUEUE, "HA/other"]) == {
        QUEUE: QueueFigures(0, None),
        "HA/other": QueueFigures(1, NOW_MS),
    }
    pair.offer_seat(SEAT, NOW_MS)

    assert pair.offer_ticket(TICKET, NOW_MS) is None
    assert pair.index.find_ticket(11) == Place(PlaceState.HELD, 1)


def test_a_seat_that_opens_gets_the_ticket_with_the_smallest_rank(pair: Pair) -> None:
    for ticket in (make_ticket(21, rank=5), make_ticket(22, rank=3, pools=(ANY,)), make_ticket(23, rank=4)):
        pair.offer_ticket(ticket, NOW_MS)

    assert pair.offer_seat(SEAT, NOW_MS) == Hold(22, 1, ENDS)


def test_a_seat_opened_with_other_pools_leaves_the_old_ones(pair: Pair) -> None:
    pair.offer_seat(SEAT, NOW_MS)

    pair.offer_seat(replace(SEAT, pools=("MP/lifts/any",)), NOW_MS)

    assert pair.index.list_free_seats(POOL) == []
    assert pair.index.list_free_seats("MP/lifts/any") == [1]


def test_a_seat_skips_every_ticket_that_it_declined(pair: Pair) -> None:
    for number in range(1, 6):
        pair.offer_ticket(replace(make_ticket(number), declined=frozenset({1})), NOW_MS)
    pair.offer_ticket(make_ticket(9), NOW_MS)

    assert pair.offer_seat(SEAT, NOW_MS) == Hold(9, 1, ENDS)


def test_an_accepted_ticket_becomes_work_and_the_seat_may_be_chosen_while_it_has_room(working: Pair) -> None:
    assert working.index.find_ticket(11) == Place(PlaceState.ASSIGNED, 1)
    assert working.index.queue_figures([QUEUE]) == {QUEUE: QueueFigures(0, None)}
    assert working.index.find_seats([1, 7])[1].load == 1

    for number in (12, 13):
        hold = working.offer_ticket(make_ticket(number), NOW_MS)
        working.settle_reservation(hold, ACCEPTED)

    assert working.offer_ticket(make_ticket(14), NOW_MS) is None
    assert working.index.list_free_seats(POOL) == []


def test_a_declined_ticket_is_back_at_its_place_and_goes_to_another_seat(held: Pair) -> None:
    held.offer_ticket(make_ticket(12), NOW_MS)

    assert held.settle_reservation(HOLD, DECLINED)

    assert held.index.list_waiting(POOL) == [11, 12]
    assert held.match_ticket(11, NOW_MS) is None
    assert held.offer_seat(make_seat(2), NOW_MS + 5) == Hold(11, 2, ENDS + 5)
    assert held.match_seat(1, NOW_MS) == Hold(12, 1, ENDS)


def test_a_lapsed_ticket_is_back_at_its_place_and_tries_another_seat_first(held: Pair) -> None:
    held.settle_reservation(HOLD, LAPSED)
    held.offer_seat(make_seat(2, idle_since_ms=NOW_MS + 9), NOW_MS)
    assert held.settle_reservation(Hold(11, 2, ENDS), CANCELLED)

    assert held.match_ticket(11, NOW_MS) == Hold(11, 2, ENDS)


def test_a_lapsed_ticket_returns_to_the_seat_that_missed_it_for_want_of_others(held: Pair) -> None:
    held.settle_reservation(HOLD, LAPSED)

    assert held.match_ticket(11, NOW_MS) == HOLD


@pytest.mark.parametrize("late", [ACCEPTED, DECLINED, LAPSED, CANCELLED])
def test_a_hold_that_is_over_cannot_be_settled_again(held: Pair, late: ReservationState) -> None:
    held.settle_reservation(HOLD, CANCELLED)

    assert held.settle_reservation(HOLD, late) is False

    held.match_ticket(11, NOW_MS + 1)
    assert held.settle_reservation(HOLD, late) is False
    assert held.settle_reservation(Hold(11, 2, ENDS + 1), late) is False


def test_a_hold_does_not_end_as_pending(pair: Pair) -> None:
    with pytest.raises(ValueError, match="pending"):
        pair.index.settle_reservation(HOLD, ReservationState.PENDING)


def test_closing_a_seat_withdraws_its_hold(held: Pair) -> None:
    assert held.close_seat(1) == HOLD
    assert held.index.find_ticket(11) == Place(PlaceState.WAITING, None)
    assert held.match_ticket(11, NOW_MS) is None
    assert held.match_seat(1, NOW_MS) is None
    assert held.close_seat(1) is None
    assert held.close_seat(77) is None


def test_released_work_lowers_the_load_once_and_starts_the_idle_time(working: Pair) -> None:
    assert working.release_work(11, 1, NOW_MS + 60_000)
    assert working.release_work(11, 1, NOW_MS + 90_000) is False

    assert working.index.find_ticket(11) is None
    assert working.index.find_seats([1])[1].load == 0
    assert working.index.find_seats([1])[1].idle_since_ms == NOW_MS + 60_000


def test_work_released_into_a_wrap_up_leaves_no_moment_for_an_offer(working: Pair) -> None:
    working.offer_ticket(make_ticket(12), NOW_MS)
    working.settle_reservation(Hold(12, 1, ENDS), LAPSED)

    assert working.release_work(11, 1, NOW_MS, closes=True)

    assert working.match_ticket(12, NOW_MS) is None
    assert working.offer_seat(SEAT, NOW_MS) == Hold(12, 1, ENDS)


def test_another_seats_work_cannot_be_released_or_weighed(working: Pair) -> None:
    working.offer_seat(make_seat(2), NOW_MS)

    assert working.release_work(11, 2, NOW_MS) is False
    assert working.weigh_work(11, 2, 0) is False
    assert working.release_work(99, 1, NOW_MS) is False


def test_paused_work_weighs_nothing_and_resumed_work_may_overfill_the_seat(pair: Pair) -> None:
    pair.offer_seat(make_seat(1, capacity=1), NOW_MS)
    pair.settle_reservation(pair.offer_ticket(TICKET, NOW_MS), ACCEPTED)
    assert pair.offer_ticket(make_ticket(12), NOW_MS) is None

    assert pair.weigh_work(11, 1, 0)
    pair.settle_reservation(pair.match_ticket(12, NOW_MS), ACCEPTED)
    assert pair.weigh_work(11, 1, 1)

    assert pair.index.find_seats([1])[1].load == 2
    assert pair.offer_ticket(make_ticket(13), NOW_MS) is None
    pair.release_work(11, 1, NOW_MS)
    assert pair.match_ticket(13, NOW_MS) is None


def test_heavy_work_is_held_only_where_it_fits(pair: Pair) -> None:
    pools = (POOL, f"{POOL}#2")
    pair.offer_seat(make_seat(1, capacity=2, pools=pools), NOW_MS)
    pair.settle_reservation(pair.offer_ticket(TICKET, NOW_MS), ACCEPTED)

    assert pair.offer_ticket(make_ticket(12, pools=(f"{POOL}#2",)), NOW_MS) is None
    assert pair.match_seat(1, NOW_MS) is None
    pair.release_work(11, 1, NOW_MS)
    assert pair.match_seat(1, NOW_MS) == Hold(12, 1, ENDS)


@pytest.mark.parametrize("state", PlaceState)
def test_a_removed_ticket_leaves_nothing_behind_wherever_it_stood(pair: Pair, state: PlaceState) -> None:
    if state is not PlaceState.WAITING:
        pair.offer_seat(SEAT, NOW_MS)
    hold = pair.offer_ticket(TICKET, NOW_MS)
    if state is PlaceState.ASSIGNED:
        pair.settle_reservation(hold, ACCEPTED)

    assert pair.remove_ticket(11, NOW_MS) == Place(state, hold and 1)

    assert pair.remove_ticket(11, NOW_MS) is None
    assert pair.index.find_ticket(11) is None
    assert pair.index.list_free_seats(POOL) == ([1] if hold else [])


@pytest.mark.parametrize("state", PlaceState)
def test_a_ticket_taken_by_hand_leaves_wherever_it_stood(pair: Pair, state: PlaceState) -> None:
    hold = None
    if state is not PlaceState.WAITING:
        pair.offer_seat(SEAT, NOW_MS)
        hold = pair.offer_ticket(TICKET, NOW_MS)
    if state is PlaceState.ASSIGNED:
        pair.settle_reservation(hold, ACCEPTED)
    pair.offer_seat(make_seat(2, capacity=1), NOW_MS)
    pair.offer_ticket(TICKET, NOW_MS)

    pair.take_ticket(11, 2, 2, NOW_MS)

    assert pair.index.find_ticket(11) == Place(PlaceState.ASSIGNED, 2)
    assert pair.take_ticket(11, 2, 2, NOW_MS + 1) == Place(PlaceState.ASSIGNED, 2)
    assert pair.index.list_free_seats(POOL) == ([1] if hold else [])


def test_work_taken_by_hand_counts_when_its_seat_opens_later(pair: Pair) -> None:
    assert pair.index.take_ticket(11, 1, 1, NOW_MS) is None
    assert pair.index.find_seats([1]) == {}

    pair.index.offer_seat(SEAT, NOW_MS)

    assert pair.index.find_seats([1])[1].load == 1


def test_a_new_rank_holds_for_a_waiting_and_for_a_held_ticket(held: Pair) -> None:
    held.offer_ticket(make_ticket(12), NOW_MS)
    assert held.rerank_ticket(12, 5)
    assert held.rerank_ticket(11, 99)
    assert held.rerank_ticket(77, 1) is False

    held.settle_reservation(HOLD, CANCELLED)

    assert held.index.list_waiting(POOL) == [12, 11]


def test_a_widened_ticket_finds_the_seat_that_it_could_not_have_before(pair: Pair) -> None:
    pair.offer_seat(make_seat(1, pools=(ANY,)), NOW_MS)
    assert pair.offer_ticket(TICKET, NOW_MS) is None

    assert pair.widen_ticket(11, (ANY,), NOW_MS) == HOLD

    assert pair.widen_ticket(11, ("HA/lifts/yue",), NOW_MS) is None
    pair.settle_reservation(HOLD, CANCELLED)
    assert pair.index.list_waiting("HA/lifts/yue") == [11]
    assert pair.widen_ticket(77, (ANY,), NOW_MS) is None


def test_only_holds_whose_time_is_over_are_listed_longest_over_first(pair: Pair) -> None:
    for number in (1, 2, 3):
        pair.offer_seat(make_seat(number), NOW_MS)
        pair.offer_ticket(make_ticket(10 + number), NOW_MS + 5 - number)

    assert [hold.ticket_id for hold in pair.index.list_expired(ENDS + 3)] == [13, 12]
    assert [hold.ticket_id for hold in pair.index.list_expired(ENDS + 3, limit=1)] == [13]
    assert pair.index.list_expired(ENDS + 1) == []


def test_of_many_equal_seats_each_has_its_turn(valkey: redis.Redis) -> None:
    model = IndexModel({number: make_seat(number) for number in range(1, 301)})
    index = make_index(valkey, model)

    wins: Counter[int] = Counter()
    for number in range(1000, 2200):
        hold = index.offer_ticket(make_ticket(number), NOW_MS)
        assert hold
        wins[hold.seat_id] += 1
        index.remove_ticket(number, NOW_MS)

    assert len(wins) > 280
    assert max(wins.values()) <= 15


def test_of_up_to_64_equal_seats_in_several_pools_the_smallest_hash_wins(valkey: redis.Redis) -> None:
    seats = {number: make_seat(number, pools=((ANY,), (POOL,))[number % 2]) for number in range(1, 100)}
    index = make_index(valkey, IndexModel(seats))

    for number in range(1000, 1100):
        ticket = make_ticket(number, pools=(ANY, POOL))
        wanted, hold = choose_seat(ticket, seats.values()), index.offer_ticket(ticket, NOW_MS)
        index.remove_ticket(number, NOW_MS)
        assert wanted
        assert hold == Hold(number, wanted.id, ENDS)


def test_members_whose_hash_was_lost_are_passed_over_and_cleared(valkey: redis.Redis) -> None:
    index = make_index(valkey, IndexModel({1: SEAT, 2: make_seat(2, idle_since_ms=NOW_MS + 1)}))
    valkey.delete(keys.seat(1))
    assert index.offer_ticket(TICKET, NOW_MS) == Hold(11, 2, ENDS)
    for number in (12, 13):
        index.offer_ticket(make_ticket(number), NOW_MS)
    valkey.delete(keys.ticket(11), keys.ticket(12))

    assert index.list_expired(ENDS) == []
    assert index.offer_seat(make_seat(3), NOW_MS) == Hold(13, 3, ENDS)
    assert index.list_waiting(POOL) == index.list_free_seats(POOL) == []


ACTS: dict[str, Callable[[RoutingIndex], object]] = {
    "offer_ticket": lambda index: index.offer_ticket(TICKET, NOW_MS),
    "match_ticket": lambda index: index.match_ticket(11, NOW_MS),
    "widen_ticket": lambda index: index.widen_ticket(11, (ANY,), NOW_MS),
    "list_steps": lambda index: index.list_steps(NOW_MS),
    "rerank_ticket": lambda index: index.rerank_ticket(11, 1),
    "remove_ticket": lambda index: index.remove_ticket(11, NOW_MS),
    "take_ticket": lambda index: index.take_ticket(11, 1, 1, NOW_MS),
    "settle_reservation": lambda index: index.settle_reservation(HOLD, ACCEPTED),
    "release_work": lambda index: index.release_work(11, 1, NOW_MS),
    "weigh_work": lambda index: index.weigh_work(11, 1, 0),
    "offer_seat": lambda index: index.offer_seat(SEAT, NOW_MS),
    "match_seat": lambda index: index.match_seat(1, NOW_MS),
    "close_seat": lambda index: index.close_seat(1),
    "list_expired": lambda index: index.list_expired(NOW_MS),
}
READS: list[Callable[[RoutingIndex], object]] = [
    lambda index: index.queue_figures([QUEUE]),
    lambda index: index.find_ticket(11),
    lambda index: index.find_seats([1]),
    lambda index: index.list_free_seats(POOL),
    lambda index: index.list_waiting(POOL),
]


@pytest.mark.parametrize("act", [*ACTS.values(), *READS])
def test_without_its_marker_the_index_refuses_everything_and_changes_nothing(
    held: Pair, act: Callable[[RoutingIndex], object]
) -> None:
    held.client.delete(keys.WHOLE)

    with pytest.raises(IndexMissing):
        act(held.index)

    assert not held.index.is_whole()
    check_invariants(held.model, held.client)


def test_a_server_that_forgot_the_scripts_is_taught_again(pair: Pair) -> None:
    pair.client.script_flush()

    assert pair.offer_ticket(TICKET, NOW_MS) is None


def test_another_error_of_a_script_is_not_taken_for_a_missing_index(valkey: redis.Redis) -> None:
    index = make_index(valkey)
    valkey.set(keys.HOLDS, "not a sorted set")

    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        index.list_holds()


def test_every_script_has_its_test() -> None:
    assert set(script_names()) == {*ACTS, "load_rows", "finish_rebuild"}
