"""How seven languages say numbers, homes, times, waits and money; visits and amounts in all eleven."""

from decimal import Decimal

import pytest

from infra.i18n import catalogs
from ivr import speech, voices
from ivr.speech import Count, Digits, Key, Money, Span
from ivr.speech.pattern import MannerError, manner_of
from tests.unit.ivr.tongues import EYE, NOW, SAID, at, home, in_each_language, taipei


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


def test_a_language_can_be_added_by_files_alone(tmp_path, monkeypatch) -> None:
    catalog, values = tmp_path / "fr" / "LC_MESSAGES" / "voice.po", tmp_path / "fr" / "values.json"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\n'
        'msgctxt "ticket.promise"\nmsgid "Somebody will answer you by {promise}."\n'
        'msgstr "Nous vous répondrons au plus tard {promise}."\n',
        encoding="utf-8",
    )
    spanish = (catalogs.LOCALES / "es" / "values.json").read_text(encoding="utf-8")
    values.write_text(spanish.replace("mañana {time}", "demain {time}"), encoding="utf-8")
    monkeypatch.setattr(catalogs, "LOCALES", tmp_path)
    voices.spoken.cache_clear()
    manner_of.cache_clear()

    said = speech.phrase("ticket.promise", {"promise": at(5, 14)}, "fr", EYE)

    assert said == "Nous vous répondrons au plus tard demain a las 14:00."
    assert "fr" in voices.spoken()
    voices.spoken.cache_clear()
    manner_of.cache_clear()
    catalogs.translations.cache_clear()
