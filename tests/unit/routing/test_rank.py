"""The order of waiting tickets: the worked examples of the rules, and the bound on overtaking."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.rank import rank
from tickets.priority import (
    LIVE_CAP,
    TICKET_CAP,
    Lane,
    Promise,
    live_head_start,
    ticket_head_start,
)
from tickets.words import PriorityClass

P1, P2, P3 = PriorityClass.P1, PriorityClass.P2, PriorityClass.P3
NOON = datetime(2027, 1, 6, 12, 0, tzinfo=UTC)
moments = st.datetimes(datetime(2021, 1, 1), datetime(2053, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ticket_starts = st.builds(
    ticket_head_start,
    st.sampled_from(PriorityClass),
    vulnerable=st.booleans(),
    promise=st.sampled_from(Promise),
    level=st.integers(0, 9),
    chases=st.integers(0, 9),
)
live_starts = st.builds(
    live_head_start, st.sampled_from(PriorityClass), vulnerable=st.booleans(), cut_off=st.booleans()
)


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return NOON.replace(hour=hour, minute=minute, second=second)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_tickets_of_the_worked_example_come_in_its_order() -> None:
    breached = Promise.BREACHED
    tickets = {
        "A": (at(9, 30), ticket_head_start(P3)),
        "B": (at(11, 50), ticket_head_start(P2)),
        "C": (at(11, 20), ticket_head_start(P2, promise=breached, level=1)),
        "D": (at(11, 58), ticket_head_start(P1)),
        "E": (at(6, 0), ticket_head_start(P3, promise=breached, level=1, chases=2)),
        "F": (at(11, 0), ticket_head_start(P1, promise=breached, level=2, chases=1)),
    }

    order = sorted(tickets, key=lambda name: rank(*tickets[name], Lane.TICKET))

    assert order == list("FDECAB")


def test_callers_of_the_worked_example_come_in_its_order_equal_rank_by_entry() -> None:
    callers = {
        "d": (at(11, 59, 50), live_head_start(P1, vulnerable=True)),
        "c": (at(11, 59, 20), live_head_start(P1)),
        "b": (at(11, 58, 10), live_head_start(P2)),
        "a": (at(11, 57, 0), live_head_start(P3)),
    }

    order = sorted(callers, key=lambda name: rank(*callers[name], Lane.LIVE))

    assert order == list("acdb")


def test_emergencies_stand_before_callers_and_callers_before_tickets() -> None:
    late_emergency = rank(NOON, minutes(0), Lane.EMERGENCY)
    early_caller = rank(NOON - timedelta(days=900), live_head_start(P1), Lane.LIVE)
    earlier_ticket = rank(NOON - timedelta(days=2000), ticket_head_start(P1), Lane.TICKET)

    assert late_emergency < early_caller < earlier_ticket


@given(entered=moments, start=ticket_starts, later=moments, other=ticket_starts)
def test_no_ticket_is_overtaken_by_one_that_entered_later_by_more_than_the_cap(
    entered: datetime, start: timedelta, later: datetime, other: timedelta
) -> None:
    if later - entered > TICKET_CAP:
        assert rank(entered, start, Lane.TICKET) < rank(later, other, Lane.TICKET)


@given(entered=moments, start=live_starts, later=moments, other=live_starts)
def test_no_caller_is_overtaken_by_one_that_joined_later_by_more_than_the_cap(
    entered: datetime, start: timedelta, later: datetime, other: timedelta
) -> None:
    if later - entered > LIVE_CAP:
        assert rank(entered, start, Lane.LIVE) < rank(later, other, Lane.LIVE)


@given(entered=moments, start=ticket_starts, other=ticket_starts)
def test_of_two_with_equal_rank_instant_the_earlier_entered_is_first(
    entered: datetime, start: timedelta, other: timedelta
) -> None:
    rank_at = entered - start

    ranks = rank(entered, start, Lane.TICKET), rank(rank_at + other, other, Lane.TICKET)

    assert (ranks[0] < ranks[1]) == (entered < rank_at + other)


@given(entered=moments, start=ticket_starts, lane=st.sampled_from(Lane))
def test_a_rank_is_a_whole_number_that_a_double_holds(
    entered: datetime, start: timedelta, lane: Lane
) -> None:
    number = rank(entered, start, lane)

    assert 0 <= number < 2**53
    assert int(float(number)) == number
