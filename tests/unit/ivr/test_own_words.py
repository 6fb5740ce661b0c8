"""The matter in own words: one guess, read back, confirmed by 1; else the menu, and never a second guess."""

import json
from functools import cache
from pathlib import Path

import pytest

from ivr.flow import check
from ivr.flow.effects import NoteCategory, NoteWords, OpenTicket
from ivr.flow.events import Speech
from ivr.flow.instructions import Gather
from ivr.flow.script import Desk, MenuCategory, Script
from ivr.understand.alarm import Alarms, Change
from tests.unit.ivr.talk import HOME, Talk

LANGUAGES = ("zh-TW", "zh-CN", "yue", "en", "ja", "ko", "vi", "id", "th", "fil", "es")
LEAK = {
    "zh-TW": "廚房水龍頭漏水", "zh-CN": "厨房水龙头漏水", "yue": "廚房水喉漏水", "en": "my kitchen tap is leaking",
    "ja": "台所の蛇口から水漏れです", "ko": "부엌 수도꼭지에서 물이 새요", "vi": "vòi nước bếp bị rò nước",
    "id": "keran dapur saya bocor", "th": "ก๊อกน้ำในครัวน้ำรั่ว", "fil": "may tagas ang gripo sa kusina",
    "es": "el grifo de la cocina gotea",
}  # fmt: skip
NONSENSE = "xyzzy quux"


@cache
def tree() -> tuple[MenuCategory, ...]:
    entries = json.loads(Path("tickets/defaults/categories.json").read_text(encoding="utf-8"))
    return tuple(
        MenuCategory(
            e["code"], e["key"], e["code"].rpartition(".")[0] or None, e["names"], e.get("ask", ""),
            e.get("ask_yes", ""),
        )
        for e in entries
    )  # fmt: skip


def make_talk(language: str = "en", flow: str = "day", alarms: Alarms | None = None) -> Talk:
    talk = Talk(flow=flow)
    names = {"en": "Green Hill", "zh-TW": "綠丘社區"}
    desk = Desk("GH", names, "Asia/Taipei", LANGUAGES, tree(), alarms=alarms or Alarms())
    talk.script = Script(check.load_shipped(flow), desk)
    return talk.starts(language, HOME).at("category")


def says(talk: Talk, words: str, confidence: float | None = 0.9) -> Talk:
    return talk.happens(Speech(words, confidence))


@pytest.mark.parametrize("language", LANGUAGES)
def test_waiting_at_the_menu_leads_to_own_words_and_one_key_confirms(language: str) -> None:
    talk = (
        make_talk(language).hears("menu.own_words").waits().at("own_words").hears("menu.silence", "own.ask")
    )

    says(talk, LEAK[language]).hears("own.guess")
    assert talk.script.desk.by_code["home.water"].name(language) in talk.text
    assert talk.did(NoteWords) == [NoteWords(LEAK[language], 0.9)]
    talk.press("1").at("question").press("2").at("number")

    (opened,) = talk.did(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.category, opened.method, opened.words) == ("home.water", "keywords", None)
    assert opened.sureness >= 50
    assert "words.ask" not in talk.prompts


@pytest.mark.parametrize(("language", "yes"), [("en", "yes"), ("zh-TW", "是"), ("ja", "はい"), ("es", "sí")])
def test_a_spoken_yes_confirms_too(language: str, yes: str) -> None:
    talk = says(make_talk(language).waits(), LEAK[language])

    says(talk, yes).at("question")


@pytest.mark.parametrize("no", ["key", "word", "silence", "back"])
def test_a_no_leads_to_the_menu_and_nothing_is_guessed_again(no: str) -> None:
    talk = says(make_talk().waits(), LEAK["en"]).hears("own.guess")

    if no == "key":
        talk.press("2")
    elif no == "word":
        says(talk, "no")
    elif no == "silence":
        talk.waits().at("own_words").hears("own.guess").waits()
    else:
        talk.press("8")

    talk.at("category").hears("menu.main").does_not_hear("menu.own_words")
    talk.waits().at("category")
    talk.press("1", "6").at("words").happens(Speech("paint comes off", 0.8)).at("number")
    (opened,) = talk.did(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.category, opened.method) == ("home.other", "")


def test_words_below_the_threshold_lead_to_the_menu() -> None:
    talk = says(make_talk().waits(), NONSENSE)

    talk.at("category").hears("own.menu", "menu.main").does_not_hear("menu.own_words")
    assert talk.did(NoteWords)
    assert not talk.did(NoteCategory)


def test_words_that_the_recogniser_doubts_lead_to_the_menu() -> None:
    says(make_talk().waits(), LEAK["en"], confidence=0.1).at("category").hears("own.menu")


def test_the_third_silence_leads_to_a_person_as_ever() -> None:
    talk = make_talk().waits().at("own_words").waits().at("category").hears("menu.silence")

    talk.waits().hears("menu.to_person")
    assert talk.state.step in ("person", "voicemail")


def test_a_key_pressed_instead_counts_as_in_the_menu() -> None:
    assert make_talk().waits().at("own_words").press("1").at("category").state.category == "home"
    assert make_talk().waits().press("7").at("mine").state.step == "mine"
    make_talk().waits().press("8").at("category")
    make_talk().waits().press("9").at("language").press("8").at("own_words")


@pytest.mark.parametrize("language", LANGUAGES)
def test_emergency_words_come_before_any_guess(language: str) -> None:
    words = {
        "en": "water leaks and there is smoke",
        "zh-TW": "漏水而且在冒煙",
        "zh-CN": "漏水而且冒烟",
        "yue": "漏水兼冒煙",
    }
    words |= {"ja": "煙が出ています", "ko": "연기가 나요", "vi": "có khói", "id": "ada asap", "th": "มีควัน"}
    words |= {"fil": "may usok", "es": "hay humo"}

    talk = says(make_talk(language).waits(), words[language]).at("confirm").hears("words.is_emergency")

    (opened,) = talk.did(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert opened.words == words[language]
    assert opened.alarm
    talk.waits().hears("safety.fire")
    assert talk.state.kind == "emergency.fire"


def test_emergency_words_count_while_the_guess_is_read_back() -> None:
    talk = says(make_talk().waits(), LEAK["en"]).hears("own.guess")

    says(talk, "no there is a fire").at("confirm")


def test_words_of_the_office_count_in_the_next_call() -> None:
    ours = Alarms((Change("en", "fire", "glowing chimney"),))

    says(make_talk(alarms=ours).waits(), "we have a glowing chimney").at("confirm")
    says(make_talk().waits(), "we have a glowing chimney").at("category")


def test_hanging_up_at_the_guess_leaves_a_ticket_of_it() -> None:
    talk = says(make_talk().waits(), LEAK["en"]).hears("own.guess").hangs_up()

    (opened,) = talk.did(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.category, opened.is_hung_up, opened.method) == ("home.water", True, "keywords")


def test_both_voice_and_keys_are_listened_for() -> None:
    for talk in (make_talk().waits(), says(make_talk().waits(), LEAK["en"])):
        (gather,) = [each for each in talk.answer.instructions if isinstance(each, Gather)]
        assert gather.is_speech
        assert gather.finish_on == ""


def test_the_night_flow_has_it_too() -> None:
    says(make_talk(flow="closed").waits(), LEAK["en"]).hears("own.guess")
