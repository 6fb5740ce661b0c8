"""The first rung: words of an emergency, before anything else is guessed.

Lists by kind and language with exceptions ("fire drill") and with words that deny what stands beside them ("no
smoke"). What ships is `phrases.json`, to be read by a native speaker; the office adds and switches off (`Change`).
English counts in every language, since residents mix it in.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infra.i18n.folding import folded
from ivr.understand.matching import any_of
from ivr.understand.utterances import SHARED, list_of

LISTS: Mapping[str, Mapping[str, object]] = json.loads(
    Path(__file__).with_name("phrases.json").read_text(encoding="utf-8")
)
EXCEPTION = "exception"
JOINT = "&"  # "bulb & burnt": an exception if both are said; the last part then counts no more
KINDS = tuple(LISTS["emergency"])  # the most urgent first
LIST_NAMES = tuple(LISTS["exceptions"])
LONGEST_PHRASE = 60


@dataclass(frozen=True)
class Alarm:
    """An emergency heard: its kind (`lift`, `fire`, …) and the words that gave it away, folded."""

    kind: str
    phrase: str


@dataclass(frozen=True)
class Change:
    """The office's word on one phrase of one list. `kind` may be `EXCEPTION`; not `is_on`: it counts no more."""

    list_name: str
    kind: str
    phrase: str
    is_on: bool = True


@dataclass(frozen=True)
class Finder:
    """The expressions of one language, made once: per kind, exceptions, and denials before and after."""

    kinds: Mapping[str, re.Pattern[str]]
    exceptions: re.Pattern[str]
    joint_exceptions: tuple[tuple[re.Pattern[str], ...], ...]
    before: re.Pattern[str]
    after: re.Pattern[str]

    def find(self, text: str) -> Alarm | None:
        """The first kind of which a phrase stands in the folded `text` and is not denied."""
        text = self.exceptions.sub(" ", text)
        for parts in self.joint_exceptions:
            if all(part.search(text) for part in parts):
                text = parts[-1].sub(" ", text)
        for kind, pattern in self.kinds.items():
            for found in pattern.finditer(text):
                denied = self.before.search(text[: found.start()]) or self.after.match(text[found.end() :])
                if not denied:
                    return Alarm(kind, found.group())
        return None


@dataclass(frozen=True)
class Alarms:
    """The word lists in force: those that ship, with the changes of the office."""

    changes: tuple[Change, ...] = ()

    def phrases(self, list_name: str, kind: str) -> tuple[str, ...]:
        """The phrases of one list that count, those that ship first."""
        shipped = shipped_phrases(list_name, kind)
        ours = [each for each in self.changes if (each.list_name, each.kind) == (list_name, kind)]
        off = {folded(each.phrase) for each in ours if not each.is_on}
        added = [each.phrase for each in ours if each.is_on and each.phrase not in shipped]
        return tuple(phrase for phrase in (*shipped, *added) if folded(phrase) not in off)

    @cached_property
    def _finders(self) -> dict[str, Finder]:
        return {}

    def finder(self, language: str) -> Finder:
        """The expressions for `language`."""
        name = list_of(language)
        if name not in self._finders:
            exceptions = tuple(self._both(name, EXCEPTION))
            self._finders[name] = Finder(
                kinds={kind: any_of(self._both(name, kind)) for kind in KINDS},
                exceptions=any_of(each for each in exceptions if JOINT not in each),
                joint_exceptions=tuple(
                    tuple(any_of((part.strip(),)) for part in each.split(JOINT))
                    for each in exceptions
                    if JOINT in each
                ),
                before=beside("before", name, r"(?:{})\s*\Z"),
                after=beside("after", name, r"\s*(?:{})"),
            )
        return self._finders[name]

    def _both(self, name: str, kind: str) -> Iterable[str]:
        return (folded(phrase) for each in (name, SHARED) for phrase in self.phrases(each, kind))

    def find(self, words: str, language: str) -> Alarm | None:
        """What emergency `words` sound like; None if none."""
        return self.finder(language).find(folded(words))


def shipped_phrases(list_name: str, kind: str) -> tuple[str, ...]:
    """The phrases of one list as they ship."""
    lists = LISTS["exceptions"] if kind == EXCEPTION else LISTS["emergency"][kind]
    return tuple(lists.get(list_name, ()))  # type: ignore[attr-defined]


def beside(where: str, name: str, shape: str) -> re.Pattern[str]:
    """What finds a denial of `name` or of English, in the `shape` that says on which side it stands."""
    words = {folded(word) for each in (name, SHARED) for word in LISTS[where].get(each, ())}  # type: ignore[attr-defined]
    pattern = any_of(words).pattern
    return re.compile(shape.format(pattern))


SHIPPED = Alarms()
