import re
from datetime import timedelta

import pytest

from tests.unit.tickets.estate import tp
from tickets import defaults
from tickets.deadlines import Due, dues
from tickets.escalation import level_at
from tickets.policies import Case, Policy, find_policy, levels_from_json, targets_by_kind, targets_from_json
from tickets.words import Kind, PriorityClass, Role, TargetKind

CATEGORIES = {category.code: category for category in defaults.categories()}
LEAVES = [category for category in CATEGORIES.values() if category.is_leaf]
QUEUES = {queue.code for queue in defaults.queues()}
POLICIES = {policy.code: policy for policy in defaults.policies()}
ESTATE = defaults.calendars_of("Asia/Taipei")


def policy_of(category: str, priority_class: str) -> Policy:
    found = find_policy(defaults.policies(), Case("any", category, priority_class))
    assert found is not None
    return found


@pytest.mark.parametrize("category", LEAVES, ids=lambda category: category.code)
def test_every_leaf_has_a_queue_a_class_and_the_line_that_really_covers_it(category: defaults.Category):
    assert category.queue in QUEUES
    assert category.priority_class is not None
    assert policy_of(category.code, category.priority_class).code == category.line


@pytest.mark.parametrize("category", LEAVES, ids=lambda category: category.code)
def test_every_leaf_has_a_line_in_every_class_with_a_first_response(category: defaults.Category):
    for priority_class in PriorityClass:
        policy = policy_of(category.code, priority_class)
        assert TargetKind.FIRST_RESPONSE in {target.kind for target in policy.targets}
        assert TargetKind.RESOLUTION in {target.kind for target in policy.targets}
        assert policy.levels
        assert (policy.code == "p0") == (priority_class is PriorityClass.P0)


def test_every_queue_is_the_queue_of_some_leaf():
    assert {category.queue for category in LEAVES} == QUEUES


def test_every_line_but_those_chosen_by_hand_is_the_line_of_some_case():
    used = {policy_of(category.code, str(c)).code for category in LEAVES for c in PriorityClass}

    assert set(POLICIES) - used == {"complaint_stage2"}


def test_every_name_stands_in_every_language():
    for entry in (*CATEGORIES.values(), *defaults.queues()):
        assert set(entry.names) == set(defaults.LANGUAGES)
        assert all(name.strip() for name in entry.names.values())
        assert re.search("[a-zA-Z]", entry.names["en"])
        assert not any(re.search("[a-zA-Z]", entry.names[tag]) for tag in ("zh-TW", "zh-CN", "yue"))


def test_keys_are_one_key_each_and_no_two_neighbours_share_one():
    seen = set()
    for category in CATEGORIES.values():
        assert category.key in "*1234567"
        assert category.keys not in seen
        seen.add(category.keys)
        siblings = [c for c in CATEGORIES.values() if c.parent == category.parent and c.key != "*"]
        assert len(siblings) <= (7 if category.parent is None else 6)


@pytest.mark.parametrize(
    ("code", "keys", "queue", "priority_class"),
    [
        ("emergency", ("*",), "emergency", "P0"),
        ("emergency.lift", ("*", "1"), "emergency", "P0"),
        ("home.water", ("1", "1"), "home_repairs", "P2"),
        ("home.other", ("1", "6"), "home_repairs", "P3"),
        ("common.lift", ("2", "1"), "common_repairs", "P1"),
        ("common.cleaning", ("2", "6"), "environment", "P3"),
        ("outage.power", ("3", "2"), "utilities", "P1"),
        ("security.suspicious", ("4", "1"), "security", "P1"),
        ("security.lost_found", ("4", "6"), "general", "P3"),
        ("services.fees", ("5", "1"), "accounts", "P3"),
        ("services.other", ("5", "5"), "general", "P3"),
        ("opinions.complaint", ("6", "1"), "feedback", "P2"),
    ],
)
def test_menu_keys_lead_to_the_categories_of_the_book(
    code: str, keys: tuple[str, ...], queue: str, priority_class: str
):
    category = CATEGORIES[code]

    assert (category.keys, category.queue, category.priority_class) == (keys, queue, priority_class)


def test_extra_questions_lead_somewhere_more_urgent():
    asked = {category.code: category for category in LEAVES if category.ask}

    assert asked["common.lift"].ask_yes_code == "emergency.lift"
    for category in asked.values():
        target = CATEGORIES[category.ask_yes_code] if category.ask_yes_code else None
        raised = target.priority_class if target else category.ask_yes_class
        assert raised is not None
        assert category.priority_class is not None
        assert raised < category.priority_class


def test_six_kinds_of_emergency_and_each_is_one():
    kinds = [category for category in LEAVES if category.parent == "emergency"]

    assert [category.code for category in kinds] == [
        f"emergency.{kind}" for kind in ("lift", "fire", "gas", "person", "intruder", "danger")
    ]
    assert {category.kind for category in kinds} == {Kind.EMERGENCY}


def test_opinions_have_their_own_kinds():
    assert [CATEGORIES[f"opinions.{kind}"].kind for kind in ("complaint", "suggestion", "praise")] == [
        Kind.COMPLAINT,
        Kind.SUGGESTION,
        Kind.PRAISE,
    ]


