"""Words that mean an emergency, words that only look like one, and a plain no."""

import pytest

from ivr.understand.alarm import LISTS, SHIPPED
from ivr.understand.answers import is_no


def emergency_in(words: str, language: str) -> str:
    found = SHIPPED.find(words, language)
    return found.kind if found else ""


@pytest.mark.parametrize(
    ("language", "words", "kind"),
    [
        ("zh-TW", "我媽媽困在電梯裡面了", "lift"),
        ("zh-TW", "樓下失火了快來", "fire"),
        ("zh-TW", "廚房有瓦斯味", "gas"),
        ("zh-TW", "有人昏倒在大廳", "person"),
        ("zh-CN", "电梯困人了", "lift"),
        ("zh-CN", "楼道里有煤气味", "gas"),
        ("zh-CN", "有小偷", "intruder"),
        ("yue", "有人困咗喺𨋢入面", "lift"),
        ("yue", "困LIFT呀", "lift"),
        ("yue", "火燭呀", "fire"),
        ("yue", "石屎跌落嚟", "danger"),
        ("en", "I am STUCK IN THE LIFT", "lift"),
        ("en", "there's a fire on my floor", "fire"),
        ("en", "I think we have a gas  leak", "gas"),
        ("en", "he collapsed and is not breathing", "person"),
        ("zh-TW", "help fire fire", "fire"),
        ("ja", "エレベーターに閉じ込められた", "lift"),
        ("ko", "불이 났어요", "fire"),
        ("vi", "nhà tôi bị cháy", "fire"),
        ("es", "hay un olor a gas", "gas"),
        ("th", "ไฟไหม้ครับ", "fire"),
    ],
)
def test_emergency_words_are_heard_in_whole_sentences(language: str, words: str, kind: str) -> None:
    assert emergency_in(words, language) == kind


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-TW", "請問消防演習是什麼時候"),
        ("zh-TW", "電梯壞了，沒有人受困"),
        ("zh-TW", "瓦斯費怎麼繳"),
        ("zh-CN", "抄表员什么时候来"),
        ("zh-CN", "他对我发火"),
        ("yue", "佢發火鬧人"),
        ("yue", "部𨋢壞咗，冇人困"),
        ("en", "the fireplace is cold"),
        ("en", "when is the next fire drill?"),
        ("en", "my smoke alarm battery is low"),
        ("en", "the gas bill is wrong"),
        ("en", "lift is down, nobody inside"),
        ("en", "the tap is leaking"),
        ("en", ""),
    ],
)
def test_exceptions_and_ordinary_words_are_no_emergency(language: str, words: str) -> None:
    assert emergency_in(words, language) == ""


def test_an_exception_does_not_hide_a_real_emergency_beside_it() -> None:
    assert emergency_in("this is not a fire drill, there is smoke", "en") == "fire"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "No."), ("en", "no no, it's not"), ("zh-TW", "不是啦"), ("yue", "唔係呀"), ("zh-CN", "没有")],
)
def test_a_no(language: str, words: str) -> None:
    assert is_no(words, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "yes"),
        ("en", "I don't know"),
        ("en", "not sure"),
        ("zh-TW", "不知道"),
        ("yue", "係"),
        ("en", ""),
    ],
)
def test_anything_else_is_no_no(language: str, words: str) -> None:
    assert not is_no(words, language)


def test_every_kind_has_words_in_each_first_language() -> None:
    for kind, lists in LISTS["emergency"].items():
        assert lists["zh"], kind
        assert lists["en"], kind
