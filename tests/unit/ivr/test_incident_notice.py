"""What callers of a troubled building hear before the menu, by language and building."""

import pytest

from ivr.flow.effects import JoinIncident, OpenTicket
from tests.unit.ivr.talk import DRY, HOME, Talk


def test_a_caller_of_the_building_hears_it_before_the_menu() -> None:
    talk = Talk().starts("zh-TW", DRY)

    assert "九號樓停水到下午三點" in talk.text
    talk.hears("incident.choices").does_not_hear("menu.main", "incident.known")


def test_another_building_hears_nothing_of_it() -> None:
    Talk().starts("zh-TW", HOME).hears("menu.main").does_not_hear("incident.choices")


def test_without_the_office_s_words_in_a_language_the_fact_is_told_and_the_main_language_follows() -> None:
    talk = Talk().starts("en", DRY).hears("incident.known", "incident.other_language")

    assert [say.language for say in talk.says if "停水" in say.text] == ["zh-TW"]


def test_one_joins_without_a_ticket_and_the_call_ends() -> None:
    talk = Talk().starts("en", DRY).press("1").hears("incident.joined", "goodbye")

    assert talk.did(JoinIncident) == [JoinIncident(4, "en", 9)]
    assert talk.did(OpenTicket) == []
    assert talk.is_over


@pytest.mark.parametrize("wait", [True, False])
def test_two_or_silence_goes_on_to_the_menu_and_it_is_not_told_again(wait: bool) -> None:
    talk = Talk().starts("en", DRY)

    talk = talk.waits() if wait else talk.press("2")

    talk.hears("menu.main")
    talk.press("8").does_not_hear("incident.choices")


def test_joining_what_has_just_ended_leads_to_the_menu() -> None:
    talk = Talk(is_incident_open=False).starts("en", DRY).press("1")

    talk.hears("incident.over", "menu.main")


def test_a_keyed_building_counts_as_well() -> None:
    talk = Talk(dwelling=DRY).starts("en").press("9", "22")

    talk.hears("incident.choices")
