"""Words that make a call an emergency: the lists, what the office changes in them, which fired, and a trial."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console.access import OVERSEEING, SUPERVISING, Visit, page
from console.i18n import gettext as _
from console.wording import category_name, language_name
from ivr import word_lists
from ivr.understand import ladder
from ivr.understand.alarm import EXCEPTION, KINDS, LIST_NAMES, Alarm, Alarms, shipped_phrases
from ivr.understand.utterances import list_of
from ivr.word_lists import Firing
from tickets import queries
from tickets.models import Category

bp = Blueprint("emergency_words", __name__)

LONGEST_TRIAL = 300
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Trial:
    """A sentence tried out: the emergency heard in it, else the guess what it is about."""

    words: str
    alarm: Alarm | None = None
    guess: ladder.Guess | None = None


@dataclass(frozen=True)
class WordPage:
    """What the page shows of one list: its phrases by kind, each with whether it shipped."""

    list_name: str
    phrases: dict[str, list[tuple[str, bool]]]
    off: list[tuple[str, str]]
    firings: list[Firing]
    trial: Trial
    categories: dict[str, Category]


@bp.get("/emergency-words")
@page(*OVERSEEING)
def words(visit: Visit) -> str:
    """One list of words, and what a sentence would lead to."""
    name = request.args.get("list", "")
    name = name if name in LIST_NAMES else list_of(visit.estates[0].language if visit.estates else "en")
    alarms = word_lists.alarms(visit.tx)
    phrases = {
        kind: [(phrase, phrase in shipped_phrases(name, kind)) for phrase in alarms.phrases(name, kind)]
        for kind in word_lists.LISTS
    }
    off = [(c.kind, c.phrase) for c in alarms.changes if c.list_name == name and not c.is_on]
    categories = {each.code: each for each in queries.list_categories(visit.tx, with_hidden=True)}
    shown = WordPage(
        name,
        phrases,
        off,
        word_lists.firings(visit.tx, list(visit.estate_ids)),
        _trial(name, alarms, categories),
        categories,
    )
    return render_template(
        "emergency_words.html", shown=shown, lists=_lists(), kind_name=_kind_name(categories)
    )


@bp.post("/emergency-words")
@page(*SUPERVISING)
def change(visit: Visit) -> Any:
    """Let a phrase count, or count no more."""
    form = request.form
    name, is_on = form.get("list", ""), form.get("on") == "1"
    phrase = form.get("phrase", "")
    word_lists.set_word(visit.tx, name, form.get("kind", ""), phrase, is_on, visit.staff, now=visit.now)
    return redirect(url_for("emergency_words.words", list=name))


def _trial(name: str, alarms: Alarms, categories: dict[str, Category]) -> Trial:
    said = request.args.get("say", "").replace("\x00", "").strip()[:LONGEST_TRIAL]
    if not said:
        return Trial("")
    alarm = alarms.find(said, name)
    leaves = frozenset(
        code for code, each in categories.items() if each.queue_code and each.kind != "emergency"
    )
    return Trial(said, alarm, None if alarm else ladder.best(said, name, leaves))


def _lists() -> Choices:
    """The lists by name; Chinese is one list for all who speak it."""
    return [(name, _("Chinese") if name == "zh" else language_name(name)) for name in LIST_NAMES]


def _kind_name(categories: dict[str, Category]) -> dict[str, str]:
    """What each list is called: as the category that it leads to."""
    names = {
        kind: category_name(found) if (found := categories.get(f"emergency.{kind}")) else kind
        for kind in KINDS
    }
    return names | {EXCEPTION: _("Only looks like one")}
