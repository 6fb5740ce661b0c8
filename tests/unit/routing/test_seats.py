"""What a seat shows and may take."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.seats import SeatFacts, is_connected, load, shown_state, takes_work
from tickets.words import SeatState

NOW = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=10)
PAST = NOW - timedelta(seconds=10)
AVAILABLE = SeatState.AVAILABLE


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (SeatFacts(AVAILABLE, 3), SeatState.AVAILABLE),
        (SeatFacts(AVAILABLE, 3, held=1), SeatState.BUSY),
        (SeatFacts(AVAILABLE, 3, held=1, has_offer=True), SeatState.RESERVED),
        (SeatFacts(AVAILABLE, 3, has_offer=True, wrap_up_until=SOON), SeatState.RESERVED),
        (SeatFacts(AVAILABLE, 3, held=1, wrap_up_until=SOON), SeatState.WRAP_UP),
        (SeatFacts(AVAILABLE, 3, wrap_up_until=NOW), SeatState.AVAILABLE),
        (SeatFacts(AVAILABLE, 3, held=1, wrap_up_until=PAST), SeatState.BUSY),
        (SeatFacts(SeatState.ON_BREAK, 3, held=2), SeatState.ON_BREAK),
        (SeatFacts(SeatState.OFFLINE, 3, held=2), SeatState.OFFLINE),
        (SeatFacts(AVAILABLE, 3, seen_at=NOW - timedelta(seconds=60)), SeatState.AVAILABLE),
        (SeatFacts(AVAILABLE, 3, held=1, seen_at=NOW - timedelta(seconds=61)), SeatState.OFFLINE),
    ],
)
def test_the_shown_state_follows_from_the_stored_facts(facts: SeatFacts, shown: SeatState) -> None:
    assert shown_state(facts, NOW) is shown


@pytest.mark.parametrize(
    ("facts", "takes"),
    [
        (SeatFacts(AVAILABLE, 3, held=2), True),
        (SeatFacts(AVAILABLE, 3, wrap_up_until=SOON), False),
        (SeatFacts(AVAILABLE, 3, wrap_up_until=NOW), True),
        (SeatFacts(SeatState.ON_BREAK, 3), False),
        (SeatFacts(SeatState.OFFLINE, 3), False),
        (SeatFacts(AVAILABLE, 3, seen_at=NOW - timedelta(minutes=2)), False),
    ],
)
def test_only_a_ready_seat_takes_work(facts: SeatFacts, takes: bool) -> None:
    assert takes_work(facts, NOW) is takes


def test_load_is_work_over_capacity() -> None:
    assert load(0, 3) == 0.0
    assert load(1, 3) == 0.333
    assert load(3, 3) == 1.0
    assert load(4, 3) > 1.0  # assigned by hand
    assert load(0, 0) == 1.0


def test_a_seat_without_a_page_is_not_watched() -> None:
    assert is_connected(None, NOW)
