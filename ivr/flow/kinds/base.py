"""What every kind of step is made of: where a call stands, what it may do next, and how it speaks."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from ivr import speech
from ivr.flow import recorded
from ivr.flow.effects import Effect, RecordingRef
from ivr.flow.events import Event
from ivr.flow.facts import NOTHING, Facts
from ivr.flow.instructions import Answer, Continue, Gather, Instruction, Record, Say
from ivr.flow.model import OWN, Step
from ivr.flow.script import Script
from ivr.prompts import fields_of, prompt_of
from ivr.state import CallState, replace
from ivr.voices import FALLBACK

PERSON, REPEAT, BACK, LANGUAGE, EMERGENCY = "0", "#", "8", "9", "*"
UNRECORDED = "2"  # before every recording: go on without one
NOTICE = "notice.office"  # spoken with the words that the office has switched on
SLIPS_ALLOWED = 2
TRANSCRIBED = "en"  # the one language that the provider writes down

# The values that a sentence needs and that are the same wherever it is spoken: names of keys.
KEY_VALUES: Mapping[str, speech.Value] = {
    "person": speech.Key(PERSON),
    "repeat": speech.Key(REPEAT),
    "hash": speech.Key("#"),
    "back": speech.Key(BACK),
    "language": speech.Key(LANGUAGE),
    "yes": speech.Key("1"),
    "no": speech.Key("2"),
    "again": speech.Key("1"),
    "place": speech.Key("2"),
    "state": speech.Key("1"),
    "chase": speech.Key("2"),
    "unrecorded": speech.Key(UNRECORDED),
}


class Keys(Enum):
    """Which keys a step leaves to the engine: a menu all five, a number entry only those not in numbers."""

    MENU = "menu"
    ENTRY = "entry"
    EMERGENCY_ONLY = "emergency only"
    NONE = "none"


@dataclass(frozen=True)
class Heard:
    """What the caller said or left in this turn, on its way to the step that uses it.

    `alarm` are the words of it that sound like an emergency.
    """

    words: str | None = None
    confidence: float | None = None
    recording: RecordingRef | None = None
    is_voicemail: bool = False
    alarm: str = ""
    unrecorded: str = ""


@dataclass(frozen=True)
class At:
    """Where a call stands: script, step and state, and what was heard in this turn."""

    script: Script
    step: Step
    state: CallState
    heard: Heard = field(default_factory=Heard)

    @property
    def language(self) -> str:
        """The language to speak now: the chosen one, else the estate's main one."""
        return self.state.language or self.script.desk.languages[0]


@dataclass(frozen=True)
class Move:
    """What a step does with an event: the new state, effects, sentences to speak first, and where to go.

    `goto` "" stays at the step.
    """

    state: CallState
    goto: str = ""
    effects: tuple[Effect, ...] = ()
    preface: tuple[str, ...] = ()
    heard: Heard = field(default_factory=Heard)


@dataclass(frozen=True)
class Speaker:
    """Makes the sentences of one answer in the caller's language."""

    at: At
    facts: Facts = NOTHING

    def say(self, key: str, language: str = "", /, **values: speech.Value) -> tuple[Say, ...]:
        """The sentence of prompt `key`, or nothing if a value that it needs is not known now."""
        tongue = language or self.at.language
        if key == NOTICE and not values:
            return self.notice(tongue)
        if key.startswith(OWN):
            return self.own(key, tongue)
        known = {name: values.get(name) or self.known(name) for name in prompt_of(key).fields}
        if None in known.values():
            return ()
        given = {name: value for name, value in known.items() if value is not None}
        tongue = speech.spoken_in(key, tongue)
        text = speech.phrase(key, given, tongue, wording=self.at.script.desk.wording)
        return (Say(text, tongue, key, recorded.parts(self.at.script.desk, key, given, tongue)),)

    def notice(self, tongue: str) -> tuple[Say, ...]:
        """What the office wants every caller to hear now; in another language if there are no words in `tongue`."""
        words, main = self.facts.notice, self.at.script.desk.languages[0]
        if words.get(tongue):
            return self.say(NOTICE, tongue, notice=words[tongue])
        other = next((tag for tag in (FALLBACK, main, *words) if words.get(tag)), None)
        return (Say(words[other], other, NOTICE),) if other else ()

    def own(self, key: str, tongue: str) -> tuple[Say, ...]:
        """A sentence that the office wrote itself; nothing if a value in it is not known now."""
        texts = self.at.script.flow.texts.get(key, {})
        text = texts.get(tongue) or texts.get(FALLBACK) or ""
        known = {name: self.known(name) for name in fields_of(text)}
        if not text or None in known.values():
            return ()
        given = {name: speech.words(value, tongue) for name, value in known.items() if value is not None}
        return (Say(text.format_map(given), tongue, key),)

    def all(self, *keys: str) -> tuple[Say, ...]:
        """The sentences of several prompts, in order."""
        return tuple(say for key in keys for say in self.say(key))

    def known(self, name: str) -> speech.Value | None:
        """The value that `name` stands for at this place of the call; None if it is not known."""
        desk, state = self.at.script.desk, self.at.state
        match name:
            case "estate":
                return desk.name(self.at.language)
            case "unit":
                dwelling = state.dwelling()
                return speech.Unit(dwelling) if dwelling else None
            case "number":
                return speech.Digits(state.ticket) if state.ticket else None
            case "promise":
                return self.moment(datetime.fromtimestamp(state.promise, UTC)) if state.promise else None
            case "opening":
                return self.moment(self.facts.opening, is_limit=False)
            case "callback":
                return speech.Phone(self.facts.callback) if self.facts.callback else None
            case "phone":
                return speech.Phone(desk.emergency_number)
            case _:
                return KEY_VALUES.get(name)

    def moment(self, at: datetime | None, is_limit: bool = True) -> speech.Moment | None:
        """The instant as a time to speak, if it and the present are known."""
        if at is None or self.facts.now is None:
            return None
        return speech.Moment(at, self.facts.now, self.at.script.desk.timezone, is_limit)


