"""What a ticket asks of a seat, and what is relaxed when nobody has it."""

from datetime import timedelta

import pytest

from routing.requirements import Spoken, Wanted, offer_time, requirements

WANTED = Wanted("HY", "home_repairs", "vi", "zh-TW")


@pytest.mark.parametrize(
    ("spoken", "pools", "relaxed"),
    [
        ({"home_repairs": {"vi", "en"}}, ["home_repairs/vi"], []),
        (
            {"home_repairs": {"en"}},
            ["home_repairs/vi", "home_repairs/zh-TW", "home_repairs/en"],
            ["language"],
        ),
        (
            {"home_repairs": {"ko"}},
            ["home_repairs/vi", "home_repairs/zh-TW", "home_repairs/en", "home_repairs/any"],
            ["language", "any_language"],
        ),
        ({"general": {"vi"}}, ["home_repairs/vi", "general/vi"], ["queue"]),
        (
            {"general": {"zh-TW"}},
            ["home_repairs/vi", "general/vi", "general/zh-TW", "general/en"],
            ["queue", "language"],
        ),
        (
            {},
            ["home_repairs/vi", "general/vi", "general/zh-TW", "general/en", "general/any"],
            ["queue", "language", "any_language"],
        ),
    ],
)
def test_what_nobody_has_is_relaxed_at_once(
    spoken: dict[str, set[str]], pools: list[str], relaxed: list[str]
) -> None:
    roster: Spoken = {queue: dict.fromkeys(sorted(tags), 3) for queue, tags in spoken.items()}

    found = requirements(WANTED, roster)

    assert list(found.pools) == [f"HY/{pool}" for pool in pools]
    assert list(found.relaxed) == relaxed


def test_a_main_language_that_is_english_is_asked_once() -> None:
    found = requirements(Wanted("HY", "general", "vi", "en"), {"general": {"en": 3}})

    assert found.pools == ("HY/general/vi", "HY/general/en")


def test_an_offer_lasts_twenty_seconds_with_a_caller_and_two_minutes_without() -> None:
    assert offer_time(True, None) == timedelta(seconds=20)
    assert offer_time(False, None) == timedelta(seconds=120)
    assert offer_time(False, 2.5) == timedelta(seconds=2.5)
    assert offer_time(True, 2.5) == timedelta(seconds=2.5)
    assert offer_time(True, 600) == timedelta(seconds=20)
