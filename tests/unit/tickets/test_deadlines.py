from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.tickets.estate import make_calendars, tp
from tickets.deadlines import (
    Late,
    PolicyError,
    Target,
    Warn,
    counted,
    due,
    due_at,
    dues,
    is_same_ticket,
)
from tickets.intervals import DEFAULT_CAPS, NO_PAUSES, Gap, Stretch, StretchKind, gaps
from tickets.windows import DayException
from tickets.words import TargetKind, WaitReason

ESTATE = make_calendars()
FIRST, RESOLUTION = TargetKind.FIRST_RESPONSE, TargetKind.RESOLUTION
RUNNING, PAUSED, OVER = StretchKind.RUNNING, StretchKind.PAUSED, StretchKind.OVER
THREE_DAYS = Target(RESOLUTION, working_days=3, calendar="office", warn=Warn(percent=75))
OFFICE_4H = Target(FIRST, seconds=14_400, calendar="office", warn=Warn(percent=75))
HALF_HOUR = Target(FIRST, seconds=1800, warn=Warn(percent=75), late=Late(79_200, 28_800, 7200, 1800))


def test_response_round_the_clock_and_resolution_in_office_hours_each_in_its_own_calendar():
    found = dues([HALF_HOUR, THREE_DAYS], tp(1, 8, 17, 45), [], ESTATE)

    assert [d.due_at for d in found] == [tp(1, 8, 18, 15), tp(1, 13, 18)]


def test_two_seconds_are_a_valid_target():
    assert due_at(Target(FIRST, seconds=2), tp(1, 4, 9), [], ESTATE) == tp(1, 4, 9) + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (tp(1, 4, 21, 59), tp(1, 4, 22, 29)),
        (tp(1, 4, 22, 0), tp(1, 5, 0, 0)),
        (tp(1, 5, 7, 59), tp(1, 5, 9, 59)),
        (tp(1, 5, 8, 0), tp(1, 5, 8, 30)),
    ],
)
def test_ordinary_response_is_two_hours_for_what_comes_at_night(created: datetime, expected: datetime):
    assert due_at(HALF_HOUR, created, [], ESTATE) == expected


def test_night_length_falls_away_when_the_ordinary_one_is_changed():
    shorter = Target(FIRST, seconds=2, late=HALF_HOUR.late)

    assert due_at(shorter, tp(1, 4, 23), [], ESTATE) == tp(1, 4, 23) + timedelta(seconds=2)


def test_warning_at_a_share_of_the_targets_own_calendar():
    found = due(OFFICE_4H, tp(1, 8, 16), (), ESTATE)

    assert found.warn_at == tp(1, 11, 9)
    assert found.due_at == tp(1, 11, 10)


def test_warning_in_working_days_before_the_answer_to_a_complaint():
    answer = Target(RESOLUTION, working_days=5, calendar="office", warn=Warn(working_days=2))

    assert due(answer, tp(1, 4, 10), (), ESTATE).warn_at == tp(1, 7, 18)
    assert due(answer, tp(1, 4, 10), (), ESTATE).due_at == tp(1, 11, 18)


def test_warning_is_never_before_creation():
    short = Target(RESOLUTION, working_days=1, calendar="office", warn=Warn(working_days=3))

    assert due(short, tp(1, 4, 10), (), ESTATE).warn_at == tp(1, 4, 10)


def test_warning_by_minutes_of_its_own_calendar():
    target = Target(FIRST, seconds=7200, calendar="office", warn=Warn(seconds=1800))

    assert due(target, tp(1, 8, 17), (), ESTATE).warn_at == tp(1, 11, 8, 30)


def test_closed_dates_make_the_limit_longer_not_shorter():
    """Three working days, a day and a half old: not due; with two closed dates between it is due later, not now."""
    created, now = tp(1, 5, 8), tp(1, 6, 13)
    closed = make_calendars(*(DayException.closed(tp(1, day, 0).date(), "festival") for day in (6, 7)))

    plain, lengthened = (due_at(THREE_DAYS, created, [], estate) for estate in (ESTATE, closed))

    assert plain == tp(1, 8, 18)
    assert plain > now
    assert lengthened == tp(1, 12, 18)
    assert lengthened > plain


