"""Steps that an office puts together itself: a menu of its own choices, and the words it has switched on."""

from collections.abc import Mapping
from typing import Any

from ivr import speech
from ivr.flow.events import Digits, Event
from ivr.flow.instructions import Answer, Say
from ivr.flow.kinds.base import NOTICE, SLIPS_ALLOWED, At, Keys, Kind, Move, Speaker, menu, slip


class Notice(Kind):
    """Speaks what the office has switched on for every caller, and goes on at once; without such words nothing."""

    name = "notice"
    spoken = (NOTICE,)

    def enter(self, at: At) -> Move:
        """Pass on, with the words to be spoken first."""
        return Move(at.state, goto=at.step.next, preface=(NOTICE,))


class Choice(Kind):
    """A menu of the office's own: its prompts, then `extras`, by key the step that each leads to and the prompt that
    offers it. A third silence goes on.

    `urgent`: where a caller goes at once whose matter is of class P0 or P1, or who is given more time; `person`:
    where key 0 leads, if not to the step for that.
    """

    name = "choice"
    keys = Keys.MENU
    exits = ("back", "urgent", "person")
    options = ("extras", "back", "urgent", "person")

    def enter(self, at: At) -> Move:
        """Offer the choices, unless the matter may not wait for them."""
        state, urgent = at.state, str(at.step.options.get("urgent", ""))
        is_urgent = state.is_slow or at.script.desk.is_urgent(state.category, state.answer == "yes")
        return Move(state, goto=urgent if is_urgent else "")

    def on(self, at: At, event: Event) -> Move:
        """A key leads to its step; silence for the third time goes on."""
        if isinstance(event, Digits):
            chosen = extras_of(at.step.options).get(event.keys)
            return Move(at.state, goto=str(chosen["next"])) if chosen else slip(at, is_silence=False)
        if at.state.silences >= SLIPS_ALLOWED:
            return Move(at.state, goto=at.step.next)
        return slip(at, is_silence=True)

    def back(self, at: At) -> Move:
        """To the step before."""
        return Move(at.state, goto=at.step.target("back"))

    def person(self, at: At) -> Move:
        """To a person; whoever is asked about it already insists."""
        named = str(at.step.options.get("person", ""))
        return Move(at.state, goto=named) if named else super().person(at)

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The prompts, then one line for each choice."""
        return menu(at, (*before, *speaker.all(*at.step.prompts), *extra_lines(at, speaker)))


def extras_of(options: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The further choices of a step, by key."""
    return dict(options.get("extras", {}))


def extra_lines(at: At, speaker: Speaker) -> tuple[Say, ...]:
    """One line for each further choice of a step, in the order of the keys."""
    return tuple(
        line
        for key, extra in sorted(extras_of(at.step.options).items())
        for line in speaker.say(str(extra["prompt"]), key=speech.Key(key))
    )
