"""The second rung: keywords of each category, per language. A plain count, so that anybody can say why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from infra.i18n.folding import folded
from ivr.understand import utterances
from ivr.understand.matching import any_of

# A phrase counts by its length too, as "parking space" says more than "car"; entries of several phrases add up.
LENGTH_WEIGHT = 0.05
LONGEST_COUNTED = 12


@dataclass(frozen=True)
class Entry:
    """One keyword entry: its category, its folded phrases (all must be there) and what it counts."""

    category: str
    phrases: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Lexicon:
    """The keywords of one list, ready to be looked for."""

    entries: tuple[Entry, ...]
    finder: dict[str, tuple[int, ...]]

    def scores(self, text: str) -> dict[str, float]:
        """What each category counts in the folded `text`; only those that are above zero."""
        found = {phrase for phrase in self.finder if _stands(phrase, text)}
        totals: dict[str, float] = {}
        for place in {place for phrase in found for place in self.finder[phrase]}:
            entry = self.entries[place]
            if found.issuperset(entry.phrases):
                totals[entry.category] = totals.get(entry.category, 0.0) + entry.weight
        return totals


@cache
def lexicon(name: str) -> Lexicon:
    """The keywords of a list (`zh`, `en` …)."""
    entries = []
    for category, phrases in utterances.keywords(name):
        plain = tuple(map(folded, phrases))
        length = sum(min(len(phrase), LONGEST_COUNTED) for phrase in plain)
        entries.append(Entry(category, plain, len(plain) + LENGTH_WEIGHT * length))
    finder: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        for phrase in entry.phrases:
            finder.setdefault(phrase, []).append(place)
    return Lexicon(tuple(entries), {phrase: tuple(places) for phrase, places in finder.items()})


@cache
def _finder(phrase: str) -> re.Pattern[str]:
    return any_of((phrase,))


def _stands(phrase: str, text: str) -> bool:
    return phrase in text and _finder(phrase).search(text) is not None


def scores(words: str, language: str) -> Mapping[str, float]:
    """What each category counts in `words`, by the keywords of `language`."""
    return lexicon(utterances.list_of(language)).scores(folded(words))
