from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.tickets.estate import make_calendars, tp
from tickets.deadlines import PolicyError
from tickets.escalation import (
    Clock,
    Level,
    NobodyToTell,
    counted_levels,
    level_at,
    levels_due,
    next_due_at,
    next_level_at,
    recipient,
    reminder_at,
)
from tickets.words import Role

ESTATE = make_calendars()
URGENT = (
    Level(1, timedelta(0), Role.LEAD),
    Level(2, timedelta(minutes=15), Role.SUPERVISOR),
    Level(3, timedelta(hours=1), Role.MANAGER),
)
MINOR = (
    Level(1, timedelta(0), Role.LEAD),
    Level(2, timedelta(hours=9), Role.SUPERVISOR, "office"),
    Level(3, timedelta(hours=27), Role.MANAGER, "office"),
)
BREACH = tp(1, 8, 17, 0)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_levels_climb_one_after_another_until_all_are_told():
    told: set[int] = set()
    seen = []
    for minute in range(0, 70, 5):
        now = BREACH + minutes(minute)
        for level, at in levels_due(URGENT, BREACH, told, None, now, ESTATE):
            seen.append((minute, level.role, at))
            told.add(level.level)

    assert seen == [
        (0, Role.LEAD, BREACH),
        (15, Role.SUPERVISOR, BREACH + minutes(15)),
        (60, Role.MANAGER, BREACH + minutes(60)),
    ]


def test_nothing_is_told_before_the_breach():
    assert levels_due(URGENT, BREACH, set(), None, BREACH - timedelta(microseconds=1), ESTATE) == ()


def test_level_is_told_once_whoever_looks_again():
    assert levels_due(URGENT, BREACH, {1}, None, BREACH + minutes(1), ESTATE) == ()
    assert levels_due(URGENT, BREACH, {1, 2, 3}, None, BREACH + minutes(9999), ESTATE) == ()


def test_after_an_outage_everything_that_fell_due_is_told_with_its_own_instant():
    found = levels_due(URGENT, BREACH, {1}, None, BREACH + minutes(600), ESTATE)

    assert [(level.level, at) for level, at in found] == [
        (2, BREACH + minutes(15)),
        (3, BREACH + minutes(60)),
    ]


def test_acknowledgement_stops_the_climb():
    acknowledged_at = BREACH + minutes(5)

    assert levels_due(URGENT, BREACH, {1}, acknowledged_at, BREACH + minutes(600), ESTATE) == ()
    assert next_level_at(URGENT, BREACH, {1}, acknowledged_at, ESTATE) is None


def test_working_day_levels_skip_the_weekend():
    assert level_at(MINOR[1], BREACH, "always", ESTATE) == tp(1, 11, 17)
    assert level_at(MINOR[2], BREACH, "always", ESTATE) == tp(1, 13, 17)


def test_office_promise_climbs_in_office_hours():
    level = Level(2, timedelta(hours=4), Role.SUPERVISOR)

    assert level_at(level, BREACH, "office", ESTATE) == tp(1, 11, 11)
    assert level_at(level, BREACH, "always", ESTATE) == tp(1, 8, 21)


def test_first_level_is_told_at_the_closing_itself():
    assert level_at(MINOR[0], tp(1, 8, 18), "office", ESTATE) == tp(1, 8, 18)


def test_next_level_is_the_earliest_not_told():
    assert next_level_at(URGENT, BREACH, {1}, None, ESTATE) == BREACH + minutes(15)
    assert next_level_at(URGENT, BREACH, {1, 2, 3}, None, ESTATE) is None


def test_reminders_back_off_and_stop_at_five():
    hours = [reminder_at(BREACH, sent, ESTATE) for sent in range(6)]

    assert hours == [*(BREACH + timedelta(hours=h) for h in (1, 2, 4, 8, 16)), None]


def test_reminders_of_an_office_promise_keep_to_office_hours():
    office = ESTATE["office"]
    instants = [reminder_at(BREACH, sent, ESTATE, "office") for sent in range(5)]

    assert instants[0] == tp(1, 8, 18)
    assert instants[1] == tp(1, 11, 9)
    assert all(at is not None and office.between(at - minutes(1), at) == minutes(1) for at in instants)


def test_empty_role_passes_up_and_the_skip_is_kept():
    found = recipient(Role.LEAD, {Role.MANAGER: "wu"}.get)

    assert (found.role, found.holder, found.skipped) == (Role.MANAGER, "wu", (Role.LEAD, Role.SUPERVISOR))


