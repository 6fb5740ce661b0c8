"""Words of the pages about call flows: situations, reasons, kinds of step, faults, what a trial would have done."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from flask import Flask

from console import i18n
from console.i18n import N_
from console.i18n import gettext as _
from console.wording import language_name
from infra.i18n import catalogs
from ivr import voices
from ivr.flow.check import Fault
from ivr.flow.effects import Effect
from ivr.flow.model import Flow
from ivr.prompts import prompts

Choices = list[tuple[str, str]]
EVERYDAY = ("say", "choice", "notice", "end")
CALLERS = (
    ("known", N_("one home in the books")),
    ("slow", N_("one home, needs more time")),
    ("unknown", N_("unknown number")),
    ("withheld", N_("withheld number")),
)


class DraftLike(Protocol):
    """What a list of sentences is made from."""

    @property
    def flow(self) -> Flow:
        """The flow that is being edited."""

    @property
    def prompts(self) -> list[str]:
        """Keys of the sentences to choose from."""


FLOWS: Mapping[str, str] = {
    "day": N_("Normal day"),
    "closed": N_("After hours"),
    "holiday": N_("Holiday"),
    "major": N_("Typhoon or major incident"),
    "busy": N_("Overload"),
}
REASONS: Mapping[str, str] = {
    "open": N_("The office is open."),
    "make_up": N_("The office is open: a make-up working day."),
    "outside_hours": N_("The office is closed at this hour."),
    "holiday": N_("Today is a holiday in the office calendar."),
    "switched": N_("A supervisor has switched it on."),
    "load": N_("More callers wait, or wait longer, than the marks allow."),
}
KINDS: Mapping[str, str] = {
    "say": N_("Speak"),
    "notice": N_("Speak the office's notice"),
    "choice": N_("Menu of our own"),
    "end": N_("Goodbye"),
    "language_menu": N_("Choose a language"),
    "ask_place": N_("Which home"),
    "incident_notice": N_("Trouble in the building"),
    "category_menu": N_("Menu of categories"),
    "own_words": N_("In own words"),
    "yes_no": N_("Extra question"),
    "ask_words": N_("Ask what is wrong"),
    "open_ticket": N_("Open the ticket"),
    "confirm_emergency": N_("Is it an emergency?"),
    "announce_ticket": N_("Tell the number"),
    "wait_for_person": N_("Wait for a person"),
    "voicemail": N_("Leave a message"),
    "my_tickets": N_("My tickets"),
    "emergency": N_("Emergency"),
    "ring_duty": N_("Ring the people on duty"),
    "emergency_standby": N_("Nobody answered"),
}
SETTINGS: Mapping[str, str] = {
    "next": N_("Goes on to"),
    "back": N_("Key 8 goes back to"),
    "person": N_("Key 0 leads to"),
    "urgent": N_("What is urgent goes to"),
    "missed": N_("Nothing said: on to"),
    "nobody": N_("Nobody on duty: on to"),
    "talked": N_("After a talk: on to"),
    "ring": N_("Ring again with"),
    "joined": N_("After joining: on to"),
    "unsure": N_("In own words with"),
    "menu": N_("Back to the menu"),
    "ticket": N_("Emergency words: on to"),
    "longest": N_("Longest answer (seconds or digits)"),
    "ring_s": N_("Ring for (seconds)"),
    "rounds": N_("Rounds of ringing"),
    "cycles": N_("Times from the beginning"),
    "music_s": N_("Music between the words (seconds)"),
}
FAULTS: Mapping[str, str] = {
    "kind": N_("There is no kind of step “{what}”."),
    "setting": N_("This kind of step has no setting “{what}”."),
    "number": N_("“{what}” must be a whole number from 1 to 600."),
    "no_next": N_("It does not say where to go on."),
    "leads": N_("It leads to “{what}”, which does not exist."),
    "no_back": N_("It does not say where key 8 goes back to."),
    "key_taken": N_("Key {what} means the same in every menu and cannot be given away."),
    "key_category": N_("Key {what} is already the category “{where}”."),
    "key": N_("“{what}” is no single key from 1 to 7."),
    "no_choice": N_("The menu offers no choice."),
    "prompt": N_("There is no sentence “{what}”."),
    "missing": N_("The sentence “{what}” is missing in this language: {where}."),
    "value": N_("The sentence “{what}” needs {where}, which is not known there."),
    "silent": N_("It speaks nothing."),
    "start": N_("The call starts at “{what}”, which does not exist."),
    "endless": N_("From here the call never ends."),
    "unreached": N_("Nothing leads to this step."),
    "everywhere": N_("“{where}” must lead somewhere from every menu; “{what}” does not exist."),
    "not_everywhere": N_("This step cannot be what “{what}” leads to from every menu."),
    "no_person": N_("Key 0 reaches no person and no message from here."),
    "no_outcome": N_("From here the call reaches no person, no queue and no ticket."),
    "hour": N_("From {where} on “{what}” would be in force, and there is no such flow."),
}
EFFECTS: Mapping[str, str] = {
    "RememberLanguage": N_("The language would be kept for this number."),
    "NoteCategory": N_("The category would be noted: hanging up now leaves a ticket."),
    "FindDwelling": N_("The home would be looked up."),
    "OpenTicket": N_("A ticket would be opened."),
    "DeclareEmergency": N_("An emergency would be stored."),
    "WithdrawEmergency": N_("The emergency would be taken back."),
    "RingDuty": N_("The people on duty would be rung."),
    "EndRound": N_("The round of ringing would be written down."),
    "EnterQueue": N_("The caller would join the queue."),
    "LeaveQueue": N_("The caller would leave the queue."),
    "AddRecording": N_("The recording would be kept with the ticket."),
    "NoteUnrecorded": N_("The ticket would say why there is no recording."),
    "FindTicket": N_("The ticket would be looked up."),
    "Chase": N_("The handler would be told to hurry."),
    "NoteMissedCall": N_("The call would stand on the missed-call list."),
}
# What the services refuse at a field of these pages.
REFUSED = (
    N_("Please say why."),
    N_("Please say until when."),
    N_("The end must be later than the beginning and than now."),
    N_("It may last 14 days at most."),
    N_("A text may have 500 characters at most."),
    N_("A mark is between 0 and 999 callers, 0 and 120 minutes."),
    N_("This is no date and time."),
    N_("This must be a whole number."),
    N_("A name has small letters, digits and _ only."),
    N_("There is a step of this name already."),
    N_("There is no such kind of step."),
    N_("This is not JSON."),
    N_("This is not a flow."),
    N_("A key is given twice."),
)
CHANGES: Mapping[str, str] = {
    "begun": N_("Began a draft"),
    "step": N_("Changed a step"),
    "step_removed": N_("Removed a step"),
    "text": N_("Changed a sentence"),
    "whole": N_("Changed the whole draft"),
    "discarded": N_("Threw the draft away"),
    "published": N_("Published"),
    "went_back": N_("Went back to the version before"),
    "switched_on": N_("Switched on"),
    "switched_off": N_("Switched off"),
    "marks": N_("Changed the marks of overload"),
}


def flow_name(name: str) -> str:
    """Return the page's name of a situation."""
    return _(FLOWS[name]) if name in FLOWS else name


