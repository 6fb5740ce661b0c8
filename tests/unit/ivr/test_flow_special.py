"""Flows beside the ordinary day: holiday, major incident, overload; slow callers; complaints at any hour."""

from dataclasses import replace

import pytest

from ivr.flow.effects import OpenTicket
from ivr.flow.events import Recorded, Silence, Speech
from ivr.flow.instructions import Gather, Record
from ivr.flow.model import shipped_names
from tests.unit.ivr.talk import HOME, SHOP, Talk, make_script

FLOWS = shipped_names()


def timeouts(talk: Talk) -> list[int]:
    return [each.timeout for each in talk.answer.instructions if isinstance(each, Gather)]


def test_a_holiday_says_so_and_when_the_office_opens() -> None:
    talk = Talk("holiday").starts("en", HOME).hears("greeting.holiday").at("category")

    assert "closed today for the holiday and opens again tomorrow at 08:00" in talk.text


def test_the_opening_is_told_in_the_language_that_was_chosen() -> None:
    talk = Talk("holiday").starts(None, HOME).does_not_hear("greeting.holiday").press("1")

    assert {say.language for say in talk.says if say.prompt == "greeting.holiday"} == {"zh-TW"}


@pytest.mark.parametrize(
    ("language", "text"), [("zh-TW", "電梯停用"), ("en", "Lifts stand"), ("yue", "Lifts stand")]
)
def test_a_major_incident_speaks_the_words_of_the_office(language: str, text: str) -> None:
    talk = Talk("major")
    talk.facts = replace(talk.facts, notice={"zh-TW": "電梯停用", "en": "Lifts stand"})

    talk.starts(language, HOME).hears("greeting.major", "notice.office")

    (said,) = [say for say in talk.says if say.prompt == "notice.office"]
    assert text in said.text
    assert said.language == ("en" if language == "yue" else language)


def test_without_words_of_the_office_the_call_goes_on() -> None:
    Talk("major").starts("en", HOME).hears("greeting.major").does_not_hear("notice.office").at("category")


def test_in_overload_a_caller_is_offered_a_message_before_the_wait() -> None:
    talk = Talk("busy").starts("en", HOME).hears("greeting.busy").press("0").at("person")
    talk.hears("busy.offer", "busy.message", "busy.wait")

    talk.press("1").at("voicemail").happens(Recorded("https://x/RE1", "RE1", 9)).at("number")

    assert talk.did(OpenTicket)


@pytest.mark.parametrize("key", ["2", "0"])
def test_in_overload_who_insists_waits(key: str) -> None:
    Talk("busy").starts("en", HOME).press("0", key).at("wait")


def test_in_overload_silence_leads_to_a_message() -> None:
    Talk("busy").starts("en", HOME).press("0").waits(2).at("person").waits().at("voicemail")


def test_what_is_urgent_is_never_diverted() -> None:
    Talk("busy").starts("en", HOME).press("2", "1", "2").at("words").press("0").at("wait")  # a lift: P1
    Talk("busy").starts("en", HOME).press("1", "1", "1").at("words").press("0").at("wait")  # raised to P1
    Talk("busy").starts("en", HOME).press("1", "1", "2").at("words").press("0").at("person")  # P2
    Talk("busy").starts("en", HOME).press("*").at("emergency").waits().at("ring")


@pytest.mark.parametrize("flow", FLOWS)
def test_the_keys_of_a_category_are_the_same_in_every_flow(flow: str) -> None:
    script = make_script(flow)

    assert script.keys_to_menu() == []
    for code in ("water", "paint", "keys", "fees", "complaint"):
        Talk(flow).starts(None, HOME).press("4", *script.category_keys(code)).at("words")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(("key", "category"), [("1", "complaint"), ("2", "suggestion"), ("3", "praise")])
def test_an_opinion_has_its_key_at_any_hour_and_hears_when_an_answer_comes(
    flow: str, key: str, category: str
) -> None:
    talk = Talk(flow).starts("en", HOME).press("6", key).at("words").waits().hears("words.record")

    talk.happens(Recorded("https://x/RE1", "RE1", 9)).hears("ticket.number", "ticket.promise")

    (opened,) = talk.did(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert opened.category == category


@pytest.mark.parametrize("flow", FLOWS)
def test_a_slow_caller_has_twice_the_time_and_is_offered_a_person_first(flow: str) -> None:
    usual = Talk(flow).starts("en", HOME).does_not_hear("menu.person_first")
    slow = Talk(flow).starts("en", HOME, is_slow=True)

    first = slow.prompts.index("menu.person_first")
    assert first < slow.prompts.index("menu.main")
    assert timeouts(slow) == [2 * seconds for seconds in timeouts(usual)]
    assert "slow" not in slow.text


def test_a_slow_caller_may_stop_longer_while_being_recorded() -> None:
    usual, slow = Talk().starts("en", HOME), Talk().starts("en", HOME, is_slow=True)

    silences = [
        each.silence
        for talk in (usual, slow)
        for each in talk.press("5").waits().answer.instructions
        if isinstance(each, Record)
    ]
    assert silences == [4, 8]


def test_a_slow_caller_is_not_diverted_in_overload() -> None:
    Talk("busy").starts("en", HOME, is_slow=True).press("0").at("wait")


def test_time_stays_doubled_to_the_end_of_the_call() -> None:
    talk = Talk().starts("en", HOME, SHOP, is_slow=True).press("1", "5").happens(Speech("x")).at("number")

    assert timeouts(talk) == [6]


def test_every_recording_is_announced_and_may_be_refused() -> None:
    for flow in FLOWS:
        for talk in (
            Talk(flow).starts("en", HOME).press("5").waits(),
            Talk(flow, is_anyone_on_duty=False).starts("en", HOME).press("0", "0"),
        ):
            assert talk.has(Record), talk.state
            assert "recorded" in talk.text
            talk.press("2")
            assert not talk.has(Record)


def test_the_place_of_an_emergency_may_be_told_unrecorded() -> None:
    from ivr.flow.events import DialEnded

    talk = Talk().starts("en").waits().press("*").happens(Silence()).happens(DialEnded(is_talk=False))

    assert talk.has(Record)
    assert "recorded" in talk.hears("emergency.where").text
    talk.press("2").at("ring")
    assert not talk.has(Record)
