"""Steps that speak and ask for one key: greeting, language, category, extra question, end."""

from ivr import speech, voices
from ivr.flow.effects import NoteCategory, RememberLanguage
from ivr.flow.events import Digits, Event, Silence
from ivr.flow.instructions import Answer, Hangup, Say
from ivr.flow.kinds.base import (
    LANGUAGE,
    SLIPS_ALLOWED,
    At,
    Keys,
    Kind,
    Move,
    Speaker,
    answer,
    menu,
    slip,
)
from ivr.flow.kinds.choices import extra_lines, extras_of
from ivr.flow.script import LANGUAGES_A_PAGE
from ivr.prompts import prompts
from ivr.state import NO_UNIT, replace


class SayStep(Kind):
    """Speaks its prompts and goes on at once; what follows may be chosen before it has ended."""

    name = "say"

    def enter(self, at: At) -> Move:
        """Pass on, with the prompts to be spoken first."""
        return Move(at.state, goto=at.step.next, preface=at.step.prompts)


class End(Kind):
    """Speaks its prompts and hangs up."""

    name = "end"
    has_next = False

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The last words."""
        return answer(at, *before, *speaker.all(*at.step.prompts), Hangup())


class LanguageMenu(Kind):
    """Each language named in itself, with its own voice. Passed over if the language is remembered."""

    name = "language_menu"
    keys = Keys.MENU
    spoken = ("language.choose", "language.more", "language.change")

    def enter(self, at: At) -> Move:
        """Ask, unless the language is known and nobody asked to change it."""
        state, languages = at.state, at.script.desk.languages
        if not state.resume and (state.language in languages or len(languages) == 1):
            known = state.language or languages[0]
            preface = ("language.change",) if len(languages) > 1 else ()
            return Move(replace(state, language=known), goto=at.step.next, preface=preface)
        return Move(state)

    def on(self, at: At, event: Event) -> Move:
        """A key chooses a language of the page, 9 turns it."""
        if not isinstance(event, Digits):
            return slip(at, is_silence=True)
        page, languages = self.page_of(at), at.script.desk.languages
        if event.keys == LANGUAGE and len(languages) > LANGUAGES_A_PAGE:
            pages = -(-len(languages) // LANGUAGES_A_PAGE)
            return Move(replace(at.state, stage=str((page + 1) % pages)))
        offered = self.offered(at)
        if not event.keys.isdecimal() or not 1 <= int(event.keys) <= len(offered):
            return slip(at, is_silence=False)
        language = offered[int(event.keys) - 1]
        state = replace(at.state, language=language, resume="")
        effect = RememberLanguage(language)
        return Move(state, goto=at.state.resume or at.step.next, effects=(effect,))

    def back(self, at: At) -> Move:
        """Back to the first page, or to where the call was when 9 was pressed."""
        if at.state.stage or not at.state.resume:
            return Move(replace(at.state, stage=""))
        return Move(replace(at.state, resume=""), goto=at.state.resume)

    def page_of(self, at: At) -> int:
        """The number of the page now offered, from 0."""
        return int(at.state.stage) if at.state.stage.isdecimal() else 0

    def offered(self, at: At) -> tuple[str, ...]:
        """The languages of the page now offered."""
        start = self.page_of(at) * LANGUAGES_A_PAGE
        return at.script.desk.languages[start : start + LANGUAGES_A_PAGE]

    def more(self, at: At, speaker: Speaker) -> tuple[Say, ...]:
        """How to turn the page, in each language of the next one: who needs it understands only those."""
        languages, start = at.script.desk.languages, (self.page_of(at) + 1) * LANGUAGES_A_PAGE
        if len(languages) <= LANGUAGES_A_PAGE:
            return ()
        hidden = languages[start : start + LANGUAGES_A_PAGE] or languages[:1]
        return tuple(line for language in hidden for line in speaker.say("language.more", language))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """One line for each language, in it."""
        lines = tuple(
            line
            for place, language in enumerate(self.offered(at))
            for line in speaker.say("language.choose", language, key=speech.Key(str(place + 1)))
        )
        return menu(at, (*before, *lines, *self.more(at, speaker)))


class CategoryMenu(Kind):
    """The estate's category tree, one level at a time. `extras` are further choices of the main menu, by
    key: the step that each leads to and the prompt that offers it. `unsure` is the step for a caller who presses
    nothing at the main menu and may say it in own words, once."""

    name = "category_menu"
    keys = Keys.MENU
    exits = ("unsure",)
    options = ("extras", "unsure")
    spoken = (
        "menu.own_words",
        "menu.main", "menu.below", "menu.choice", "menu.help", "menu.help_below", "menu.person_first",
    )  # fmt: skip

    def enter(self, at: At) -> Move:
        """Offer the level on which the call stands; from a leaf, the level that it is on."""
        category = at.script.desk.by_code.get(at.state.category)
        level = ""
        if category is not None and not at.script.desk.is_emergency(category.code):
            has_choices = bool(at.script.desk.choices(category.code))
            level = category.code if has_choices else category.parent or ""
        # Whoever was silent when asked for words has used up that silence here too.
        silences = SLIPS_ALLOWED if at.state.is_unheard else 0
        return Move(replace(at.state, category=level, answer="", silences=silences))

    def on(self, at: At, event: Event) -> Move:
        """A key goes a level down; a leaf is noted and the call goes on."""
        if not isinstance(event, Digits):
            return self.silent(at)
        desk = at.script.desk
        extra = None if at.state.category else extras_of(at.step.options).get(event.keys)
        if extra is not None:
            return Move(at.state, goto=str(extra["next"]))
        chosen = next((c for c in desk.choices(at.state.category) if c.key == event.keys), None)
        if chosen is None:
            return slip(at, is_silence=False)
        state = replace(at.state, category=chosen.code, silences=0, wrong=0)
        if desk.choices(chosen.code):
            return Move(state)
        return Move(state, goto=at.step.next, effects=(NoteCategory(chosen.code),))

    def silent(self, at: At) -> Move:
        """Who does not find the matter in the main menu may say it."""
        if self.offers_words(at):
            return Move(at.state, goto=at.step.target("unsure"), preface=("menu.silence",))
        return slip(at, is_silence=True)

    def offers_words(self, at: At) -> bool:
        """Whether waiting leads to saying it in own words here."""
        state = at.state
        is_left = not (state.category or state.has_guessed or state.is_unheard)
        return is_left and bool(at.step.options.get("unsure") and voices.voice_of(at.language).hears)

    def back(self, at: At) -> Move:
        """A level up; from the top to the place, which was then not right."""
        category = at.script.desk.by_code.get(at.state.category)
        if category is not None:
            return Move(replace(at.state, category=category.parent or ""))
        state = replace(at.state, unit_id=NO_UNIT, is_unit_confirmed=False, place="")
        return Move(state, goto=at.script.flow.everywhere["place"])

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The choices of one level, then the keys that always work. Made once for each level and language."""
        offers, state = self.offers_words(at), at.state
        key = (
            self.name, at.script.flow.version, at.step.name, state.category, at.language, offers, state.is_slow,
        )  # fmt: skip
        return menu(at, (*before, *at.script.desk.kept(key, lambda: self.level(at, speaker))))

    def level(self, at: At, speaker: Speaker) -> tuple[Say, ...]:
        """The sentences of one level of the tree."""
        desk, language = at.script.desk, at.language
        above = desk.by_code.get(at.state.category)
        head = speaker.say("menu.below", name=above.name(language)) if above else speaker.all("menu.main")
        choices = tuple(
            line
            for each in desk.choices(at.state.category)
            for line in speaker.say("menu.choice", name=each.name(language), key=speech.Key(each.key))
        )
        extras = () if above else extra_lines(at, speaker)
        words = speaker.all("menu.own_words") if self.offers_words(at) else ()
        person = speaker.all("menu.person_first") if at.state.is_slow and not above else ()
        keys = speaker.all("menu.help_below" if above else "menu.help")
        return (*person, *head, *choices, *extras, *words, *keys)


