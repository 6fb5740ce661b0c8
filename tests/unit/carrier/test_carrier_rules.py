"""Everything Twilio would refuse in a document, row by row."""

import pytest

from ivr.carrier import rules, voices

GOOD = [
    '<Say voice="Google.cmn-TW-Wavenet-A" language="cmn-TW">您好</Say>',
    '<Say voice="Google.yue-HK-Standard-A" language="yue-HK">你好</Say>',
    '<Say voice="Polly.Hiujin-Neural" language="yue-CN">你好</Say>',
    '<Say voice="Polly.Lupe-Neural" language="es-US"><prosody rate="slow">hola</prosody><break time="1s"/></Say>',
    "<Say>plain</Say>",
    '<Gather input="dtmf speech" language="cmn-Hant-TW" hints="漏水,停電" speechTimeout="auto"><Say>x</Say></Gather>',
    '<Gather input="speech" language="en-US" speechModel="phone_call" speechTimeout="3"/>',
    '<Gather finishOnKey="" numDigits="1" timeout="8"><Play>/a.wav</Play><Pause/></Gather>',
    '<Record maxLength="120" finishOnKey="*#" recordingStatusCallbackEvent="completed absent"/>',
    '<Dial timeout="20" callerId="+886225550100"><Number url="/w?a=1&amp;b=2">+886912000001</Number></Dial>',
    "<Dial>" + "<Number>+886912000001</Number>" * 10 + "</Dial>",
    '<Dial><Conference statusCallback="/c" statusCallbackEvent="start end">room</Conference></Dial>',
    '<Enqueue waitUrl="/wait" action="/left">desk</Enqueue>',
    '<Play digits="12ww3"/>',
    "<Redirect>/next?x=1#rc=2&amp;rp=all</Redirect>",
    '<Reject reason="busy"/>',
    "<!-- a comment --><Hangup/>",
]

BAD = [
    ("<Shout>x</Shout>", "Shout"),
    ("<say>x</say>", "say"),
    ("<Leave/>", "not allowed in a call"),
    ("stray <Say>x</Say>", "text where only elements"),
    ('<Say colour="red">x</Say>', "unknown attribute"),
    ("<Say></Say>", "nothing to say"),
    ('<Say voice="alice" language="zh-TW">x</Say>', "alice"),
    ('<Say language="zh-TW">x</Say>', "not a language of Say"),
    ('<Say language="cmn-Hant-TW">x</Say>', "not a language of Say"),
    ('<Say voice="Google.cmn-TW-Neural2-A">x</Say>', "not a documented voice"),
    ('<Say voice="Polly.Joanna-Neural" language="en-GB">x</Say>', "does not speak"),
    ('<Say voice="man" language="cmn-TW">x</Say>', "does not speak"),
    ('<Say loop="1001">x</Say>', "outside"),
    ("<Say><break/>x</Say>", "no speech markup"),
    ('<Say voice="Google.en-US-Wavenet-A"><w role="x">x</w></Say>', "do not know <w>"),
    ('<Say voice="Polly.Joanna"><say-as interpret-as="poem">x</say-as></Say>', "interpret-as"),
    ('<Say voice="Polly.Joanna"><speak>x</speak></Say>', "may not stand inside"),
    (f"<Say>{'x' * 4001}</Say>", "4001 characters"),
    (f'<Say voice="Polly.Joanna">{"x" * 3001}</Say>', "3001 characters"),
    (f'<Say voice="Google.en-US-Wavenet-A">{"x" * 5001}</Say>', "5001 characters"),
    ("<Play></Play>", "needs a URL or digits"),
    ("<Play>ftp://x/a.wav</Play>", "is not a URL"),
    ("<Play>https://a_b.example/a.wav</Play>", "underscore"),
    ('<Pause length="0"/>', "outside"),
    ('<Pause length="1.5"/>', "not a whole number"),
    ("<Gather><Dial>+886912000001</Dial></Gather>", "may not stand inside"),
    ("<Gather><Record/></Gather>", "may not stand inside"),
    ('<Gather><Play digits="1"/></Gather>', "may not stand inside"),
    ('<Gather input="voice"/>', "not dtmf, speech or both"),
    ('<Gather timeout="0"/>', "outside"),
    ('<Gather numDigits="0"/>', "outside"),
    ('<Gather finishOnKey="12"/>', "more than one key"),
    ('<Gather language="cmn-TW"/>', "not heard"),
    ('<Gather speechModel="phone_call" language="cmn-Hant-TW"/>', "not heard"),
    ('<Gather speechModel="phone_call" speechTimeout="auto"/>', "whole number when speechModel"),
    ('<Gather speechModel="best"/>', "speechModel"),
    ('<Gather enhanced="true"/>', "unknown attribute"),
    (f'<Gather hints="{"x" * 101}"/>', "entry of 101"),
    (f'<Gather hints="{",".join(["x"] * 501)}"/>', "501 entries"),
    ('<Gather method="PUT"/>', "not one of"),
    ('<Gather actionOnEmptyResult="True"/>', "not one of"),
    ('<Record maxLength="14401"/>', "outside"),
    ('<Record finishOnKey="x"/>', "other than keys"),
    ("<Record><Say>x</Say></Record>", "may not stand inside"),
    ("<Record recordingStatusCallbackEvent=\"['completed']\"/>", "may hold only"),
    ('<Dial timeout="4">+886912000001</Dial>', "outside"),
    ('<Dial timeLimit="14401">+886912000001</Dial>', "outside"),
    ('<Dial record="always">+886912000001</Dial>', "not one of"),
    ("<Dial>0912-000-001</Dial>", "nobody to dial"),
    ("<Dial><Number>0912000001</Number></Dial>", "E.164"),
    ("<Dial><Say>x</Say></Dial>", "may not stand inside"),
    ("<Dial>" + "<Number>+886912000001</Number>" * 11 + "</Dial>", "11 to dial"),
    ("<Dial><Queue>a</Queue><Number>+886912000001</Number></Dial>", "stands alone"),
    ('<Dial><Number statusCallbackEvent="ringing,answered">+886912000001</Number></Dial>', "may hold only"),
    (f"<Dial><Queue>{'x' * 65}</Queue></Dial>", "65 characters"),
    (f"<Dial><Conference>{'x' * 129}</Conference></Dial>", "129 characters"),
    ("<Dial><Conference region='tw1'>x</Conference></Dial>", "not one of"),
    (f"<Enqueue>{'x' * 65}</Enqueue>", "65 characters"),
    ("<Enqueue></Enqueue>", "0 characters"),
    ('<Enqueue maxQueueSize="5001">x</Enqueue>', "outside"),
    ('<Reject reason="tired"/>', "not one of"),
    ("<Hangup>now</Hangup>", "text where only elements"),
]


