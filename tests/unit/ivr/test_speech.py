"""How each language says numbers, keys, homes and times; for the ear and for the eye."""

from datetime import UTC, datetime

import pytest

from ivr import speech
from ivr.prompts import prompts
from ivr.speech import Channel, Count, Digits, Key, Moment, Phone, Unit
from ivr.speech.chinese import numeral, one_by_one
from ivr.speech.english import ordinal
from ivr.state import Dwelling
from tests.unit.ivr.talk import LANGUAGES

NOW = datetime(2027, 1, 4, 4, 0, tzinfo=UTC)  # Monday 12:00 in Taipei
EAR, EYE = Channel.EAR, Channel.EYE


@pytest.mark.parametrize(
    ("language", "dwelling", "ear", "eye"),
    [
        ("en", ("3", 12, "A"), "block 3, 12th floor, flat A", "block 3, 12th floor, flat A"),
        ("en", ("B", 1, "03"), "block B, 1st floor, flat 03", "block B, 1st floor, flat 03"),
        ("zh-TW", ("3", 12, "A"), "三號樓十二樓A室", "3號樓12樓A室"),
        ("zh-TW", ("B", 12, "03"), "B棟十二樓之三", "B棟12樓之3"),
        ("zh-TW", ("3", -1, "A"), "三號樓地下一樓A室", "3號樓地下1樓A室"),
        ("zh-CN", ("3", 12, "03"), "三栋幺二零三室", "3栋1203室"),
        ("zh-CN", ("B", 12, "a"), "B座十二楼A室", "B座12楼A室"),
        ("yue", ("3", 12, "A"), "三座十二樓A室", "3座12樓A室"),
        ("yue", ("3", 12, "03"), "三座十二樓三號室", "3座12樓3號室"),
    ],
)
def test_a_home(language: str, dwelling: tuple[str, int, str], ear: str, eye: str) -> None:
    unit = Unit(Dwelling(1, *dwelling))

    assert speech.words(unit, language) == ear
    assert speech.words(unit, language, EYE) == eye


def moment(day: int, hour: int, minute: int = 0, is_limit: bool = True) -> Moment:
    return Moment(datetime(2027, 1, day, hour - 8, minute, 59, tzinfo=UTC), NOW, "Asia/Taipei", is_limit)


@pytest.mark.parametrize(
    ("language", "value", "ear", "eye"),
    [
        ("en", moment(4, 14, 30), "14:30", "14:30"),
        ("en", moment(4, 14, 30, False), "today at 14:30", "today at 14:30"),
        ("en", moment(5, 9), "tomorrow at 09:00", "tomorrow at 09:00"),
        ("en", moment(8, 9), "Friday at 09:00", "Friday at 09:00"),
        ("en", moment(8, 9, 0, False), "on Friday at 09:00", "on Friday at 09:00"),
        ("en", moment(18, 9), "Monday 18 January at 09:00", "Monday 18 January at 09:00"),
        ("zh-TW", moment(4, 14, 30), "今天下午兩點半", "今天 14:30"),
        ("zh-TW", moment(5, 9, 5), "明天上午九點零五分", "明天 09:05"),
        ("zh-TW", moment(8, 20, 15), "星期五晚上八點十五分", "星期五 20:15"),
        ("zh-TW", moment(18, 12), "一月十八日星期一中午十二點", "1月18日星期一 12:00"),
        ("zh-CN", moment(5, 14), "明天下午两点", "明天 14:00"),
        ("zh-CN", moment(5, 8), "明天早上八点", "明天 08:00"),
        ("yue", moment(4, 14, 30), "今日下晝兩點半", "今日 14:30"),
        ("yue", moment(5, 9), "聽日朝早九點", "聽日 09:00"),
        ("yue", moment(18, 19, 45), "一月十八號星期一夜晚七點四十五分", "1月18號星期一 19:45"),
    ],
)
def test_a_time(language: str, value: Moment, ear: str, eye: str) -> None:
    assert speech.words(value, language) == ear
    assert speech.words(value, language, EYE) == eye


def test_midnight_belongs_to_the_day_it_begins() -> None:
    midnight = Moment(datetime(2027, 1, 4, 16, 0, tzinfo=UTC), NOW, "Asia/Taipei")

    assert speech.words(midnight, "zh-TW") == "明天凌晨零點"
    assert speech.words(midnight, "en") == "tomorrow at 00:00"


def test_today_is_the_estates_today() -> None:
    late = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)  # already Tuesday in Taipei, Monday in New York
    at = datetime(2027, 1, 5, 1, 0, tzinfo=UTC)

    assert speech.words(Moment(at, late, "Asia/Taipei"), "en") == "09:00"
    assert speech.words(Moment(at, late, "America/New_York"), "en") == "20:00"


