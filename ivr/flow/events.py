"""What can happen in a call, free of the provider's words. `ivr.inputs` makes these."""

from dataclasses import dataclass

from ivr.state import Dwelling


@dataclass(frozen=True)
class Started:
    """The call came in. `language` is the remembered one, None if never asked or withheld. `is_slow`: number or
    resident is marked as needing time."""

    language: str | None = None
    resident_id: int | None = None
    dwellings: tuple[Dwelling, ...] = ()
    is_withheld: bool = False
    is_slow: bool = False


@dataclass(frozen=True)
class Digits:
    """Keys pressed: one in a menu, several in a number entry."""

    keys: str


@dataclass(frozen=True)
class Silence:
    """The time for an answer ran out, or nothing was said after the tone."""


@dataclass(frozen=True)
class Speech:
    """Words recognised. `confidence` is 0–1, None when the recogniser gives none."""

    words: str
    confidence: float | None = None


@dataclass(frozen=True)
class Recorded:
    """A recording was made. `key` ended it, "" if silence or length did; `is_hung_up`: the caller left."""

    url: str
    sid: str
    seconds: int
    key: str = ""
    is_hung_up: bool = False


@dataclass(frozen=True)
class DialEnded:
    """The ringing of somebody ended. `is_talk`: two people were joined, so a talk took place."""

    is_talk: bool
    seconds: int = 0
    is_hung_up: bool = False


@dataclass(frozen=True)
class QueueLeft:
    """The caller left the waiting queue. `result` is one of `ivr.inputs.QUEUE_RESULTS`.

    The URL that reports it was written before the wait began, so it knows nothing of a key pressed
    meanwhile: step from the state kept with the last effect, if its `turn` is higher.
    """

    result: str
    seconds: int = 0


@dataclass(frozen=True)
class Waiting:
    """The wait document is asked for again; the caller has waited for `seconds`."""

    seconds: int = 0


@dataclass(frozen=True)
class PersonFound:
    """An agent took the waiting caller: join them (the facts name whom to ring)."""


@dataclass(frozen=True)
class HungUp:
    """The caller is gone."""


Event = (
    Started | Digits | Silence | Speech | Recorded | DialEnded | QueueLeft | Waiting | PersonFound | HungUp
)
