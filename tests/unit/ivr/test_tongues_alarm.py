"""Emergency words, words that only look like them, and a plain no, in seven languages."""

import pytest

from ivr.understand.alarm import SHIPPED
from ivr.understand.answers import is_no


def emergency_in(words: str, language: str) -> str:
    found = SHIPPED.find(words, language)
    return found.kind if found else ""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "ja",
            {
                "lift": "エレベーターに閉じ込められました",
                "fire": "台所が燃えています",
                "gas": "ガスのにおいがします",
                "person": "人が倒れています",
                "intruder": "知らない人が侵入しました",
                "danger": "感電した人がいます",
            },
        ),
        (
            "ko",
            {
                "lift": "지금 엘리베이터 안에 갇혔어요",
                "fire": "옆집에서 연기가 나요",
                "gas": "가스 냄새가 심해요",
                "person": "할머니가 쓰러지셨어요, 숨을 못 쉬세요",
                "intruder": "집에 도둑이 들었어요",
                "danger": "누전된 것 같아요",
            },
        ),
        (
            "vi",
            {
                "lift": "tôi bị kẹt trong thang máy",
                "fire": "nhà bên có khói nhiều lắm",
                "gas": "có mùi gas trong bếp",
                "person": "mẹ tôi bất tỉnh rồi",
                "intruder": "có trộm vào nhà",
                "danger": "có người bị điện giật",
            },
        ),
        (
            "id",
            {
                "lift": "saya terjebak di dalam lift",
                "fire": "ada kebakaran di dapur",
                "gas": "ada bau gas",
                "person": "ibu saya pingsan",
                "intruder": "ada maling masuk rumah",
                "danger": "ada kabel putus",
            },
        ),
        (
            "th",
            {
                "lift": "ติดอยู่ในลิฟต์ค่ะ",
                "fire": "ไฟไหม้ห้องข้าง ๆ",
                "gas": "ได้กลิ่นแก๊สแรงมาก",
                "person": "คุณแม่หมดสติ",
                "intruder": "มีขโมยเข้าห้อง",
                "danger": "มีคนโดนไฟดูด",
            },
        ),
        (
            "fil",
            {
                "lift": "na-trap po ako sa elevator, na-stuck sa elevator",
                "fire": "may sunog sa kabilang unit",
                "gas": "amoy gas po dito",
                "person": "nawalan ng malay ang nanay ko",
                "intruder": "may magnanakaw",
                "danger": "nakuryente ang anak ko",
            },
        ),
        (
            "es",
            {
                "lift": "estoy encerrada en el ascensor",
                "fire": "sale humo de la cocina",
                "gas": "huele a gas",
                "person": "mi padre no respira",
                "intruder": "hay un ladrón en casa",
                "danger": "hay un cable suelto",
            },
        ),
    ],
)
def test_emergencies_are_heard(language: str, words: dict[str, str]) -> None:
    assert {kind: emergency_in(said, language) for kind, said in words.items()} == {
        kind: kind for kind in words
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "消防訓練はいつですか"),
        ("ja", "エレベーターが止まっていますが、誰も閉じ込められていません"),
        ("ja", "ガス料金について"),
        ("ja", "隣のたばこの煙が出ていて困ります"),
        ("ko", "방에 불이 나갔어요"),
        ("ko", "담배 연기가 올라와요"),
        ("ko", "공사 연기가 가능한가요"),
        ("ko", "물 강도가 약해요"),
        ("vi", "bóng đèn bị cháy"),
        ("vi", "nước chảy ra sàn"),
        ("vi", "lịch diễn tập chữa cháy"),
        ("vi", "hành lang có khói thuốc lá"),
        ("id", "bau asap rokok dari tetangga"),
        ("id", "lift rusak, tidak ada yang terjebak"),
        ("id", "tagihan gas salah"),
        ("th", "เพื่อนบ้านมีควันบุหรี่"),
        ("th", "ลิฟต์เสีย ไม่มีคนติดอยู่ในลิฟต์"),
        ("th", "ค่าแก๊สเท่าไร"),
        ("fil", "kailan ang fire drill"),
        ("fil", "usok ng sigarilyo ng kapitbahay"),
        ("fil", "pundido ang ilaw"),
        ("es", "cuándo es el simulacro de incendio"),
        ("es", "huele a humo de tabaco"),
        ("es", "la factura del gas está mal"),
    ],
)
def test_ordinary_words_are_no_emergency(language: str, words: str) -> None:
    assert emergency_in(words, language) == ""


@pytest.mark.parametrize(
    ("language", "words", "is_meant"),
    [
        ("ja", "いいえ、違います", True),
        ("ja", "いいえ、違いますよ", True),
        ("ja", "はい", False),
        ("ja", "わかりません", False),
        ("ko", "아니요", True),
        ("ko", "아니에요", True),
        ("ko", "네", False),
        ("ko", "모르겠어요", False),
        ("vi", "Dạ không phải ạ", True),
        ("vi", "vâng", False),
        ("vi", "không biết", False),
        ("id", "Bukan", True),
        ("id", "tidak tahu", False),
        ("id", "ya", False),
        ("th", "ไม่ใช่ค่ะ", True),
        ("th", "ไม่ใช่ครับ", True),
        ("th", "ไม่รู้", False),
        ("th", "ใช่ค่ะ", False),
        ("fil", "Hindi po", True),
        ("fil", "opo", False),
        ("fil", "hindi ko alam", False),
        ("es", "No, no es una emergencia", True),
        ("es", "no lo sé", False),
        ("es", "sí", False),
    ],
)
def test_a_no_in_each_language(language: str, words: str, is_meant: bool) -> None:
    assert is_no(words, language) is is_meant