def test_every_calendar_that_a_line_names_exists_and_opens():
    for zone in ("Asia/Taipei", "America/New_York"):
        for calendar in defaults.calendars(zone).values():
            calendar.check_openings(tp(1, 1, 0))
    for policy in POLICIES.values():
        for target in policy.targets:
            assert ESTATE[target.calendar]
        for level in policy.levels:
            assert level.calendar is None or ESTATE[level.calendar]


def promised(code: str, created: tuple[int, int, int]) -> dict[TargetKind, Due]:
    return {due.kind: due for due in dues(POLICIES[code].targets, tp(*created), [], ESTATE)}


@pytest.mark.parametrize(
    ("line", "created", "response", "resolution"),
    [
        ("p0", (1, 4, 10), tp(1, 4, 10, 1), tp(1, 5, 10)),
        ("p1", (1, 9, 3), tp(1, 9, 3, 5), tp(1, 10, 3)),
        ("p2", (1, 4, 10), tp(1, 4, 10, 30), tp(1, 7, 18)),
        ("p2", (1, 4, 23), tp(1, 5, 1), tp(1, 8, 18)),
        ("p3", (1, 8, 17), tp(1, 11, 11), tp(1, 19, 18)),
        ("security", (1, 9, 15), tp(1, 9, 15, 5), tp(1, 10, 0)),
        ("security", (1, 9, 23), tp(1, 9, 23, 5), tp(1, 10, 3)),
        ("cleaning", (1, 9, 21), tp(1, 9, 22), tp(1, 10, 19)),
        ("fees", (1, 4, 10), tp(1, 4, 15), tp(1, 6, 18)),
        ("complaint", (1, 4, 10), tp(1, 5, 18), tp(1, 11, 18)),
        ("complaint_stage2", (1, 4, 10), tp(1, 5, 18), tp(1, 18, 18)),
        ("suggestion", (1, 4, 10), tp(1, 5, 18), tp(1, 11, 18)),
    ],
)
def test_default_lines_promise_what_the_book_says(
    line: str, created: tuple[int, int, int], response, resolution
):  # type: ignore[no-untyped-def]
    found = promised(line, created)

    assert found[TargetKind.FIRST_RESPONSE].due_at == response
    assert found[TargetKind.RESOLUTION].due_at == resolution


def test_warnings_of_the_book():
    assert promised("p1", (1, 4, 10))[TargetKind.FIRST_RESPONSE].warn_at == tp(1, 4, 10) + timedelta(
        seconds=150
    )
    assert promised("p2", (1, 4, 10))[TargetKind.FIRST_RESPONSE].warn_at == tp(1, 4, 10) + timedelta(
        minutes=22.5
    )
    assert promised("complaint", (1, 4, 10))[TargetKind.RESOLUTION].warn_at == tp(1, 7, 18)
    assert promised("p0", (1, 4, 10))[TargetKind.FIRST_RESPONSE].warn_at is None


@pytest.mark.parametrize(
    ("line", "climb"),
    [
        ("p0", [(Role.LEAD, tp(1, 8, 16)), (Role.SUPERVISOR, tp(1, 8, 16, 2)),
                (Role.MANAGER, tp(1, 8, 16, 4)), (Role.DIRECTOR, tp(1, 8, 16, 9))]),
        ("p1", [(Role.LEAD, tp(1, 8, 16)), (Role.SUPERVISOR, tp(1, 8, 16, 15)), (Role.MANAGER, tp(1, 8, 17))]),
        ("p2", [(Role.LEAD, tp(1, 8, 16)), (Role.SUPERVISOR, tp(1, 8, 20)), (Role.MANAGER, tp(1, 11, 16))]),
        ("p3", [(Role.LEAD, tp(1, 8, 16)), (Role.SUPERVISOR, tp(1, 11, 16)), (Role.MANAGER, tp(1, 13, 16))]),
        ("fees", [(Role.LEAD, tp(1, 8, 16)), (Role.SUPERVISOR, tp(1, 11, 16))]),
        ("complaint", [(Role.SUPERVISOR, tp(1, 8, 16)), (Role.MANAGER, tp(1, 11, 16))]),
    ],
)  # fmt: skip
def test_default_chains_climb_as_the_book_says(line: str, climb):  # type: ignore[no-untyped-def]
    levels = POLICIES[line].levels

    assert [(level.role, level_at(level, tp(1, 8, 16), "always", ESTATE)) for level in levels] == climb


def test_lost_key_is_urgent_and_pests_are_seen_in_two_hours():
    assert policy_of("security.keys", "P1").code == "p1_lost_key"
    assert promised("cleaning_pests", (1, 4, 10))[TargetKind.ON_SITE].due_at == tp(1, 4, 12)


def test_common_parts_are_reached_in_half_the_time_of_a_home():
    assert promised(policy_of("common.lift", "P1").code, (1, 4, 10))[TargetKind.ON_SITE].due_at == tp(
        1, 4, 10, 15
    )
    assert promised(policy_of("home.water", "P1").code, (1, 4, 10))[TargetKind.ON_SITE].due_at == tp(
        1, 4, 10, 30
    )


def test_lines_go_through_the_interface_unchanged():
    for policy in POLICIES.values():
        assert targets_from_json(targets_by_kind(policy.targets)) == policy.targets
        assert levels_from_json([level.to_json() for level in policy.levels]) == policy.levels
