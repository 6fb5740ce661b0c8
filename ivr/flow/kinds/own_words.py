"""The matter in the caller's own words: guessed once, read back, and confirmed by 1; else the menu."""

from ivr import voices
from ivr.flow.effects import Effect, NoteCategory, NoteWords
from ivr.flow.events import Digits, Event, Silence, Speech
from ivr.flow.instructions import Answer, Continue, Gather, Say
from ivr.flow.kinds.base import At, Heard, Keys, Kind, Move, Speaker, answer, slip
from ivr.flow.kinds.menus import CategoryMenu
from ivr.state import CallState, replace
from ivr.understand import ladder
from ivr.understand.answers import is_no, is_yes

GUESS = "guess"
YES, NO = "1", "2"


class OwnWords(Kind):
    """Asks what the matter is, guesses, reads the guess back. Every way out but a yes leads to the menu."""

    name = "own_words"
    keys = Keys.MENU
    exits = ("menu", "ticket")
    options = ("menu", "ticket")
    spoken = ("own.ask", "own.guess", "own.menu")

    def enter(self, at: At) -> Move:
        """Ask, unless nobody would understand the answer or it was asked before."""
        is_asked = at.state.has_guessed or at.state.is_unheard or not voices.voice_of(at.language).hears
        return Move(at.state, goto=at.step.target("menu") if is_asked else "")

    def on(self, at: At, event: Event) -> Move:
        """Words are understood; keys are those of the menu, or answer the guess."""
        if isinstance(event, Speech) and event.words.strip():
            return self.heard(at, event)
        if at.state.stage == GUESS:
            return self.answered(at, event)
        if isinstance(event, Digits):
            return self.as_menu(at, event)
        return Move(
            replace(at.state, is_unheard=True), goto=at.step.target("menu"), preface=("menu.silence",)
        )

    def heard(self, at: At, event: Speech) -> Move:
        """Words of an emergency lead there at once; else the first words are guessed, later ones are yes or no."""
        words = event.words.strip()
        alarm = at.script.desk.alarms.find(words, at.language)
        if alarm is not None:
            state = replace(self.guessed(at, words, event.confidence), suspect=alarm.kind, stage="")
            heard = Heard(words, event.confidence, alarm=alarm.phrase)
            return Move(state, goto=at.step.target("ticket"), heard=heard)
        if at.state.stage == GUESS:
            return self.answered(at, event)
        state = self.guessed(at, words, event.confidence)
        kept: tuple[Effect, ...] = (NoteWords(words, event.confidence),)
        if state.category:
            return Move(state, effects=kept)
        return Move(state, goto=at.step.target("menu"), effects=kept, preface=("own.menu",))

    def guessed(self, at: At, words: str, confidence: float | None) -> CallState:
        """The state with the one guess of this call, if there is a good one. Its category already stands, so that
        hanging up now leaves a ticket."""
        if at.state.has_guessed:
            return at.state
        state = replace(at.state, has_guessed=True, silences=0, wrong=0)
        guess = ladder.guess(words, at.language, at.script.desk.leaves, confidence)
        if guess is None:
            return state
        sureness = round(100 * guess.confidence)
        return replace(state, stage=GUESS, category=guess.category, method=guess.method, sureness=sureness)

    def answered(self, at: At, event: Event) -> Move:
        """A yes goes on with the guess; a no, or silence for the second time, to the menu."""
        said = event.words if isinstance(event, Speech) else ""
        keys = event.keys if isinstance(event, Digits) else ""
        if keys == YES or (said and is_yes(said, at.language)):
            state = replace(at.state, has_words=True)
            return Move(state, goto=at.step.next, effects=(NoteCategory(state.category),))
        is_silent = isinstance(event, Silence)
        if keys == NO or (said and is_no(said, at.language)) or (is_silent and at.state.silences):
            return self.refused(at)
        return slip(at, is_silence=is_silent)

    def refused(self, at: At) -> Move:
        """The guess was wrong: nothing of it stays."""
        state = replace(at.state, category="", method="", sureness=0)
        return Move(state, goto=at.step.target("menu"))

    def as_menu(self, at: At, event: Digits) -> Move:
        """A key pressed instead of speaking: it counts as in the menu."""
        step = at.script.flow.steps[at.step.target("menu")]
        menu = CategoryMenu()
        state = menu.enter(At(at.script, step, at.state.forward(step.name))).state
        return menu.on(At(at.script, step, state), event)

    def back(self, at: At) -> Move:
        """To the menu."""
        return self.refused(at)

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The request, or the guess read back; both may be answered by voice or key."""
        if at.state.stage == GUESS:
            name = at.script.desk.by_code[at.state.category].name(at.language)
            says = speaker.say("own.guess", name=name)
        else:
            says = speaker.all("own.ask")
        return answer(at, Gather((*before, *says), is_speech=True, language=at.language), Continue())
