"""The emergency: declared and stored first, at most one question, then rounds of ringing.

The caller always has somebody or something on the line; no category, place or key is ever waited for.
"""

from ivr import speech
from ivr.flow.effects import (
    AddRecording,
    DeclareEmergency,
    Effect,
    EndRound,
    RingDuty,
    WithdrawEmergency,
)
from ivr.flow.events import DialEnded, Digits, Event, Recorded
from ivr.flow.facts import Facts
from ivr.flow.instructions import Answer, Continue, Dial, Gather, Record, Say
from ivr.flow.kinds.base import LANGUAGE, REPEAT, At, Keys, Kind, Move, Speaker, answer, recording
from ivr.flow.kinds.tickets import reference, unit_of
from ivr.prompts import prompts
from ivr.state import CallState, replace

WHERE = "where"


class Emergency(Kind):
    """Stores the emergency, then asks which kind; silence, or any key without meaning, rings at once."""

    name = "emergency"
    spoken = ("emergency.menu", "emergency.choice", "emergency.slip", "emergency.withdrawn")

    def enter(self, at: At) -> Move:
        """Declare it, once; if the kind is known from words or a question, ring without asking."""
        state = at.state
        if state.is_emergency:
            return Move(state, goto=at.step.next)
        declared = replace(state, is_emergency=True, stage="new" if not state.ticket else "")
        effect = declare(at, state.kind or at.script.desk.emergency)
        return Move(declared, goto=at.step.next if state.kind else "", effects=(effect,))

    def on(self, at: At, event: Event) -> Move:
        """A kind, a slip taken back, or nothing: it never takes longer than one answer."""
        keys = event.keys if isinstance(event, Digits) else ""
        if keys == REPEAT:
            return self.withdrawn(at)
        chosen = next((c for c in at.script.desk.choices(at.script.desk.emergency) if c.key == keys), None)
        if chosen is None:
            return Move(at.state, goto=at.step.next)
        effect = declare(at, chosen.code)
        return Move(replace(at.state, kind=chosen.code), goto=at.step.next, effects=(effect,))

    def withdrawn(self, at: At) -> Move:
        """Back to where the star was pressed; the ticket is cancelled, or what it was before."""
        state = at.state
        is_new = state.stage == "new"
        effect = WithdrawEmergency(state.ticket, "" if is_new else state.category)
        back = replace(state, is_emergency=False, kind="", resume="", ticket="" if is_new else state.ticket)
        resume = state.resume or at.script.flow.start
        return Move(back, goto=resume, effects=(effect,), preface=("emergency.withdrawn",))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The kinds, one short line each."""
        desk = at.script.desk
        lines = tuple(
            line
            for each in desk.choices(desk.emergency)
            for line in speaker.say("emergency.choice", key=speech.Key(each.key), name=each.name(at.language))
        )
        says = (*before, *speaker.all("emergency.menu"), *lines, *speaker.all("emergency.slip"))
        return answer(at, Gather(says, timeout=5), Continue())


def declare(at: At, category: str) -> DeclareEmergency:
    """The effect that makes this call an emergency of `category`."""
    state = at.state
    asked = "question" if state.answer == "yes" and state.kind else "key"
    return DeclareEmergency(
        category=category,
        ticket=state.ticket,
        language=at.language,
        unit_id=unit_of(state),
        is_unit_confirmed=state.is_unit_confirmed,
        place=state.place,
        trigger="words" if state.suspect else asked,
    )


def safety_prompt(kind: str) -> str:
    """The safety sentence for an emergency category; its code ends in the word for the kind."""
    key = "safety." + kind.replace(".", "_").rpartition("_")[2]
    return key if key in prompts() else "safety.unknown"


class RingDutyStep(Kind):
    """Rounds of ringing over the duty chain; between them a sentence, and once the question where."""

    name = "ring_duty"
    exits = ("talked", "nobody")
    options = ("rounds", "ring_s", "talked", "nobody")
    numbers = ("rounds", "ring_s")
    spoken = (
        "safety.lift", "safety.fire", "safety.gas", "safety.person", "safety.intruder", "safety.danger",
        "safety.unknown", "emergency.ringing", "emergency.still_ringing", "emergency.where",
    )  # fmt: skip
    unsaid = ("emergency.ringing", "emergency.still_ringing")

    def enter(self, at: At) -> Move:
        """The first round, after the safety sentence."""
        state = replace(at.state, round=1)
        safety = (safety_prompt(state.kind),) if not state.cycle else ()
        return Move(state, effects=(RingDuty(state.ticket, 1),), preface=(*safety, "emergency.ringing"))

    def on(self, at: At, event: Event) -> Move:
        """A talk ends the ringing; else the next round, and after the last one the standby."""
        state = at.state
        if isinstance(event, DialEnded):
            ended = EndRound(state.ticket, state.round, event.is_talk, event.seconds)
            if event.is_talk:
                return Move(state, goto=at.step.target("talked"), effects=(ended,))
            if event.is_hung_up:
                return Move(state, effects=(ended,))
            if state.round == 1 and not state.cycle and not is_place_known(state):
                return Move(replace(state, stage=WHERE), effects=(ended,))
            return self.next_round(at, state, (ended,))
        place: tuple[Effect, ...] = ()
        if isinstance(event, Recorded) and (recording := reference(event)):
            place = (AddRecording(state.ticket, recording, is_place=True),)
        return self.next_round(at, replace(state, stage=""), place)

    def next_round(self, at: At, state: CallState, effects: tuple[Effect, ...]) -> Move:
        """Ring the next round, or go to where it is told that nobody answered."""
        if state.round >= at.step.number("rounds", 3):
            return Move(state, at.step.target("nobody"), effects, ("emergency.nobody",))
        following = replace(state, round=state.round + 1)
        ring = RingDuty(state.ticket, following.round)
        return Move(following, effects=(*effects, ring), preface=("emergency.still_ringing",))

    def settle(self, at: At, facts: Facts) -> Move:
        """With nobody left to ring, say so instead of ringing nobody."""
        if at.state.stage == WHERE or facts.ring:
            return Move(at.state)
        return Move(at.state, goto=at.step.target("nobody"), preface=("emergency.nobody",))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """Ring this round's people at once, or ask where."""
        if at.state.stage == WHERE:
            return recording(at, speaker.all("emergency.where"), where())
        dial = Dial(speaker.facts.ring, "duty", at.step.number("ring_s", 20))
        return answer(at, *before, dial)


