"""Calls by day, walked in each language: from the greeting to the ticket number."""

import pytest

from ivr.flow.effects import (
    AddRecording,
    FindDwelling,
    NoteCategory,
    NoteMissedCall,
    NoteUnrecorded,
    OpenTicket,
    RecordingRef,
    RememberLanguage,
)
from ivr.flow.events import Digits, Recorded, Silence, Speech, Started
from ivr.flow.instructions import Gather, Record
from ivr.state import NO_UNIT
from tests.unit.ivr.talk import HOME, LANGUAGES, NUMBER, SHOP, Talk, make_script

in_each_language = pytest.mark.parametrize("language", LANGUAGES)
SPOKEN_NUMBER = "1, 0, 0, 0, 0, 0, 1, 5"


@in_each_language
def test_a_first_caller_chooses_the_language_and_leaves_with_a_number(language: str) -> None:
    key = make_script().desk.language_keys()[language]
    talk = Talk().starts(None, HOME).at("language").press(*key).at("category")
    assert talk.last == (RememberLanguage(language),)

    talk.hears("place.known", "menu.main").press("1", "6").at("words")
    talk.happens(Speech("hello", 0.9)).at("number")

    assert talk.text.count(SPOKEN_NUMBER) == 2
    talk.hears("ticket.number", "ticket.number_again", "ticket.promise", "ticket.texted")
    assert all(say.language == language for say in talk.says)
    assert talk.waits().is_over


def test_the_promise_is_told_in_words_of_the_estates_clock() -> None:
    told = {
        language: next(
            say.text
            for say in Talk().starts(language, HOME).press("5").happens(Speech("x")).says
            if say.prompt == "ticket.promise"
        )
        for language in LANGUAGES
    }

    assert told == {
        "en": "Somebody will answer you by 14:30.",
        "zh-TW": "我們最晚會在今天下午兩點半回覆您。",
        "zh-CN": "我们最晚会在今天下午两点半回复您。",
        "yue": "我哋最遲會喺今日下晝兩點半覆你。",
    }


def test_the_language_menu_names_each_language_in_itself_with_its_own_voice() -> None:
    talk = Talk().starts(None)

    lines = [(say.language, say.text) for say in talk.says if say.prompt == "language.choose"]

    assert lines == [
        ("zh-TW", "國語服務請按一。"),
        ("zh-CN", "普通话服务请按二。"),
        ("yue", "廣東話請撳三。"),
        ("en", "For English, press 4."),
    ]


def test_a_remembered_language_is_not_asked_again_and_nine_changes_it() -> None:
    talk = Talk().starts("yue", HOME).at("category").hears("language.change")

    talk.press("9").at("language").press("4").at("category")

    assert talk.state.language == "en"
    assert talk.last == (RememberLanguage("en"),)


def test_nine_in_a_lower_menu_comes_back_to_that_menu() -> None:
    talk = Talk().starts("yue", HOME).press("1", "9", "4").at("category")

    assert talk.state.category == "home"
    talk.press("9", "8").at("category")
    assert talk.state.category == "home"


def test_a_language_that_the_estate_no_longer_offers_is_asked_anew() -> None:
    Talk(languages=("zh-TW", "en")).starts("yue", HOME).at("language")


def test_an_estate_of_one_language_asks_nothing() -> None:
    talk = Talk(languages=("en",)).starts(None, HOME).at("category").does_not_hear("language.change")

    assert talk.state.language == "en"


def test_more_than_seven_languages_take_two_pages() -> None:
    many = ("zh-TW", "zh-CN", "yue", "en", "ja", "ko", "vi", "id", "th")
    talk = Talk(languages=many).starts(None).hears("language.more")
    assert make_script("day", many).desk.language_keys()["th"] == ["9", "2"]

    talk.press("9", "2")

    assert talk.state.language == "th"


def test_turning_language_pages_begins_again_and_eight_goes_back() -> None:
    many = ("zh-TW", "zh-CN", "yue", "en", "ja", "ko", "vi", "id", "th")
    talk = Talk(languages=many).starts(None)

    assert talk.press("9").state.stage == "1"
    assert talk.press("9").state.stage == "0"
    assert talk.press("9", "8").state.stage == ""
    talk.press("8").at("language")


