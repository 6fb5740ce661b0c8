"""What the caller hears when something is broken on our side: still their language, and never silence.

With the store away a turn that only needed to remember something goes on; a report is kept in the journal and becomes
a ticket later; an emergency is dialled through to the phones of the last roster that was read. Anything else is an
apology with the public emergency number and a goodbye.
"""

import logging
from dataclasses import replace

from infra.runtime import Runtime
from ivr import speech, twiml
from ivr.flow import effects as wanted
from ivr.flow import engine
from ivr.flow.instructions import Answer, Hangup, Say
from ivr.flow.script import Desk, Script
from ivr.hook import Hook
from ivr.journal import Journal
from ivr.scripts import Place, ScriptBook
from ivr.state import CallState, StateError, decode
from ivr.voices import FALLBACK

log = logging.getLogger(__name__)

# Effects whose loss costs the caller nothing but a question asked again.
FORGETTABLE = (
    wanted.RememberLanguage,
    wanted.NoteCategory,
    wanted.NoteWords,
    wanted.FindDwelling,
    wanted.EndRound,
)
EMERGENCY = (wanted.DeclareEmergency, wanted.RingDuty)


class Fallback:
    """Documents for the bad days of one process."""

    def __init__(self, runtime: Runtime, book: ScriptBook) -> None:
        self.runtime = runtime
        self.book = book
        self.journal = Journal(runtime.config)

    def turn(self, hook: Hook, script: Script, turn: engine.Turn, place: Place) -> str:
        """The answer to a turn whose effects could not be carried out because the store is away."""
        kinds = {type(effect) for effect in turn.effects}
        if not kinds <= set(FORGETTABLE):
            self.journal.write(hook)
            log.warning(
                "turn kept in the journal", extra={"call_sid": hook.call_sid, "step": turn.state.step}
            )
        facts = place.facts(self.runtime.clock.now())
        if kinds & set(EMERGENCY):
            facts = replace(facts, ring=place.last_resort)
        elif not kinds <= set(FORGETTABLE):
            return self.say(place.desk, turn.state, "error.apology", "error.kept", "goodbye")
        return twiml.render(engine.answer(script, turn, facts), caller_id=place.hotline)

    def apology(self, hook: Hook) -> str:
        """What is said when nothing else can be: the last words of a call that broke."""
        try:
            state = decode(hook.state)
            desk = self.book.place(state.estate).desk
            keys = [
                "error.apology",
                "emergency.public" if state.is_emergency else "error.call_again",
                "goodbye",
            ]
            return self.say(desk, state, *keys)
        except (StateError, LookupError):
            place = self._place(hook.form.get("To"))
            if place is None:
                return self.say(None, None, "error.apology", "error.call_again")
            return self.say(place.desk, None, "error.apology", "error.call_again", "emergency.public")
        except Exception:
            log.exception("apology failed", extra={"call_sid": hook.call_sid})
            return self.say(None, None, "error.apology", "error.call_again")

    def too_many(self, hotline: str | None) -> str:
        """For a number that rings without end: the public emergency number, and goodbye."""
        place = self._place(hotline)
        if place is None:
            return self.say(None, None, "error.call_again")
        return self.say(place.desk, None, "error.too_many", "emergency.public", "goodbye")

    def not_in_service(self) -> str:
        """For a number that is no estate's."""
        return self.say(None, None, "error.not_in_service")

    def say(self, desk: Desk | None, state: CallState | None, *keys: str) -> str:
        """The prompts `keys`, then the end of the call, in the caller's language as far as it is known."""
        language = (state.language if state else "") or (desk.languages[0] if desk else FALLBACK)
        phone = speech.Phone(desk.emergency_number) if desk else None
        says = tuple(
            Say(speech.phrase(key, {"phone": phone} if phone else {}, tongue), tongue, key)
            for key, tongue in ((key, speech.spoken_in(key, language)) for key in keys)
        )
        empty = CallState(flow="", estate="")
        return twiml.render(Answer(state or empty, (*says, Hangup())))

    def _place(self, hotline: str | None) -> Place | None:
        remembered = self.book.remembered
        return remembered.by_number.get(hotline or "") if remembered else None