def is_place_known(state: CallState) -> bool:
    """Whether the people on duty can be told where the caller is."""
    return state.unit_id > 0 or bool(state.place)


def where() -> Record:
    """A short recording of the place: nobody shall wait for it."""
    return Record(longest=10, silence=2)


class EmergencyStandby(Kind):
    """Everybody rang in vain: number, public number, and then ringing begins anew; the caller stays."""

    name = "emergency_standby"
    keys = Keys.EMERGENCY_ONLY
    exits = ("ring",)
    options = ("ring", "cycles")
    numbers = ("cycles",)
    spoken = (
        "ticket.number", "ticket.number_again", "emergency.public", "emergency.choices",
        "emergency.where", "emergency.place_kept", "emergency.nobody",
    )  # fmt: skip

    def on(self, at: At, event: Event) -> Move:
        """1 rings again, 2 records the place, 9 changes the language; silence rings, a few times."""
        state = at.state
        if state.stage == WHERE:
            here = replace(state, stage="")
            if isinstance(event, Recorded) and (recording := reference(event)):
                place = AddRecording(state.ticket, recording, is_place=True)
                return Move(here, effects=(place,), preface=("emergency.place_kept",))
            return Move(here)
        keys = event.keys if isinstance(event, Digits) else ""
        if keys == "2":
            return Move(replace(state, stage=WHERE))
        if keys == REPEAT:
            return Move(state)
        if keys == LANGUAGE:
            changed = replace(state, resume=at.step.name)
            return Move(changed, goto=at.script.flow.everywhere["language"])
        if not keys and state.cycle >= at.step.number("cycles", 3):
            return Move(state, goto=at.step.next, preface=("emergency.public",))
        return Move(replace(state, cycle=state.cycle + 1), goto=at.step.target("ring"))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """What the caller can hold on to while nobody has come to the phone."""
        if at.state.stage == WHERE:
            return recording(at, (*before, *speaker.all("emergency.where")), where())
        known = ("ticket.number", "ticket.number_again", "emergency.public", "emergency.choices")
        return answer(at, Gather((*before, *speaker.all(*known)), timeout=8), Continue())
