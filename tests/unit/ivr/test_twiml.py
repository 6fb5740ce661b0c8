"""Instructions as XML: a table, and everything that the provider would refuse is refused here."""

import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pytest

from ivr import twiml, voices
from ivr.flow import pages
from ivr.flow.facts import RingTarget
from ivr.flow.instructions import (
    Answer,
    Continue,
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Instruction,
    Leave,
    Pause,
    Play,
    Record,
    Route,
    Say,
)
from ivr.state import CallState, decode
from tests.unit.ivr.talk import HOME, LEAD, Talk, make_script

STATE = CallState("f", "GH", "category", 2, "en")
TOKEN = STATE.encode()
HELLO = Say("Hello", "en")
NIHAO = Say("您好 & <再見>", "zh-TW")
EN = 'voice="Polly.Joanna-Neural" language="en-US"'
TW = 'voice="Google.cmn-TW-Wavenet-A" language="cmn-TW"'
STEP = f"/ivr/step?s={TOKEN}"
WAIT = f"/ivr/wait?s={TOKEN}"
REDIRECT = f"<Redirect>{STEP}&amp;e=silence</Redirect>"


def body(*instructions: Instruction, route: Route = Route.STEP) -> str:
    document = twiml.render(Answer(STATE, instructions, route))
    ET.fromstring(document)
    return document.removeprefix(twiml.HEAD).removesuffix(twiml.TAIL)


@pytest.mark.parametrize(
    ("instructions", "xml"),
    [
        ((HELLO,), f"<Say {EN}>Hello</Say>"),
        ((NIHAO,), f"<Say {TW}>您好 &amp; &lt;再見&gt;</Say>"),
        ((Say("a\x0bb\x00c", "en"),), f"<Say {EN}>abc</Say>"),
        ((Play("/hold.wav"), Pause(2)), '<Play>/hold.wav</Play><Pause length="2"/>'),
        ((Play("/hold.wav", 0),), '<Play loop="0">/hold.wav</Play>'),
        ((HELLO, Hangup()), f"<Say {EN}>Hello</Say><Hangup/>"),
        (
            (Gather((HELLO,)), Continue()),
            f'<Gather input="dtmf" action="{STEP}" finishOnKey="" timeout="5" numDigits="1">'
            f"<Say {EN}>Hello</Say></Gather>{REDIRECT}",
        ),
        (
            (Gather((), digits=6, finish_on="*", is_empty_told=True), Continue()),
            f'<Gather input="dtmf" action="{STEP}" finishOnKey="*" timeout="5" numDigits="6" '
            f'actionOnEmptyResult="true"/>{REDIRECT}',
        ),
        (
            (Gather((), is_speech=True, language="yue", hints=("漏水", "停電")), Continue()),
            f'<Gather input="speech dtmf" action="{STEP}" finishOnKey="" timeout="5" numDigits="1" '
            'language="yue-Hant-HK" speechTimeout="auto" profanityFilter="false" hints="漏水,停電"/>'
            f"{REDIRECT}",
        ),
        (
            (Record(longest=120), Continue()),
            f'<Record action="{STEP}&amp;e=record" finishOnKey="*#" maxLength="120" timeout="4" '
            f'playBeep="true" recordingStatusCallback="/ivr/recording"/>{REDIRECT}',
        ),
        (
            (Record(longest=60, is_transcribed=True), Continue()),
            f'<Record action="{STEP}&amp;e=record" finishOnKey="*#" maxLength="60" timeout="4" playBeep="true" '
            'recordingStatusCallback="/ivr/recording" transcribe="true" '
            f'transcribeCallback="/ivr/transcription"/>{REDIRECT}',
        ),
        (
            (Dial((RingTarget("+886900000001", "11", "yue"),), "duty"),),
            f'<Dial action="{STEP}&amp;e=dial" timeout="20">'
            f'<Number url="/ivr/whisper?s={TOKEN}&amp;k=duty&amp;who=11&amp;l=yue">+886900000001</Number>'
            "</Dial>",
        ),
        (
            (HELLO, Enqueue("GH")),
            f'<Say {EN}>Hello</Say><Enqueue action="{STEP}&amp;e=queue" waitUrl="{WAIT}">GH</Enqueue>',
        ),
    ],
)
def test_instructions_as_xml(instructions: tuple[Instruction, ...], xml: str) -> None:
    assert body(*instructions) == xml