def flow_word(kind: str, value: str) -> str:
    """Return the page's word for a `reason`, `kind`, `setting` or `change`."""
    words = {"reason": REASONS, "kind": KINDS, "setting": SETTINGS, "change": CHANGES}[kind]
    return _(words[value]) if value in words else value.replace("_", " ")


def fault_words(fault: Fault) -> str:
    """Return a fault as a sentence of the page; a language is named in itself."""
    tags = {catalogs.locale_of(tag): tag for tag in voices.spoken()}
    where = language_name(tags.get(fault.where, fault.where)) if fault.code == "missing" else fault.where
    what = flow_name(fault.what) if fault.code == "hour" else fault.what
    return _(FAULTS[fault.code]).format(what=what, where=where)


def effect_words(effect: Effect) -> str:
    """Return what an effect would have done, as a sentence of the page."""
    name = type(effect).__name__
    return _(EFFECTS[name]) if name in EFFECTS else name


def prompt_text(flow: Flow, key: str, language: str) -> str:
    """Return a sentence as a caller hears it in `language`, its values left open; the key if there is none."""
    if key in flow.texts:
        texts = flow.texts[key]
        return texts.get(language) or texts.get(voices.FALLBACK) or next(iter(texts.values()), key)
    prompt = prompts().get(key)
    if prompt is None:
        return key
    messages = catalogs.translations("voice", catalogs.locale_of(language))
    return str(messages.pgettext(key, prompt.text)) if prompt.plural is None else prompt.text


def install(app: Flask) -> None:
    """Give the templates the words and lists of choices about call flows."""
    app.jinja_env.globals.update(
        caller_choices=caller_choices,
        effect_words=effect_words,
        extra_keys=extra_keys,
        fault_words=fault_words,
        flow_name=flow_name,
        flow_word=flow_word,
        kind_choices=kind_choices,
        prompt_choices=prompt_choices,
        spoken_choices=spoken_choices,
        step_choices=step_choices,
    )


def step_choices(flow: Flow) -> Choices:
    """Return the steps that something may lead to."""
    return [(name, name) for name in flow.steps]


def kind_choices() -> Choices:
    """Return the kinds of step that can be added, those of everyday first."""
    return [(name, flow_word("kind", name)) for name in sorted(KINDS, key=lambda name: name not in EVERYDAY)]


def prompt_choices(view: DraftLike, chosen: str) -> Choices:
    """Return the sentences that a step may speak, each with its beginning in the page's language."""
    keys = view.prompts if chosen in ("", *view.prompts) else [chosen, *view.prompts]
    shown = [(key, prompt_text(view.flow, key, i18n.language())) for key in keys]
    return [(key, f"{text[:90]} ({key})") for key, text in shown]


def extra_keys(chosen: str) -> Choices:
    """Return the keys that a further choice may have, and the one that it has."""
    keys = list("1234567")
    return [(key, key) for key in (keys if chosen in ("", *keys) else [chosen, *keys])]


def spoken_choices(languages: Sequence[str]) -> Choices:
    """Return languages with their names."""
    return [(tag, language_name(tag)) for tag in languages]


def caller_choices() -> Choices:
    """Return who may ring in a trial."""
    return [(code, _(text)) for code, text in CALLERS]
