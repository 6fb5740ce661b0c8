from datetime import timedelta

import pytest

from tests.unit.tickets.estate import make_calendars, tp
from tickets.intervals import (
    DEFAULT_CAPS,
    NO_PAUSES,
    Gap,
    Stretch,
    StretchKind,
    caps_for,
    gaps,
    pause_ends_at,
    stretch_kind,
)
from tickets.words import Kind, PriorityClass, TicketState, WaitReason
from tickets.working_time import ALWAYS

OFFICE = make_calendars()["office"]
RUNNING, PAUSED, OVER = StretchKind.RUNNING, StretchKind.PAUSED, StretchKind.OVER


def test_pause_that_ended_before_its_cap_counts_as_it_was():
    stretches = [
        Stretch(RUNNING, tp(1, 4, 9), tp(1, 4, 10)),
        Stretch(PAUSED, tp(1, 4, 10), tp(1, 5, 10), WaitReason.PARTS, "mei"),
        Stretch(RUNNING, tp(1, 5, 10)),
    ]

    assert gaps(stretches, DEFAULT_CAPS, OFFICE) == (Gap(tp(1, 4, 10), tp(1, 5, 10)),)
    assert pause_ends_at(stretches, DEFAULT_CAPS, OFFICE) is None


def test_pause_that_goes_on_ends_at_its_cap():
    for reason, cap_at in ((WaitReason.RESIDENT, tp(1, 7, 10)), (WaitReason.PARTS, tp(1, 18, 10))):
        stretches = [Stretch(PAUSED, tp(1, 4, 10), None, reason)]

        assert gaps(stretches, DEFAULT_CAPS, OFFICE) == (Gap(tp(1, 4, 10), cap_at),)
        assert pause_ends_at(stretches, DEFAULT_CAPS, OFFICE) == cap_at


def test_cap_is_for_the_ticket_and_shared_by_the_reasons_of_its_group():
    stretches = [
        Stretch(PAUSED, tp(1, 4, 8), tp(1, 5, 18), WaitReason.RESIDENT),  # two working days
        Stretch(PAUSED, tp(1, 6, 8), tp(1, 6, 18), WaitReason.CONTRACTOR),  # the other group
        Stretch(PAUSED, tp(1, 7, 8), None, WaitReason.NO_ACCESS),
    ]

    assert gaps(stretches, DEFAULT_CAPS, OFFICE)[-1] == Gap(tp(1, 7, 8), tp(1, 7, 18))
    assert pause_ends_at(stretches, DEFAULT_CAPS, OFFICE) == tp(1, 7, 18)


def test_cap_used_up_leaves_no_pause_at_all():
    stretches = [
        Stretch(PAUSED, tp(1, 4, 8), tp(1, 8, 8), WaitReason.RESIDENT),
        Stretch(PAUSED, tp(1, 11, 8), None, WaitReason.RESIDENT),
    ]

    assert gaps(stretches, DEFAULT_CAPS, OFFICE) == (Gap(tp(1, 4, 8), tp(1, 6, 18)),)
    assert pause_ends_at(stretches, DEFAULT_CAPS, OFFICE) == tp(1, 11, 8)


@pytest.mark.parametrize(
    ("priority_class", "kind"),
    [
        (PriorityClass.P0, Kind.EMERGENCY),
        (PriorityClass.P0, Kind.SERVICE_REQUEST),
        (PriorityClass.P2, Kind.COMPLAINT),
    ],
)
def test_emergencies_and_complaints_never_pause(priority_class: PriorityClass, kind: Kind):
    caps = caps_for(priority_class, kind)
    stretches = [Stretch(PAUSED, tp(1, 4, 10), tp(1, 5, 10), WaitReason.PARTS)]

    assert caps is NO_PAUSES
    assert gaps(stretches, caps, OFFICE) == ()


def test_other_tickets_may_pause():
    assert caps_for(PriorityClass.P1, Kind.SERVICE_REQUEST) is DEFAULT_CAPS


def test_time_between_done_and_reopened_belongs_to_nobody_and_needs_no_cap():
    stretches = [
        Stretch(RUNNING, tp(1, 4, 9), tp(1, 4, 10)),
        Stretch(OVER, tp(1, 4, 10), tp(2, 4, 10)),
        Stretch(RUNNING, tp(2, 4, 10)),
    ]

    assert gaps(stretches, NO_PAUSES, OFFICE) == (Gap(tp(1, 4, 10), tp(2, 4, 10)),)


def test_ticket_that_is_over_now_is_judged_as_it_stood():
    assert gaps([Stretch(OVER, tp(1, 4, 10))], DEFAULT_CAPS, OFFICE) == ()


def test_pause_without_a_known_reason_does_not_count():
    assert gaps([Stretch(PAUSED, tp(1, 4, 10))], DEFAULT_CAPS, OFFICE) == ()


def test_estate_without_office_hours_counts_caps_in_whole_days():
    stretches = [Stretch(PAUSED, tp(1, 4, 10), None, WaitReason.RESIDENT)]

    assert pause_ends_at(stretches, DEFAULT_CAPS, ALWAYS) == tp(1, 4, 10) + timedelta(days=3)


def test_each_state_says_what_the_clocks_do():
    kinds = {state: stretch_kind(state) for state in TicketState}

    assert [state for state, kind in kinds.items() if kind is PAUSED] == [TicketState.WAITING]
    assert {state for state, kind in kinds.items() if kind is OVER} == {"resolved", "closed", "cancelled"}
