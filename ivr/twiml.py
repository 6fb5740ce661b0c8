"""Writes an answer down in the provider's XML, and refuses to write what the provider would refuse.

Nothing here decides anything: text, order and state come in the `Answer`. Written by hand rather than by the
provider's library, which checks no value, nesting or attribute name and takes three times as long; the rules
are those of the provider's verb pages, and a test holds them against a table of instructions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from ivr import voices
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

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Response>'
TAIL = "</Response>"
LONGEST_DOCUMENT = 64_000
LONGEST_SAY = 3000
LONGEST_HINTS = 500
MOST_TARGETS = 10
KEYS = frozenset("0123456789*#")
SPECIAL = re.compile(r"""[&<>"'\s]""")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class NotAllowed(ValueError):
    """An answer that the provider would refuse."""


@dataclass(frozen=True)
class Urls:
    """Where our documents live. `prefix` is the path of the telephone side, or a full URL ending in it."""

    prefix: str = "/ivr"

    def of(self, route: str, token: str, **query: str) -> str:
        """The URL of `route` that carries the state `token`, which needs no quoting."""
        rest = "".join(f"&{name}={quote(value, safe='')}" for name, value in query.items())
        return f"{self.prefix}/{route}?s={token}{rest}"


def render(answer: Answer, urls: Urls | None = None, caller_id: str = "") -> str:
    """The XML of `answer`. `caller_id` is the number shown to whoever is rung, one of ours.

    Raises `NotAllowed` for what the provider would refuse: better a failing test than a dropped call.
    """
    writer = Writer(answer, urls or Urls(), caller_id)
    document = HEAD + "".join(writer.verbs()) + TAIL
    if len(document.encode()) > LONGEST_DOCUMENT:
        raise NotAllowed("document over 64 kB")
    return document


