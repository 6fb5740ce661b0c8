"""An incoming call from the first request to the last: parameters, statuses, verbs that end it, failures."""

from typing import Any

import pytest
from flask import Response, redirect

from ivr.carrier.doubled import DoubledTransport
from tests.unit.carrier.desk import HOTLINE, RESIDENT, Desk

STANDARD = {
    "CallSid",
    "AccountSid",
    "From",
    "To",
    "CallStatus",
    "ApiVersion",
    "Direction",
    "Caller",
    "Called",
}


def test_first_request_carries_the_standard_parameters(desk: Desk) -> None:
    caller = desk.dialled("<Say>hello</Say>")

    form = desk.forms("/ivr/voice")[0]
    assert set(form) >= STANDARD
    assert form["CallSid"] == caller.call_sid
    assert (form["From"], form["To"]) == (RESIDENT, HOTLINE)
    assert (form["CallStatus"], form["Direction"]) == ("ringing", "inbound")
    assert form["FromCountry"] == "TW"
    assert desk.headers[0]["User-Agent"] == "TwilioProxy/1.1"
    assert desk.headers[0]["I-Twilio-Idempotency-Token"]


def test_withheld_caller(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = "<Say>hello</Say>"

    desk.caller().dial("anonymous", HOTLINE)
    desk.caller().dial(RESIDENT, HOTLINE, shown="+266696687")

    assert [form["From"] for form in desk.forms("/ivr/voice")] == ["anonymous", "+266696687"]


def test_end_of_document_completes_the_call_and_tells_the_number(desk: Desk) -> None:
    caller = desk.dialled("<Say>hello and goodbye</Say>")

    form = desk.forms("/ivr/status")[0]
    assert (caller.status, form["CallStatus"]) == ("completed", "completed")
    assert int(form["CallDuration"]) == caller.leg.duration > 0
    assert form["CallSid"] == caller.call_sid


def test_empty_document_answers_and_hangs_up(desk: Desk) -> None:
    assert desk.dialled("").status == "completed"


@pytest.mark.parametrize(
    ("reason", "status"), [("", "no-answer"), (' reason="busy"', "busy"), (' reason="rejected"', "no-answer")]
)
def test_reject_first_does_not_answer(desk: Desk, reason: str, status: str) -> None:
    caller = desk.dialled(f"<Reject{reason}/><Say>unreachable</Say>")

    assert caller.status == status
    caller.does_not_hear("unreachable")
    assert desk.forms("/ivr/status")[0]["CallDuration"] == "0"


def test_reject_later_just_hangs_up(desk: Desk) -> None:
    assert desk.dialled("<Say>hello</Say><Reject/>").status == "completed"


def test_pause_first_delays_answering(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = '<Pause length="7"/><Say>hello</Say>'
    caller = desk.caller()
    begun = caller.exchange.now

    caller.dial(RESIDENT, HOTLINE)

    assert caller.leg.answered_at == begun + 7


def test_nothing_runs_after_redirect_and_hangup(desk: Desk) -> None:
    caller = desk.dialled(
        "<Redirect>/next</Redirect><Say>unreachable</Say>", next="<Hangup/><Say>nor this</Say>"
    )

    caller.does_not_hear("unreachable", "nor this")
    assert desk.forms("/next")[0]["CallStatus"] == "in-progress"


def test_redirect_by_get_puts_the_parameters_in_the_query(desk: Desk) -> None:
    desk.dialled('<Redirect method="GET">/next?a=1</Redirect>', next="")

    form = desk.forms("/next")[0]
    assert (form["a"], form["From"]) == ("1", RESIDENT)


def test_relative_urls_resolve_against_the_current_document(desk: Desk) -> None:
    desk.pages |= {"/deep/er/page": '<Gather numDigits="1" action="next?x=1"/>', "/deep/er/next": ""}
    desk.dialled("<Redirect>/deep/er/page</Redirect>").press("1")

    assert desk.forms("/deep/er/next")[0]["x"] == "1"


def test_loop_and_pause_take_their_time(desk: Desk) -> None:
    caller = desk.dialled('<Say loop="3">again</Say><Pause length="10"/><Play loop="2">/tune.wav</Play>')

    assert caller.heard_lines == ["again"] * 3 + ["https://desk.example/tune.wav"] * 2
    assert caller.leg.duration >= 10 + 20


def test_markup_is_heard_as_words(desk: Desk) -> None:
    say = '<Say voice="Polly.Joanna-Neural" language="en-US">Number <say-as interpret-as="digits">123</say-as>.</Say>'

    desk.dialled(say).hears("number 123.")


def test_caller_hangs_up_in_the_middle(desk: Desk) -> None:
    caller = desk.dialled('<Gather action="/next" actionOnEmptyResult="true"/>').hangs_up()

    assert caller.status == "completed"
    assert desk.paths() == ["/ivr/voice", "/ivr/status"]


def test_cookies_come_back_within_the_call_only(desk: Desk) -> None:
    def first(form: dict[str, str]) -> Any:
        answer = Response("<Response><Redirect>/next</Redirect></Response>", mimetype="text/xml")
        answer.set_cookie("seen", "yes")
        return answer

    caller = desk.dialled(first, next="")
    caller.dial(RESIDENT, HOTLINE)

    cookies = [headers.get("Cookie") for headers in desk.headers if headers]
    assert cookies[:2] == [None, "seen=yes"]
    assert cookies[3] is None


def test_http_redirect_loses_the_form(desk: Desk) -> None:
    desk.dialled(lambda form: redirect("/next"), next="<Say>found</Say>").hears("found")

    assert "CallSid" not in desk.forms("/next")[0]


def test_endless_http_redirects(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = lambda form: redirect("/ivr/voice")
    caller = desk.caller()
    caller.allows = {11215}

    caller.dial(RESIDENT, HOTLINE).hears("application error")


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_error_without_fallback_is_announced_and_ends_the_call(desk: Desk, status: int) -> None:
    desk.pages["/ivr/voice"] = lambda form: Response("no", status)
    caller = desk.caller()
    caller.allows = {11200}

    caller.dial(RESIDENT, HOTLINE).hears("an application error has occurred")

    assert caller.status == "completed"
    assert len(desk.forms("/ivr/voice")) == 1


def test_error_goes_to_the_fallback_with_code_and_url(desk: Desk) -> None:
    desk.pages |= {"/ivr/voice": lambda form: Response("no", 500), "/ivr/fallback": "<Say>second best</Say>"}
    caller = desk.caller(fallback_path="/ivr/fallback")
    caller.allows = {11200}

    caller.dial(RESIDENT, HOTLINE).hears("second best").does_not_hear("application error")

    form = desk.forms("/ivr/fallback")[0]
    assert form["ErrorCode"] == "11200"
    assert form["ErrorUrl"] == "https://desk.example/ivr/voice"


def test_retry_asked_for_in_the_fragment_repeats_the_token(desk: Desk) -> None:
    answers = iter([Response("no", 503), Response("no", 503), Response("<Response/>", mimetype="text/xml")])

    desk.dialled("<Redirect>/next#rc=2&amp;rp=5xx</Redirect>", next=lambda form: next(answers))

    assert len(desk.forms("/next")) == 3
    tokens = {headers["I-Twilio-Idempotency-Token"] for headers in desk.headers[1:4]}
    assert len(tokens) == 1


def test_plain_text_is_read_aloud_and_audio_is_played(desk: Desk) -> None:
    desk.dialled(lambda form: Response("Traceback: secret", mimetype="text/plain")).hears("traceback")
    desk.dialled(lambda form: Response(b"RIFF", mimetype="audio/wav")).hears("/ivr/voice")


def test_plain_text_that_parses_is_a_document(desk: Desk) -> None:
    text = "<Response><Say>fine</Say></Response>"

    desk.dialled(lambda form: Response(text, mimetype="text/plain")).hears("fine")


def test_refused_document_fails_the_act_that_met_it(desk: Desk) -> None:
    with pytest.raises(AssertionError, match="12200"):
        desk.dialled('<Say colour="red">hello</Say>')


def test_clock_of_the_product_moves_along(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = '<Gather timeout="9"/>'
    seen: list[Any] = []
    caller = desk.caller(on_time=seen.append)

    caller.dial(RESIDENT, HOTLINE).waits()

    assert (seen[-1] - seen[0]).total_seconds() <= 9
    assert seen[-1].tzinfo is not None


def test_doubled_delivery_repeats_the_token_and_notes_differences(desk: Desk) -> None:
    answers = iter(["<Say>one</Say>", "<Say>two</Say>"])
    desk.pages["/ivr/voice"] = lambda form: next(answers)
    caller = desk.caller(doubled=True).dial(RESIDENT, HOTLINE).hears("two")

    tokens = [headers["I-Twilio-Idempotency-Token"] for headers in desk.headers]
    assert tokens[0] == tokens[1]
    assert tokens[2] == tokens[3] != tokens[0]
    transport = caller.exchange.courier.transport
    assert isinstance(transport, DoubledTransport)
    assert len(transport.differences) == 1


def test_request_can_be_delivered_again_later(desk: Desk) -> None:
    caller = desk.dialled('<Gather numDigits="1" action="/next"/>').press("1")
    voice, pressed, status = caller.exchange.asked

    caller.exchange.repeat(pressed)
    caller.exchange.repeat(pressed, same_token=False)

    forms = desk.forms("/next")
    assert forms[0] == forms[1] == forms[2]
    tokens = [headers["I-Twilio-Idempotency-Token"] for headers in desk.headers]
    assert tokens[1] == tokens[3] != tokens[4]
    assert voice.url.endswith("/ivr/voice")
    assert status.url.endswith("/ivr/status")
