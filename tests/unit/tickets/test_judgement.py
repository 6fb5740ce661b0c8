"""What time brings to a ticket, judged without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tickets.escalation import Level
from tickets.judgement import Facts, Target, judge, next_look, rank_at
from tickets.words import PriorityClass, Role
from tickets.working_time import Calendars

AT = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDARS = Calendars(ZoneInfo("Asia/Taipei"), {})
CHAIN = tuple(
    Level(number, timedelta(minutes=minutes), role)
    for number, (minutes, role) in enumerate([(0, Role.LEAD), (15, Role.SUPERVISOR), (60, Role.MANAGER)], 1)
)


def facts(**values: object) -> Facts:
    defaults: dict[str, object] = {
        "priority_class": PriorityClass.P2,
        "is_live": False,
        "is_vulnerable": False,
        "entered_at": AT,
        "chases": 0,
        "level": 0,
        "climb_stopped_at": None,
        "pause_ends_at": None,
    }
    return Facts(**(defaults | values))  # type: ignore[arg-type]


def target(due: int = 30, warn: int | None = 20, **values: object) -> Target:
    warn_at = None if warn is None else AT + warn * MINUTE
    made = Target(1, "first_response", "always", AT + due * MINUTE, warn_at, None, None, 0)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def told(one: Target, now: datetime, **values: object) -> list[int]:
    verdict = judge([one], facts(**values), CHAIN, CALENDARS, now)
    for each, level, _ in verdict.levels:
        each.level = level.level
    return [level.level for _, level, _ in verdict.levels]


def test_nothing_comes_before_its_time():
    one = target()
    verdict = judge([one], facts(), CHAIN, CALENDARS, AT + 20 * MINUTE - timedelta(microseconds=1))

    assert (verdict.warned, verdict.breached, verdict.levels) == ([], [], [])
    assert next_look([one], facts(), CHAIN, CALENDARS) == AT + 20 * MINUTE


def test_who_comes_late_is_not_warned_of_what_is_broken():
    one = target()
    verdict = judge([one], facts(), CHAIN, CALENDARS, AT + 30 * MINUTE)

    assert verdict.warned == []
    assert verdict.breached == [one]
    assert one.breached_at == AT + 30 * MINUTE


def test_a_stopped_climb_stays_stopped_and_a_later_breach_climbs():
    stopped_at = AT + 40 * MINUTE
    assert told(target(breached_at=AT + 30 * MINUTE), AT + 600 * MINUTE, climb_stopped_at=stopped_at) == []
    assert told(target(due=50), AT + 600 * MINUTE, climb_stopped_at=stopped_at) == [1, 2, 3]


def test_a_higher_level_takes_the_lower_ones_with_it():
    chain = (Level(1, timedelta(hours=9), Role.LEAD), Level(2, timedelta(0), Role.MANAGER))
    verdict = judge([target()], facts(), chain, CALENDARS, AT + 30 * MINUTE)

    assert [level.level for _, level, _ in verdict.levels] == [1, 2]


def test_warning_breach_and_levels_put_a_ticket_forward():
    one = target()
    assert rank_at([one], facts(), CHAIN) == AT - 120 * MINUTE
    one.warned_at = AT
    assert rank_at([one], facts(), CHAIN) == AT - 180 * MINUTE
    one.breached_at, one.level = AT, 2
    assert rank_at([one], facts(chases=1), CHAIN) == AT - (120 + 120 + 60 + 30) * MINUTE


@given(st.lists(st.integers(0, 60 * 200), min_size=1, max_size=30), st.booleans())
def test_however_often_and_late_one_looks_each_level_comes_once(seconds: list[int], follow: bool):
    """At random instants, or always exactly when told to: the same levels come, once, in order, never early."""
    one, seen, now = target(), [], AT
    instants = sorted(AT + timedelta(seconds=s) for s in seconds)
    while instants or follow:
        at = next_look([one], facts(), CHAIN, CALENDARS) if follow else instants.pop(0)
        if at is None:
            break
        now = at
        seen += told(one, now)

    expected = [level.level for level in CHAIN if AT + 30 * MINUTE + level.after <= now]
    assert seen == expected
