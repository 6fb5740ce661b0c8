"""Programs from outside: a phone that speaks only HTTP and TwiML, and a stand-in for the provider's REST API.

Neither imports anything of the product. They hold it to its contracts as a stranger would.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urljoin
from xml.etree import ElementTree

import requests

T = TypeVar("T")


def wait_for(what: Callable[[], T], seconds: float = 60.0) -> T:
    """Return the first truthy answer of `what`; fail after `seconds`."""
    ends = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)
    return answer


def signature(token: str, url: str, form: dict[str, str]) -> str:
    """Return the provider's signature of a form POST."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@dataclass
class Phone:
    """One call of one resident."""

    info: dict[str, Any]
    number: str
    hotline: str
    sid: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    url: str = ""
    said: list[str] = field(default_factory=list)  # all sentences of the call
    heard: str = ""  # the last document
    asks: str = ""  # the verb that waits for input
    is_over: bool = False

    def post(self, url: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
        """Send one signed webhook."""
        form = {
            "CallSid": self.sid,
            "AccountSid": self.info["twilio"]["account_sid"],
            "From": self.number,
            "To": self.hotline,
            "CallStatus": "in-progress",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
            **fields,
        }
        signed = {"X-Twilio-Signature": signature(self.info["twilio"]["auth_token"], url, form)}
        return requests.post(url, data=form, headers={**signed, **(headers or {})}, timeout=15)

    def dial(self) -> "Phone":
        """Ring the hotline."""
        return self.fetch(f"{self.info['web_url']}/ivr/voice", CallStatus="ringing")

    def press(self, *keys: str) -> "Phone":
        """Press one key after another, each at its own question."""
        for key in keys:
            self.fetch(self.url, Digits=key)
        return self

    def say(self, text: str) -> "Phone":
        """Answer whatever asks for words: speech if it may be spoken, else a recording."""
        if self.asks == "Gather":
            return self.fetch(self.url, SpeechResult=text, Confidence="0.93")
        recording = f"https://api.example.com/Recordings/RE{secrets.token_hex(16)}"
        return self.fetch(self.url, RecordingUrl=recording, RecordingDuration="4", Digits="hangup")

    def hang_up(self) -> None:
        """Tell the product that the call has ended."""
        self.post(f"{self.info['web_url']}/ivr/status", CallStatus="completed", CallDuration="30")

    def fetch(self, url: str, **fields: str) -> "Phone":
        """Send a webhook, read the document, follow it to the next input."""
        answer = self.post(url, **fields)
        assert answer.status_code == 200, (answer.status_code, answer.text[:300])
        document = ElementTree.fromstring(answer.content)
        assert document.tag == "Response"
        texts = [node.text or "" for node in document.iter("Say")]
        self.heard = " ".join(texts)
        self.said += texts
        self.asks = ""
        for verb in document:
            if verb.tag in ("Gather", "Record", "Dial", "Enqueue"):
                self.asks = verb.tag
                self.url = urljoin(url, verb.get("action") or url)
                return self
            if verb.tag == "Redirect":
                return self.fetch(urljoin(url, verb.text or ""))
            if verb.tag == "Hangup":
                break
        self.is_over = True
        return self

    def ticket_number(self) -> str:
        """Return the number as it was read: single digits parted by commas or spaces."""
        found = re.search(r"(?:\d[,\s]+){7}\d", " ".join(self.said))
        assert found, self.said
        return re.sub(r"\D", "", found[0])


class Provider:
    """The REST side: takes calls and texts, remembers them, and can ring back as the provider would."""

    def __init__(self, token: str) -> None:
        self.texts: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.updates: list[tuple[str, dict[str, str]]] = []
        self.token = token
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
                self._answer(*provider.take(self.path, form))

            def do_GET(self) -> None:
                self._answer(200, {"messages": [], "calls": [], "next_page_uri": None, "page": 0})

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Take one REST request."""
        row: dict[str, Any] = {**form, "at": time.time()}
        if path.endswith("/Messages.json"):
            row["sid"] = "SM" + secrets.token_hex(16)
            self.texts.append(row)
            return 201, {"sid": row["sid"], "status": "queued", "body": form["Body"], "to": form["To"]}
        if path.endswith("/Calls.json"):
            row["sid"] = "CA" + secrets.token_hex(16)
            self.calls.append(row)
            return 201, {"sid": row["sid"], "status": "queued", "to": form["To"], "from": form["From"]}
        sid = path.rsplit("/", 1)[-1].removesuffix(".json")
        self.updates.append((sid, form))
        return 200, {"sid": sid, "status": "in-progress"}

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