class Kind:
    """A kind of step. The engine calls `enter` on arrival, `on` for each event, `settle` once the effects
    of the turn are done, and `page` for what the caller hears."""

    name = ""
    keys = Keys.NONE
    options: tuple[str, ...] = ()  # settings it understands
    exits: tuple[str, ...] = ()  # those of them that name steps, beside `next`
    numbers: tuple[str, ...] = ()  # those of them that are whole numbers
    has_next = True
    spoken: tuple[str, ...] = ()  # prompts it speaks, beside those that the step names
    unsaid: tuple[str, ...] = ()  # what it meant to say, but not if the effects lead elsewhere

    def enter(self, at: At) -> Move:
        """What happens on arrival: stay and speak, or pass on."""
        return Move(at.state)

    def on(self, at: At, event: Event) -> Move:
        """What `event` leads to; anything unexpected changes nothing."""
        return Move(at.state)

    def settle(self, at: At, facts: Facts) -> Move:
        """Where the results of the effects lead; no further effect may follow."""
        return Move(at.state)

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """What the caller hears; `before` comes first and is cut short by a key, like the rest."""
        raise NotImplementedError

    def keys_at(self, at: At) -> Keys:
        """Which keys the step leaves to the engine at this place inside it."""
        return self.keys

    def back(self, at: At) -> Move:
        """Where key 8 leads."""
        return Move(at.state)

    def person(self, at: At) -> Move:
        """Where key 0 leads."""
        return Move(at.state, goto=at.script.flow.everywhere["person"])

    def repeat(self, at: At) -> Move:
        """What the hash key does: the same is said again."""
        return Move(at.state)


def slip(at: At, is_silence: bool) -> Move:
    """Silence and wrong keys are each allowed twice and answered; the third leads to a person."""
    state = at.state
    so_far = state.silences if is_silence else state.wrong
    if so_far >= SLIPS_ALLOWED:
        person = at.script.flow.everywhere["person"]
        return Move(state, goto=person, preface=("menu.to_person",))
    if is_silence:
        return Move(replace(state, silences=so_far + 1), preface=("menu.silence",))
    return Move(replace(state, wrong=so_far + 1), preface=("menu.not_a_choice",))


def menu(at: At, says: tuple[Say, ...], timeout: int = 5) -> Answer:
    """One key asked for; every key counts and none ends the input early."""
    gather = Gather(says, digits=1, finish_on="", timeout=timeout)
    return Answer(at.state, (gather, Continue()))


def recording(at: At, says: tuple[Say, ...], record: Record) -> Answer:
    """A recording asked for. The request itself listens for keys: within a silent recording none is told."""
    heard = dataclasses.replace(record, is_transcribed=at.language == TRANSCRIBED)
    return answer(at, Gather(says, timeout=1), heard, Continue())


def answer(at: At, *instructions: Instruction) -> Answer:
    """An answer of the step's own route."""
    return Answer(at.state, instructions)
