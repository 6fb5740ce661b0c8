"""What callers of a troubled building hear before the menu, and how they join without another ticket."""

from ivr.flow.effects import JoinIncident
from ivr.flow.events import Digits, Event, Silence
from ivr.flow.facts import Facts
from ivr.flow.instructions import Answer, Say
from ivr.flow.kinds.base import At, Keys, Kind, Move, Speaker, menu, slip
from ivr.flow.kinds.tickets import unit_of
from ivr.flow.script import OpenIncident
from ivr.state import CallState, keypad_digit, replace

JOIN, GO_ON = "1", "2"
JOINING = "joining"


class IncidentNotice(Kind):
    """1 joins and ends the call, 2 or silence goes on. Passed over by everybody whom it does not concern."""

    name = "incident_notice"
    keys = Keys.MENU
    exits = ("joined",)
    options = ("joined",)
    spoken = (
        "incident.known", "incident.other_language", "incident.choices", "incident.joined",
        "incident.joined_unseen", "incident.over",
    )  # fmt: skip

    def enter(self, at: At) -> Move:
        """Stop at the next incident that this caller has not heard of. No store is asked: they are known here."""
        found = next((each for each in concerning(at) if each.id > at.state.incident), None)
        if found is None:
            return Move(at.state, goto=at.step.next)
        return Move(replace(at.state, incident=found.id))

    def on(self, at: At, event: Event) -> Move:
        """Join, or go on: past this one there may be another."""
        if isinstance(event, Digits) and event.keys == JOIN:
            effect = JoinIncident(at.state.incident, at.language, unit_of(at.state))
            return Move(replace(at.state, stage=JOINING), effects=(effect,))
        if isinstance(event, Silence) or (isinstance(event, Digits) and event.keys == GO_ON):
            return Move(at.state, goto=at.step.name)
        return slip(at, is_silence=False)

    def settle(self, at: At, facts: Facts) -> Move:
        """Whoever joined is done; an incident that is over is no reason to keep anybody."""
        if at.state.stage != JOINING:
            return Move(at.state)
        if not facts.is_joined:
            return Move(at.state, goto=at.step.next, preface=("incident.over",))
        told = "incident.joined_unseen" if at.state.is_withheld else "incident.joined"
        return Move(at.state, goto=at.step.target("joined"), preface=(told,))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The notice, then the two keys."""
        found = next((each for each in concerning(at) if each.id == at.state.incident), None)
        notice = said_of(at, speaker, found) if found else speaker.all("incident.over")
        return menu(at, (*before, *notice, *speaker.all("incident.choices")))


def concerning(at: At) -> tuple[OpenIncident, ...]:
    """The open incidents of the caller's building, or of the whole estate; oldest first."""
    state, incidents = at.state, at.script.desk.incidents
    if not incidents:
        return ()
    return tuple(each for each in incidents if not each.building or is_in(state, each.building))


def is_in(state: CallState, building: str) -> bool:
    """Whether the call is about a home in `building`: a known one, or one whose building was keyed."""
    dwelling = state.dwelling()
    if dwelling is not None:
        return dwelling.building == building
    keyed = state.place.partition("/")[0].lstrip("0")
    return bool(keyed) and keyed == "".join(map(keypad_digit, building)).lstrip("0")


def said_of(at: At, speaker: Speaker, found: OpenIncident) -> tuple[Say, ...]:
    """The office's words in the caller's language; else the plain fact, and the office's own language after a line
    that says so."""
    own = found.texts.get(at.language)
    if own:
        return (Say(own, at.language),)
    category = at.script.desk.by_code.get(found.category)
    named = category.name(at.language) if category else found.category
    says = speaker.say("incident.known", category=named)
    main = at.script.desk.languages[0]
    if not found.texts.get(main):
        return says
    return (*says, *speaker.all("incident.other_language"), Say(found.texts[main], main))
