"""The carrier as a process: real HTTP, real time, threads; asked by the product's own telephone client."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Response

from infra.telephony import Telephony, TelephonyError
from ivr.carrier.terminal import HttpApi, Terminal
from tests.integration.carrier.conftest import Live, until
from tests.unit.carrier.desk import HOTLINE, LEAD, RESIDENT, SID, TOKEN


@pytest.fixture
def telephony(live: Live) -> Telephony:
    return Telephony(SID, TOKEN, live.carrier_url)


def act(live: Live, name: str, number: str, **more: Any) -> dict[str, Any]:
    answer = requests.post(f"{live.carrier_url}/phone/{name}", json={"number": number, **more}, timeout=5)
    assert answer.ok, answer.text
    return dict(answer.json())


def leg(live: Live, number: str) -> Any:
    return live.exchange.phone(number).last_leg


def test_call_with_a_talk(live: Live) -> None:
    live.desk.pages |= {
        "/ivr/voice": '<Gather numDigits="1" action="/next"><Say>Hi</Say></Gather>',
        "/next": f'<Dial action="/after"><Number url="/whisper">{LEAD}</Number></Dial>',
        "/whisper": '<Gather numDigits="1" action="/accept"><Say>Key</Say></Gather><Hangup/>',
        "/accept": "",
        "/after": "<Say>Bye</Say>",
    }

    act(live, "dial", RESIDENT, to=HOTLINE)
    until(lambda: leg(live, RESIDENT) and leg(live, RESIDENT).doing == "gathering")
    act(live, "press", RESIDENT, keys="1")
    until(lambda: leg(live, LEAD) and leg(live, LEAD).doing == "ringing")
    act(live, "answer", LEAD)
    until(lambda: leg(live, LEAD).doing == "gathering")
    act(live, "press", LEAD, keys="1")
    until(lambda: leg(live, RESIDENT).peer is leg(live, LEAD))
    act(live, "say", RESIDENT, text="help")
    until(lambda: any(line.text == "help" for line in leg(live, LEAD).lines))
    act(live, "hangup", LEAD)
    until(lambda: leg(live, RESIDENT).is_over)

    assert live.desk.forms("/after")[0]["DialBridged"] == "true"
    until(lambda: live.desk.forms("/ivr/status"))
    assert live.exchange.alerts == []


def test_the_products_client_rings_texts_redirects_and_hangs_up(live: Live, telephony: Telephony) -> None:
    live.desk.pages |= {
        "/ring": '<Gather timeout="60"><Say>Hi</Say></Gather>',
        "/other": '<Gather timeout="60"/>',
    }
    status = f"{live.product_url}/ivr/status"

    call = telephony.call(to=LEAD, from_=HOTLINE, url=f"{live.product_url}/ring", status_callback=status)
    until(lambda: leg(live, LEAD) and leg(live, LEAD).doing == "ringing")
    act(live, "answer", LEAD)
    until(lambda: live.desk.forms("/ring"))
    telephony.redirect_call(call.sid, f"{live.product_url}/other")
    until(lambda: live.desk.forms("/other"))
    telephony.end_call(call.sid)
    until(lambda: leg(live, LEAD).status == "completed")
    sent = telephony.send_text(
        to=RESIDENT, from_=HOTLINE, body="10000014", status_callback=f"{live.product_url}/sms"
    )

    until(lambda: [form["MessageStatus"] for form in live.desk.forms("/sms")] == ["sent", "delivered"])
    found = telephony.find_text(to=RESIDENT, from_=HOTLINE, body="10000014")
    assert found
    assert found.sid == sent.sid
    assert [text.body for text in live.exchange.phone(RESIDENT).texts] == ["10000014"]


def test_refusals_reach_the_products_client(telephony: Telephony) -> None:
    with pytest.raises(TelephonyError) as refused:
        telephony.send_text(
            to="+15005550001", from_=HOTLINE, body="x", status_callback="https://desk.example/x"
        )

    assert refused.value.code == 21211
    assert refused.value.is_final


def test_api_call_inside_a_webhook_does_not_lock_the_carrier(live: Live, telephony: Telephony) -> None:
    def voice(form: dict[str, str]) -> str:
        telephony.send_text(
            to=RESIDENT, from_=HOTLINE, body="hello", status_callback=f"{live.product_url}/sms"
        )
        return ""

    live.desk.pages["/ivr/voice"] = voice

    act(live, "dial", RESIDENT, to=HOTLINE)

    until(lambda: leg(live, RESIDENT).is_over)
    until(lambda: live.exchange.phone(RESIDENT).texts)


def test_thirty_calls_at_once(live: Live) -> None:
    live.desk.pages |= {
        "/ivr/voice": '<Gather numDigits="1" action="/next" timeout="20"><Say>Hi</Say></Gather>',
        "/next": "<Say>Bye</Say>",
    }
    numbers = [f"+8869130000{n:02}" for n in range(30)]

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda number: act(live, "dial", number, to=HOTLINE), numbers))
        until(lambda: all(leg(live, number).doing in ("hearing", "gathering") for number in numbers))
        list(pool.map(lambda number: act(live, "press", number, keys="1"), numbers))
    until(lambda: all(leg(live, number).is_over for number in numbers))

    assert {leg(live, number).status for number in numbers} == {"completed"}
    assert len(live.desk.forms("/next")) == 30
    assert live.exchange.alerts == []


def test_terminal_over_http(live: Live) -> None:
    live.desk.pages["/ivr/voice"] = (
        '<Gather numDigits="1" action="/next" timeout="20"><Say>Press 1</Say></Gather>'
    )
    live.desk.pages["/next"] = "<Say>Thank you</Say>"
    screen: list[str] = []
    terminal = Terminal(HttpApi(live.carrier_url), screen.append)
    terminal.start()

    def shows(text: str) -> bool:
        terminal.poll()
        return any(text in line for line in screen)

    terminal.command("1")
    until(lambda: shows("your turn"))
    terminal.command("1")

    until(lambda: shows("Thank you"))
    until(lambda: shows("call over: completed"))


def test_cookies_over_http_stay_with_their_call(live: Live) -> None:
    def voice(form: dict[str, str]) -> Response:
        answer = Response("<Response><Redirect>/next</Redirect></Response>", mimetype="text/xml")
        answer.set_cookie("call", form["CallSid"])
        return answer

    live.desk.pages |= {"/ivr/voice": voice, "/next": ""}
    for number in (RESIDENT, LEAD):
        act(live, "dial", number, to=HOTLINE)
        until(lambda number=number: leg(live, number).is_over)

    asked = zip(live.desk.asked, live.desk.headers, strict=True)
    cookies = [(path, headers.get("Cookie")) for (path, _), headers in asked if path != "/ivr/status"]
    sids = [leg(live, number).sid for number in (RESIDENT, LEAD)]
    assert cookies == [
        ("/ivr/voice", None),
        ("/next", f"call={sids[0]}"),
        ("/ivr/voice", None),
        ("/next", f"call={sids[1]}"),
    ]
