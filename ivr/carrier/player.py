"""Plays TwiML documents on one leg, verb by verb, in the order and with the dead ends that Twilio documents.

Nothing after `<Redirect>`, `<Reject>`, `<Hangup>`, `<Record>` or a `<Dial action>` runs; after `<Gather>`
only when nothing came. Verbs that listen, dial or wait are in listening, dialling, waiting and conference.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.carrier import rules
from ivr.carrier.events import Event, Reply, Script, Target, TimeUp, Wait
from ivr.carrier.rules import Document
from ivr.carrier.web import Ask, FetchFailedError

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange
    from ivr.carrier.leg import Leg

FOREVER = 1000  # loop="0"
PLAY_S = 10.0  # how long an audio file is taken to be
ERROR_TEXT = "We are sorry, an application error has occurred. Goodbye."


class Stop(Enum):
    """How the documents of a leg came to an end."""

    FINISHED = "finished"
    HANGUP = "hangup"
    REJECTED = "rejected"
    BUSY = "busy"
    LEAVE = "leave"
    FAILED = "failed"


Next = Target | Stop | None
Verb = Callable[["Player", ET.Element], Script[Next]]
VERBS: dict[str, Verb] = {}


def verb(tag: str) -> Callable[[Verb], Verb]:
    """Register the script of a verb."""

    def register(script: Verb) -> Verb:
        VERBS[tag] = script
        return script

    return register


class Player:
    """Runs documents on `leg`; `room` says what they may hold, `extra` goes with each request."""

    def __init__(
        self, leg: "Leg", room: str = "call", extra: Callable[[], dict[str, str]] | None = None
    ) -> None:
        self.leg, self.room = leg, room
        self.exchange: Exchange = leg.exchange
        self.here = Target()
        self.verbs_run = 0
        self._extra = extra or dict

    @property
    def now(self) -> float:
        """Seconds since the epoch, by the carrier's timeline."""
        return self.exchange.now

    def play(self, target: Target) -> Script[Stop]:
        """Run the document at `target`, and those it leads to, until one ends."""
        following: Next = target
        while isinstance(following, Target):
            document = yield from self.read(following)
            following = Stop.FAILED if document is None else (yield from self._run(document))
        if following is Stop.FAILED:
            self.connect()
            yield from self.sound("say", ERROR_TEXT, spoken_seconds(ERROR_TEXT), "en-US")
        return following or Stop.FINISHED

    def _run(self, document: Document) -> Script[Next]:
        if document.audio:
            self.connect()
            yield from self.sound("play", self.here.url, PLAY_S)
            return Stop.HANGUP
        if document.spoken:
            self.connect()
            yield from self.sound("say", document.spoken, spoken_seconds(document.spoken), "en-US")
            return Stop.HANGUP
        for el in document.verbs:
            if (
                el.tag not in ("Reject", "Pause") and el.get("answerOnBridge") != "true"
            ):  # these do not answer
                self.connect()
            following = yield from VERBS[el.tag](self, el)
            self.verbs_run += 1
            if following is not None:
                return following
        return None

    def connect(self) -> None:
        """Answer an incoming call that has only rung until now."""
        self.leg.answered()

    def read(self, target: Target) -> Script[Document | None]:
        """The document at `target`, or that of the fallback; None if neither can be had."""
        document = yield from self._fetch(target)
        if isinstance(document, Document):
            return document
        fallback = self.leg.plan.fallback if self.room == "call" else None
        if fallback and target.url != fallback.url:
            told = {"ErrorCode": str(document.code), "ErrorUrl": target.url or self.here.url}
            document = yield from self._fetch(Target(fallback.url, fallback.method, told))
            if isinstance(document, Document):
                return document
        return None

    def _fetch(self, target: Target) -> Script[Document | FetchFailedError]:
        if target.inline:
            body, kind, url = target.inline.encode(), "text/xml", self.here.url
        else:
            url = urljoin(self.here.url, target.url)
            params = self.exchange.callbacks.standard(self.leg) | self._extra() | target.params
            reply = yield Ask(url, target.method, tuple(params.items()), dict(self.leg.cookies))
            if not isinstance(reply, Reply) or reply.answer is None:
                error = (
                    reply.error
                    if isinstance(reply, Reply) and reply.error
                    else FetchFailedError(11200, "no answer")
                )
                self.exchange.alert(error.code, url, error.text, self.leg)
                return error
            body, kind = reply.answer.body, reply.answer.content_type
        self.here = Target(url, target.method)
        document = rules.read(body, kind, self.room, inline=bool(target.inline))
        for violation in document.violations:
            self.exchange.alert(violation.code, f"{url} {violation.where}", violation.text, self.leg)
        if document.violations:
            first = document.violations[0]
            return FetchFailedError(first.code, str(first))
        return document

    def sound(
        self, kind: str, text: str, seconds: float, language: str = "", voice: str = ""
    ) -> Script[None]:
        """Let the person hear `text` to its end; keys and words meanwhile are lost, as on a real call."""
        self.leg.hears(kind, text, language, voice)
        end = self.now + seconds
        while self.now < end:
            yield Wait("hearing", end)

    def prompt(self, el: ET.Element, stops: Callable[[Event], bool]) -> Script[Event | None]:
        """Play one `<Say>`, `<Play>` or `<Pause>`; the event that broke in if `stops` says so, else None."""
        kind, text, seconds = described(el, self)
        for _ in range(loops(el)):
            if kind:
                self.leg.hears(
                    kind, text, el.get("language", "en-US" if kind == "say" else ""), el.get("voice", "")
                )
            end = self.now + seconds
            while self.now < end:
                event = yield Wait("hearing" if kind else "pausing", end)
                if not isinstance(event, TimeUp) and stops(event):
                    return event
        return None

    def report(self, el: ET.Element, params: dict[str, str]) -> None:
        """Tell the verb's `action` what happened on a leg that is gone; what it answers is not played."""
        url = el.get("action")
        if url is not None or el.tag == "Record":
            target = urljoin(self.here.url, url or self.here.url)
            gone = params | {"CallStatus": "completed"}
            self.exchange.callbacks.send(self.leg, target, el.get("method", "POST"), gone, standard=True)

    def action(self, el: ET.Element, params: dict[str, str]) -> Target:
        """Where a verb goes on: its `action`, else the current document again, asked for with `params`."""
        return Target(el.get("action") or self.here.url, el.get("method", "POST"), params)


