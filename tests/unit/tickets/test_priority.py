from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.priority import (
    LIVE_CAP,
    TICKET_CAP,
    Lane,
    Promise,
    lane_of,
    live_head_start,
    rank_at,
    ticket_head_start,
)
from tickets.words import PriorityClass

P0, P1, P2, P3 = PriorityClass
NOON = datetime(2027, 1, 6, 12, tzinfo=UTC)


def at(hour: int, minute: int, second: int = 0, day: int = 6) -> datetime:
    return datetime(2027, 1, day, hour, minute, second, tzinfo=UTC)


TICKETS = {
    "F": (at(11, 0), ticket_head_start(P1, promise=Promise.BREACHED, level=2, chases=1), at(19, 30, day=5)),
    "D": (at(11, 58), ticket_head_start(P1), at(23, 58, day=5)),
    "E": (at(6, 0), ticket_head_start(P3, promise=Promise.BREACHED, level=1, chases=2), at(2, 30)),
    "C": (at(11, 20), ticket_head_start(P2, promise=Promise.BREACHED, level=1), at(6, 50)),
    "A": (at(9, 30), ticket_head_start(P3), at(9, 30)),
    "B": (at(11, 50), ticket_head_start(P2), at(9, 50)),
}
CALLS = {
    "a": (at(11, 57), live_head_start(P3), at(11, 57)),
    "c": (at(11, 59, 20), live_head_start(P1), at(11, 57, 20)),
    "d": (at(11, 59, 50), live_head_start(P1, vulnerable=True), at(11, 57, 20)),
    "b": (at(11, 58, 10), live_head_start(P2), at(11, 57, 40)),
}


@pytest.mark.parametrize(("items", "order"), [(TICKETS, "FDECAB"), (CALLS, "acdb")])
def test_worked_examples_rank_and_order(items: dict[str, tuple[datetime, timedelta, datetime]], order: str):
    for entered_at, head_start, expected in items.values():
        assert rank_at(entered_at, head_start) == expected

    in_order = sorted(items, key=lambda name: (rank_at(*items[name][:2]), items[name][0]))
    assert in_order == list(order)


def test_emergencies_have_their_own_list_first_come_first_served():
    assert lane_of(P0, is_live=True) is lane_of(P0, is_live=False) is Lane.EMERGENCY
    assert lane_of(P1, is_live=True) is Lane.LIVE
    assert lane_of(P1, is_live=False) is Lane.TICKET
    assert sorted(Lane) == [Lane.EMERGENCY, Lane.LIVE, Lane.TICKET]
    assert ticket_head_start(P0, promise=Promise.BREACHED, level=3, chases=2, vulnerable=True) == timedelta(0)
    assert live_head_start(P0, vulnerable=True, cut_off=True) == timedelta(0)


def test_breached_replaces_at_risk():
    steps = [ticket_head_start(P3, promise=promise) for promise in Promise]

    assert steps == [timedelta(minutes=0), timedelta(minutes=60), timedelta(minutes=120)]


@given(
    st.sampled_from(PriorityClass),
    st.booleans(),
    st.booleans(),
    st.sampled_from(Promise),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_no_head_start_is_negative_or_above_its_cap(
    priority: PriorityClass, vulnerable: bool, cut_off: bool, promise: Promise, level: int, chases: int
):
    live = live_head_start(priority, vulnerable=vulnerable, cut_off=cut_off)
    ticket = ticket_head_start(priority, vulnerable=vulnerable, promise=promise, level=level, chases=chases)

    assert timedelta(0) <= live <= LIVE_CAP
    assert timedelta(0) <= ticket <= TICKET_CAP
