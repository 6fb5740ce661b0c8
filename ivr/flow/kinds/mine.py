"""Tickets that the caller has already: how one stands, asking for speed, adding words, calling off, opening again."""

from ivr import speech
from ivr.flow.effects import AddRecording, CancelTicket, Chase, Effect, FindTicket, ReopenTicket
from ivr.flow.events import Digits, Event, Recorded, Silence
from ivr.flow.facts import Facts, TicketFacts
from ivr.flow.instructions import Answer, Continue, Record, Say
from ivr.flow.kinds.base import EMERGENCY, At, Keys, Kind, Move, Speaker, answer, menu, recording, slip
from ivr.flow.kinds.place import number_entry
from ivr.flow.kinds.tickets import LONGEST_S, reference
from ivr.state import replace

CHOOSE, NUMBER, LOOKUP, TELL, CHASED = "", "number", "lookup", "tell", "chased"
ADD, REASON, SURE, DONE = "add", "reason", "sure", "done"
OPEN, OVER = "open", "over"  # of the ticket that was told, kept as the answer
OVER_STATES = ("resolved", "closed", "cancelled")
CHASE_KEY, ADD_KEY, CANCEL_KEY, REOPEN_KEY = "2", "3", "4", "5"
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
        "tickets.person", "tickets.more", "tickets.more_over", "tickets.add", "tickets.added",
        "tickets.nothing_added", "tickets.cancel_sure", "tickets.cancelled", "tickets.kept", "tickets.reopen",
        "tickets.reopened", "tickets.not_done",
    )  # fmt: skip

    def keys_at(self, at: At) -> Keys:
        """In the number, figures are figures; after the tone only the star counts."""
        if at.state.stage in (ADD, REASON):
            return Keys.EMERGENCY_ONLY
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
            case "tell" if keys:
                return self.chosen(at, keys)
            case "sure":
                return self.sure(at, keys)
            case "add" | "reason":
                return self.said(at, event)
            case _:
                return Move(state, goto=at.step.next)

    def chosen(self, at: At, key: str) -> Move:
        """What is to be done with the ticket that was told."""
        state, is_open = at.state, at.state.answer == OPEN
        match key:
            case "2" if is_open:
                return Move(replace(state, stage=CHASED), effects=(Chase(state.other),))
            case "3" if is_open:
                return Move(replace(state, stage=ADD))
            case "4" if is_open:
                return Move(replace(state, stage=SURE, silences=0, wrong=0))
            case "5" if state.answer == OVER:
                return Move(replace(state, stage=REASON))
            case _:
                again = slip(at, is_silence=False)
                told = () if again.goto else (FindTicket(state.other),)
                return Move(again.state, again.goto, told, again.preface)

    def sure(self, at: At, key: str) -> Move:
        """Only a clear yes calls a ticket off."""
        state = at.state
        if key == "1":
            return Move(replace(state, stage=DONE), effects=(CancelTicket(state.other),))
        if key in ("", "2"):
            return Move(state, goto=at.step.next, preface=("tickets.kept",))
        return slip(at, is_silence=False)

    def said(self, at: At, event: Event) -> Move:
        """What was said after the tone goes to the ticket; nothing said changes nothing."""
        state = at.state
        if isinstance(event, Recorded) and event.key == EMERGENCY:
            return Move(state, goto=at.script.flow.everywhere["emergency"])
        kept = reference(event) if isinstance(event, Recorded) else None
        if kept is None:
            return Move(state, goto=at.step.next, preface=("tickets.nothing_added",))
        if state.stage == ADD:
            added: Effect = AddRecording(state.other, kept, is_note=True)
            return Move(state, at.step.next, (added,), ("tickets.added",))
        return Move(replace(state, stage=DONE), effects=(ReopenTicket(state.other, kept),))

    def settle(self, at: At, facts: Facts) -> Move:
        """Told if found; else the number is asked for once more, and then the call goes on."""
        state = at.state
        if state.stage == CHASED:
            told = "tickets.chased" if facts.is_chase_sent else "tickets.chased_again"
            return Move(state, goto=at.step.next, preface=(told,))
        if state.stage == DONE:
            did = "tickets.cancelled" if state.answer == OPEN else "tickets.reopened"
            return Move(state, goto=at.step.next, preface=(did if facts.is_done else "tickets.not_done",))
        if state.stage == TELL and facts.ticket is not None:  # told again after a wrong key
            return Move(state)
        if state.stage != LOOKUP:
            return Move(state)
        if facts.ticket is not None:
            is_over = facts.ticket.state in OVER_STATES
            answered = OVER if is_over else "chase" if state.answer == "chase" else OPEN
            return Move(replace(state, stage=TELL, other=facts.ticket.number, answer=answered))
        if state.wrong + 1 >= TRIES:
            return Move(state, goto=at.step.target("back"), preface=("tickets.not_found", "tickets.person"))
        again = replace(state, stage=NUMBER, wrong=state.wrong + 1)
        return Move(again, preface=("tickets.not_found", "tickets.person"))

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
        if at.state.stage in (ADD, REASON):
            key = "tickets.add" if at.state.stage == ADD else "tickets.reopen"
            return recording(at, (*before, *speaker.all(key)), Record(longest=LONGEST_S))
        if at.state.stage == SURE:
            number = speech.Digits(at.state.other)
            return menu(at, (*before, *speaker.say("tickets.cancel_sure", number=number)))
        ticket = speaker.facts.ticket
        if at.state.stage != TELL or ticket is None:
            return menu(at, (*before, *speaker.all("tickets.choices")))
        says = (*before, *told_of(speaker, ticket))
        if at.state.answer == "chase":
            return answer(at, *says, Continue())
        more = "tickets.more_over" if at.state.answer == OVER else "tickets.more"
        keys = {"chase": CHASE_KEY, "add": ADD_KEY, "cancel": CANCEL_KEY, "reopen": REOPEN_KEY}
        named = {name: speech.Key(key) for name, key in keys.items()}
        return menu(at, (*says, *speaker.say(more, **named), *speaker.all("ticket.repeat")))


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
