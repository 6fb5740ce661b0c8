"""Where a conversation stands, and its passage through the URLs of our own documents.

A call in progress is nobody's row while the caller only presses keys: the whole state travels in the `s`
parameter of the next URL, which the provider signs. So a menu turn needs no store, and a repeated request
gets the same answer by itself. It holds codes and ids, never a phone number, a name or what was said.
"""

import base64
import binascii
import json
from dataclasses import dataclass, fields
from typing import Any

VERSION = "1"  # first character of every token; raise it when the fields change their meaning
LONGEST_TOKEN = 2000
NO_UNIT = -1


class StateError(ValueError):
    """A token that is not one of ours, or of a version that this code does not know."""


@dataclass(frozen=True)
class Dwelling:
    """A unit as it is spoken and keyed: `unit_id` is ours, the rest are the codes on its door."""

    unit_id: int
    building: str
    floor: int
    door: str

    def keypad(self) -> str:
        """The digits that a caller keys for floor and door: "12A" is 121, "12" and "03" are 1203."""
        return str(self.floor) + "".join(keypad_digit(letter) for letter in self.door)


def keypad_digit(letter: str) -> str:
    """The key for one character of a door's code: A is 1, B is 2, J is 10; a digit is itself."""
    upper = letter.upper()
    return str(ord(upper) - ord("A") + 1) if "A" <= upper <= "Z" else letter if letter.isdigit() else ""


@dataclass(frozen=True)
class CallState:
    """One call's place in its flow. Empty text and zero mean "not yet".

    `turn` counts the caller's turns and, with the call's sid, names one turn. `stage` is a place inside a
    step. `resume` is the step to go back to after a detour (language, a withdrawn emergency).

    `unit_id` is the dwelling that the call is about (`NO_UNIT`: none of those offered);
    `is_unit_confirmed` says that it stands in our books. `place` is what an unknown caller keyed.
    `category` is the node chosen so far, `answer` the yes or no to its extra question.

    `ticket` is the number once opened, `promise` the instant by which somebody answers, in seconds since
    1970. `kind` is the category of an emergency, once declared; `suspect` what the words sounded like,
    before the question. `round` counts rounds of ringing, `cycle` how often they began anew. `wait_key`
    is the key by which the caller left the queue. `other` is the number of an earlier ticket asked about.
    `incident` is the newest one that the caller has heard of.

    `method` and `sureness` (percent) tell how words led to the category; `has_words`: the matter has been
    told and need not be asked for again. `is_unheard`: the offer to say it in own words met silence;
    `has_guessed`: a guess was read back or could not be made, so none is made again.
    `is_slow`: the caller is given twice the time and offered a person first.

    While waiting for a person: `waited` seconds so far; `told_s` the second at which place or wait was last told, -1
    never, with `told_place` and `told_minutes`, 0 none; `offered` the minute in which the keys were last named;
    `can_call_back` whether a call-back may be asked for now.
    """

    flow: str
    estate: str
    step: str = ""
    turn: int = 0
    language: str = ""
    stage: str = ""
    resume: str = ""
    silences: int = 0
    wrong: int = 0
    resident_id: int = 0
    dwellings: tuple[Dwelling, ...] = ()
    unit_id: int = 0
    is_unit_confirmed: bool = False
    place: str = ""
    category: str = ""
    answer: str = ""
    ticket: str = ""
    suspect: str = ""
    kind: str = ""
    is_emergency: bool = False
    round: int = 0
    cycle: int = 0
    wait_key: str = ""
    other: str = ""
    promise: int = 0
    is_texted: bool = False
    is_withheld: bool = False
    is_live: bool = False
    incident: int = 0
    method: str = ""
    sureness: int = 0
    has_words: bool = False
    is_unheard: bool = False
    has_guessed: bool = False
    is_slow: bool = False
    waited: int = 0
    told_s: int = -1
    told_place: int = 0
    told_minutes: int = 0
    offered: int = -1
    can_call_back: bool = False

    def dwelling(self) -> Dwelling | None:
        """The dwelling that the call is about, if it is one of those known."""
        return next((each for each in self.dwellings if each.unit_id == self.unit_id), None)

    def forward(self, step: str, **changes: Any) -> "CallState":
        """The state on arriving at `step`: place inside the step and counts of slips begin anew."""
        return replace(self, step=step, stage="", silences=0, wrong=0, **changes)

    def encode(self) -> str:
        """The state as a URL-safe token; only what differs from the beginning is written."""
        own = self.__dict__
        places = [place for place, name in enumerate(NAMES) if own[name] != INITIAL[place]]
        values = [own[NAMES[place]] for place in places]
        if self.dwellings:
            listed = [[d.unit_id, d.building, d.floor, d.door] for d in self.dwellings]
            values[places.index(DWELLINGS)] = listed
        packed = PACK([places, values])
        return VERSION + base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


NAMES = tuple(field.name for field in fields(CallState))
DWELLINGS = NAMES.index("dwellings")
BEGINNING = CallState(flow="", estate="")
INITIAL = tuple(getattr(BEGINNING, name) for name in NAMES)
TYPES = tuple(
    list if name == "dwellings" else type(value) for name, value in zip(NAMES, INITIAL, strict=True)
)
KNOWN = frozenset(NAMES)
PACK = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
PARTS = (int, str, int, str)  # of a dwelling


def replace(state: CallState, **changes: Any) -> CallState:
    """`state` with `changes`. Does what `dataclasses.replace` does at a fifth of its time: every turn of
    every call makes several, and their fields need no checking."""
    if not changes.keys() <= KNOWN:
        raise TypeError(f"no such field: {changes.keys() - KNOWN}")
    new = object.__new__(CallState)
    new.__dict__.update(state.__dict__, **changes)
    return new


def decode(token: str) -> CallState:
    """The state written in `token`.

    Raises `StateError` for anything else. The provider's signature covers the URL, so a token cannot be
    forged; one may be cut, of an older release, or typed by somebody curious.
    """
    if not token or token[0] != VERSION:
        raise StateError("unknown version of the call state")
    if len(token) > LONGEST_TOKEN:
        raise StateError("call state too long")
    try:
        padded = token[1:] + "=" * (-len(token[1:]) % 4)
        places, values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        given = dict(BEGINNING.__dict__)
        for place, value in zip(places, values, strict=True):
            given[NAMES[place]] = checked(place, value)
    except (binascii.Error, ValueError, TypeError, IndexError, RecursionError) as error:
        raise StateError("call state cannot be read") from error
    return replace(BEGINNING, **given)


def checked(place: int, value: Any) -> Any:
    """The value of the field at `place`, if it has that field's type; else raises `TypeError`."""
    if type(value) is not TYPES[place]:
        raise TypeError(NAMES[place])
    if place != DWELLINGS:
        return value
    if any(tuple(map(type, parts)) != PARTS for parts in value):
        raise TypeError("dwellings")
    return tuple(Dwelling(*parts) for parts in value)
