"""Asking to be rung back when it is one's turn: on the number one calls from, or on another."""

from ivr.flow.effects import AskCallback, LeaveQueue
from ivr.flow.events import Digits, Event
from ivr.flow.facts import Facts
from ivr.flow.instructions import Answer, Say
from ivr.flow.kinds.base import At, Keys, Kind, Move, Speaker, menu, slip
from ivr.flow.kinds.place import number_entry
from ivr.state import replace

NUMBER, LOOKUP = "number", "lookup"
OTHER_NUMBER = "1"
LONGEST = 15  # digits of a number with its country code
TRIES = 2


class AskCallbackStep(Kind):
    """Who calls from a number of their own is asked for already and may name another; who does not must name one."""

    name = "ask_callback"
    exits = ("nobody",)
    options = ("nobody",)
    spoken = (
        "callback.asked", "callback.ask_number", "callback.agreed", "callback.impossible", "callback.kept",
        "person.nobody",
    )  # fmt: skip

    def enter(self, at: At) -> Move:
        """Ask for a number only if there is none."""
        return Move(replace(at.state, stage=NUMBER if at.state.is_withheld else ""))

    def keys_at(self, at: At) -> Keys:
        """In the number, figures are figures."""
        return Keys.ENTRY if at.state.stage == NUMBER else Keys.MENU

    def on(self, at: At, event: Event) -> Move:
        """1 asks for another number; silence, or hanging up, is content with this one."""
        state, keys = at.state, event.keys.rstrip("#") if isinstance(event, Digits) else ""
        if state.stage == NUMBER:
            if not keys:
                return self.without(at) if state.silences else slip(at, is_silence=True)
            if state.wrong >= TRIES:
                return self.without(at)
            return Move(replace(state, stage=LOOKUP), effects=(AskCallback(state.ticket, at.language, keys),))
        if keys == OTHER_NUMBER:
            return Move(replace(state, stage=NUMBER))
        return slip(at, is_silence=False) if keys else Move(state, goto=at.step.next)

    def settle(self, at: At, facts: Facts) -> Move:
        """A number that can be rung is read back; one that cannot is asked for once more."""
        state = at.state
        if state.stage != LOOKUP:
            return Move(state)
        if facts.callback is not None:
            return Move(replace(state, is_live=False), goto=at.step.next, preface=("callback.agreed",))
        if state.wrong + 1 >= TRIES and not state.is_withheld:
            return self.without(at)
        again = replace(state, stage=NUMBER, wrong=state.wrong + 1)
        return Move(again, preface=("callback.impossible",))

    def without(self, at: At) -> Move:
        """No other number: the first one stands; without a first one a message is all that is left."""
        if not at.state.is_withheld:
            return Move(at.state, goto=at.step.next, preface=("callback.kept",))
        left = LeaveQueue(at.state.ticket, "message")
        away = replace(at.state, is_live=False)
        return Move(away, at.step.target("nobody"), (left,), ("callback.impossible",))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """What was agreed, or the question for a number."""
        if at.state.stage == NUMBER:
            return number_entry(at, (*before, *speaker.all("callback.ask_number")), LONGEST)
        return menu(at, (*before, *speaker.all("callback.asked")))
