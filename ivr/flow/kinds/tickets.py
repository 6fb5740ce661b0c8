"""Steps in which a matter is told, becomes a ticket, and its number is read out."""

from ivr import voices
from ivr.flow.effects import AddRecording, NoteMissedCall, NoteUnrecorded, OpenTicket, RecordingRef
from ivr.flow.events import Digits, Event, Recorded, Silence, Speech
from ivr.flow.facts import Facts
from ivr.flow.instructions import Answer, Continue, Gather, Record, Say
from ivr.flow.kinds.base import (
    EMERGENCY,
    UNRECORDED,
    At,
    Heard,
    Keys,
    Kind,
    Move,
    Speaker,
    answer,
    menu,
    recording,
    slip,
)
from ivr.state import CallState, replace
from ivr.understand.answers import is_no

RECORD = "record"
DECLINED, SILENT = "declined", "silent"  # why a ticket has no recording
SHORTEST_S = 2  # less sound than this is no message
LONGEST_S = 120


def reference(event: Recorded) -> RecordingRef | None:
    """The recording of `event`, or None if there is too little sound in it to be a message."""
    if event.seconds < SHORTEST_S:
        return None
    return RecordingRef(event.url, event.sid, event.seconds)


def silent(recording: RecordingRef | None) -> str:
    """Why there is no recording, if there is none."""
    return "" if recording else SILENT


def unit_of(state: CallState) -> int | None:
    """The id of the dwelling that the call is about, None if it is not known."""
    return state.unit_id if state.unit_id > 0 else None


class AskWords(Kind):
    """One request for words: recognised; if nothing was, recorded once; else the ticket goes without."""

    name = "ask_words"
    keys = Keys.MENU
    exits = ("back",)
    options = ("back", "longest")
    numbers = ("longest",)
    spoken = ("words.ask", "words.record")

    def enter(self, at: At) -> Move:
        """Record at once in a language that nobody can recognise; pass on if the matter was told already."""
        if at.state.has_words:
            return Move(at.state, goto=at.step.next)
        return Move(at.state if voices.voice_of(at.language).hears else replace(at.state, stage=RECORD))

    def on(self, at: At, event: Event) -> Move:
        """Words or a recording lead on; words that sound like an emergency are marked."""
        if isinstance(event, Speech) and event.words.strip():
            alarm = at.script.desk.alarms.find(event.words, at.language)
            suspect, phrase = (alarm.kind, alarm.phrase) if alarm else ("", "")
            heard = Heard(event.words.strip(), event.confidence, alarm=phrase)
            return Move(replace(at.state, suspect=suspect), goto=at.step.next, heard=heard)
        if isinstance(event, Recorded):
            if event.key == EMERGENCY:
                return Move(at.state, goto=at.script.flow.everywhere["emergency"])
            kept = reference(event)
            return Move(at.state, goto=at.step.next, heard=Heard(recording=kept, unrecorded=silent(kept)))
        if isinstance(event, Digits):
            if at.state.stage == RECORD and event.keys == UNRECORDED:
                return Move(at.state, goto=at.step.next, heard=Heard(unrecorded=DECLINED))
            return slip(at, is_silence=False)
        if at.state.stage != RECORD:
            return Move(replace(at.state, stage=RECORD))
        return Move(at.state, goto=at.step.next, heard=Heard(unrecorded=SILENT))

    def back(self, at: At) -> Move:
        """To the menu in which the category was chosen."""
        return Move(at.state, goto=at.step.target("back"))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """Listen; the second time, record."""
        if at.state.stage == RECORD:
            record = Record(longest=at.step.number("longest", LONGEST_S))
            return recording(at, (*before, *speaker.all("words.record")), record)
        says = (*before, *speaker.all("words.ask"))
        return answer(at, Gather(says, is_speech=True, language=at.language), Continue())


class OpenTicketStep(Kind):
    """Opens the call's ticket with what was heard; passed over if it has one."""

    name = "open_ticket"

    def enter(self, at: At) -> Move:
        """Ask for the ticket and go on to where its number is told."""
        state, heard = at.state, at.heard
        if state.ticket and heard.recording:
            return Move(state, goto=at.step.next, effects=(AddRecording(state.ticket, heard.recording),))
        if state.ticket and heard.unrecorded:
            return Move(state, goto=at.step.next, effects=(NoteUnrecorded(state.ticket, heard.unrecorded),))
        if state.ticket:
            return Move(state, goto=at.step.next)
        effect = OpenTicket(
            category=state.category,
            language=at.language,
            unit_id=unit_of(state),
            is_unit_confirmed=state.is_unit_confirmed,
            place=state.place,
            is_raised=state.answer == "yes",
            words=heard.words,
            confidence=heard.confidence,
            recording=heard.recording,
            is_voicemail=heard.is_voicemail,
            method=at.state.method,
            sureness=at.state.sureness,
            alarm=heard.alarm,
            unrecorded=heard.unrecorded,
        )
        return Move(state, goto=at.step.next, effects=(effect,))


