"""How seven languages say numbers, homes, times, waits and money; visits and amounts in all eleven."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from infra.i18n import catalogs, extract
from ivr import speech, voices
from ivr.speech import Count, Digits, Key, Money, Span
from ivr.speech.missing import MISSING
from ivr.speech.pattern import MannerError, manner_of
from tests.unit.ivr.talk import HOME, Talk, make_script
from tests.unit.ivr.tongues import EYE, NOW, SAID, at, home, in_each_language, taipei

SHIPPED = catalogs.LOCALES


@in_each_language
def test_a_ticket_number_is_told_digit_by_digit(language: str) -> None:
    said = speech.phrase("ticket.number", {"number": Digits("10000015")}, language)

    assert said == SAID[language].number


@in_each_language
def test_homes(language: str) -> None:
    said = SAID[language]

    assert speech.words(home("3", 12, "a"), language) == said.home
    assert speech.words(home("B", 3, "02"), language) == said.room
    assert speech.words(home("3", -1, "5"), language) == said.cellar


@in_each_language
def test_times(language: str) -> None:
    said = SAID[language]

    assert speech.words(at(4, 14, 30), language) == said.today
    assert speech.words(at(5, 14), language) == said.tomorrow
    assert speech.words(at(5, 14), language, EYE) == said.tomorrow_read
    assert speech.words(at(8, 20, 15), language) == said.weekday
    assert speech.words(at(18, 12), language) == said.date


@in_each_language
def test_a_promise_for_tomorrow(language: str) -> None:
    assert speech.phrase("ticket.promise", {"promise": at(5, 9, 5)}, language) == SAID[language].promise


@in_each_language
def test_a_visit_tomorrow_from_two_to_four_and_an_amount(language: str) -> None:
    visit = Span(taipei(5, 14), taipei(5, 16), NOW, "Asia/Taipei")

    assert speech.words(visit, language) == SAID[language].visit
    assert speech.words(Money(Decimal(1280), "TWD"), language) == SAID[language].amount


@pytest.mark.parametrize(
    ("language", "visit", "amount", "read"),
    [
        ("en", "tomorrow between 14:00 and 16:00", "1,280 New Taiwan dollars", "NT$1,280"),
        ("zh-TW", "明天下午兩點到下午四點", "新臺幣一千二百八十元", "$1,280"),
        ("zh-CN", "明天下午两点到下午四点", "新台币一千二百八十元", "NT$1,280"),
        ("yue", "聽日下晝兩點到下晝四點", "新台幣一千二百八十蚊", "NT$1,280"),
    ],
)
def test_visits_and_amounts_in_the_first_languages(language: str, visit: str, amount: str, read: str) -> None:
    span = Span(taipei(5, 14), taipei(5, 16), NOW, "Asia/Taipei")

    assert speech.words(span, language) == visit
    assert speech.words(Money(Decimal(1280), "TWD"), language) == amount
    assert speech.words(Money(Decimal(1280), "TWD"), language, EYE) == read


def test_cents_and_currencies_without_an_everyday_name() -> None:
    cents, euros = Money(Decimal("88.5"), "HKD"), Money(Decimal(5), "EUR")

    assert [speech.words(cents, tag) for tag in ("en", "zh-TW", "es", "th")] == [
        "88.50 Hong Kong dollars", "港幣88.50元", "88,50 dólares de Hong Kong", "88.50 ดอลลาร์ฮ่องกง",
    ]  # fmt: skip
    assert [speech.words(euros, tag) for tag in ("zh-TW", "es", "ja")] == ["5 歐元", "5 euros", "5ユーロ"]


def test_a_time_that_is_past_tells_its_date() -> None:
    yesterday = at(3, 23, 59)

    assert speech.words(yesterday, "en") == "Sunday 3 January at 23:59"
    assert speech.words(yesterday, "zh-TW") == "一月三日星期日晚上十一點五十九分"
    assert speech.words(yesterday, "fil") == (
        "alas-onse singkuwenta'y nuwebe ng gabi sa Linggo, ika-3 ng Enero"
    )


@pytest.mark.parametrize(
    ("language", "hours"),
    [
        ("ja", ["明日の午前0時", "明日のお昼の12時半", "明日の午後1時15分"]),
        ("ko", ["내일 새벽 0시", "내일 낮 12시 반", "내일 오후 1시 15분"]),
        ("vi", ["0 giờ sáng ngày mai", "12 giờ rưỡi trưa ngày mai", "1 giờ 15 phút chiều ngày mai"]),
        ("id", ["besok pukul 0 dini hari", "besok pukul 12 siang lewat 30 menit",
         "besok pukul 1 siang lewat 15 menit"]),
        ("th", ["พรุ่งนี้ เวลา 0 นาฬิกา", "พรุ่งนี้ เวลา 12 นาฬิกา 30 นาที", "พรุ่งนี้ เวลา 13 นาฬิกา 15 นาที"]),
        ("fil", ["alas-dose ng madaling-araw bukas", "alas-dose y medya ng tanghali bukas",
         "ala-una kinse ng hapon bukas"]),
        ("es", ["mañana a las doce de la madrugada", "mañana a las doce y media del mediodía",
         "mañana a la una y 15 de la tarde"]),
    ],
)  # fmt: skip
def test_midnight_noon_and_one(language: str, hours: list[str]) -> None:
    assert [speech.words(at(5, *time), language) for time in ((0,), (12, 30), (13, 15))] == hours


@in_each_language
def test_keys_have_names(language: str) -> None:
    assert " ".join(speech.words(Key(key), language) for key in "1*#") == SAID[language].keys


@in_each_language
def test_counts_and_waits(language: str) -> None:
    assert speech.phrase("person.before_you", {"count": Count(3)}, language) == SAID[language].queue
    assert speech.phrase("person.minutes", {"count": Count(1)}, language) == SAID[language].minutes


def test_spanish_has_a_plural() -> None:
    said = [speech.phrase("person.before_you", {"count": Count(n)}, "es") for n in (1, 2)]

    assert said == ["Hay 1 llamada antes que la suya.", "Hay 2 llamadas antes que la suya."]


def test_a_file_that_is_not_whole_is_refused_by_name(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogs, "LOCALES", tmp_path)
    (tmp_path / "tlh").mkdir()
    (tmp_path / "tlh" / "values.json").write_text('{"keys": {}, "days": {"today": "DaH"}}', encoding="utf-8")
    manner_of.cache_clear()

    with pytest.raises(MannerError, match=r"tlh.values\.json"):
        manner_of("tlh")

    manner_of.cache_clear()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder of catalogs of its own, with the English ones."""
    shutil.copytree(catalogs.LOCALES / "en", tmp_path / "en")
    monkeypatch.setattr(catalogs, "LOCALES", tmp_path)
    kept = (voices.spoken, voices.table, manner_of, catalogs.translations, make_script)
    for each in kept:
        each.cache_clear()
    yield tmp_path
    for each in kept:
        each.cache_clear()


