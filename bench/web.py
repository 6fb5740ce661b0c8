"""Turns of a call over HTTP: `hotline web` against a fixed, signed answer of the same server."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree import ElementTree

import requests
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from bench.load import Outcome, prepare, run_load
from bench.place import CEILING_PORT, Place
from bench.report import Figure
from tickets.models import Ticket

CALLS = 1500
SECONDS = 4.0
CONNECTIONS = (16, 64)
SOMETHING_ELSE = "6"  # of the repairs at home: asks nothing more than words
RESIDENT = "+886900000105"  # of the demo company: speaks English, has one flat


@dataclass(frozen=True)
class Turn:
    """One prepared webhook."""

    url: str
    form: dict[str, str]


def run(place: Place) -> Iterator[Figure]:
    """Yield menu turn and ticket-opening turn as shares of the ceiling, and both tails at 64 connections."""
    ceilings = _ceiling(place)
    with place.web() as base:
        caller = Caller(place, base)
        menu = [caller.menu_turn(n) for n in range(200)]
        prepared = caller.prepared(menu)
        run_load(base, prepared, connections=16, seconds=1.0)
        for count in CONNECTIONS:
            got = _sound(run_load(base, prepared, connections=count, seconds=SECONDS))
            yield Figure(
                f"menu_turn_c{count}", got.rate, "turns/s", ceilings[count], "fixed signed answers/s", 0.70
            )
        yield _tail("menu_turn_p99_c64", got)
        for count in CONNECTIONS:
            opening = caller.prepared([caller.opening_turn(count * 100_000 + n) for n in range(CALLS)])
            before = _tickets(place)
            got = _sound(run_load(base, opening, connections=count))
            if _tickets(place) - before != CALLS:
                raise RuntimeError(f"{_tickets(place) - before} tickets of {CALLS} calls")
            yield Figure(
                f"opening_turn_c{count}",
                got.rate,
                "tickets/s",
                ceilings[count],
                "fixed signed answers/s",
                0.30,
            )
        yield _tail("opening_turn_p99_c64", got)


def _tickets(place: Place) -> int:
    with place.runtime.transaction() as tx:
        return tx.scalar(select(func.count()).select_from(Ticket)) or 0


def _tail(name: str, got: Outcome) -> Figure:
    return Figure(
        name, got.p99_ms, "ms", got.p50_ms, "ms median", 100, goal_is_value=True, higher_is_better=False
    )


def _sound(got: Outcome) -> Outcome:
    if got.bad:
        raise RuntimeError(f"{got.bad} of {got.answers} answers were not 200")
    return got


def _ceiling(place: Place) -> dict[int, float]:
    base = f"http://127.0.0.1:{CEILING_PORT}"
    place.environ["CEILING_URL"] = base
    place.environ["TWILIO_AUTH_TOKEN"] = place.config.twilio_auth_token
    place.environ["TWILIO_ACCOUNT_SID"] = place.config.twilio_account_sid
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
    size = [
        "--port",
        str(CEILING_PORT),
        "--workers",
        "2",
        "--blocking-threads",
        "8",
        "--no-ws",
        "--no-access-log",
    ]
    with place.server([*granian, *size, "bench.ceiling:create_ceiling"], f"{base}/readyz"):
        caller = Caller(place, base)
        turns = [Turn(f"{base}/ivr/step?s=1", caller.form(n, Digits="1")) for n in range(200)]
        prepared = caller.prepared(turns)
        run_load(base, prepared, connections=16, seconds=1.0)
        return {
            count: _sound(run_load(base, prepared, connections=count, seconds=SECONDS)).rate
            for count in CONNECTIONS
        }


class Caller:
    """Prepares the webhooks of many calls. Every address it uses is one that our own documents gave."""

    def __init__(self, place: Place, base: str) -> None:
        self.base = base
        self.validator = RequestValidator(place.config.twilio_auth_token)
        self.session = requests.Session()
        self.account = place.config.twilio_account_sid

    def form(self, number: int, **more: str) -> dict[str, str]:
        """Return the parameters of a webhook of call `number`."""
        return {
            "CallSid": f"CA{number:032x}",
            "AccountSid": self.account,
            "From": RESIDENT,
            "To": "+886277550100",
            "Caller": RESIDENT,
            "Called": "+886277550100",
            "CallStatus": "in-progress",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
            **more,
        }

    def headers(self, turn: Turn) -> dict[str, str]:
        """Return the signature's header."""
        return {"X-Twilio-Signature": self.validator.compute_signature(turn.url, turn.form)}

    def prepared(self, turns: Sequence[Turn]) -> list[bytes]:
        """Return the requests as bytes."""
        return [prepare(turn.url, urlencode(turn.form).encode(), self.headers(turn)) for turn in turns]

    def follow(self, turn: Turn) -> str:
        """Send a webhook and return the address to which its document asks the next input to go."""
        answer = self.session.post(turn.url, data=turn.form, headers=self.headers(turn), timeout=10)
        answer.raise_for_status()
        gather = ElementTree.fromstring(answer.content).find(".//*[@action]")  # noqa: S314 (our own document)
        if gather is None:
            raise RuntimeError(f"no input asked for: {answer.text}")
        url = urljoin(turn.url, gather.get("action"))
        return urlsplit(url)._replace(fragment="").geturl()

    def main_menu(self, number: int) -> str:
        """Ring as a resident whose language and dwelling are known; return where the first key goes."""
        return self.follow(Turn(f"{self.base}/ivr/voice", self.form(number, CallStatus="ringing")))

    def menu_turn(self, number: int) -> Turn:
        """Return the turn from the main menu to the repairs menu."""
        return Turn(self.main_menu(number), self.form(number, Digits="1"))

    def opening_turn(self, number: int) -> Turn:
        """Return the turn in which the caller says what is wrong and the ticket is opened."""
        repairs = Turn(self.follow(self.menu_turn(number)), self.form(number, Digits=SOMETHING_ELSE))
        url = self.follow(repairs)
        return Turn(url, self.form(number, SpeechResult="the kitchen tap is leaking", Confidence="0.9"))