class Question(Kind):
    """The extra yes-or-no question that a category may have; silence counts as no."""

    name = "yes_no"
    keys = Keys.MENU
    exits = ("back",)
    options = ("back",)

    def enter(self, at: At) -> Move:
        """Pass on if the category has no question."""
        return Move(at.state, goto="" if question_of(at) else at.step.next)

    def on(self, at: At, event: Event) -> Move:
        """1 is yes, 2 is no; a second silence is no."""
        if isinstance(event, Digits) and event.keys in ("1", "2"):
            return self.answered(at, event.keys == "1")
        if isinstance(event, Silence) and at.state.silences:
            return self.answered(at, is_yes=False)
        return slip(at, is_silence=not isinstance(event, Digits))

    def answered(self, at: At, is_yes: bool) -> Move:
        """A yes leads to another category, to the emergency, or raises the class."""
        desk = at.script.desk
        state = replace(at.state, answer="yes" if is_yes else "no")
        category = desk.by_code.get(at.state.category)
        if not is_yes or category is None or not category.ask_yes:
            return Move(state, goto=at.step.next)
        if desk.is_emergency(category.ask_yes):
            state = replace(state, kind=category.ask_yes)
            return Move(state, goto=at.script.flow.everywhere["emergency"])
        state = replace(state, category=category.ask_yes)
        return Move(state, goto=at.step.next, effects=(NoteCategory(category.ask_yes),))

    def back(self, at: At) -> Move:
        """To the menu in which the category was chosen."""
        return Move(at.state, goto=at.step.target("back"))

    def page(self, at: At, speaker: Speaker, before: tuple[Say, ...]) -> Answer:
        """The question of the category."""
        return menu(at, (*before, *speaker.all(question_of(at))))


def question_of(at: At) -> str:
    """The prompt of the extra question of the call's category; "" if it has none that we can speak."""
    category = at.script.desk.by_code.get(at.state.category)
    key = f"question.{category.ask}" if category and category.ask else ""
    return key if key in prompts() else ""
