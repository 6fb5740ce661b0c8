"""Which dwelling a call is about: known, picked from several, or keyed; and on without it."""

from ivr import speech
from ivr.flow.effects import FindDwelling
from ivr.flow.events import Digits, Event
from ivr.flow.facts import Facts
from ivr.flow.instructions import Answer, Continue, Gather, Say
from ivr.flow.kinds.base import At, Keys, Kind, Move, Speaker, answer, menu, slip
from ivr.state import CallState, Dwelling, replace

PICK, BUILDING, UNIT, LOOKUP = "pick", "building", "unit", "lookup"
LISTED = 6  # homes offered by key; whoever has more keys the rest
TRIES = 2


class AskPlace(Kind):
    """One known dwelling is spoken and stands; of several one is picked; else building and unit are keyed."""

    name = "ask_place"
    keys = Keys.ENTRY
    options = ("longest",)
    numbers = ("longest",)
    spoken = (
        "place.known", "place.pick", "place.pick_choice", "place.pick_none", "place.ask_building",
        "place.ask_unit", "place.found", "place.not_found", "place.go_on",
    )  # fmt: skip

    def enter(self, at: At) -> Move:
        """Take the only dwelling; else ask."""
        state = at.state
        if len(state.dwellings) == 1 and not state.unit_id:
            return Move(known(state, state.dwellings[0]), goto=at.step.next, preface=("place.known",))
        if state.unit_id > 0:
            return Move(state, goto=at.step.next)
        return Move(replace(state, stage=PICK if len(state.dwellings) > 1 else BUILDING))

    def on(self, at: At, event: Event) -> Move:
        """Keys pick or name the dwelling; silence goes on without it."""
        keys = event.keys.rstrip("#") if isinstance(event, Digits) else ""
        if at.state.stage == PICK:
            return self.picked(at, keys) if keys else slip(at, is_silence=True)
        if not keys:
            return Move(at.state, goto=at.step.next, preface=("place.go_on",))
        if at.state.stage == BUILDING:
            return Move(replace(at.state, stage=UNIT, place=keys))
        building = at.state.place.partition("/")[0]
        state = replace(at.state, stage=LOOKUP, place=f"{building}/{keys}")
        return Move(state, effects=(FindDwelling(building, keys),))

    def picked(self, at: At, key: str) -> Move:
        """The dwelling with this key; the key after the last one means none of them."""
        listed = at.state.dwellings[:LISTED]
        if key.isdecimal() and 1 <= int(key) <= len(listed):
            return Move(known(at.state, listed[int(key) - 1]), goto=at.step.next)
        if key == str(len(listed) + 1):
            return Move(replace(at.state, stage=BUILDING, silences=0, wrong=0))
        return slip(at, is_silence=False)

    def settle(self, at: At, facts: Facts) -> Move:
        """A dwelling that was found stands; else the question comes once more, then the call goes on."""
        state = at.state
        if state.stage != LOOKUP:
            return Move(state)
        if facts.dwelling is not None:
            return Move(known(state, facts.dwelling), goto=at.step.next, preface=("place.found",))
        if state.wrong + 1 >= TRIES:
            return Move(state, goto=at.step.next, preface=("place.go_on",))
        again = replace(state, stage=BUILDING, wrong=state.wrong + 1)
        return Move(again, preface=("place.not_found",))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The list of homes, or the next number to key."""
        if at.state.stage == PICK:
            listed = at.state.dwellings[:LISTED]
            lines = tuple(
                line
                for place, dwelling in enumerate(listed)
                for line in speaker.say(
                    "place.pick_choice", unit=speech.Unit(dwelling), key=speech.Key(str(place + 1))
                )
            )
            none = speaker.say("place.pick_none", key=speech.Key(str(len(listed) + 1)))
            return menu(at, (*before, *speaker.all("place.pick"), *lines, *none))
        prompt = "place.ask_building" if at.state.stage == BUILDING else "place.ask_unit"
        return number_entry(at, (*before, *speaker.all(prompt)), at.step.number("longest", 6))


def number_entry(at: At, says: tuple[Say, ...], longest: int) -> Answer:
    """A number asked for: its length or a pause ends it; the star ends it too, and is told.

    The pause is short enough not to be a wait and long enough for a slow finger.
    """
    gather = Gather(says, digits=longest, finish_on="*", timeout=5, is_empty_told=True)
    return answer(at, gather, Continue())


def known(state: CallState, dwelling: Dwelling) -> CallState:
    """The state with `dwelling` as the one that the call is about."""
    others = tuple(each for each in state.dwellings if each.unit_id != dwelling.unit_id)
    listed = state.dwellings if dwelling in state.dwellings else (*others, dwelling)
    return replace(
        state,
        dwellings=listed,
        unit_id=dwelling.unit_id,
        is_unit_confirmed=True,
        place="",
        silences=0,
        wrong=0,
    )
