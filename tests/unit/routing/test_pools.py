"""Pools: a ticket and a seat meet exactly where the seat has all that the ticket asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.pools import ANY_LANGUAGE, Asked, pool, pools_for_seat, pools_for_ticket, queue_name, weight_of

ESTATES = ("HA", "MP", "ZZ")
SKILLS = ("home_repairs", "lifts", "billing")
LANGUAGES = ("zh-TW", "yue", "en")


def subsets(values: tuple[str, ...]) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(values))


@given(
    estate=st.sampled_from(ESTATES),
    skill=st.sampled_from(SKILLS),
    language=st.none() | st.sampled_from(LANGUAGES),
    weight=st.integers(1, 3),
    estates=subsets(ESTATES),
    skills=subsets(SKILLS),
    languages=subsets(LANGUAGES),
    weights=st.sets(st.integers(1, 3), min_size=1),
)
def test_they_share_a_pool_only_if_the_seat_has_estate_skill_and_language(
    estate: str,
    skill: str,
    language: str | None,
    weight: int,
    estates: set[str],
    skills: set[str],
    languages: set[str],
    weights: set[int],
) -> None:
    wanted = set(pools_for_ticket(estate, skill, language, weight))

    asked = Asked(weights=frozenset(weights))
    served = set(pools_for_seat(estates, skills, languages, lambda _: asked))

    speaks = language is None or language in languages
    has_all = estate in estates and skill in skills and speaks and weight in weights
    assert bool(wanted & served) == has_all


def test_a_pool_reads_as_estate_skill_language_and_names_its_weight() -> None:
    assert pools_for_ticket("HA", "lifts", "zh-TW") == ("HA/lifts/zh-TW",)
    assert pools_for_ticket("HA", "lifts", None) == (f"HA/lifts/{ANY_LANGUAGE}",)
    assert pools_for_ticket("HA", "lifts", "en", weight=3) == ("HA/lifts/en#3",)
    assert (weight_of("HA/lifts/en"), weight_of("HA/lifts/en#3")) == (1, 3)
    assert queue_name("HA", "lifts") == "HA/lifts"


def test_a_seat_without_a_skill_or_an_estate_serves_no_pool() -> None:
    assert pools_for_seat(["HA"], [], ["en"]) == ()
    assert pools_for_seat([], ["lifts"], ["en"]) == ()


@pytest.mark.parametrize("part", ["", "two words", "a/b", "a#2", "tab\t", "全形 空白"])
def test_a_name_that_would_be_read_as_another_pool_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="pool"):
        pool("HA", part, "en")


def test_a_pool_for_work_without_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        pool("HA", "lifts", "en", weight=0)