def test_one_dwelling_is_spoken_and_stands_without_a_key() -> None:
    talk = Talk().starts("en", HOME).at("category")

    assert "You are calling about block 3, 12th floor, flat A." in talk.text
    assert (talk.state.unit_id, talk.state.is_unit_confirmed) == (7, True)


def test_eight_at_the_main_menu_takes_the_dwelling_back_and_asks() -> None:
    talk = Talk(dwelling=SHOP).starts("en", HOME).press("8").at("place").hears("place.ask_building")
    assert talk.state.unit_id == NO_UNIT

    talk.press("5", "103").at("category").hears("place.found")

    assert talk.last == (FindDwelling("5", "103"),)
    assert (talk.state.unit_id, talk.state.is_unit_confirmed) == (8, True)


def test_several_dwellings_are_picked_from_a_list() -> None:
    talk = Talk().starts("en", HOME, SHOP).at("place").hears("place.pick", "place.pick_none")
    assert [say.prompt for say in talk.says].count("place.pick_choice") == 2

    talk.press("2").at("category")

    assert talk.state.unit_id == 8


def test_none_of_the_listed_dwellings_asks_for_the_number() -> None:
    Talk().starts("en", HOME, SHOP).press("3").at("place").hears("place.ask_building")


def test_a_wrong_key_in_the_list_is_answered_and_silence_is_allowed_twice() -> None:
    talk = Talk().starts("en", HOME, SHOP)

    talk.press("7").at("place").hears("menu.not_a_choice", "place.pick")
    talk.waits(2).at("place").hears("menu.silence").waits().at("person")


def test_an_unknown_caller_goes_on_by_silence_and_the_ticket_is_unconfirmed() -> None:
    talk = Talk().starts(None).press("4").at("place").waits().at("category").hears("place.go_on")

    talk.press("5").happens(Silence()).happens(Silence()).at("number")

    opened = talk.did(OpenTicket)[0]
    assert isinstance(opened, OpenTicket)
    assert (opened.unit_id, opened.is_unit_confirmed, opened.place, opened.words) == (None, False, "", None)


def test_a_home_that_is_not_found_is_asked_once_more_and_what_was_keyed_is_kept() -> None:
    talk = Talk().starts("en").press("3", "121").at("place").hears("place.not_found")

    talk.press("3", "122").at("category").hears("place.go_on")

    assert talk.state.place == "3/122"


def test_hash_ends_a_keyed_number_and_alone_repeats() -> None:
    talk = Talk(dwelling=HOME).starts("en").press("#").at("place").hears("place.ask_building")

    talk.press("3#", "121#").at("category")

    assert talk.last == (FindDwelling("3", "121"),)


def test_silence_after_the_building_goes_on_too() -> None:
    talk = Talk().starts("en").press("3").waits().at("category")

    assert talk.state.place == "3"


def test_a_wrong_key_is_answered_and_the_third_leads_to_a_person() -> None:
    talk = Talk().starts("en", HOME)

    talk.press("3").hears("menu.not_a_choice", "menu.main").press("3").hears("menu.not_a_choice")
    talk.press("3").at("person").hears("menu.to_person", "person.hold")


def test_silence_is_allowed_twice_and_the_third_leads_to_a_message_if_nobody_is_on_duty() -> None:
    talk = Talk(is_anyone_on_duty=False).starts("en", HOME).waits(2).hears("menu.silence")

    talk.waits().at("voicemail").hears("person.nobody", "voicemail.ask")


def test_a_right_key_forgives_earlier_slips() -> None:
    talk = Talk().starts("en", HOME).press("3", "3", "1", "9", "4", "4").at("category")

    assert (talk.state.category, talk.state.wrong) == ("home", 1)


