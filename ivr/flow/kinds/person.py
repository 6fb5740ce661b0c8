"""Waiting on the line for a person, being joined, and leaving a message instead."""

from ivr import speech
from ivr.flow.effects import AskCallback, Effect, EnterQueue, LeaveQueue, OpenTicket
from ivr.flow.events import DialEnded, Digits, Event, PersonFound, QueueLeft, Waiting
from ivr.flow.facts import Facts
from ivr.flow.instructions import (
    Answer,
    Continue,
    Dial,
    Enqueue,
    Gather,
    Leave,
    Play,
    Route,
    Say,
)
from ivr.flow.kinds.base import EMERGENCY, At, Kind, Move, Speaker, answer
from ivr.flow.kinds.tickets import unit_of
from ivr.state import CallState, replace

HOLD, WAIT, LEFT, JOIN, OVER = "hold", "wait", "left", "join", "over"
MESSAGE_KEY, CALLBACK_KEY = "1", "2"
LONG_WAIT_MINUTES = 10
TELL_EVERY_S = 30  # place and wait, at most
OFFER_EVERY_S = 60  # the keys
CALLBACK_AFTER_S, CALLBACK_FROM_PLACE = 60, 4
MUSIC = "/ivr/hold.wav"  # our own, `ivr.hold`
# The queue's own words for "the call has already gone elsewhere": its document is not heard by anybody.
GONE_ELSEWHERE = frozenset({"bridged", "bridging-in-process", "redirected", "redirected-from-bridged"})


class WaitForPerson(Kind):
    """The ticket goes out with the caller on the line, who waits with music until an agent takes it."""

    name = "wait_for_person"
    exits = ("nobody", "callback")
    options = ("nobody", "callback", "ring_s", "music")
    numbers = ("ring_s",)
    spoken = (
        "person.hold", "person.next", "person.before_you", "person.minutes", "person.long",
        "person.leave_message", "person.call_back", "person.nobody", "person.connecting", "person.again",
    )  # fmt: skip

    def enter(self, at: At) -> Move:
        """Open the ticket, unless there is one, and join the queue."""
        state = replace(at.state, is_live=True, stage=HOLD, wait_key="", waited=0, can_call_back=False)
        effects: tuple[Effect, ...] = (EnterQueue(state.ticket),)
        if not state.ticket:
            opened = OpenTicket(
                category=state.category,
                language=at.language,
                unit_id=unit_of(state),
                is_unit_confirmed=state.is_unit_confirmed,
                place=state.place,
                is_raised=state.answer == "yes",
                is_live=True,
            )
            effects = (opened, *effects)
        return Move(state, effects=effects)

    def settle(self, at: At, facts: Facts) -> Move:
        """With nobody on duty a message is asked for at once; with no number to ring, a number."""
        if at.state.wait_key == CALLBACK_KEY and not facts.callback:
            return Move(replace(at.state, is_live=True, is_withheld=True))
        if at.state.stage != HOLD or facts.is_anyone_on_duty:
            return Move(at.state)
        state = replace(at.state, is_live=False)
        return Move(state, goto=at.step.target("nobody"), preface=("person.nobody",))

    def on(self, at: At, event: Event) -> Move:
        """The wait document, a key in it, the agent, and every way out of the queue."""
        state = at.state
        match event:
            case Waiting(seconds):
                return Move(replace(state, stage=WAIT, waited=seconds))
            case Digits(keys) if keys == CALLBACK_KEY and state.can_call_back:
                return self.wants_call_back(at)
            case Digits(keys) if keys in (MESSAGE_KEY, EMERGENCY):
                why = "message" if keys == MESSAGE_KEY else "emergency"
                left = replace(state, stage=LEFT, wait_key=keys)
                return Move(left, effects=(LeaveQueue(state.ticket, why),))
            case QueueLeft(result):
                return self.left(at, result)
            case PersonFound():
                return Move(replace(state, stage=JOIN))
            case DialEnded():
                return self.rang(at, event)
            case _:
                return Move(replace(state, stage=WAIT))

    def wants_call_back(self, at: At) -> Move:
        """Out of the queue, with the place kept. Who hangs up now is rung all the same, if the number is known."""
        left = replace(at.state, stage=LEFT, wait_key=CALLBACK_KEY)
        if left.is_withheld:
            return Move(left)
        asked = AskCallback(left.ticket, at.language)
        return Move(replace(left, is_live=False), effects=(asked,))

    def left(self, at: At, result: str) -> Move:
        """Out of the queue: by a key, by hanging up, because it is full or broken, or to an agent."""
        state = at.state
        if state.wait_key == EMERGENCY:
            away = replace(state, is_live=False, wait_key="", resume=at.step.name)
            return Move(away, goto=at.script.flow.everywhere["emergency"])
        if state.wait_key == MESSAGE_KEY:
            away = replace(state, is_live=False, wait_key="")
            return Move(away, goto=at.step.target("nobody"))
        if state.wait_key == CALLBACK_KEY:
            return Move(replace(state, wait_key=""), goto=at.step.target("callback"))
        if result == "leave":
            effect = LeaveQueue(state.ticket, "nobody")
            return Move(replace(state, is_live=False), goto=at.step.target("nobody"), effects=(effect,))
        if result in GONE_ELSEWHERE:
            return Move(replace(state, stage=OVER))
        away = replace(state, is_live=False, stage=OVER)
        if result == "hangup":
            return Move(away, effects=(LeaveQueue(state.ticket, "hangup"),))
        effect = LeaveQueue(state.ticket, "error")
        return Move(away, goto=at.step.target("nobody"), effects=(effect,), preface=("person.nobody",))

    def rang(self, at: At, event: DialEnded) -> Move:
        """After the agent's phone rang: a talk ends the call; without one the caller keeps the place."""
        state = at.state
        if event.is_talk or event.is_hung_up:
            why = "talked" if event.is_talk else "hangup"
            over = replace(state, is_live=False)
            effect = LeaveQueue(state.ticket, why, event.seconds if event.is_talk else 0)
            return Move(over, goto=at.step.next, effects=(effect,))
        again = replace(state, stage=HOLD, waited=0)
        return Move(again, effects=(EnterQueue(state.ticket),), preface=("person.again",))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """By stage: into the queue, the wait document, out of the queue, to the agent, or nothing."""
        match at.state.stage:
            case "wait":
                return self.wait(at, speaker)
            case "left":
                return Answer(at.state, (Leave(),), Route.WAIT)
            case "join":
                dial = Dial(speaker.facts.ring, "agent", at.step.number("ring_s", 20))
                return answer(at, *before, *speaker.all("person.connecting"), dial)
            case "over":
                return answer(at)
            case _:
                is_back = any(say.prompt == "person.again" for say in before)
                hold = () if is_back else speaker.all("person.hold")
                return answer(at, *before, *hold, Enqueue(at.script.desk.code))

    def wait(self, at: At, speaker: Speaker) -> Answer:
        """One round of the wait document: what has become better, the keys now and then, and music over all of which
        a key counts. It ends by asking for the next round, which knows what was told in this one."""
        if not speaker.facts.is_anyone_on_duty:
            return Answer(at.state, (*speaker.all("person.nobody"), Leave()), Route.WAIT)
        state, news = told(speaker)
        minute = state.waited // OFFER_EVERY_S
        state = replace(state, can_call_back=may_call_back(at, speaker))
        is_new = state.can_call_back and not at.state.can_call_back
        if minute != state.offered or is_new:
            state = replace(state, offered=minute)
            news = (*news, *self.offers(speaker, state.can_call_back))
        gather = Gather((*news, Play(str(at.step.options.get("music") or MUSIC))), timeout=1)
        return Answer(state, (gather, Continue()), Route.WAIT)

    def offers(self, speaker: Speaker, can_call_back: bool) -> tuple[Say, ...]:
        """The keys that work while waiting."""
        message = speaker.say("person.leave_message", key=speech.Key(MESSAGE_KEY))
        if not can_call_back:
            return message
        return (*speaker.say("person.call_back", key=speech.Key(CALLBACK_KEY)), *message)


