"""Requests that are not the provider's get 403 and leave nothing; the provider's never get an error."""

import logging
import random
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest
from sqlalchemy import event
from werkzeug.test import Client, TestResponse

from ivr.carrier import signing
from ivr.flow.model import read_flow, shipped_body
from ivr.state import CallState
from tests.conftest import TOKEN
from tests.phone.conftest import SID, Town, add_resident

BASE = "http://hotline.test"
SPEAKING = ("voice", "step", "wait", "connect", "whisper", "accept", "tell", "acknowledge", "sms")
TOLD = ("status", "recording", "sms-status")
FORM = {
    "CallSid": "CA" + "1" * 32, "AccountSid": SID, "From": "+886912000001", "CallStatus": "in-progress",
    "Direction": "inbound", "ApiVersion": "2010-04-01",
}  # fmt: skip


def post(town: Town, target: str, form: dict[str, str], signature: str | None = None) -> TestResponse:
    """One request, signed as the provider would unless a signature is given."""
    headers = signing.headers(TOKEN, BASE + target, tuple(form.items()), voice=True)
    if signature is not None:
        headers["X-Twilio-Signature"] = signature
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    client = Client(town.app, use_cookies=False)
    return client.post(target, base_url=BASE, headers=list(headers.items()), data=urlencode(form))


@pytest.mark.parametrize("path", [*SPEAKING, *TOLD])
@pytest.mark.parametrize("signature", ["", "nonsense", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_a_bad_signature_is_403_before_the_database(
    town: Town, path: str, signature: str, caplog: pytest.LogCaptureFixture
) -> None:
    statements: list[str] = []
    event.listen(town.runtime.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    with caplog.at_level(logging.WARNING):
        answer = post(town, f"/ivr/{path}", FORM | {"To": town.hotline}, signature)

    assert (answer.status_code, answer.get_data()) == (403, b"")
    assert statements == []
    (line,) = [r for r in caplog.records if r.getMessage() == "bad signature"]
    assert line.count >= 1  # type: ignore[attr-defined]
    assert "From" in line.parameters  # type: ignore[attr-defined]
    assert FORM["From"] not in str(line.__dict__)


def test_a_missing_signature_is_403(town: Town) -> None:
    answer = Client(town.app).post("/ivr/voice", base_url=BASE, data=FORM)

    assert (answer.status_code, answer.get_data()) == (403, b"")


def test_a_body_that_is_no_form_is_403(town: Town) -> None:
    client = Client(town.app)

    assert client.post("/ivr/voice", base_url=BASE, json={"a": 1}).status_code == 403
    huge = client.post("/ivr/voice", base_url=BASE, data={"Body": "x" * 2_000_000})
    assert huge.status_code == 403


def test_the_signature_covers_the_state_in_the_url(town: Town) -> None:
    form = FORM | {"To": town.hotline, "Digits": "1"}
    state = CallState(flow="x", estate="TOWN", ticket="10000012").encode()
    forged = signing.headers(TOKEN, f"{BASE}/ivr/step?s=1", tuple(form.items()), voice=True)

    answer = post(town, f"/ivr/step?s={state}", form, forged["X-Twilio-Signature"])

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/ivr/", "/ivr/nothing", "/ivr/voice/more"])
def test_an_unknown_path_is_404(town: Town, path: str) -> None:
    assert post(town, path, FORM).status_code == 404


def test_a_trailing_slash_loses_no_form(town: Town) -> None:
    assert post(town, "/ivr/voice/", FORM | {"To": town.hotline}).status_code == 200


JUNK = [
    "",
    "\x00",
    "<Say>",
    "9" * 5000,
    "'; DROP TABLE tickets; --",
    "💥" * 200,
    "\ud7ff￿",
    "-1",
    "1.5e99",
    "*#0",
]


@pytest.mark.parametrize("seed", range(8))
def test_mutated_requests_get_valid_twiml_and_never_an_error(town: Town, seed: int) -> None:
    add_resident(town, "+886912000001", "en")
    rng = random.Random(seed)
    version = read_flow(shipped_body("day")).version
    steps = [
        "category",
        "words",
        "place",
        "person",
        "ring",
        "standby",
        "voicemail",
        "language",
        "number",
        "gone",
    ]
    names = [*FORM, "To", "Digits", "SpeechResult", "Confidence", "RecordingUrl", "RecordingSid", "Body",
             "RecordingDuration", "DialCallStatus", "QueueResult", "MessageSid", "MessageStatus", "FinishedOnKey",
             "CallDuration", "NumMedia", "MediaUrl0", "QueueTime", "ErrorCode", "Junk"]  # fmt: skip
    for _ in range(60):
        path = rng.choice([*SPEAKING, *TOLD])
        form = (
            FORM
            | {"To": town.hotline}
            | {rng.choice(names): rng.choice(JUNK) for _ in range(rng.randrange(6))}
        )
        for name in rng.sample(sorted(form), rng.randrange(3)):
            del form[name]
        step = rng.choice(steps)
        state = CallState(
            flow=version, estate="TOWN", step=step, category="home.water", language="en"
        ).encode()
        token = rng.choice(
            [state, state, state, state, state[: rng.randrange(len(state))], "", "1AAAA", "é", "x" * 3000]
        )
        query = urlencode({"s": token, "e": rng.choice(["", "dial", "record", "queue", "silence", "?"]),
                           "t": rng.choice(JUNK), "seat": rng.choice(JUNK), "m": rng.choice(JUNK),
                           "k": rng.choice(["duty", "agent", ""]), "who": rng.choice(JUNK)})  # fmt: skip

        answer = post(town, f"/ivr/{path}?{query}", form)

        assert answer.status_code in (200, 204), (path, form, query)
        if path in SPEAKING:
            assert answer.content_type.startswith("text/xml")
            assert ET.fromstring(answer.get_data()).tag == "Response"