class Writer:
    """Writes one answer; the state's token is made once."""

    def __init__(self, answer: Answer, urls: Urls, caller_id: str) -> None:
        self.answer = answer
        self.urls = urls
        self.caller_id = caller_id
        self.token = answer.state.encode()
        self.extra = dict(answer.extra)

    def url(self, route: str, **query: str) -> str:
        """The URL of `route` with this answer's state."""
        return self.urls.of(route, self.token, **self.extra, **query)

    def verbs(self) -> Iterable[str]:
        """Each instruction as XML, in order, after checking their order."""
        self.check_order()
        return (self.verb(each) for each in self.answer.instructions)

    def check_order(self) -> None:
        """What is asked for must lead somewhere, and nothing may stand after what ends a document."""
        steps = self.answer.instructions
        for place, each in enumerate(steps):
            is_last = place == len(steps) - 1
            if isinstance(each, Gather | Record) and is_last and self.answer.route is not Route.WAIT:
                raise NotAllowed("silence after the question leads nowhere")
            if isinstance(each, Hangup | Continue | Leave | Dial | Enqueue) and not is_last:
                raise NotAllowed(f"nothing is reached after {type(each).__name__}")
            if isinstance(each, Record | Dial | Enqueue) and self.answer.route is Route.WAIT:
                raise NotAllowed(f"{type(each).__name__} is not allowed in a wait document")

    def verb(self, step: Instruction) -> str:
        """One instruction as XML."""
        match step:
            case Say() | Play() | Pause():
                return sound(step)
            case Gather():
                return self.gather(step)
            case Record():
                return self.record(step)
            case Dial():
                return self.dial(step)
            case Enqueue(queue):
                action = self.url("step", e="queue")
                wait = self.url("wait")
                return element("Enqueue", escape(queue[:64]), action=action, waitUrl=wait)
            case Continue():
                return element("Redirect", escape(self.url(self.answer.route, e="silence")))
            case Leave():
                return "<Leave/>"
            case Hangup():
                return "<Hangup/>"

    def gather(self, gather: Gather) -> str:
        """A question for keys or words."""
        if gather.digits < 0 or len(gather.finish_on) > 1 or not set(gather.finish_on) <= KEYS:
            raise NotAllowed("a question ends by one key or none")
        if not 1 <= gather.timeout <= 60:
            raise NotAllowed("a question waits for 1 to 60 seconds")
        attributes = {
            "input": "dtmf",
            "action": self.answer.action or self.url(self.answer.route),
            "finishOnKey": gather.finish_on,
            "timeout": str(gather.timeout),
        }
        if gather.digits:
            attributes["numDigits"] = str(gather.digits)
        if gather.is_empty_told:
            attributes["actionOnEmptyResult"] = "true"
        if gather.is_speech:
            attributes |= self.ear(gather)
        return element("Gather", sounds(gather.says), **attributes)

    def ear(self, gather: Gather) -> dict[str, str]:
        """The attributes by which words are recognised."""
        hears = voices.voice_of(gather.language).hears
        if not hears:
            raise NotAllowed(f"nobody recognises {gather.language}")
        heard = {
            "input": "speech dtmf",
            "language": hears,
            "speechTimeout": "auto",
            "profanityFilter": "false",
        }
        if len(gather.hints) > LONGEST_HINTS or any(len(hint) > 100 or "," in hint for hint in gather.hints):
            raise NotAllowed("hints are at most 500 of 100 characters, without commas")
        return heard | ({"hints": ",".join(gather.hints)} if gather.hints else {})

    def record(self, record: Record) -> str:
        """A recording after a tone."""
        if not set(record.finish_on) <= KEYS or not 1 <= record.longest <= 14400:
            raise NotAllowed("a recording ends by keys and within four hours")
        attributes = {
            "action": self.url("step", e="record"),
            "finishOnKey": record.finish_on,
            "maxLength": str(record.longest),
            "timeout": str(record.silence),
            "playBeep": "true",
            "recordingStatusCallback": f"{self.urls.prefix}/recording",
        }
        if record.is_transcribed:
            attributes |= {"transcribe": "true", "transcribeCallback": f"{self.urls.prefix}/transcription"}
        return element("Record", **attributes)

    def dial(self, dial: Dial) -> str:
        """Several phones rung at once, each with a whisper that asks for a key."""
        if not 1 <= len(dial.targets) <= MOST_TARGETS or not 5 <= dial.ring_s <= 600:
            raise NotAllowed("between one and ten phones are rung, for 5 to 600 seconds")
        numbers = "".join(
            element(
                "Number",
                escape(target.phone),
                url=self.url("whisper", k=dial.whisper, who=target.who, l=target.language),
            )
            for target in dial.targets
        )
        attributes = {"action": self.url("step", e="dial"), "timeout": str(dial.ring_s)}
        if self.caller_id:
            attributes["callerId"] = self.caller_id
        return element("Dial", numbers, **attributes)


@lru_cache(maxsize=2048)
def sounds(steps: tuple[Say | Play | Pause, ...]) -> str:
    """Things to be heard one after another. Kept: menus are the same in every call."""
    return "".join(map(sound, steps))


def sound(step: Say | Play | Pause) -> str:
    """Something to be heard; the voice and its language always as a pair that belongs together."""
    match step:
        case Say(parts=parts) if parts:
            return sounds(parts)
        case Say(text, language):
            if not text.strip() or len(text) > LONGEST_SAY:
                raise NotAllowed("a sentence has 1 to 3000 characters")
            voice = voices.voice_of(language)
            return f'<Say voice="{voice.name}" language="{voice.say_language}">{escape(plain(text))}</Say>'
        case Play(url, loop):
            return element("Play", escape(url), **({} if loop == 1 else {"loop": str(loop)}))
        case Pause(seconds):
            return element("Pause", length=str(seconds))


def plain(text: str) -> str:
    """`text` without the characters that XML forbids."""
    return FORBIDDEN.sub("", text)


def quoted(value: str) -> str:
    """An attribute's value in quotes; most need no escaping, and this is on every turn's path."""
    return quoteattr(value) if SPECIAL.search(value) else f'"{value}"'


def element(name: str, content: str = "", **attributes: str) -> str:
    """An XML element; attribute values are quoted, `content` is XML already."""
    written = "".join([f" {key}={quoted(value)}" for key, value in attributes.items()])
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"