def test_pause_moves_the_due_instant_by_its_working_time():
    created = tp(1, 4, 9)
    paused = [
        Stretch(RUNNING, created, tp(1, 4, 10)),
        Stretch(PAUSED, tp(1, 4, 10), tp(1, 5, 10), WaitReason.RESIDENT, "mei"),
        Stretch(RUNNING, tp(1, 5, 10)),
    ]

    assert due_at(OFFICE_4H, created, [], ESTATE) == tp(1, 4, 14)
    assert due_at(OFFICE_4H, created, paused, ESTATE) == tp(1, 5, 14)
    assert due_at(THREE_DAYS, created, paused, ESTATE) == tp(1, 8, 18)


def test_nothing_breaches_while_it_pauses():
    created = tp(1, 4, 9)
    paused = [
        Stretch(RUNNING, created, tp(1, 4, 10)),
        Stretch(PAUSED, tp(1, 4, 10), None, WaitReason.RESIDENT),
    ]

    projected = due(OFFICE_4H, created, gaps(paused, DEFAULT_CAPS, ESTATE.pausing), ESTATE)

    assert projected.due_at == tp(1, 7, 14)  # three working days of pause, then the three hours left
    assert projected.warn_at == tp(1, 7, 12)


def test_emergency_clock_runs_through_a_pause():
    created = tp(1, 4, 9)
    paused = [Stretch(PAUSED, created, None, WaitReason.CONTRACTOR)]
    made_safe = Target(RESOLUTION, seconds=86_400)

    assert due_at(made_safe, created, paused, ESTATE, NO_PAUSES) == tp(1, 5, 9)


def test_changed_priority_counts_from_creation_with_the_same_stretches():
    created = tp(1, 4, 9)
    stretches = [
        Stretch(RUNNING, created, tp(1, 4, 10)),
        Stretch(PAUSED, tp(1, 4, 10), tp(1, 4, 11), WaitReason.RESIDENT),
        Stretch(RUNNING, tp(1, 4, 11)),
    ]
    urgent = Target(FIRST, seconds=300)

    assert due_at(OFFICE_4H, created, stretches, ESTATE) == tp(1, 4, 15)
    assert due_at(urgent, created, stretches, ESTATE) == tp(1, 4, 9, 5)  # past already: it breaches now


def test_reopened_resolution_goes_on_without_the_time_it_was_done_and_response_starts_anew():
    created, done, reopened = tp(1, 4, 9), tp(1, 5, 9), tp(1, 7, 9)
    stretches = [
        Stretch(RUNNING, created, done),
        Stretch(OVER, done, reopened),
        Stretch(RUNNING, reopened),
    ]

    assert due_at(THREE_DAYS, created, [], ESTATE) == tp(1, 7, 18)
    assert due_at(THREE_DAYS, created, stretches, ESTATE) == tp(1, 11, 18)  # two working days later
    assert due_at(OFFICE_4H, reopened, stretches, ESTATE) == tp(1, 7, 14)


def test_reopening_within_seven_days_is_the_same_ticket():
    assert is_same_ticket(tp(1, 4, 9), tp(1, 11, 9))
    assert not is_same_ticket(tp(1, 4, 9), tp(1, 11, 9) + timedelta(seconds=1))


def test_same_day_promise_ends_at_midnight_of_the_estate():
    same_day = Target(RESOLUTION, working_days=0, calendar="daily", late=Late(72_000, 86_400, 14_400, None))

    assert due_at(same_day, tp(1, 9, 10), [], ESTATE) == tp(1, 10, 0)
    assert due_at(same_day, tp(1, 9, 23), [], ESTATE) == tp(1, 10, 3)