def test_a_wait_document_asks_and_falls_to_its_end() -> None:
    xml = body(Gather((HELLO,), timeout=2), Pause(20), route=Route.WAIT)

    assert xml.startswith(f'<Gather input="dtmf" action="{WAIT}"')
    assert xml.endswith('<Pause length="20"/>')
    assert body(Leave(), route=Route.WAIT) == "<Leave/>"


def test_an_answer_without_instructions_is_an_empty_document() -> None:
    assert body() == ""


@pytest.mark.parametrize(
    ("instructions", "route"),
    [
        ((Gather((HELLO,)),), Route.STEP),
        ((Record(),), Route.STEP),
        ((Hangup(), HELLO), Route.STEP),
        ((Continue(), HELLO), Route.STEP),
        ((Dial((LEAD,), "duty"), HELLO), Route.STEP),
        ((Enqueue("GH"), HELLO), Route.STEP),
        ((Dial((), "duty"),), Route.STEP),
        ((Dial((LEAD,) * 11, "duty"),), Route.STEP),
        ((Dial((LEAD,), "duty", ring_s=2),), Route.STEP),
        ((Gather((), finish_on="ab"), Continue()), Route.STEP),
        ((Gather((), finish_on="x"), Continue()), Route.STEP),
        ((Gather((), timeout=0), Continue()), Route.STEP),
        ((Gather((), is_speech=True, language="en", hints=("a,b",)), Continue()), Route.STEP),
        ((Gather((), is_speech=True, language="en", hints=("a",) * 501), Continue()), Route.STEP),
        ((Record(finish_on="x"), Continue()), Route.STEP),
        ((Record(longest=0), Continue()), Route.STEP),
        ((Say(" ", "en"),), Route.STEP),
        ((Say("x" * 3001, "en"),), Route.STEP),
        ((Say("好" * 2999, "zh-TW"),) * 8, Route.STEP),
        ((Record(), Pause()), Route.WAIT),
        ((Dial((LEAD,), "duty"),), Route.WAIT),
        ((Enqueue("GH"),), Route.WAIT),
    ],
)
def test_what_the_provider_would_refuse_is_never_written(
    instructions: tuple[Instruction, ...], route: Route
) -> None:
    with pytest.raises(twiml.NotAllowed):
        twiml.render(Answer(STATE, instructions, route))


def test_a_language_without_recogniser_is_never_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(voices.VOICES, "en", voices.Voice("en", "en-US", "Polly.Joanna-Neural", ""))

    with pytest.raises(twiml.NotAllowed):
        body(Gather((), is_speech=True, language="en"), Continue())


def test_urls_may_be_whole_and_numbers_show_one_of_ours() -> None:
    answer = Answer(STATE, (Dial((LEAD,), "agent"),))

    xml = twiml.render(answer, twiml.Urls("https://h.example/ivr"), caller_id="+886225550100")

    assert 'callerId="+886225550100"' in xml
    assert f'action="https://h.example/ivr/step?s={TOKEN}&amp;e=dial"' in xml


def test_the_state_comes_back_from_the_url() -> None:
    talk = Talk().starts("yue", HOME)
    gather = ET.fromstring(talk.xml).find("Gather")
    assert gather is not None

    query = parse_qs(urlsplit(gather.attrib["action"]).query)

    assert decode(query["s"][0]) == talk.state


