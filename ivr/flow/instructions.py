"""What the line shall do next, free of the provider's words. `ivr.twiml` writes them down."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.flow.facts import RingTarget
from ivr.state import CallState


class Route(StrEnum):
    """The family of URLs that an answer's inputs come back to."""

    STEP = "step"
    WAIT = "wait"
    ACCEPT = "accept"
    ESCALATION = "escalation"


@dataclass(frozen=True)
class Play:
    """Play the sound file at `url`; `loop` 0 repeats it without end."""

    url: str
    loop: int = 1


@dataclass(frozen=True)
class Say:
    """Speak `text` in `language`. `prompt` is the key of its prompt; `parts`, if any, are heard instead of the text:
    the office's own recordings, with what they cannot hold spoken between them."""

    text: str
    language: str
    prompt: str = ""
    parts: tuple["Say | Play", ...] = ()


@dataclass(frozen=True)
class Pause:
    """Be silent for `seconds`."""

    seconds: int = 1


@dataclass(frozen=True)
class Gather:
    """Speak `says` and listen for keys, and with `is_speech` for words.

    `digits` is how many keys end the input (0: no fixed number), `finish_on` the key that ends it early
    ("" in menus, where each key counts), `timeout` the seconds of silence after the last word.
    `is_empty_told`: an empty input comes back too, so that the finishing key alone is heard.
    """

    says: tuple[Say | Play | Pause, ...]
    digits: int = 1
    finish_on: str = ""
    timeout: int = 5
    is_speech: bool = False
    language: str = ""
    hints: tuple[str, ...] = ()
    is_empty_told: bool = False


@dataclass(frozen=True)
class Record:
    """Record the caller, at most `longest` seconds, until `silence` seconds of quiet or a key.

    `is_transcribed`: the provider writes down what it hears, which it can do in English alone.
    """

    longest: int = 120
    silence: int = 4
    finish_on: str = "*#"
    is_transcribed: bool = False


@dataclass(frozen=True)
class Dial:
    """Ring every target at once; each hears a whisper and only pressing 1 joins them.

    `whisper` is `duty` or `agent`. `ring_s` is the time each round rings.
    """

    targets: tuple[RingTarget, ...]
    whisper: str
    ring_s: int = 20


@dataclass(frozen=True)
class Enqueue:
    """Put the caller into the waiting queue `queue`, with our own wait document."""

    queue: str


@dataclass(frozen=True)
class Leave:
    """Take the caller out of the waiting queue."""


@dataclass(frozen=True)
class Continue:
    """Go on with what silence leads to."""


@dataclass(frozen=True)
class Hangup:
    """End the call."""


Instruction = Say | Play | Pause | Gather | Record | Dial | Enqueue | Leave | Continue | Hangup


@dataclass(frozen=True)
class Answer:
    """What the line does now, and the state in which the next event will find it.

    `extra` are further query parameters of the URLs in it (who was rung, for a whisper). `action`, if
    given, is the whole URL that hears the key, instead of one made from route and state.
    """

    state: CallState
    instructions: tuple[Instruction, ...]
    route: Route = Route.STEP
    extra: tuple[tuple[str, str], ...] = ()
    action: str = ""