moments = st.integers(0, 60 * 24 * 30).map(lambda minutes: tp(1, 1, 0) + timedelta(minutes=minutes))
targets = st.one_of(
    st.builds(
        Target, st.just(FIRST), st.integers(1, 400_000), calendar=st.sampled_from(["always", "office"])
    ),
    st.integers(0, 9).map(lambda n: Target(RESOLUTION, working_days=n, calendar="office_evening")),
)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Gap, ...]:
    edges = sorted(draw(st.sets(moments, max_size=8)))
    return tuple(Gap(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


@given(targets, moments, pauses())
def test_due_is_where_the_promised_time_has_run_outside_all_pauses(
    target: Target, created: datetime, stood: tuple[Gap, ...]
):
    calendar = ESTATE[target.calendar]
    without = due(target, created, (), ESTATE).due_at
    found = due(target, created, stood, ESTATE).due_at

    assert counted(created, found, stood, calendar) == calendar.between(created, without)
    assert found >= without
    assert not any(gap.starts_at < found < gap.ends_at for gap in stood)


@given(targets, moments, pauses(), moments, st.integers(1, 5000))
def test_longer_pause_never_makes_it_due_earlier(
    target: Target, created: datetime, stood: tuple[Gap, ...], at: datetime, minutes: int
):
    more = [*stood, Gap(at, at + timedelta(minutes=minutes))]
    merged: list[Gap] = []
    for gap in sorted(more):
        if merged and gap.starts_at <= merged[-1].ends_at:
            merged[-1] = Gap(merged[-1].starts_at, max(merged[-1].ends_at, gap.ends_at))
        else:
            merged.append(gap)

    assert due(target, created, merged, ESTATE).due_at >= due(target, created, stood, ESTATE).due_at


def test_json_comes_back_as_it_went():
    for target in (
        HALF_HOUR,
        THREE_DAYS,
        Target(RESOLUTION, working_days=5, calendar="office", warn=Warn(working_days=2)),
        Target(FIRST, seconds=2),
        Target(RESOLUTION, working_days=0, calendar="daily", late=Late(72_000, 86_400, 14_400, None)),
    ):
        assert Target.from_json(target.to_json()) == target


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "sometime", "seconds": 5}, "targets.sometime"),
        ({"seconds": 0}, "targets.first_response.seconds"),
        ({"seconds": 1.5}, "targets.first_response.seconds"),
        ({"seconds": True}, "targets.first_response.seconds"),
        ({"seconds": "5"}, "targets.first_response.seconds"),
        ({"seconds": 10**12}, "targets.first_response.seconds"),
        ({"working_days": -1, "calendar": "office"}, "targets.first_response.working_days"),
        ({}, "targets.first_response"),
        ({"seconds": 5, "working_days": 1, "calendar": "office"}, "targets.first_response"),
        ({"working_days": 1}, "targets.first_response.calendar"),
        ({"seconds": 5, "calendar": 7}, "targets.first_response.calendar"),
        ({"seconds": 5, "warn": {"seconds": 6}}, "targets.first_response.warn"),
        (
            {"working_days": 1, "calendar": "office", "warn": {"working_days": 2}},
            "targets.first_response.warn",
        ),
        ({"seconds": 5, "warn": {}}, "targets.first_response.warn"),
        ({"seconds": 5, "warn": {"percent": 50, "seconds": 1}}, "targets.first_response.warn"),
        ({"seconds": 5, "warn": {"percent": 100}}, "targets.first_response.warn.percent"),
        ({"seconds": 5, "warn": 50}, "targets.first_response.warn"),
        (
            {"seconds": 5, "late": {"from": "22:00", "until": "8", "seconds": 7}},
            "targets.first_response.late",
        ),
        (
            {"seconds": 5, "late": {"from": "22:00", "until": "22:00", "seconds": 7}},
            "targets.first_response.late",
        ),
        ({"seconds": 5, "late": {"from": "22:00", "until": "08:00"}}, "targets.first_response.late"),
        ({"seconds": 5, "late": []}, "targets.first_response.late"),
    ],
)
def test_target_that_cannot_be_promised_is_refused_with_its_field(data: dict[str, Any], field: str):
    with pytest.raises(PolicyError) as refusal:
        Target.from_json({"kind": "first_response"} | data)

    assert refusal.value.field == field


def test_target_must_be_an_object():
    with pytest.raises(PolicyError):
        Target.from_json(5)
