"""What a leg waits for, what can happen to it, and where it is sent next."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from ivr.carrier.web import Answer, Ask, FetchFailedError

if TYPE_CHECKING:
    from ivr.carrier.leg import Leg


@dataclass(frozen=True)
class Wait:
    """Wait for whatever comes, until `until` (seconds of the timeline) at the latest; None = without end."""

    doing: str
    until: float | None = None


@dataclass(frozen=True)
class TimeUp:
    """`Wait.until` has come."""


@dataclass(frozen=True)
class Pressed:
    """One key of the person on this leg."""

    key: str


@dataclass(frozen=True)
class Spoke:
    """The person on this leg says `text`, which takes `seconds`."""

    text: str
    seconds: float


@dataclass(frozen=True)
class Reply:
    """What came of an Ask: one of the two."""

    answer: Answer | None = None
    error: FetchFailedError | None = None


@dataclass(frozen=True)
class PickedUp:
    """The ringing phone was answered, by a person or a machine."""

    machine: bool = False


@dataclass(frozen=True)
class Refused:
    """The ringing ended without an answer: `busy`, `no-answer`, `failed` or `canceled`."""

    status: str


@dataclass(frozen=True)
class Answered:
    """A leg that we dialled was picked up."""

    leg: "Leg"


@dataclass(frozen=True)
class Ready:
    """A leg that we dialled was picked up and has heard its whisper: it can be bridged."""

    leg: "Leg"


@dataclass(frozen=True)
class Ended:
    """A leg that we are tied to is over."""

    leg: "Leg"


@dataclass(frozen=True)
class Parted:
    """The bridge to the other leg is undone; that leg may live on."""


@dataclass(frozen=True)
class Roused:
    """Somebody has joined the queue that this leg wants to take a caller from."""


Event = TimeUp | Pressed | Spoke | Reply | PickedUp | Refused | Answered | Ready | Ended | Parted | Roused
Effect = Wait | Ask
T = TypeVar("T")
Script = Generator[Effect, Event, T]


@dataclass(frozen=True)
class Target:
    """What to run next: a URL, asked for with `params` beside the standard ones, or TwiML given inline."""

    url: str = ""
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    inline: str = ""


class Interrupt(Exception):
    """Thrown into a leg's script at the point where it waits.

    `place`: the queue or conference it is about; if the leg has left that meanwhile, it is dropped.
    """

    place: object | None = None


class HungUp(Interrupt):
    """The person hung up, or the call was completed by REST."""


class Moved(Interrupt):
    """The call was sent to another document by REST."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.url)
        self.target = target


class Changed(Interrupt):
    """The conference that this leg is in has started, ended, or treats it differently now."""

    def __init__(self, place: object) -> None:
        super().__init__("changed")
        self.place = place


class Taken(Interrupt):
    """A waiting caller was taken from the queue by `taker`."""

    def __init__(self, taker: "Leg", whisper: Target | None, place: object) -> None:
        super().__init__(taker.sid)
        self.taker, self.whisper, self.place = taker, whisper, place