# The provider's table of voices and languages, for what ships; a wrong pair makes a sentence fail.
SAY_PAIRS = {
    ("Google.cmn-TW-Wavenet-A", "cmn-TW"), ("Google.cmn-CN-Wavenet-A", "cmn-CN"),
    ("Google.yue-HK-Standard-A", "yue-HK"), ("Polly.Joanna-Neural", "en-US"),
    ("Polly.Kazuha-Neural", "ja-JP"), ("Polly.Seoyeon-Neural", "ko-KR"), ("Google.vi-VN-Wavenet-A", "vi-VN"),
    ("Google.id-ID-Wavenet-A", "id-ID"), ("Google.th-TH-Standard-A", "th-TH"),
    ("Google.fil-PH-Wavenet-A", "fil-PH"), ("Polly.Lucia-Neural", "es-ES"), ("Polly.Lea-Neural", "fr-FR"),
    ("Polly.Vicki-Neural", "de-DE"), ("Polly.Camila-Neural", "pt-BR"), ("Google.ru-RU-Wavenet-A", "ru-RU"),
    ("Google.ar-XA-Wavenet-A", "ar-XA"), ("Polly.Kajal-Neural", "hi-IN"),
}  # fmt: skip
HEARS = {
    "cmn-Hant-TW", "cmn-Hans-CN", "yue-Hant-HK", "en-US", "ja-JP", "ko-KR", "vi-VN", "id-ID", "th-TH",
    "fil-PH", "es-ES", "fr-FR", "de-DE", "pt-BR", "ru-RU", "ar-SA", "hi-IN",
}  # fmt: skip


def test_voices_and_recognisers_are_pairs_that_the_provider_knows() -> None:
    assert {(voice.name, voice.say_language) for voice in voices.VOICES.values()} == SAY_PAIRS
    assert {voice.hears for voice in voices.VOICES.values() if not voice.is_recorded} == HEARS
    assert {tag for tag, voice in voices.VOICES.items() if not voice.hears} == {"nan", "hak"}


def test_a_configured_language_without_voice_or_catalog_is_refused() -> None:
    voices.require(("zh-TW", "zh-CN", "yue", "en", "ja", "ko", "vi", "id", "th", "fil", "es"))
    with pytest.raises(voices.LanguageError, match="tlh"):
        voices.require(("en", "tlh"))


def test_a_whisper_asks_for_one_and_ends_without_it() -> None:
    talk = Talk().starts("en", HOME).press("*", "1")

    answer = pages.whisper(make_script(), talk.state, "duty", "11", "zh-TW")

    texts = [say.text for say in answer.instructions[0].says]  # type: ignore[union-attr]
    assert texts[:3] == ["綠丘社區緊急事件：people in a lift。", "地點：三號樓十二樓A室。", "接聽請按一。"]
    xml = twiml.render(answer)
    assert 'action="/ivr/accept?s=' in xml
    assert "k=duty&amp;who=11&amp;l=zh-TW" in xml
    assert xml.endswith("<Hangup/></Response>")


def test_a_whisper_about_an_unknown_place_says_so() -> None:
    talk = Talk().starts("en").press("*", "1")

    answer = pages.whisper(make_script(), talk.state, "duty", "11", "en")

    prompts = [say.prompt for say in answer.instructions[0].says]  # type: ignore[union-attr]
    assert "whisper.no_place" in prompts
    assert pages.joined(talk.state).instructions == ()
    assert "taken it already" in twiml.render(pages.too_late(make_script(), talk.state, "en"))


def test_the_whisper_to_an_agent_names_estate_and_category() -> None:
    talk = Talk().starts("en", HOME).press("1", "6", "0")

    answer = pages.whisper(make_script(), talk.state, "agent", "12", "en")

    assert "a caller from Green Hill: paint, other." in twiml.render(answer)


def test_the_call_to_a_person_on_duty_names_ticket_and_key() -> None:
    one = pages.LateTicket("10000015", "Green Hill", "water")

    xml = twiml.render(pages.escalation_call((one,), "en", "/ivr/escalation?call=3"))
    many = twiml.render(pages.escalation_call((one, one, one), "yue", "/ivr/escalation?call=3"))

    assert 'action="/ivr/escalation?call=3"' in xml
    assert xml.count("Ticket 1, 0, 0, 0, 0, 0, 1, 5 at Green Hill, water, has passed its deadline.") == 2
    assert "press 1." in xml
    assert "有三單個案過咗時限" in many or "有三單個案已經過咗時限" in many
    assert "acknowledged" in twiml.render(pages.escalation_answered("en", is_acknowledged=True))
    assert "Not acknowledged" in twiml.render(pages.escalation_answered("en", is_acknowledged=False))


@pytest.mark.parametrize("language", ["zh-TW", "zh-CN", "yue", "en"])
def test_apologies_end_the_call(language: str) -> None:
    for answer in (pages.apology(language), pages.not_in_service(language)):
        assert twiml.render(answer).endswith("<Hangup/></Response>")
