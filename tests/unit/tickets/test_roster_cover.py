"""What a roster must hold: somebody at every minute, and nobody twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tickets.estate import TAIPEI, tp
from tickets.roster import EVERY_DAY, Slot, gaps, holder_at, subtract
from tickets.roster_cover import Booked, Uncovered, clash, opened, uncovered
from tickets.windows import to_utc
from tickets.words import Role
from tickets.working_time import to_us

NEW_YORK = ZoneInfo("America/New_York")
WORKDAYS = 0b001_1111


def slot(holder: str, start: int = 0, end: int = 24, role: str = "lead", **values: object) -> Slot[str]:
    given_values: dict[str, object] = {"weekdays": EVERY_DAY, "valid_from": date(2027, 1, 1), "id": 1}
    return Slot(
        holder=holder, role=role, start_minute=start * 60, end_minute=end * 60, **(given_values | values)
    )  # type: ignore[arg-type]


def test_a_lead_by_day_and_the_control_room_by_night_leave_no_gap():
    roster = [slot("an", 8, 22), slot("guard", role="security")]

    assert uncovered(roster, tp(1, 4, 0), tp(1, 11, 0), TAIPEI) == ()


def test_by_day_the_control_room_does_not_stand_for_the_lead():
    roster = [slot("an", 8, 18), slot("guard", role="security")]

    assert uncovered(roster, tp(1, 4, 8), tp(1, 5, 8), TAIPEI) == (Uncovered(tp(1, 4, 18), tp(1, 4, 22)),)


def test_a_lead_for_one_trade_answers_for_nobody_else():
    assert uncovered([slot("an", trade="home_repairs")], tp(1, 4, 0), tp(1, 5, 0), TAIPEI) != ()


def test_who_is_ill_leaves_a_gap_of_exactly_that_time():
    ill = (to_us(tp(1, 5, 9)), to_us(tp(1, 5, 12)))
    roster = [slot("an", away=(ill,))]

    assert holder_at(roster, Role.LEAD, tp(1, 5, 8, 59), TAIPEI) == "an"
    assert holder_at(roster, Role.LEAD, tp(1, 5, 9), TAIPEI) is None
    assert holder_at(roster, Role.LEAD, tp(1, 5, 12), TAIPEI) == "an"
    assert gaps(roster, Role.LEAD, tp(1, 4, 0), tp(1, 8, 0), TAIPEI) == ((tp(1, 5, 9), tp(1, 5, 12)),)
    assert uncovered(roster, tp(1, 4, 0), tp(1, 8, 0), TAIPEI) == (Uncovered(tp(1, 5, 9), tp(1, 5, 12)),)


def test_a_change_is_blamed_only_for_the_gaps_it_makes():
    old = (Uncovered(tp(1, 4, 0), tp(1, 5, 0)),)

    assert opened(old, old) == ()
    assert opened(old, (Uncovered(tp(1, 4, 0), tp(1, 6, 0)),)) == (Uncovered(tp(1, 5, 0), tp(1, 6, 0)),)
    assert opened((), old) == old


def booked(estate: int, one: Slot[str]) -> Booked[str]:
    return Booked(estate, TAIPEI, one)


def test_two_estates_at_once_are_one_too_many_for_who_stands_somewhere():
    day = booked(1, slot("an", 8, 20))

    found = clash([day, booked(2, slot("an", 19, 24, id=2))], tp(1, 4, 0), tp(1, 11, 0))

    assert found is not None
    assert (found.starts_at, found.ends_at) == (tp(1, 4, 19), tp(1, 4, 20))
    assert clash([day, booked(2, slot("an", 20, 24, id=2))], tp(1, 4, 0), tp(1, 11, 0)) is None


def test_a_manager_answers_for_several_estates_but_not_in_two_roles_of_one():
    first, second = slot("tang", role="manager"), slot("tang", role="manager", id=2)

    assert clash([booked(1, first), booked(2, second)], tp(1, 4, 0), tp(1, 11, 0)) is None
    assert clash(
        [booked(1, first), booked(1, slot("tang", role="director", id=3))], tp(1, 4, 0), tp(1, 11, 0)
    )


def test_weekdays_that_never_meet_do_not_clash():
    work, weekend = slot("an", weekdays=WORKDAYS), slot("an", weekdays=0b110_0000, id=2)

    assert clash([booked(1, work), booked(2, weekend)], tp(1, 1, 0), tp(12, 31, 0)) is None


def test_the_night_of_a_clock_change_is_covered_by_a_shift_across_it():
    roster = [slot("an", 8, 20), slot("bo", 20, 32, id=2)]
    start, end = datetime(2027, 3, 13, 5, tzinfo=UTC), datetime(2027, 3, 16, tzinfo=UTC)

    assert uncovered(roster, start, end, NEW_YORK) == ()
    assert (
        uncovered(roster, datetime(2027, 11, 6, 5, tzinfo=UTC), datetime(2027, 11, 9, tzinfo=UTC), NEW_YORK)
        == ()
    )


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1])), max_size=6
)


@given(spans)
def test_what_is_taken_out_is_gone_and_the_rest_is_left(cuts: list[tuple[int, int]]):
    left = subtract([(0, 80)], cuts)

    kept = {minute for a, b in left for minute in range(a, b)}
    cut = {minute for a, b in cuts for minute in range(a, b)}
    assert kept == set(range(80)) - cut


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 23), st.integers(1, 24), st.integers(1, 127), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(
        ["Asia/Taipei", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago"]
    ),
)
def test_a_gap_is_exactly_where_nobody_is_found(lines: list[tuple[int, int, int, bool]], name: str):
    zone = ZoneInfo(name)
    roster = [
        slot(f"p{i}", a, a + n, role="security" if guard else "lead", weekdays=days, id=i)
        for i, (a, n, days, guard) in enumerate(lines)
    ]
    start = datetime(2027, 3, 26, tzinfo=UTC)
    missing = uncovered(roster, start, start + timedelta(days=10), zone)

    for step in range(0, 10 * 24 * 2):
        at = start + timedelta(minutes=30 * step + 7)
        named = holder_at(roster, Role.LEAD, at, zone)
        if named is None and is_night(at, zone):
            named = holder_at(roster, Role.SECURITY, at, zone)
        assert (named is None) == any(gap.starts_at <= at < gap.ends_at for gap in missing), at


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    day, instant = at.astimezone(zone).date().toordinal(), to_us(at)
    return any(
        to_utc(zone, d, 22 * 3600, is_end=False) <= instant < to_utc(zone, d, 32 * 3600, is_end=True)
        for d in (day - 1, day)
    )
