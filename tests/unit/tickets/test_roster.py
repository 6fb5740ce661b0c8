from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tickets.estate import TAIPEI, tp
from tickets.roster import EVERY_DAY, Slot, gaps, holder_at, holders_at
from tickets.words import Role

NEW_YORK = ZoneInfo("America/New_York")
WORKDAYS = 0b001_1111


def make_slot(holder: str, start: int = 0, end: int = 24, **values: object) -> Slot[str]:
    given_values: dict[str, object] = {
        "weekdays": EVERY_DAY,
        "valid_from": date(2027, 1, 1),
        "role": "lead",
        "id": 1,
    }
    return Slot(holder=holder, start_minute=start * 60, end_minute=end * 60, **(given_values | values))  # type: ignore[arg-type]


DAY = make_slot("an", 8, 20)
NIGHT = make_slot("bo", 20, 32)


def test_shift_is_held_from_its_start_up_to_its_end():
    slots = [DAY, NIGHT]

    assert holder_at(slots, Role.LEAD, tp(1, 5, 7, 59), TAIPEI) == "bo"
    assert holder_at(slots, Role.LEAD, tp(1, 5, 8), TAIPEI) == "an"
    assert holder_at(slots, Role.LEAD, tp(1, 5, 19, 59), TAIPEI) == "an"
    assert holder_at(slots, Role.LEAD, tp(1, 5, 20), TAIPEI) == "bo"
    assert holder_at(slots, Role.LEAD, tp(1, 5, 20).astimezone(UTC), TAIPEI) == "bo"
    assert holder_at(slots, Role.MANAGER, tp(1, 5, 8), TAIPEI) is None


def test_night_shift_belongs_to_the_day_it_starts_on():
    friday_night = make_slot("bo", 20, 32, weekdays=1 << 4)

    assert holder_at([friday_night], Role.LEAD, tp(1, 9, 3), TAIPEI) == "bo"
    assert holder_at([friday_night], Role.LEAD, tp(1, 8, 3), TAIPEI) is None


def test_slot_is_valid_from_its_first_day_and_not_on_its_last():
    slot = make_slot("an", valid_from=date(2027, 1, 4), valid_until=date(2027, 1, 6))

    on_duty = [day for day in range(3, 8) if holder_at([slot], Role.LEAD, tp(1, day, 12), TAIPEI)]

    assert on_duty == [4, 5]


def test_exactly_one_answers_and_a_swap_stands_before_the_repeating_line():
    swap = make_slot("wei", 8, 20, valid_from=date(2027, 1, 5), valid_until=date(2027, 1, 6), id=9)
    newer = make_slot("kit", 8, 20, valid_from=date(2027, 1, 2), id=8)

    assert holders_at([DAY, newer, swap], Role.LEAD, tp(1, 5, 12), TAIPEI) == ("wei", "kit", "an")
    assert holder_at([DAY, newer, swap], Role.LEAD, tp(1, 6, 12), TAIPEI) == "kit"
    assert holders_at([swap, newer, DAY], Role.LEAD, tp(1, 5, 12), TAIPEI) == ("wei", "kit", "an")


def test_slot_for_the_trade_stands_before_one_for_all_and_other_trades_do_not_count():
    lifts = make_slot("lee", trade="lift", id=2)
    pipes = make_slot("po", trade="plumbing", id=3)

    assert holder_at([DAY, lifts, pipes], Role.LEAD, tp(1, 5, 12), TAIPEI, "lift") == "lee"
    assert holder_at([DAY, pipes], Role.LEAD, tp(1, 5, 12), TAIPEI, "lift") == "an"


def test_holder_of_two_lines_is_named_once():
    assert holders_at([DAY, make_slot("an", id=7)], Role.LEAD, tp(1, 5, 12), TAIPEI) == ("an",)


def test_night_shift_on_the_night_of_a_clock_change_has_no_hole_and_no_overlap():
    day, night = make_slot("an", 8, 20), make_slot("bo", 20, 32)
    for start in (datetime(2027, 3, 13, 12, tzinfo=NEW_YORK), datetime(2027, 11, 6, 12, tzinfo=NEW_YORK)):
        instants = [start.astimezone(UTC) + timedelta(minutes=15 * i) for i in range(120)]
        assert {len(holders_at([day, night], Role.LEAD, at, NEW_YORK)) for at in instants} == {1}


def test_gaps_are_named_to_the_minute():
    office = make_slot("an", 8, 18, weekdays=WORKDAYS)
    night = make_slot("bo", 18, 32)

    found = gaps([office, night], Role.LEAD, tp(1, 8, 0), tp(1, 11, 0), TAIPEI)

    assert found == ((tp(1, 9, 8), tp(1, 9, 18)), (tp(1, 10, 8), tp(1, 10, 18)))


def test_roster_around_the_clock_has_no_gap_in_a_year():
    assert gaps([DAY, NIGHT], Role.LEAD, tp(1, 2, 0), tp(1, 2, 0, year=2028), TAIPEI) == ()
    around = [make_slot("an", 8, 20), make_slot("bo", 20, 32)]
    start = datetime(2027, 1, 2, 12, tzinfo=UTC)
    assert gaps(around, Role.LEAD, start, start + timedelta(days=364), NEW_YORK) == ()


def test_empty_role_is_one_gap_and_a_single_trade_does_not_fill_it():
    assert gaps([make_slot("lee", trade="lift")], Role.LEAD, tp(1, 4, 0), tp(1, 5, 0), TAIPEI) == (
        (tp(1, 4, 0), tp(1, 5, 0)),
    )


slots = st.builds(
    lambda number, start, length, weekdays, first, days: Slot(
        number, f"p{number}", "lead", weekdays, start * 30, (start + length) * 30,
        date(2027, 3, 1) + timedelta(days=first), date(2027, 3, 1) + timedelta(days=first + days),
    ),
    st.integers(1, 9), st.integers(0, 47), st.integers(1, 48), st.integers(0, 127), st.integers(0, 20),
    st.integers(1, 30),
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(slots, max_size=6))
def test_gaps_are_exactly_the_minutes_without_a_holder(roster: list[Slot[str]]):
    start, end = datetime(2027, 3, 10, tzinfo=UTC), datetime(2027, 3, 18, tzinfo=UTC)
    found = gaps(roster, Role.LEAD, start, end, NEW_YORK)

    at = start
    while at < end:
        in_gap = any(a <= at < b for a, b in found)
        assert in_gap == (holder_at(roster, Role.LEAD, at, NEW_YORK) is None)
        at += timedelta(minutes=30)