class ConfirmEmergency(Kind):
    """If the words sounded like an emergency, one question; five seconds of silence are a yes."""

    name = "confirm_emergency"
    keys = Keys.MENU
    spoken = ("words.is_emergency",)

    def enter(self, at: At) -> Move:
        """Pass on unless the words sounded like an emergency."""
        if at.state.suspect and not at.state.is_emergency:
            return Move(at.state)
        return Move(at.state, goto=at.step.next)

    def on(self, at: At, event: Event) -> Move:
        """Only a clear no leads past the emergency."""
        if isinstance(event, Digits) and event.keys == "2":
            return Move(replace(at.state, suspect=""), goto=at.step.next)
        if isinstance(event, Speech) and is_no(event.words, at.language):
            return Move(replace(at.state, suspect=""), goto=at.step.next)
        if isinstance(event, Digits) and event.keys != "1":
            return slip(at, is_silence=False)
        kind = at.script.desk.emergency_kind(at.state.suspect)
        return Move(replace(at.state, kind=kind), goto=at.script.flow.everywhere["emergency"])

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The question; said or pressed."""
        says = (*before, *speaker.all("words.is_emergency"))
        has_ear = bool(voices.voice_of(at.language).hears)
        return answer(at, Gather(says, is_speech=has_ear, language=at.language), Continue())


class AnnounceTicket(Kind):
    """The number, twice, and the promise. No key is needed; `#` says it again."""

    name = "announce_ticket"
    keys = Keys.MENU
    spoken = ("ticket.number", "ticket.number_again", "ticket.promise", "ticket.texted", "ticket.repeat")

    def on(self, at: At, event: Event) -> Move:
        """Silence, or any key that has no meaning here, goes on."""
        return Move(at.state, goto=at.step.next)

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """What the caller leaves with."""
        texted = speaker.all("ticket.texted") if at.state.is_texted else ()
        says = speaker.all("ticket.number", "ticket.number_again", "ticket.promise")
        return menu(at, (*before, *says, *texted, *speaker.all("ticket.repeat")), timeout=3)


class Voicemail(Kind):
    """A message after a tone, for the call's ticket; without one it opens a ticket."""

    name = "voicemail"
    keys = Keys.EMERGENCY_ONLY
    exits = ("missed",)
    options = ("missed", "longest")
    numbers = ("longest",)
    spoken = ("voicemail.ask", "voicemail.nothing")

    def on(self, at: At, event: Event) -> Move:
        """A message leads on to the ticket; without one, a call that has a matter leaves a ticket, and so does a
        caller who would not be recorded and can be rung back."""
        if isinstance(event, Recorded):
            if event.key == EMERGENCY:
                return Move(at.state, goto=at.script.flow.everywhere["emergency"])
            message = reference(event)
            if message is not None:
                return Move(at.state, goto=at.step.next, heard=Heard(recording=message, is_voicemail=True))
        elif isinstance(event, Digits) and event.keys == UNRECORDED:
            if at.state.ticket or at.state.category or not at.state.is_withheld:
                return Move(at.state, goto=at.step.next, heard=Heard(unrecorded=DECLINED))
        elif not isinstance(event, Silence):
            return Move(at.state)
        if at.state.ticket or at.state.category:
            nothing = Heard(unrecorded=SILENT)
            return Move(at.state, goto=at.step.next, preface=("voicemail.nothing",), heard=nothing)
        missed = (NoteMissedCall(),)
        return Move(at.state, goto=at.step.target("missed"), effects=missed, preface=("voicemail.nothing",))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The request, the tone, the recording."""
        record = Record(longest=at.step.number("longest", LONGEST_S))
        return recording(at, (*before, *speaker.all("voicemail.ask")), record)


def absorb(state: CallState, facts: Facts) -> CallState:
    """The state with what the effects found out about the call's ticket, for the turns that follow."""
    if facts.ticket_number:
        state = replace(state, ticket=facts.ticket_number)
    if facts.promise is not None:
        state = replace(state, promise=int(facts.promise.timestamp()))
    return replace(state, is_texted=True) if facts.is_texted else state
