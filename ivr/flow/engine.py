"""One turn of a call: state and event give a new state and effects; with their results, an answer.

    turn = engine.step(script, state, event)          # pure
    facts = …carry out turn.effects, in order…        # nothing to do for most turns
    answer = engine.answer(script, turn, facts)       # pure; answer.state is the state to keep

Everything that may loop is bounded by the number of steps; an event that a step does not expect changes
nothing and says again what it says.
"""

from dataclasses import dataclass
from dataclasses import replace as dataclass_replace

from ivr.flow.effects import Effect, LeaveQueue, OpenTicket
from ivr.flow.events import Digits, Event, HungUp, Started
from ivr.flow.facts import NOTHING, Facts
from ivr.flow.instructions import Answer, Gather, Instruction, Record
from ivr.flow.kinds import KINDS
from ivr.flow.kinds.base import BACK, EMERGENCY, LANGUAGE, PERSON, REPEAT, At, Keys, Kind, Move, Speaker
from ivr.flow.kinds.tickets import absorb, unit_of
from ivr.flow.model import FlowError
from ivr.flow.script import Script
from ivr.state import CallState, replace

MOST_DWELLINGS = 12  # whoever has more keys the rest; the state must stay short enough for a URL


@dataclass(frozen=True)
class Turn:
    """What an event led to. `preface` are prompts spoken first; `is_over`: nobody is there to hear more."""

    state: CallState
    effects: tuple[Effect, ...] = ()
    preface: tuple[str, ...] = ()
    is_over: bool = False


def new_call(script: Script) -> CallState:
    """The state of a call that has just come in."""
    return CallState(flow=script.flow.version, estate=script.desk.code)


def step(script: Script, state: CallState, event: Event) -> Turn:
    """The turn that `event` makes of `state`. Raises nothing, whatever a caller or provider sends."""
    state = replace(state, turn=state.turn + 1)
    if isinstance(event, HungUp):
        return hung_up(script, state)
    if isinstance(event, Started):
        started = replace(
            state,
            language=event.language if event.language in script.desk.languages else "",
            resident_id=event.resident_id or 0,
            dwellings=event.dwellings[:MOST_DWELLINGS],
            is_withheld=event.is_withheld,
            is_slow=event.is_slow,
        )
        return run(script, Move(started, goto=script.flow.start))
    at, kind = place_in(script, state)
    move = key_everywhere(at, kind, event.keys) if isinstance(event, Digits) else None
    return run(script, move or kind.on(at, event))


def answer(script: Script, turn: Turn, facts: Facts = NOTHING) -> Answer:
    """What the caller hears after `turn`, once its effects are done and found `facts`."""
    if turn.is_over:
        return Answer(absorb(turn.state, facts), ())
    state, preface = absorb(turn.state, facts), turn.preface
    if turn.effects:
        at, kind = place_in(script, state)
        settled = run(script, kind.settle(at, facts))
        if settled.effects:
            raise FlowError(settled.state.step, "cannot be entered after the effects are done")
        if settled.state.step != state.step:
            preface = tuple(key for key in preface if key not in kind.unsaid)
        state, preface = settled.state, (*preface, *settled.preface)
    at, kind = place_in(script, state)
    speaker = Speaker(at, facts)
    page = kind.page(at, speaker, speaker.all(*preface))
    return slowly(page) if state.is_slow else page


def slowly(page: Answer) -> Answer:
    """The same answer with twice the time to listen, to press and to begin speaking."""
    return dataclass_replace(page, instructions=tuple(map(patient, page.instructions)))


def patient(each: Instruction) -> Instruction:
    """One instruction with its silences doubled."""
    match each:
        case Gather():
            return dataclass_replace(each, timeout=2 * each.timeout)
        case Record():
            return dataclass_replace(each, silence=2 * each.silence)
        case _:
            return each


def run(script: Script, move: Move) -> Turn:
    """Follow `move` through the steps that pass on, up to the one that speaks."""
    effects, preface = list(move.effects), list(move.preface)
    for _ in range(2 * len(script.flow.steps)):
        if not move.goto:
            return Turn(move.state, tuple(effects), tuple(preface))
        arrived = move.state.forward(move.goto)
        at, kind = place_in(script, arrived)
        move = kind.enter(At(script, at.step, at.state, move.heard))
        effects += move.effects
        preface += move.preface
    raise FlowError(move.state.step, "passes on for ever")


def place_in(script: Script, state: CallState) -> tuple[At, Kind]:
    """The step of `state` and its kind. A step that the flow does not know becomes the one to a person."""
    steps = script.flow.steps
    if state.step not in steps:
        state = state.forward(script.flow.everywhere["person"])
    at = At(script, steps[state.step], state)
    return at, KINDS[at.step.kind]


def key_everywhere(at: At, kind: Kind, keys: str) -> Move | None:
    """What the keys that work in every menu lead to; None if the step itself reads `keys`.

    In a number entry 8, 9 and 0 are figures, unless a lone 0 or hash is all that was keyed.
    """
    state, everywhere = at.state, at.script.flow.everywhere
    listening = kind.keys_at(at)
    if listening is Keys.NONE:
        return None
    if EMERGENCY in keys:
        return Move(replace(state, resume=state.resume or at.step.name), goto=everywhere["emergency"])
    if listening is Keys.EMERGENCY_ONLY:
        return None
    if keys == PERSON:
        return kind.person(at)
    if keys == REPEAT:
        return kind.repeat(at)
    if listening is Keys.ENTRY:
        return None
    if keys == BACK:
        return kind.back(at)
    if keys == LANGUAGE and at.step.name != everywhere["language"]:
        return Move(replace(state, resume=at.step.name), goto=everywhere["language"])
    return None


def hung_up(script: Script, state: CallState) -> Turn:
    """The caller is gone: a wait ends, and a matter that was chosen still becomes a ticket."""
    if state.is_live:
        left = LeaveQueue(state.ticket, "hangup")
        return Turn(replace(state, is_live=False), (left,), is_over=True)
    if state.ticket or not state.category or script.desk.choices(state.category):
        return Turn(state, is_over=True)
    effect = OpenTicket(
        category=state.category,
        language=state.language or script.desk.languages[0],
        unit_id=unit_of(state),
        is_unit_confirmed=state.is_unit_confirmed,
        place=state.place,
        is_raised=state.answer == "yes",
        is_hung_up=True,
        method=state.method,
        sureness=state.sureness,
    )
    return Turn(state, (effect,), is_over=True)
