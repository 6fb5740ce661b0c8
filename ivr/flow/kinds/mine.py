"""Tickets that the caller has already: how one stands, and asking for speed on it."""

from ivr import speech
from ivr.flow.effects import Chase, FindTicket
from ivr.flow.events import Digits, Event, Silence
from ivr.flow.facts import Facts, TicketFacts
from ivr.flow.instructions import Answer, Continue, Say
from ivr.flow.kinds.base import At, Keys, Kind, Move, Speaker, answer, menu, slip
from ivr.flow.kinds.place import number_entry
from ivr.state import replace

CHOOSE, NUMBER, LOOKUP, TELL, CHASED = "", "number", "lookup", "tell", "chased"
CHOICES = {"1": "state", "2": "chase"}
NUMBER_LENGTH = 8
TRIES = 2
# What a caller hears of a ticket's state; the desk knows more states than a caller needs.
STATE_PROMPTS = {
    "queued": "tickets.state_queued",
    "reserved": "tickets.state_queued",
    "assigned": "tickets.state_assigned",
    "waiting": "tickets.state_waiting",
    "resolved": "tickets.state_resolved",
}
OTHERWISE = "tickets.state_closed"


class MyTickets(Kind):
    """State or chase, then the number; whoever has none hears of the newest open ticket."""

    name = "my_tickets"
    exits = ("back",)
    options = ("back",)
    spoken = (
        "tickets.choices", "tickets.ask_number", "tickets.number", "tickets.not_found", "tickets.chased",
        "tickets.chased_again", OTHERWISE, *STATE_PROMPTS.values(), "ticket.promise", "ticket.repeat",
    )  # fmt: skip

    def keys_at(self, at: At) -> Keys:
        """In the number, figures are figures."""
        return Keys.ENTRY if at.state.stage == NUMBER else Keys.MENU

    def on(self, at: At, event: Event) -> Move:
        """By stage: the choice, the number, and on from what was told."""
        state, keys = at.state, event.keys.rstrip("#") if isinstance(event, Digits) else ""
        match state.stage:
            case "":
                if keys not in CHOICES:
                    return slip(at, is_silence=not keys)
                return Move(replace(state, stage=NUMBER, answer=CHOICES[keys], silences=0, wrong=0))
            case "number":
                return Move(replace(state, stage=LOOKUP), effects=(FindTicket(keys),))
            case "tell" if isinstance(event, Silence) and state.answer == "chase":
                return Move(replace(state, stage=CHASED), effects=(Chase(state.other),))
            case _:
                return Move(state, goto=at.step.next)

    def settle(self, at: At, facts: Facts) -> Move:
        """Told if found; else the number is asked for once more, and then the call goes on."""
        state = at.state
        if state.stage == CHASED:
            told = "tickets.chased" if facts.is_chase_sent else "tickets.chased_again"
            return Move(state, goto=at.step.next, preface=(told,))
        if state.stage != LOOKUP:
            return Move(state)
        if facts.ticket is not None:
            return Move(replace(state, stage=TELL, other=facts.ticket.number))
        if state.wrong + 1 >= TRIES:
            return Move(state, goto=at.step.target("back"), preface=("tickets.not_found",))
        again = replace(state, stage=NUMBER, wrong=state.wrong + 1)
        return Move(again, preface=("tickets.not_found",))

    def repeat(self, at: At) -> Move:
        """What was told is looked up again, since it may have changed."""
        if at.state.stage != TELL:
            return Move(at.state)
        return Move(replace(at.state, stage=LOOKUP), effects=(FindTicket(at.state.other),))

    def back(self, at: At) -> Move:
        """To the menu of categories."""
        return Move(at.state, goto=at.step.target("back"))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """By stage: the choice, the number, or what there is to tell."""
        if at.state.stage == NUMBER:
            return number_entry(at, (*before, *speaker.all("tickets.ask_number")), NUMBER_LENGTH)
        ticket = speaker.facts.ticket
        if at.state.stage != TELL or ticket is None:
            return menu(at, (*before, *speaker.all("tickets.choices")))
        says = (*before, *told_of(speaker, ticket))
        if at.state.answer == "chase":
            return answer(at, *says, Continue())
        return menu(at, (*says, *speaker.all("ticket.repeat")), timeout=3)


def told_of(speaker: Speaker, ticket: TicketFacts) -> tuple[Say, ...]:
    """Number, category and state of a ticket; while nobody has it, by when somebody answers."""
    category = speaker.at.script.desk.by_code.get(ticket.category)
    named = category.name(speaker.at.language) if category else ticket.category
    prompt = STATE_PROMPTS.get(ticket.state, OTHERWISE)
    says = speaker.say("tickets.number", number=speech.Digits(ticket.number), category=named)
    says += speaker.all(prompt)
    promise = speaker.moment(ticket.promise)
    if prompt != "tickets.state_queued" or promise is None or promise.at <= promise.now:
        return says
    return says + speaker.say("ticket.promise", promise=promise)