def test_the_menu_goes_down_and_back_up() -> None:
    talk = Talk().starts("en", HOME).press("1").hears("menu.below", "menu.help_below")
    assert "For water, leak, tap, press 1." in talk.text

    talk.press("8").at("category").hears("menu.main")


def test_a_leaf_is_noted_so_that_hanging_up_leaves_a_ticket() -> None:
    talk = Talk().starts("en", HOME).press("1", "6")
    assert talk.last == (NoteCategory("paint"),)

    talk.hangs_up()

    (effect,) = talk.last
    assert isinstance(effect, OpenTicket)
    assert (effect.category, effect.is_hung_up, effect.unit_id) == ("paint", True, 7)


@pytest.mark.parametrize("keys", [[], ["1"], ["9"]])
def test_hanging_up_before_a_category_leaves_nothing(keys: list[str]) -> None:
    assert Talk().starts("en", HOME).press(*keys).hangs_up().last == ()


def test_hanging_up_after_the_number_changes_nothing() -> None:
    assert Talk().starts("en", HOME).press("5").happens(Speech("x")).hangs_up().last == ()


def test_the_extra_question_raises_by_yes_and_passes_by_no_or_silence() -> None:
    def opened(*answers: str) -> OpenTicket:
        talk = Talk().starts("en", HOME).press("1", "1").at("question").hears("question.water_running")
        for answer in answers:
            talk.happens(Digits(answer) if answer else Silence())
        effect = talk.at("words").happens(Speech("x")).did(OpenTicket)[0]
        assert isinstance(effect, OpenTicket)
        return effect

    assert opened("1").is_raised
    assert not opened("2").is_raised
    assert not opened("", "").is_raised
    assert opened("5", "1").is_raised


def test_a_yes_may_lead_to_another_category() -> None:
    talk = Talk().starts("en", HOME).press("2", "2", "1").at("words")

    assert talk.last == (NoteCategory("keys_lost"),)
    assert talk.state.category == "keys_lost"


def test_back_from_question_and_words_leads_to_the_menu_of_the_category() -> None:
    talk = Talk().starts("en", HOME).press("1", "1").at("question").press("8").at("category")
    assert talk.state.category == "home"

    talk.press("6").at("words").press("8").at("category")
    assert talk.state.category == "home"


def test_words_are_asked_once_by_ear_then_recorded_then_left_out() -> None:
    talk = Talk().starts("en", HOME).press("5").at("words")
    gather = talk.answer.instructions[0]
    assert isinstance(gather, Gather)
    assert (gather.is_speech, gather.language) == (True, "en")

    talk.waits().at("words").hears("words.record")
    assert talk.has(Record)

    talk.waits().at("number")


def test_a_recording_belongs_to_the_ticket() -> None:
    talk = Talk().starts("en", HOME).press("5").waits()

    talk.happens(Recorded("https://x/RE1", "RE1", 9)).at("number")

    (effect,) = talk.last
    assert isinstance(effect, OpenTicket)
    assert effect.recording == RecordingRef("https://x/RE1", "RE1", 9)


def test_whoever_would_not_be_recorded_gets_a_ticket_that_says_so() -> None:
    talk = Talk().starts("en", HOME).press("5").waits().hears("words.record").press("#").at("words")

    talk.press("2").at("number")

    (effect,) = talk.last
    assert isinstance(effect, OpenTicket)
    assert (effect.recording, effect.unrecorded) == (None, "declined")


def test_a_message_may_be_refused_to_be_recorded() -> None:
    talk = Talk("closed").starts("en", HOME).press("0").at("voicemail").hears("voicemail.ask")

    talk.press("2").at("number")

    (effect,) = talk.last
    assert isinstance(effect, OpenTicket)
    assert effect.unrecorded == "declined"


def test_a_ticket_that_is_there_says_why_no_recording_follows() -> None:
    talk = Talk(is_anyone_on_duty=False).starts("en", HOME).press("0").at("voicemail").press("2")

    assert talk.at("number").last == (NoteUnrecorded(NUMBER, "declined"),)


