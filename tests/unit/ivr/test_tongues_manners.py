"""Seven languages: polite, whole and short sentences; the language menu; a call in each."""

import re
import unicodedata

import pytest

from ivr import voices
from ivr.flow.events import Speech
from ivr.speech import Channel
from tests.unit.ivr.talk import HOME, Talk, make_desk, make_script
from tests.unit.ivr.tongues import ALL, EYE, in_each_language, sentences
from tickets import defaults


@in_each_language
def test_every_sentence_is_whole_and_not_english(language: str) -> None:
    for channel in Channel:
        for key, sentence in sentences(language, channel).items():
            assert "{" not in sentence
            assert sentence != sentences("en", channel)[key], key


@in_each_language
def test_spoken_sentences_are_short_enough_for_the_ear(language: str) -> None:
    longest = 90 if language in ("ja", "ko") else 175

    assert {key: said for key, said in sentences(language).items() if len(said) > longest} == {}


POLITE_ENDINGS = {
    "ja": re.compile(
        "(です|ます|ません|でした|ました|ください|ですか|ますか|ですね|でしょうか)[。」]|E|N|T|C。"
    ),
    "ko": re.compile("(다|까|오)[.?]"),
    "th": re.compile("ค่ะ|คะ"),
    "fil": re.compile(r"\bpo(ng)?\b"),
}
MARKS = re.compile("[\u0300-\u0323đ]")
# Two bare words beside a key, in a list that must be quick.
BARE = {"emergency.choice", "menu.below"}


@pytest.mark.parametrize("language", POLITE_ENDINGS)
def test_every_spoken_sentence_is_polite(language: str) -> None:
    spoken = {key: said for key, said in sentences(language).items() if key not in BARE}

    assert {k: said for k, said in spoken.items() if not POLITE_ENDINGS[language].search(said)} == {}


def test_thai_speaks_as_a_woman_throughout() -> None:
    spoken = " ".join([*sentences("th").values(), *sentences("th", EYE).values()])

    assert "ครับ" not in spoken
    assert not re.search("ไหมค่ะ|ไหนค่ะ|อะไรค่ะ", spoken)  # a question ends in คะ


def test_spanish_and_vietnamese_address_the_caller_formally() -> None:
    spanish = " ".join(sentences("es").values()).lower()
    vietnamese = " ".join(sentences("vi").values()).lower()

    assert not re.search(r"\b(tú|tu|tus|te|pulsa|marca|espera un|llama al)\b", spanish)
    assert "quý khách" in vietnamese
    assert not re.search(r"\b(bạn|mày|cậu)\b", vietnamese)


def test_vietnamese_carries_its_tone_marks() -> None:
    for key, sentence in sentences("vi").items():
        assert key in BARE or MARKS.search(unicodedata.normalize("NFD", sentence)), key


@in_each_language
def test_a_call_goes_from_the_language_menu_to_the_number(language: str) -> None:
    key = make_script("day", ALL).desk.language_keys()[language]
    talk = Talk(languages=ALL).starts(None, HOME).at("language").press(*key).at("category")

    talk.press("1", "6").happens(Speech("x", 0.9)).at("number")

    assert talk.state.language == language
    assert all(say.language == language for say in talk.says)
    assert talk.text.count("1, 0, 0, 0, 0, 0, 1, 5") == 2
    assert talk.waits().is_over


def test_the_menu_names_seven_languages_and_nine_is_told_in_those_of_the_next_page() -> None:
    talk = Talk(languages=ALL).starts(None)
    menu = [(say.language, say.text) for say in talk.says if say.prompt.startswith("language.")]

    assert menu == [
        ("zh-TW", "國語服務請按一。"),
        ("yue", "廣東話請撳二。"),
        ("en", "For English, press 3."),
        ("zh-CN", "普通话服务请按四。"),
        ("ja", "日本語は、5を押してください。"),
        ("ko", "한국어는 6번을 눌러 주십시오."),
        ("vi", "Tiếng Việt, vui lòng bấm phím 7."),
        ("id", "Untuk bahasa lain, tekan 9."),
        ("th", "ภาษาอื่น กด 9 ค่ะ"),
        ("fil", "Para sa ibang wika, pindutin po ang 9."),
        ("es", "Para otros idiomas, pulse 9."),
    ]


def test_the_last_page_leads_back_in_the_main_language() -> None:
    talk = Talk(languages=ALL).starts(None).press("9")
    menu = [(say.language, say.text) for say in talk.says if say.prompt.startswith("language.")]

    assert menu == [
        ("id", "Untuk bahasa Indonesia, tekan 1."),
        ("th", "ภาษาไทย กด 2 ค่ะ"),
        ("fil", "Para sa Filipino, pindutin po ang 3."),
        ("es", "Para español, pulse 4."),
        ("zh-TW", "其他語言請按九。"),
    ]


@in_each_language
def test_each_line_of_the_menu_is_spoken_by_its_own_voice(language: str) -> None:
    talk = Talk(languages=("en", language)).starts(None)
    voice = voices.voice_of(language)

    assert f'voice="{voice.name}" language="{voice.say_language}"' in talk.xml


def test_an_estate_without_a_name_in_a_language_is_named_in_english_unless_the_language_is_chinese() -> None:
    desk = make_desk(ALL)

    assert {tag: desk.name(tag) for tag in ("zh-TW", "zh-CN", "yue", "th", "en")} == {
        "zh-TW": "綠丘社區", "zh-CN": "綠丘社區", "yue": "綠丘社區", "th": "Green Hill", "en": "Green Hill",
    }  # fmt: skip


@in_each_language
def test_categories_and_queues_have_names_in_their_own_script(language: str) -> None:
    script = {"ja": "[぀-ヿ一-鿿]", "ko": "[가-힣]", "th": "[ก-๛]"}.get(language, "[a-zA-Z]")

    for entry in (*defaults.categories(), *defaults.queues()):
        assert re.search(script, entry.names[language]), entry.code
