"""The choice of a seat and of a ticket, rule by rule, on the pure model."""

from collections import Counter
from dataclasses import replace

import pytest

from routing.selection import SeatView, WaitingTicket, choose_seat, choose_ticket, seat_score, stable_hash

NOW_MS = 1_800_000_000_000
POOL = "HA/lifts/en"


def make_ticket(ticket_id: int = 1, **facts: object) -> WaitingTicket:
    ticket = WaitingTicket(ticket_id, ticket_id, NOW_MS, "HA/lifts", (POOL,), hold_ms=20_000)
    return replace(ticket, **facts)  # type: ignore[arg-type]


def make_seat(seat_id: int = 1, **facts: object) -> SeatView:
    return replace(SeatView(seat_id, 3, NOW_MS, (POOL, "HA/lifts/any")), **facts)  # type: ignore[arg-type]


def chosen(ticket: WaitingTicket, *seats: SeatView) -> int | None:
    seat = choose_seat(ticket, seats)
    return seat.id if seat else None


def test_the_least_loaded_seat_is_chosen_whatever_the_others_idle() -> None:
    busy, idle = make_seat(1, load=1, idle_since_ms=0), make_seat(2, load=0, idle_since_ms=NOW_MS)

    assert chosen(make_ticket(), busy, idle) == 2


def test_load_is_work_over_capacity_not_a_count() -> None:
    half_of_four, all_but_one_of_three = make_seat(1, load=2, capacity=4), make_seat(2, load=2, capacity=3)

    assert chosen(make_ticket(), all_but_one_of_three, half_of_four) == 1


def test_of_equally_loaded_seats_the_one_idle_longest_is_chosen() -> None:
    assert (
        chosen(make_ticket(), make_seat(1, idle_since_ms=NOW_MS), make_seat(2, idle_since_ms=NOW_MS - 1)) == 2
    )


def test_a_full_tie_favours_no_seat() -> None:
    seats = [make_seat(n) for n in range(1, 11)]

    wins = Counter(chosen(make_ticket(n), *seats) for n in range(2000))

    assert set(wins) == set(range(1, 11))
    assert max(wins.values()) < 2 * min(wins.values())


@pytest.mark.parametrize(
    "seat",
    [
        make_seat(is_open=False),
        make_seat(held_ticket=9),
        make_seat(load=3),
        make_seat(pools=("HA/lifts/yue",)),
    ],
    ids=["closed", "holds another", "full", "other language"],
)
def test_a_seat_that_cannot_take_it_is_not_chosen(seat: SeatView) -> None:
    assert chosen(make_ticket(), seat) is None
    assert choose_ticket(seat, [make_ticket()]) is None


def test_who_declined_is_never_asked_again() -> None:
    ticket = make_ticket(declined=frozenset({1}))

    assert chosen(ticket, make_seat(1, load=0), make_seat(2, load=2)) == 2
    assert chosen(ticket, make_seat(1)) is None
    assert choose_ticket(make_seat(1), [ticket]) is None


def test_who_missed_it_is_asked_again_only_for_want_of_others() -> None:
    ticket = make_ticket(missed=frozenset({1}))

    assert chosen(ticket, make_seat(1, load=0), make_seat(2, load=2)) == 2
    assert chosen(ticket, make_seat(1)) == 1


def test_heavy_work_needs_a_seat_with_that_much_room() -> None:
    heavy = make_ticket(weight=2, pools=("HA/lifts/en#2",))
    seat = make_seat(pools=(POOL, "HA/lifts/en#2"))

    assert chosen(heavy, replace(seat, load=1)) == 1
    assert chosen(heavy, replace(seat, load=2)) is None


def test_a_ticket_whose_weight_its_pools_do_not_name_is_refused() -> None:
    with pytest.raises(ValueError, match="weighs 2"):
        make_ticket(weight=2)


def test_a_seat_takes_the_smallest_rank_over_all_its_pools() -> None:
    early = make_ticket(7, rank=1, pools=("HA/lifts/any",))

    assert choose_ticket(make_seat(), [make_ticket(3, rank=2), early]) == early


def test_the_tie_break_is_the_same_in_every_process() -> None:
    assert stable_hash(12, 7) == "ba5fb3529c4494b7f859736a5508175ee01eab35"
    assert stable_hash(7, 12) != stable_hash(12, 7)


def test_a_score_is_a_whole_number_that_a_double_holds() -> None:
    score = seat_score(make_seat(load=999, capacity=1000, idle_since_ms=2_600_000_000_000), "HA/lifts/en")

    assert score < 2**53
    assert int(float(score)) == score
