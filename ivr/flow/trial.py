"""A call on a flow without a telephone: keys and words in, sentences out, and what would have been done. Nothing is.

What the rest of the system would have found is made up: a ticket number, a home, somebody on duty or nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ivr.flow import effects as wanted
from ivr.flow import engine
from ivr.flow.effects import Effect
from ivr.flow.events import (
    DialEnded,
    Digits,
    Event,
    HungUp,
    QueueLeft,
    Recorded,
    Silence,
    Speech,
    Started,
    Waiting,
)
from ivr.flow.facts import Facts, RingTarget, TicketFacts
from ivr.flow.instructions import Answer, Dial, Enqueue, Gather, Hangup, Instruction, Leave, Record, Say
from ivr.flow.model import FlowError
from ivr.flow.script import Script
from ivr.state import CallState, Dwelling

NUMBER = "10000015"
HOME = Dwelling(1, "3", 12, "A")
PROMISE = timedelta(minutes=30)
SOMEBODY = RingTarget("+886900000000", "0")
SILENT, LEFT = "…", "hang up"
LONGEST = 80


@dataclass(frozen=True)
class Caller:
    """Who rings in a trial. `language` None: never asked yet. `is_known`: has one home in the books."""

    language: str | None = None
    is_known: bool = True
    is_withheld: bool = False
    is_slow: bool = False
    is_anyone_on_duty: bool = True


@dataclass(frozen=True)
class Round:
    """One turn of a trial: what was put in ("" at first), the step it led to, what is heard, what would be done."""

    given: str
    step: str
    heard: tuple[Say, ...]
    effects: tuple[Effect, ...]
    state: CallState
    instructions: tuple[Instruction, ...] = field(repr=False)

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return not self.instructions or any(isinstance(each, Hangup) for each in self.instructions)

    @property
    def is_recorded(self) -> bool:
        """Whether the caller is being recorded."""
        return any(isinstance(each, Record) for each in self.instructions)

    @property
    def is_ringing(self) -> bool:
        """Whether people are being rung: silence means that nobody takes the call, a key that somebody does."""
        return any(isinstance(each, Dial) for each in self.instructions)

    @property
    def is_waiting(self) -> bool:
        """Whether the caller waits in the queue."""
        return any(isinstance(each, Enqueue) for each in self.instructions)


def run(script: Script, caller: Caller, given: Sequence[str], facts: Facts) -> list[Round]:
    """The call of `caller` turn by turn, until it ends or nothing more is given.

    `given` are keys, words, `SILENT` or `LEFT`; `facts` hold what every turn knows (the time, the opening). Raises
    `FlowError` for a flow that cannot be walked.
    """
    homes = (HOME,) if caller.is_known and not caller.is_withheld else ()
    first = Started(caller.language, None, homes, caller.is_withheld, caller.is_slow)
    rounds = [turn(script, engine.new_call(script), first, caller, facts, "")]
    for each in given[:LONGEST]:
        last = rounds[-1]
        if last.is_over:
            break
        event = event_of(each, last)
        rounds.append(turn(script, last.state, event, caller, facts, each))
        if any(isinstance(one, Leave) for one in rounds[-1].instructions):
            rounds.append(turn(script, rounds[-1].state, QueueLeft("leave"), caller, facts, ""))
    return rounds


def event_of(given: str, last: Round) -> Event:
    """What the input is after what was heard last."""
    if given == LEFT:
        return HungUp()
    is_keys = bool(given) and set(given) <= set("0123456789*#")
    if last.is_ringing:
        return DialEnded(is_talk=is_keys)
    if last.is_recorded and not is_keys and given != SILENT:
        return Recorded("trial", "trial", 5)
    if given == SILENT:
        return Waiting() if last.is_waiting else Silence()
    return Digits(given) if is_keys else Speech(given, 0.9)


def turn(script: Script, state: CallState, event: Event, caller: Caller, facts: Facts, given: str) -> Round:
    """One turn with made-up results."""
    try:
        step = engine.step(script, state, event)
        answer = engine.answer(script, step, found(step.effects, caller, facts))
    except (LookupError, TypeError, AttributeError) as error:
        raise FlowError(state.step, "cannot be walked") from error
    return Round(given, answer.state.step, said(answer), step.effects, answer.state, answer.instructions)


def found(effects: Sequence[Effect], caller: Caller, facts: Facts) -> Facts:
    """What carrying out `effects` would have found, made up."""
    promise = facts.now + PROMISE if facts.now else None
    for effect in effects:
        match effect:
            case wanted.OpenTicket() | wanted.DeclareEmergency():
                facts = replace(
                    facts, ticket_number=NUMBER, promise=promise, is_texted=not caller.is_withheld
                )
            case wanted.RingDuty():
                facts = replace(facts, ring=(SOMEBODY,) if caller.is_anyone_on_duty else ())
            case wanted.EnterQueue():
                facts = replace(facts, is_anyone_on_duty=caller.is_anyone_on_duty)
            case wanted.FindDwelling():
                facts = replace(facts, dwelling=HOME)
            case wanted.FindTicket():
                facts = replace(facts, ticket=TicketFacts(NUMBER, "queued", promise=promise))
    return facts


def said(answer: Answer) -> tuple[Say, ...]:
    """Every sentence of an answer, in order."""
    heard: list[Say] = []
    for each in answer.instructions:
        inner = each.says if isinstance(each, Gather) else (each,)
        heard += [one for one in inner if isinstance(one, Say)]
    return tuple(heard)