def violations(inner: str, room: str = "call", inline: bool = False) -> list[str]:
    document = rules.read(f"<Response>{inner}</Response>".encode(), "text/xml", room, inline=inline)
    return [str(violation) for violation in document.violations]


@pytest.mark.parametrize("inner", GOOD)
def test_allowed(inner: str) -> None:
    assert violations(inner) == []


@pytest.mark.parametrize(("inner", "why"), BAD)
def test_refused(inner: str, why: str) -> None:
    assert why in "\n".join(violations(inner))


@pytest.mark.parametrize(
    ("room", "inner"),
    [
        ("whisper", "<Dial>+886912000001</Dial>"),
        ("whisper", "<Record/>"),
        ("queue", "<Dial>+886912000001</Dial>"),
        ("queue", "<Record/>"),
        ("queue", "<Enqueue>x</Enqueue>"),
        ("conference", "<Gather/>"),
        ("conference", "<Hangup/>"),
    ],
)
def test_refused_where_it_runs(room: str, inner: str) -> None:
    assert any("not allowed" in violation for violation in violations(inner, room))


@pytest.mark.parametrize(
    ("room", "inner"),
    [
        ("whisper", "<Gather numDigits='1'><Say>Press 1</Say></Gather><Hangup/>"),
        ("queue", "<Say>x</Say><Gather/><Redirect>/y</Redirect><Leave/>"),
        ("conference", "<Say>x</Say><Play>/m.wav</Play><Redirect>/y</Redirect>"),
    ],
)
def test_allowed_where_it_runs(room: str, inner: str) -> None:
    assert violations(inner, room) == []


def test_size_and_form_of_the_document() -> None:
    big = rules.read(b"<Response>" + b" " * 65536 + b"</Response>", "text/xml")
    broken = rules.read(b"<Response><Say>", "text/xml")
    other_root = rules.read(b"<TwiML/>", "text/xml")
    entities = rules.read(b'<!DOCTYPE r [<!ENTITY a "b">]><Response/>', "text/xml")
    json = rules.read(b"{}", "application/json")

    assert [d.violations[0].code for d in (big, broken, other_root, entities, json)] == [
        11750,
        12100,
        12100,
        12100,
        12300,
    ]


def test_inline_documents_need_absolute_urls_and_4000_characters() -> None:
    assert "absolute" in violations('<Gather action="/x"/>', inline=True)[0]
    assert violations('<Gather action="https://desk.example/x"/>', inline=True) == []
    assert "32018" in violations(f"<Say>{'x' * 3990}</Say>", inline=True)[0]


@pytest.mark.parametrize(
    ("say", "voice", "gather"),
    [
        ("cmn-TW", "Google.cmn-TW-Wavenet-A", "cmn-Hant-TW"),
        ("cmn-CN", "Google.cmn-CN-Wavenet-A", "cmn-Hans-CN"),
        ("yue-HK", "Google.yue-HK-Standard-A", "yue-Hant-HK"),
        ("en-US", "Polly.Joanna-Neural", "en-US"),
        ("ja-JP", "Polly.Kazuha-Neural", "ja-JP"),
        ("ko-KR", "Polly.Seoyeon-Neural", "ko-KR"),
        ("vi-VN", "Google.vi-VN-Wavenet-A", "vi-VN"),
        ("id-ID", "Google.id-ID-Wavenet-A", "id-ID"),
        ("th-TH", "Google.th-TH-Standard-A", "th-TH"),
        ("fil-PH", "Google.fil-PH-Wavenet-A", "fil-PH"),
        ("es-ES", "Polly.Lucia-Neural", "es-ES"),
        ("fr-FR", "Polly.Lea-Neural", "fr-FR"),
        ("de-DE", "Polly.Vicki-Neural", "de-DE"),
        ("pt-BR", "Polly.Camila-Neural", "pt-BR"),
        ("ru-RU", "Google.ru-RU-Wavenet-A", "ru-RU"),
        ("ar-XA", "Google.ar-XA-Wavenet-A", "ar-SA"),
        ("hi-IN", "Polly.Kajal-Neural", "hi-IN"),
    ],
)
def test_suggested_voices_are_documented(say: str, voice: str, gather: str) -> None:
    assert say in voices.VOICES[voice]
    assert say in voices.SAY_LANGUAGES
    assert gather in voices.GATHER_LANGUAGES


@pytest.mark.parametrize("tag", ["tl-PH", "zh-TW", "zh-HK", "en-PH", "cmn-Hant-TW"])
def test_languages_without_a_voice(tag: str) -> None:
    assert tag not in voices.SAY_LANGUAGES
