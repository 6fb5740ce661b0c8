"""The control API behind the phone page, and the terminal phone on top of it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ivr.carrier.app import create_carrier
from ivr.carrier.caller import Caller
from ivr.carrier.terminal import Terminal
from tests.unit.carrier.desk import HOTLINE, LEAD, RESIDENT, Desk

COMPANY = {
    "estates": [{"code": "lake", "name": "Lakeside", "hotline": HOTLINE, "timezone": "Asia/Taipei"}],
    "residents": [
        {"name": "陳美玲", "phone": RESIDENT, "language": "zh-TW", "estate": "lake", "unit": "3-12A"},
        {"name": "No Phone", "phone": None, "language": None, "estate": "lake", "unit": None},
    ],
    "staff": [
        {
            "login": "lead1",
            "password": "secret",
            "token": "t",
            "name": "林建宏",
            "role": "lead",
            "phone": LEAD,
        }
    ],
    "duty": [{"estate": "lake", "role": "lead", "login": "lead1", "phone": LEAD}],
}
TO_LEAD = f'<Dial><Number url="/whisper">{LEAD}</Number></Dial>'


@pytest.fixture
def caller(desk: Desk) -> Caller:
    desk.pages["/ivr/voice"] = '<Gather numDigits="1" action="/next"><Say>Press 0</Say></Gather>'
    desk.pages["/next"] = TO_LEAD
    desk.pages["/whisper"] = '<Gather numDigits="1"><Say>Press 1</Say></Gather><Hangup/>'
    return desk.caller()


@pytest.fixture
def web(caller: Caller) -> FlaskClient:
    return create_carrier(caller.exchange, lambda: COMPANY).test_client()


def do(web: FlaskClient, act: str, **body: Any) -> Any:
    return web.post(f"/phone/{act}", json=body)


def test_page_is_strict_about_scripts_and_styles(web: FlaskClient) -> None:
    answer = web.get("/")

    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", answer.text)
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
        with web.get(path) as found:
            assert found.status_code == 200


def test_directory_has_no_logins(web: FlaskClient) -> None:
    found = web.get("/phone/directory").json

    assert found["staff"] == [
        {"name": "林建宏", "phone": LEAD, "role": "lead", "estates": None, "duty": True}
    ]
    assert "secret" not in web.get("/phone/directory").text


def test_dial_hear_press_and_hang_up(web: FlaskClient, caller: Caller) -> None:
    shot = do(web, "dial", number=RESIDENT, to=HOTLINE).json
    assert shot["phones"][0]["leg"]["lines"][0]["text"] == "Press 0"
    caller.exchange.advance(caller.exchange.now + 2)

    phones = {phone["number"]: phone for phone in do(web, "press", number=RESIDENT, keys="0").json["phones"]}
    assert phones[LEAD]["ringing"]
    do(web, "answer", number=LEAD)
    shot = do(web, "hangup", number=RESIDENT).json

    assert {phone["leg"]["status"] for phone in shot["phones"]} == {"completed"}


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("dial", {"number": RESIDENT, "to": "12"}, 409),
        ("dial", {"number": "nobody", "to": HOTLINE}, 409),
        ("press", {"number": RESIDENT, "keys": "x"}, 409),
        ("habit", {"number": RESIDENT, "habit": "sleeps"}, 409),
        ("text", {"number": RESIDENT, "to": HOTLINE, "body": " "}, 409),
        ("fly", {"number": RESIDENT}, 404),
    ],
)
def test_acts_that_make_no_sense(web: FlaskClient, act: str, body: dict[str, str], status: int) -> None:
    assert do(web, act, **body).status_code == status


def test_other_sites_and_forms_cannot_ring_anybody(web: FlaskClient) -> None:
    body = {"number": RESIDENT, "to": HOTLINE}

    foreign = web.post("/phone/dial", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    form = web.post("/phone/dial", data=body)

    assert (foreign.status_code, form.status_code) == (403, 415)


def test_second_call_from_a_busy_phone_is_refused(web: FlaskClient) -> None:
    do(web, "dial", number=RESIDENT, to=HOTLINE)

    assert "in a call" in do(web, "dial", number=RESIDENT, to=HOTLINE).json["error"]


def test_text_from_the_page_reaches_the_product(web: FlaskClient, desk: Desk) -> None:
    do(web, "text", number=RESIDENT, to=HOTLINE, body="status?")

    assert desk.forms("/ivr/sms")[0]["Body"] == "status?"


def test_stream_begins_with_the_present_state(web: FlaskClient, caller: Caller) -> None:
    caller.exchange.changed()

    stream = web.get("/phone/events").response
    first = [next(iter(stream)) for _ in range(2)]

    assert b"".join(map(_bytes, first)).startswith(b"retry: 1000\n\ndata: {")


def _bytes(part: Any) -> bytes:
    return part if isinstance(part, bytes) else str(part).encode()


# The terminal


class ClientApi:
    """The control API without a network."""

    def __init__(self, web: FlaskClient) -> None:
        self._web = web

    def get(self, path: str) -> Any:
        return self._web.get(path).json

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._web.post(path, json=body).json


@pytest.fixture
def screen() -> list[str]:
    return []


@pytest.fixture
def terminal(web: FlaskClient, screen: list[str]) -> Terminal:
    made = Terminal(ClientApi(web), screen.append)
    made.start()
    return made


def test_newcomer_talks_to_the_hotline(terminal: Terminal, caller: Caller, screen: list[str]) -> None:
    assert screen[0].split()[:2] == ["1", "陳美玲"]

    terminal.command("1")
    assert "🔊 (en-US) Press 0" in screen
    caller.exchange.advance(caller.exchange.now + 2)
    terminal.command("0")
    assert f"[林建宏] — rings, from {RESIDENT}: answer or reject —" in screen
    terminal.command("answer")
    assert "You hold the phone of 林建宏." in screen
    terminal.command("hangup")
    terminal.command("as 陳美玲")
    terminal.command("quit")

    assert terminal.is_done
    assert "— call over: completed —" in screen


def test_texts_are_shown(terminal: Terminal, caller: Caller, desk: Desk, screen: list[str]) -> None:
    desk.pages["/ivr/sms"] = "<Message>ticket 1</Message>"
    terminal.command("1")

    terminal.command("text status?")
    caller.exchange.advance(caller.exchange.now + 2)
    terminal.poll()

    assert f"✉ {HOTLINE}: ticket 1" in screen


def test_unknown_words_show_the_help(terminal: Terminal, screen: list[str]) -> None:
    terminal.command("99")
    assert "nobody" in screen[-1]
    terminal.command("anonymous")
    terminal.command("dance")

    assert screen[-1].startswith("`dance` is no command.")