def described(el: ET.Element, player: Player) -> tuple[str, str, float]:
    """Kind, text and length in seconds of one prompt."""
    if el.tag == "Say":
        return "say", spoken_text(el), spoken_seconds(spoken_text(el)) + _breaks(el)
    if el.tag == "Pause":
        return "", "", float(el.get("length", "1"))
    digits = el.get("digits")
    if digits:
        return "play", f"tones {digits}", 0.5 * len(digits)
    return "play", urljoin(player.here.url, (el.text or "").strip()), PLAY_S


def loops(el: ET.Element) -> int:
    """How often a prompt is played."""
    return int(el.get("loop", "1")) or FOREVER


def spoken_text(el: ET.Element) -> str:
    """The words of a `<Say>`, without markup, blanks folded."""
    return " ".join("".join(el.itertext()).split())


def spoken_seconds(text: str) -> float:
    """About how long it takes to say `text`: 0.22 s a character of East Asian script, else 0.065 s."""
    wide = sum(ord(char) > 0x2E7F for char in text)
    return round(0.4 + 0.22 * wide + 0.065 * (len(text) - wide), 1)


def _breaks(el: ET.Element) -> float:
    total = 0.0
    for pause in el.iter("break"):
        time = pause.get("time", "0.5s")
        total += float(time[:-2]) / 1000 if time.endswith("ms") else float(time[:-1])
    return total


def never(event: Event) -> bool:
    """Nothing breaks in."""
    return False


@verb("Say")
@verb("Play")
@verb("Pause")
def _prompt(player: Player, el: ET.Element) -> Script[Next]:
    yield from player.prompt(el, never)
    return None


@verb("Redirect")
def _redirect(player: Player, el: ET.Element) -> Script[Next]:
    yield from ()
    return Target((el.text or "").strip() or player.here.url, el.get("method", "POST"))


@verb("Hangup")
def _hangup(player: Player, el: ET.Element) -> Script[Next]:
    yield from ()
    return Stop.HANGUP


@verb("Leave")
def _leave(player: Player, el: ET.Element) -> Script[Next]:
    yield from ()
    return Stop.LEAVE


@verb("Reject")
def _reject(player: Player, el: ET.Element) -> Script[Next]:
    yield from ()
    if player.leg.answered_at is not None:
        return Stop.HANGUP
    player.leg.hears("note", "busy tone" if el.get("reason") == "busy" else "The number is not in service.")
    return Stop.BUSY if el.get("reason") == "busy" else Stop.REJECTED