def may_call_back(at: At, speaker: Speaker) -> bool:
    """Whether the wait is long enough to offer a call-back, and the flow knows how to ask for one."""
    place = speaker.facts.position
    is_long = at.state.waited >= CALLBACK_AFTER_S or (place is not None and place >= CALLBACK_FROM_PLACE)
    return is_long and bool(at.step.options.get("callback"))


def told(speaker: Speaker) -> tuple[CallState, tuple[Say, ...]]:
    """Place and wait where they are better than what was last told, at most every half minute; and the state that
    remembers it. A figure that has become worse is not told: it would take back a promise."""
    state, place, minutes = speaker.at.state, speaker.facts.position, speaker.facts.wait_minutes
    since = state.waited - state.told_s if state.waited >= state.told_s else state.waited
    if state.told_s >= 0 and since < TELL_EVERY_S:
        return state, ()
    says: tuple[Say, ...] = ()
    if place is not None and is_better(place, state.told_place):
        says, state = place_words(speaker, place), replace(state, told_place=place)
    if minutes is not None and minutes > 0:
        rounded = min(minutes, LONG_WAIT_MINUTES + 1)
        if is_better(rounded, state.told_minutes):
            says, state = (*says, *wait_words(speaker, rounded)), replace(state, told_minutes=rounded)
    return (replace(state, told_s=state.waited), says) if says else (state, ())


def is_better(figure: int, told_before: int) -> bool:
    """Whether `figure` is less than what was told, or nothing was."""
    return not told_before or figure < told_before


def place_words(speaker: Speaker, place: int) -> tuple[Say, ...]:
    """The place in line in words."""
    if place == 1:
        return speaker.all("person.next")
    return speaker.say("person.before_you", count=speech.Count(place - 1))


def wait_words(speaker: Speaker, minutes: int) -> tuple[Say, ...]:
    """The expected wait in words."""
    if minutes > LONG_WAIT_MINUTES:
        return speaker.all("person.long")
    return speaker.say("person.minutes", count=speech.Count(minutes))