def test_whoever_holds_the_role_is_told_first():
    found = recipient(Role.SUPERVISOR, {Role.LEAD: "an", Role.SUPERVISOR: "fang"}.get)

    assert (found.holder, found.skipped) == ("fang", ())


@pytest.mark.parametrize("asked", Role)
@pytest.mark.parametrize("only", Role)
def test_never_nobody_while_anybody_at_all_holds_a_role(asked: Role, only: Role):
    assert recipient(asked, {only: "somebody"}.get).holder == "somebody"


def test_nights_without_managers_end_in_the_control_room_before_going_down():
    holders = {Role.LEAD: "an", Role.SECURITY: "guard", Role.ADMIN: "root"}

    assert recipient(Role.SUPERVISOR, holders.get).holder == "guard"


def test_estate_without_any_staff_is_an_error_and_not_a_silence():
    with pytest.raises(NobodyToTell):
        recipient(Role.LEAD, lambda role: None)


def test_level_that_only_notifies_changes_nothing_about_the_ticket():
    """A sweep that only notifies leaves class and place in the queue as they were."""
    notify = (replace(URGENT[0], notify_only=True), *URGENT[1:])
    clock = Clock(due_at=BREACH, breached_at=BREACH)
    before = clock

    assert [
        level.level for level, _ in levels_due(notify, BREACH, clock.done_levels, None, BREACH, ESTATE)
    ] == [1]
    assert clock == before
    assert counted_levels(notify, {1}) == 0
    assert counted_levels(notify, {1, 2}) == 1
    assert counted_levels(URGENT, {1, 2}) == 2


def test_next_look_is_the_warning_then_the_breach_then_each_level():
    clock = Clock(due_at=tp(1, 4, 10), warn_at=tp(1, 4, 9, 30))
    looks = [next_due_at([clock], URGENT, ESTATE)]
    clock = replace(clock, warned_at=tp(1, 4, 9, 30))
    looks.append(next_due_at([clock], URGENT, ESTATE))
    for told in ((1,), (1, 2), (1, 2, 3)):
        clock = replace(clock, breached_at=tp(1, 4, 10), done_levels=frozenset(told), told_at=tp(1, 4, 11))
        looks.append(next_due_at([clock], URGENT, ESTATE))

    assert looks == [tp(1, 4, 9, 30), tp(1, 4, 10), tp(1, 4, 10, 15), tp(1, 4, 11), tp(1, 4, 12)]
    assert next_due_at([replace(clock, reminded=5)], URGENT, ESTATE) is None


def test_next_look_is_the_earliest_of_all_clocks_and_of_the_pause():
    response = Clock(due_at=tp(1, 4, 10), settled_at=tp(1, 4, 9))
    site = Clock(due_at=tp(1, 5, 10))
    resolution = Clock(due_at=tp(1, 8, 18), warn_at=tp(1, 7, 9))

    assert next_due_at([response, site, resolution], URGENT, ESTATE) == tp(1, 5, 10)
    assert next_due_at([response, site, resolution], URGENT, ESTATE, tp(1, 4, 12)) == tp(1, 4, 12)
    assert next_due_at([response], URGENT, ESTATE) is None
    assert next_due_at([], URGENT, ESTATE) is None


def test_settled_or_acknowledged_clock_asks_for_no_more_looks():
    late = Clock(due_at=BREACH, breached_at=BREACH, done_levels=frozenset({1}))

    assert next_due_at([late], URGENT, ESTATE) == BREACH + minutes(15)
    assert next_due_at([replace(late, acknowledged_at=BREACH)], URGENT, ESTATE) is None
    assert next_due_at([replace(late, settled_at=BREACH)], URGENT, ESTATE) is None


def test_warning_that_would_come_with_the_breach_is_left_out():
    assert next_due_at([Clock(due_at=BREACH, warn_at=BREACH)], URGENT, ESTATE) == BREACH


def test_json_comes_back_as_it_went():
    for level in (*URGENT, *MINOR, replace(URGENT[1], notify_only=True)):
        assert Level.from_json(level.level, level.to_json()) == level


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"after": -1, "role": "lead"}, "levels.1.after"),
        ({"after": "0", "role": "lead"}, "levels.1.after"),
        ({"role": "lead"}, "levels.1.after"),
        ({"after": 0, "role": "boss"}, "levels.1.role"),
        ({"after": 0}, "levels.1.role"),
        ({"after": 0, "role": "lead", "calendar": 3}, "levels.1.calendar"),
        ([], "levels.1"),
    ],
)
def test_level_that_cannot_be_climbed_is_refused_with_its_field(data: Any, field: str):
    with pytest.raises(PolicyError) as refusal:
        Level.from_json(1, data)

    assert refusal.value.field == field
