"""What an estate gives to its flow: names, languages, categories. Frozen, made once, shared by all calls."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from ivr.flow.model import Flow
from ivr.understand.alarm import SHIPPED, Alarms
from ivr.voices import FALLBACK

T = TypeVar("T")
EMERGENCY_KEY = "*"
LANGUAGES_A_PAGE = 7
PASSING = frozenset(
    {"say", "notice", "ask_place", "incident_notice"}
)  # kinds that ask a known caller nothing
URGENT = frozenset({"P0", "P1"})


def is_chinese(language: str) -> bool:
    """Whether the tag `language` is a Chinese one."""
    return language.partition("-")[0] in ("zh", "yue", "nan", "hak")


@dataclass(frozen=True)
class MenuCategory:
    """One node of the category tree as the menu reads it.

    `names` by BCP 47 tag. `parent` is the code above, None on top. `ask` names the extra yes-or-no
    question (prompt `question.<ask>`); `ask_yes` is the code that a yes leads to, "" if a yes only raises
    the class. The node with the key `*` is the emergency; its children are the kinds. `priority` is the class of
    its tickets, `raised` the one after a yes; "" if there is none.
    """

    code: str
    key: str
    parent: str | None
    names: Mapping[str, str]
    ask: str = ""
    ask_yes: str = ""
    priority: str = ""
    raised: str = ""

    def name(self, language: str) -> str:
        """The category's name in `language`, else in English, else its code: never nothing."""
        close = "zh-TW" if is_chinese(language) else FALLBACK
        return next((name for tag in (language, close, FALLBACK) if (name := self.names.get(tag))), self.code)


@dataclass(frozen=True)
class OpenIncident:
    """Something that troubles a whole building now, and what its callers hear first.

    `building` is its code, "" for the whole estate; `texts` are the office's own words by tag, perhaps none.
    """

    id: int
    building: str
    category: str
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """One estate as its calls need it.

    `names` by tag; `languages` in menu order, the first is the main one; `emergency_number` is the
    place's public number, told and never dialled; `wording` swaps English words ("lift": "elevator");
    `incidents` are those open now, in the order of their ids.
    `alarms` are the emergency words in force, `recordings` the addresses of the office's own recordings by language
    and key.
    """

    code: str
    names: Mapping[str, str]
    timezone: str
    languages: tuple[str, ...]
    categories: tuple[MenuCategory, ...]
    emergency_number: str = "119"
    wording: Mapping[str, str] = field(default_factory=dict)
    incidents: tuple[OpenIncident, ...] = ()
    alarms: Alarms = SHIPPED
    recordings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave the first time for `key`: sentences that are the same in every call of this desk."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def name(self, language: str) -> str:
        """The estate's name in `language`, else one that its voice can read, else in the main language.

        Chinese voices read any Chinese name; the others would fall silent at one and get the English name.
        """
        main = self.languages[0]
        order = (language, main, FALLBACK) if is_chinese(language) else (language, FALLBACK, main)
        return next((name for tag in order if (name := self.names.get(tag))), self.code)

    @cached_property
    def by_code(self) -> Mapping[str, MenuCategory]:
        """Categories by code."""
        return {each.code: each for each in self.categories}

    @cached_property
    def by_parent(self) -> Mapping[str, tuple[MenuCategory, ...]]:
        """The choices below each code ("" is the top), in key order; the emergency is no choice."""
        below: dict[str, list[MenuCategory]] = {}
        for each in sorted(self.categories, key=lambda category: category.key):
            if each.key != EMERGENCY_KEY:
                below.setdefault(each.parent or "", []).append(each)
        return {code: tuple(choices) for code, choices in below.items()}

    @cached_property
    def leaves(self) -> frozenset[str]:
        """The codes that a matter can be filed under by a guess: every leaf that is no emergency."""
        parents = {each.parent for each in self.categories}
        return frozenset(
            each.code
            for each in self.categories
            if each.code not in parents and not self.is_emergency(each.code)
        )

    def choices(self, code: str) -> tuple[MenuCategory, ...]:
        """The choices below `code`; empty for a leaf."""
        return self.by_parent.get(code, ())

    @cached_property
    def emergency(self) -> str:
        """The code of the emergency category, "" if the tree has none."""
        return next((c.code for c in self.categories if c.key == EMERGENCY_KEY and not c.parent), "")

    def is_emergency(self, code: str) -> bool:
        """Whether `code` is the emergency category or one of its kinds."""
        category = self.by_code.get(code)
        return category is not None and bool(self.emergency) and self.emergency in (code, category.parent)

    def is_urgent(self, code: str, is_raised: bool) -> bool:
        """Whether a ticket under `code` is of class P0 or P1, its extra question answered with yes if `is_raised`."""
        category = self.by_code.get(code)
        if category is None:
            return False
        return self.is_emergency(code) or bool(
            {category.priority, category.raised if is_raised else ""} & URGENT
        )

    def emergency_kind(self, word: str) -> str:
        """The emergency category of a kind such as `lift`; the emergency itself if there is no such kind."""
        for each in self.choices(self.emergency):
            if each.code == word or each.code.endswith((f"_{word}", f".{word}")):
                return each.code
        return self.emergency

    def language_keys(self) -> dict[str, list[str]]:
        """The keys that choose each language in the first menu, by tag: pages of seven, 9 turns the page."""
        if len(self.languages) <= LANGUAGES_A_PAGE:
            return {tag: [str(place + 1)] for place, tag in enumerate(self.languages)}
        return {
            tag: ["9"] * (place // LANGUAGES_A_PAGE) + [str(place % LANGUAGES_A_PAGE + 1)]
            for place, tag in enumerate(self.languages)
        }

    def category_keys(self, code: str) -> list[str]:
        """The keys that lead to leaf `code` after the language, an extra question answered with no."""
        category: MenuCategory | None = self.by_code[code]
        keys = ["2"] if category and category.ask else []
        while category is not None:
            keys.insert(0, category.key)
            category = self.by_code.get(category.parent or "")
        return keys


@dataclass(frozen=True)
class Script:
    """A flow in the hands of an estate: everything that a turn needs beside the state and the event."""

    flow: Flow
    desk: Desk

    def keys_to_menu(self) -> list[str]:
        """The keys that a caller with one dwelling presses between the language and the menu of categories.

        None in the flows that ship; an office may put a menu of its own before that one.
        """
        steps = self.flow.steps
        waiting = [(steps[self.flow.everywhere["language"]].next, list[str]())]
        seen = set()
        while waiting:
            name, keys = waiting.pop(0)
            step = steps.get(name)
            if step is None or name in seen:
                continue
            if step.kind == "category_menu":
                return keys
            seen.add(name)
            if step.kind in PASSING:
                waiting.append((step.next, keys))
            if step.kind == "choice":
                extras = dict(step.options.get("extras", {}))
                waiting += [(str(extra["next"]), [*keys, key]) for key, extra in sorted(extras.items())]
        return []

    def category_keys(self, code: str) -> list[str]:
        """The keys that lead to leaf `code` after the language, in this flow."""
        return [*self.keys_to_menu(), *self.desk.category_keys(code)]
