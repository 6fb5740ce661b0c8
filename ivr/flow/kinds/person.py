"""Waiting on the line for a person, being joined, and leaving a message instead."""

from ivr import speech
from ivr.flow.effects import Effect, EnterQueue, LeaveQueue, OpenTicket
from ivr.flow.events import DialEnded, Digits, Event, PersonFound, QueueLeft, Waiting
from ivr.flow.facts import Facts
from ivr.flow.instructions import (
    Answer,
    Dial,
    Enqueue,
    Gather,
    Leave,
    Pause,
    Play,
    Route,
    Say,
)
from ivr.flow.kinds.base import EMERGENCY, At, Kind, Move, Speaker, answer
from ivr.flow.kinds.tickets import unit_of
from ivr.state import replace

HOLD, WAIT, LEFT, JOIN, OVER = "hold", "wait", "left", "join", "over"
MESSAGE_KEY = "1"
LONG_WAIT_MINUTES = 10
# The queue's own words for "the call has already gone elsewhere": its document is not heard by anybody.
GONE_ELSEWHERE = frozenset({"bridged", "bridging-in-process", "redirected", "redirected-from-bridged"})


class WaitForPerson(Kind):
    """The ticket goes out with the caller on the line, who waits with music until an agent takes it."""

    name = "wait_for_person"
    exits = ("nobody",)
    options = ("nobody", "ring_s", "music", "music_s")
    numbers = ("ring_s", "music_s")
    spoken = (
        "person.hold", "person.next", "person.before_you", "person.minutes", "person.long",
        "person.leave_message", "person.nobody", "person.connecting", "person.again",
    )  # fmt: skip

    def enter(self, at: At) -> Move:
        """Open the ticket, unless there is one, and join the queue."""
        state = replace(at.state, is_live=True, stage=HOLD, wait_key="")
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
        """With nobody on duty the caller is asked for a message at once."""
        if at.state.stage != HOLD or facts.is_anyone_on_duty:
            return Move(at.state)
        state = replace(at.state, is_live=False)
        return Move(state, goto=at.step.target("nobody"), preface=("person.nobody",))

    def on(self, at: At, event: Event) -> Move:
        """The wait document, a key in it, the agent, and every way out of the queue."""
        state = at.state
        match event:
            case Waiting():
                return Move(replace(state, stage=WAIT))
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

    def left(self, at: At, result: str) -> Move:
        """Out of the queue: by a key, by hanging up, because it is full or broken, or to an agent."""
        state = at.state
        if state.wait_key == EMERGENCY:
            away = replace(state, is_live=False, wait_key="", resume=at.step.name)
            return Move(away, goto=at.script.flow.everywhere["emergency"])
        if state.wait_key == MESSAGE_KEY:
            away = replace(state, is_live=False, wait_key="")
            return Move(away, goto=at.step.target("nobody"))
        if result == "leave":
            return Move(replace(state, is_live=False), goto=at.step.target("nobody"))
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
            return Move(over, goto=at.step.next, effects=(LeaveQueue(state.ticket, why),))
        again = replace(state, stage=HOLD)
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
        """One round of the wait document: place and wait as far as known, the way out, music."""
        says = (*told(speaker), *speaker.say("person.leave_message", key=speech.Key(MESSAGE_KEY)))
        gather = Gather(says, digits=1, finish_on="", timeout=2)
        music, seconds = at.step.options.get("music"), at.step.number("music_s", 20)
        return Answer(at.state, (gather, Play(str(music)) if music else Pause(seconds)), Route.WAIT)


def told(speaker: Speaker) -> tuple[Say, ...]:
    """Place in line and expected wait, each only if it is known."""
    position, minutes = speaker.facts.position, speaker.facts.wait_minutes
    says: tuple[Say, ...] = ()
    if position == 1:
        says = speaker.all("person.next")
    elif position is not None and position > 1:
        says = speaker.say("person.before_you", count=speech.Count(position - 1))
    if minutes is None or minutes < 1:
        return says
    if minutes > LONG_WAIT_MINUTES:
        return (*says, *speaker.all("person.long"))
    return (*says, *speaker.say("person.minutes", count=speech.Count(minutes)))