def test_a_withheld_caller_without_a_matter_who_would_not_be_recorded_is_a_missed_call() -> None:
    talk = Talk("closed").happens(Started(is_withheld=True)).press("4").waits().at("category")

    talk.press("0").at("voicemail").press("2")

    assert talk.last == (NoteMissedCall(),)


def test_too_short_a_recording_is_none() -> None:
    talk = Talk().starts("en", HOME).press("5").waits().happens(Recorded("https://x/RE1", "RE1", 1))

    (effect,) = talk.last
    assert isinstance(effect, OpenTicket)
    assert effect.recording is None


def test_a_recording_left_by_hanging_up_still_opens_the_ticket() -> None:
    talk = Talk().starts("en", HOME).press("5").waits()

    talk.happens(Recorded("https://x/RE1", "RE1", 9, is_hung_up=True))

    assert len(talk.did(OpenTicket)) == 1


def test_a_language_without_a_recogniser_is_recorded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr import voices

    deaf = voices.Voice("en", "en-US", "Polly.Joanna-Neural", "")
    monkeypatch.setitem(voices.VOICES, "en", deaf)

    talk = Talk().starts("en", HOME).press("5").at("words").hears("words.record")

    assert talk.has(Record)


def test_the_number_is_said_again_by_hash_with_its_promise() -> None:
    talk = Talk().starts("en", HOME).press("5").happens(Speech("x")).press("#").at("number")

    assert talk.text.count(SPOKEN_NUMBER) == 2
    assert talk.hears("ticket.promise", "ticket.texted").last == ()


def test_any_other_key_after_the_number_says_goodbye() -> None:
    assert Talk().starts("en", HOME).press("5").happens(Speech("x")).press("4").is_over


def test_a_second_ticket_is_never_opened_in_one_call() -> None:
    talk = Talk().starts("en", HOME).press("5").happens(Speech("x")).press("0").at("person")
    talk.press("1").happens(Silence())

    assert len(talk.did(OpenTicket)) == 1


def test_a_message_without_a_matter_is_a_missed_call() -> None:
    talk = Talk(is_anyone_on_duty=False).starts("en", HOME).press("0").at("voicemail")
    talk.state = talk.state.forward("voicemail", ticket="")

    talk.waits()

    assert talk.last == (NoteMissedCall(),)
    assert talk.is_over


def test_a_message_is_added_to_the_ticket_of_the_call() -> None:
    talk = Talk(is_anyone_on_duty=False).starts("en", HOME).press("0").at("voicemail")

    talk.happens(Recorded("https://x/RE1", "RE1", 9)).at("number")

    assert talk.last == (AddRecording(NUMBER, RecordingRef("https://x/RE1", "RE1", 9)),)


def test_a_message_opens_a_ticket_when_the_call_has_none() -> None:
    talk = Talk("closed").starts("en", HOME).press("0").at("voicemail").hears("person.nobody")

    talk.happens(Recorded("https://x/RE1", "RE1", 9)).at("number")

    (effect,) = talk.last
    assert isinstance(effect, OpenTicket)
    assert effect.is_voicemail


def test_when_closed_the_next_opening_is_told_and_everything_stays_reachable() -> None:
    talk = Talk("closed").starts("en", HOME).hears("greeting.closed")
    assert "opens again tomorrow at 08:00" in talk.text

    talk.press("*").at("emergency")
    Talk("closed").starts("en", HOME).press("5").happens(Speech("x")).at("number").hears("ticket.promise")


def test_keys_to_a_category_lead_to_the_request_for_words() -> None:
    desk = make_script().desk

    for code in ("water", "paint", "keys", "fees"):
        Talk().starts("en", HOME).press(*desk.category_keys(code)).at("words")


def test_us_wording_is_used_where_the_estate_says_elevator() -> None:
    from dataclasses import replace

    talk = Talk()
    wording = {"lift": "elevator", "flat": "apartment"}
    talk.script = replace(talk.script, desk=replace(talk.script.desk, wording=wording))

    assert "12th floor, apartment A" in talk.starts("en", HOME).text
    assert "anyone inside the elevator" in talk.press("2", "1").text