@pytest.mark.parametrize("language", [*LANGUAGES, "ja"])
def test_a_ticket_number_is_single_digits_parted_by_commas(language: str) -> None:
    assert speech.words(Digits("10000015"), language) == "1, 0, 0, 0, 0, 0, 1, 5"
    assert speech.words(Digits("10000015"), language, EYE) == "10000015"


@pytest.mark.parametrize(
    ("language", "keys"),
    [
        ("en", ["1", "0", "star", "the hash key"]),
        ("zh-TW", ["一", "零", "米字鍵", "井字鍵"]),
        ("zh-CN", ["一", "零", "星号键", "井号键"]),
        ("yue", ["一", "零", "星字掣", "井字掣"]),
    ],
)
def test_keys(language: str, keys: list[str]) -> None:
    assert [speech.words(Key(key), language) for key in "10*#"] == keys


def test_a_number_to_dial() -> None:
    said = {language: speech.words(Phone("119"), language) for language in LANGUAGES}

    assert said == {"en": "1, 1, 9", "zh-TW": "一一九", "zh-CN": "幺幺九", "yue": "一一九"}
    assert speech.words(Phone("119"), "zh-CN", EYE) == "119"


def test_plural_forms_and_measure_words() -> None:
    said = {
        language: [speech.phrase("person.before_you", {"count": Count(n)}, language) for n in (1, 2)]
        for language in LANGUAGES
    }

    assert said["en"] == ["There is 1 caller before you.", "There are 2 callers before you."]
    assert said["zh-TW"] == ["您前面還有一位。", "您前面還有兩位。"]
    assert said["zh-CN"] == ["您前面还有一位。", "您前面还有两位。"]
    assert said["yue"] == ["你前面仲有一位。", "你前面仲有兩位。"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (100, "一百"),
        (105, "一百零五"), (110, "一百一十"), (112, "一百一十二"), (999, "九百九十九"), (1005, "一千零五"),
        (1010, "一千零一十"), (9999, "九千九百九十九"), (-3, "負三"), (12345, "12345"),
    ],
)  # fmt: skip
def test_chinese_numerals(number: int, said: str) -> None:
    assert numeral(number) == said


def test_codes_one_by_one_and_english_ordinals() -> None:
    assert one_by_one("12a") == "一二A"
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "111th",
    ]  # fmt: skip


def test_a_value_that_is_missing_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(KeyError):
        speech.phrase("greeting.estate", {}, "en")
    with pytest.raises(KeyError):
        speech.phrase("no.such.prompt", {}, "en")


def test_a_language_without_catalog_is_spoken_in_english() -> None:
    assert speech.phrase("goodbye", {}, "tlh") == "Thank you. Goodbye."


def test_wording_swaps_whole_words_of_english_only() -> None:
    wording = {"lift": "elevator", "flat": "apartment"}

    assert "elevator" in speech.phrase("safety.lift", {}, "en", wording=wording)
    assert speech.reword("Lifted by the Lift.", wording) == "Lifted by the Elevator."
    assert "電梯" in speech.phrase("safety.lift", {}, "zh-TW", wording=wording)


SAMPLES: dict[str, speech.Value] = {
    "estate": "E", "category": "C", "name": "N", "link": "L", "tickets": "T", "place": "P", "level": "1",
    "unit": Unit(Dwelling(1, "3", 12, "A")), "number": Digits("10000015"), "promise": moment(5, 9),
    "opening": moment(5, 9), "due": moment(5, 9), "phone": Phone("119"), "count": Count(3),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(prompts()))
def test_every_prompt_is_a_whole_sentence_with_its_values(language: str, key: str) -> None:
    values = {name: SAMPLES.get(name, Key("1")) for name in prompts()[key].fields}

    for channel in (EAR, EYE):
        sentence = speech.phrase(key, values, language, channel)
        assert sentence.strip()
        assert "{" not in sentence
        assert len(sentence) < 300
        if language != "en":
            assert sentence != speech.phrase(key, values, "en", channel)


def test_cantonese_is_written_as_it_is_spoken() -> None:
    spoken = " ".join(speech.phrase(key, {n: SAMPLES.get(n, Key("1")) for n in prompt.fields}, "yue")
                      for key, prompt in prompts().items())  # fmt: skip

    for word in ("撳", "唔該", "嘅", "喺", "而家", "我哋"):
        assert word in spoken
    for written in ("請按", "您", "我們", "現在", "的話"):
        assert written not in spoken


def test_each_chinese_keeps_to_its_own_script() -> None:
    def spoken(language: str) -> str:
        return " ".join(
            speech.phrase(key, {n: SAMPLES.get(n, Key("1")) for n in prompt.fields}, language)
            for key, prompt in prompts().items()
        )

    assert not set("请键号电这员间开门单编话们为热线") & set(spoken("zh-TW"))
    assert not set("請鍵號電這員間開門單編話們為熱線") & set(spoken("zh-CN"))