def add_language(folder: Path, locale: str, voice: dict[str, str] | None = None, without: str = "") -> None:
    """Two text files, as a translator would write them: every sentence with its key before it."""
    source = catalogs.LOCALES / "en" / "LC_MESSAGES" / "voice.po"
    catalog = catalogs.read_catalog(source, "en")
    for message in catalog:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            said = tuple("" if message.context == without else f"{locale} {form}" for form in forms)
            message.string = said if isinstance(message.id, tuple) else said[0]
    path = folder / locale / "LC_MESSAGES" / "voice.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(extract.as_bytes(catalog))
    spanish = json.loads((SHIPPED / "es" / "values.json").read_text(encoding="utf-8"))
    spanish["days"]["tomorrow"] = "demain {time}"
    values = spanish | ({"voice": voice} if voice else {})
    (folder / locale / "values.json").write_text(json.dumps(values), encoding="utf-8")


@pytest.mark.parametrize("language", ["fr", "de", "pt", "ru", "ar", "hi"])
def test_a_language_can_be_added_by_files_alone(elsewhere, language: str) -> None:
    add_language(elsewhere, language)

    said = speech.phrase("ticket.promise", {"promise": at(5, 14)}, language, EYE)

    assert said == f"{language} Somebody will answer you by demain a las 14:00."
    assert voices.spoken() == ("en", language)
    talk = Talk(languages=("en", language)).starts().hears("language.choose").press("2")
    assert {say.language for say in talk.says} == {language}
    assert voices.voice_of(language).say_language in talk.xml


def test_a_language_that_nobody_thought_of_brings_its_voice_along(elsewhere) -> None:
    voice = {"say_language": "it-IT", "name": "Polly.Bianca-Neural", "hears": "it-IT"}
    add_language(elsewhere, "it", voice)

    talk = Talk(languages=("en", "it")).starts("it", HOME).at("category")

    assert voices.spoken() == ("en", "it")
    assert 'voice="Polly.Bianca-Neural" language="it-IT"' in talk.xml
    (elsewhere / "it" / "values.json").write_text('{"voice": {"name": "x"}}', encoding="utf-8")
    voices.table.cache_clear()
    with pytest.raises(voices.LanguageError, match=r"it/values\.json"):
        voices.table()


def test_a_prompt_that_is_missing_is_spoken_in_english_and_counted(elsewhere, caplog) -> None:
    add_language(elsewhere, "fr")
    talk = Talk(languages=("en", "fr"))  # the flow is checked while the catalog is whole
    add_language(elsewhere, "fr", without="menu.help")
    catalogs.translations.cache_clear()
    before = MISSING.labels("fr", "menu.help")._value.get()

    talk.starts("fr", HOME).at("category")

    (line,) = [say for say in talk.says if say.prompt == "menu.help"]
    assert (line.language, line.text) == (
        "en",
        "For a person, press 0. To hear this again, press the hash key.",
    )
    assert {say.language for say in talk.says if say.prompt != "menu.help"} == {"fr"}
    assert MISSING.labels("fr", "menu.help")._value.get() == before + 1
