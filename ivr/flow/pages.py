"""Answers outside a caller's own flow: whispers, calls to people on duty, apologies. Pure, like the engine."""

from dataclasses import dataclass

from ivr import speech
from ivr.flow.instructions import Answer, Gather, Hangup, Pause, Route, Say
from ivr.flow.kinds.base import At, Speaker
from ivr.flow.model import Step
from ivr.flow.script import Desk, Script
from ivr.state import CallState
from ivr.voices import FALLBACK

ACCEPT_KEY = "1"
NOWHERE = Step("", "", "", (), {})
NOBODY = CallState(flow="", estate="")


@dataclass(frozen=True)
class LateTicket:
    """A ticket past its deadline, as it is told. `estate` and `category` are names in `language`."""

    number: str
    estate: str
    category: str


def whisper(script: Script, state: CallState, kind: str, who: str, language: str) -> Answer:
    """What somebody who was rung hears before being joined; only pressing 1 joins them.

    `kind` is `duty` or `agent`, `who` and `language` are the rung person's. The document ends the leg
    by itself if no key is pressed, so a voicemail cannot take the call.
    """
    desk = script.desk
    speaker = Speaker(At(script, NOWHERE, state))
    category = desk.by_code.get(state.kind or state.category or desk.emergency)
    named: dict[str, speech.Value] = {
        "estate": desk.name(language),
        "category": category.name(language) if category else "",
    }
    says = speaker.say(f"whisper.{kind}", language, **named)
    if kind == "duty":
        place = speaker.say("whisper.place", language)
        says += place or speaker.say("whisper.no_place", language)
    says += speaker.say("whisper.accept", language, key=speech.Key(ACCEPT_KEY))
    gather = Gather((*says, *says), digits=1, timeout=6)
    return Answer(state, (gather, Hangup()), Route.ACCEPT, (("k", kind), ("who", who), ("l", language)))


def joined(state: CallState) -> Answer:
    """The whisper was accepted: the document ends at once, and the two are joined."""
    return Answer(state, ())


def too_late(script: Script, state: CallState, language: str) -> Answer:
    """Somebody else was quicker, or the caller is gone."""
    says = Speaker(At(script, NOWHERE, state)).say("whisper.too_late", language)
    return Answer(state, (*says, Hangup()))


def escalation_call(tickets: tuple[LateTicket, ...], language: str, action: str) -> Answer:
    """The call to a person on duty about `tickets`, oldest first; `action` is the URL that hears the key."""
    oldest = tickets[0]
    values: dict[str, speech.Value] = {
        "number": speech.Digits(oldest.number),
        "estate": oldest.estate,
        "category": oldest.category,
        "count": speech.Count(len(tickets)),
    }
    head = said("escalation.one" if len(tickets) == 1 else "escalation.many", language, values)
    key = said("escalation.acknowledge", language, {"key": speech.Key(ACCEPT_KEY)})
    gather = Gather((head, key, head, key), digits=1, timeout=8)
    last = said("escalation.next", language, {})
    return Answer(NOBODY, (gather, last, Hangup()), Route.ESCALATION, action=action)


def escalation_answered(language: str, is_acknowledged: bool) -> Answer:
    """The end of that call, after a key."""
    key = "escalation.thanks" if is_acknowledged else "escalation.next"
    return Answer(NOBODY, (said(key, language, {}), Hangup()))


def escalation_taken(language: str, name: str) -> Answer:
    """The end of that call for whoever presses second: who has it."""
    return Answer(NOBODY, (said("escalation.taken", language, {"name": name}), Hangup()))


def news_call(says: tuple[Say, ...]) -> Answer:
    """A call that only tells something: said twice, since whoever answers is not prepared to listen."""
    return Answer(NOBODY, (*says, Pause(1), *says, Hangup()))


def callback_call(desk: Desk, language: str, action: str) -> Answer:
    """A call-back: who rings, twice, and the two keys that `action` hears; without one the call ends by itself."""
    values: dict[str, speech.Value] = {
        "estate": desk.name(language), "yes": speech.Key("1"), "no": speech.Key("2"),
    }  # fmt: skip
    head, choices = said("callback.hello", language, values), said("callback.choices", language, values)
    gather = Gather((head, choices, head, choices), digits=1, timeout=6)
    return Answer(NOBODY, (gather, Hangup()), action=action)


def last_words(key: str, language: str) -> Answer:
    """Prompt `key`, and the end of the call."""
    return Answer(NOBODY, (said(key, language, {}), Hangup()))


def apology(language: str = FALLBACK) -> Answer:
    """Something broke on our side and nothing else can be done: say so and end."""
    says = (said("error.apology", language, {}), said("error.call_again", language, {}))
    return Answer(NOBODY, (*says, Hangup()))


def not_in_service(language: str = FALLBACK) -> Answer:
    """The number that was called belongs to no estate."""
    return Answer(NOBODY, (said("error.not_in_service", language, {}), Hangup()))


def said(key: str, language: str, values: dict[str, speech.Value]) -> Say:
    """Prompt `key` as an instruction."""
    language = speech.spoken_in(key, language)
    return Say(speech.phrase(key, values, language), language, key)
