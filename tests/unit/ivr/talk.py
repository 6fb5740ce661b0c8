"""A call on the flow alone: events in, sentences out; a small desk that answers its effects."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from ivr import twiml
from ivr.flow import check, engine
from ivr.flow.effects import (
    AskCallback,
    CancelTicket,
    DeclareEmergency,
    Effect,
    EnterQueue,
    FindDwelling,
    FindTicket,
    JoinIncident,
    OpenTicket,
    ReopenTicket,
    RingDuty,
)
from ivr.flow.events import Digits, Event, HungUp, Silence, Started
from ivr.flow.facts import Facts, RingTarget, TicketFacts
from ivr.flow.instructions import Answer, Continue, Dial, Enqueue, Gather, Hangup, Leave, Record, Say
from ivr.flow.script import Desk, MenuCategory, OpenIncident, Script
from ivr.state import CallState, Dwelling, decode

NOW = datetime(2027, 1, 6, 6, 0, tzinfo=UTC)  # Wednesday 14:00 in Taipei
LANGUAGES = ("zh-TW", "zh-CN", "yue", "en")
NUMBER = "10000015"
HOME = Dwelling(7, "3", 12, "A")
SHOP = Dwelling(8, "5", 1, "03")
DRY = Dwelling(9, "9", 2, "B")  # in the building without water
LEAD = RingTarget("+886900000001", "11", "zh-TW")


def names(en: str, zh: str = "") -> dict[str, str]:
    return {"en": en, "zh-TW": zh or en}


def make_category(
    code: str,
    key: str,
    parent: str | None = None,
    name: str = "",
    ask: str = "",
    ask_yes: str = "",
    classes: tuple[str, str] = ("P3", ""),
) -> MenuCategory:
    return MenuCategory(code, key, parent, names(name or code), ask, ask_yes, *classes)


TREE = (
    make_category("emergency", "*", name="emergency"),
    make_category("emergency_lift", "1", "emergency", "people in a lift"),
    make_category("emergency_fire", "2", "emergency", "fire or smoke"),
    make_category("emergency_gas", "3", "emergency", "smell of gas"),
    make_category("home", "1", name="repair in my home"),
    make_category("water", "1", "home", "water, leak, tap", ask="water_running", classes=("P2", "P1")),
    make_category("paint", "6", "home", "paint, other"),
    make_category("common", "2", name="common parts"),
    make_category("lift", "1", "common", "lift out of order", "anyone_inside", "emergency_lift", ("P1", "")),
    make_category("keys", "2", "common", "keys", "key_lost", "keys_lost"),
    make_category("keys_lost", "3", "common", "lost key"),
    make_category("fees", "5", name="fees"),
    make_category("opinion", "6", name="opinions"),
    make_category("complaint", "1", "opinion", "a complaint", classes=("P2", "")),
    make_category("suggestion", "2", "opinion", "a suggestion"),
    make_category("praise", "3", "opinion", "praise"),
)

TROUBLE = (OpenIncident(4, "9", "water", {"zh-TW": "九號樓停水到下午三點。"}),)  # nobody else lives there


def make_desk(languages: tuple[str, ...] = LANGUAGES) -> Desk:
    estate = {"en": "Green Hill", "zh-TW": "綠丘社區"}
    return Desk("GH", estate, "Asia/Taipei", languages, TREE, emergency_number="119", incidents=TROUBLE)


@cache
def make_script(flow: str = "day", languages: tuple[str, ...] = LANGUAGES) -> Script:
    return Script(check.load_shipped(flow), make_desk(languages))


@dataclass
class Talk:
    """One call under way. `rounds` is how many rounds of the duty chain have somebody to ring."""

    flow: str = "day"
    languages: tuple[str, ...] = LANGUAGES
    dwelling: Dwelling | None = None
    found: TicketFacts | None = None
    rounds: int = 3
    is_anyone_on_duty: bool = True
    is_incident_open: bool = True
    is_done: bool = True
    callback: str | None = "0912345678"
    facts: Facts = field(default_factory=lambda: Facts(now=NOW, opening=NOW + timedelta(hours=18)))
    effects: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.script = make_script(self.flow, self.languages)
        self.state = engine.new_call(self.script)
        self.answer = Answer(self.state, ())
        self.last: tuple[Effect, ...] = ()

    def starts(self, language: str | None = None, *dwellings: Dwelling, is_slow: bool = False) -> "Talk":
        return self.happens(Started(language, 5 if dwellings else None, dwellings, is_slow=is_slow))

    def happens(self, event: Event) -> "Talk":
        turn = engine.step(self.script, self.state, event)
        self.last = turn.effects
        self.effects += turn.effects
        self.answer = engine.answer(self.script, turn, self.found_by(turn.effects))
        self.state = decode(self.answer.state.encode())
        assert self.state == self.answer.state
        self.xml = twiml.render(self.answer)
        return self

    def press(self, *keys: str) -> "Talk":
        for key in keys:
            self.happens(Digits(key))
        return self

    def waits(self, times: int = 1) -> "Talk":
        for _ in range(times):
            self.happens(Silence())
        return self

    def hangs_up(self) -> "Talk":
        return self.happens(HungUp())

    def found_by(self, effects: Sequence[Effect]) -> Facts:
        facts = self.facts
        for effect in effects:
            match effect:
                case OpenTicket() | DeclareEmergency():
                    promise = NOW + timedelta(minutes=30)
                    facts = replace(facts, ticket_number=NUMBER, promise=promise, is_texted=True)
                case RingDuty(_, round_):
                    facts = replace(facts, ring=(LEAD,) if round_ <= self.rounds else ())
                case EnterQueue():
                    facts = replace(facts, is_anyone_on_duty=self.is_anyone_on_duty)
                case FindDwelling():
                    facts = replace(facts, dwelling=self.dwelling)
                case JoinIncident():
                    facts = replace(facts, is_joined=self.is_incident_open)
                case CancelTicket() | ReopenTicket():
                    facts = replace(facts, is_done=self.is_done)
                case AskCallback():
                    facts = replace(facts, callback=self.callback)
                case FindTicket():
                    facts = replace(facts, ticket=self.found)
        return facts

    @property
    def says(self) -> list[Say]:
        said: list[Say] = []
        for each in self.answer.instructions:
            if isinstance(each, Say):
                said.append(each)
            elif isinstance(each, Gather):
                said += [inner for inner in each.says if isinstance(inner, Say)]
        return said

    @property
    def prompts(self) -> list[str]:
        return [say.prompt for say in self.says]

    @property
    def text(self) -> str:
        return " ".join(say.text for say in self.says)

    def hears(self, *prompts: str) -> "Talk":
        for prompt in prompts:
            assert prompt in self.prompts, (prompt, self.prompts)
        return self

    def does_not_hear(self, *prompts: str) -> "Talk":
        for prompt in prompts:
            assert prompt not in self.prompts, (prompt, self.prompts)
        return self

    def at(self, step: str) -> "Talk":
        assert self.state.step == step, (self.state.step, step)
        return self

    def has(self, kind: type) -> bool:
        return any(isinstance(each, kind) for each in self.answer.instructions)

    def did(self, kind: type) -> list[Effect]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def is_over(self) -> bool:
        return self.has(Hangup)


def ends(answer: Answer) -> bool:
    """Whether the line knows what to do after this answer: it asks, rings, waits, goes on or ends."""
    last = answer.instructions[-1] if answer.instructions else None
    return isinstance(last, Continue | Dial | Enqueue | Hangup | Leave) or answer.route == "wait"


__all__ = ["CallState", "Record", "Talk", "ends", "make_category", "make_desk", "make_script"]
