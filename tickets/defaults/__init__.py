"""What ships with the program: queues, the category tree, calendars and policies, as values read from JSON.

An office edits copies of these in its database; nothing here changes while the program runs. The published
figures are open to reading in places; how they were read is decision 0102.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tickets.calendars import Calendar
from tickets.policies import Policy, levels_from_json, rank_of, targets_from_json
from tickets.words import Kind, PriorityClass
from tickets.working_time import Calendars

LANGUAGES = ("en", "zh-TW", "zh-CN", "yue", "ja", "ko", "vi", "id", "th", "fil", "es")


@dataclass(frozen=True)
class Queue:
    """Tickets waiting for one kind of work; its code is the skill that a seat needs. `names` by language tag."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Category:
    """A node of the tree. A leaf has queue, class, kind and `line`, the code of its default policy.

    `key` is what is pressed below its parent, `keys` the whole way from the main menu. `ask` names the extra
    yes-or-no question of the menu; a yes leads to the category `ask_yes_code`, or raises to `ask_yes_class`.
    The emergency is a leaf with kinds below it: what nobody had time to name more precisely.
    """

    code: str
    parent: str | None
    key: str
    keys: tuple[str, ...]
    names: Mapping[str, str]
    kind: Kind = Kind.SERVICE_REQUEST
    queue: str | None = None
    priority_class: PriorityClass | None = None
    line: str | None = None
    ask: str | None = None
    ask_yes_code: str | None = None
    ask_yes_class: PriorityClass | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether a ticket can be filed under it."""
        return self.queue is not None


@cache
def queues() -> tuple[Queue, ...]:
    """All queues, in the order of the console."""
    return tuple(Queue(entry["code"], entry["names"]) for entry in _read("queues"))


@cache
def categories() -> tuple[Category, ...]:
    """The category tree, parents before their children, in menu order."""
    found: dict[str, Category] = {}
    for entry in _read("categories"):
        parent = found.get(entry["code"].rpartition(".")[0])
        found[entry["code"]] = _category(entry, parent)
    return tuple(found.values())


@cache
def policies() -> tuple[Policy, ...]:
    """The default lines; together they cover every category in every class."""
    return tuple(_policy(entry) for entry in _read("policies"))


def calendars(zone: str) -> dict[str, Calendar]:
    """The default calendars by code, in a zone; `always` needs none."""
    return {entry["code"]: Calendar.from_json(entry | {"zone": zone}) for entry in _read("calendars")}


def calendars_of(zone: str) -> Calendars:
    """The default calendars as the set that deadlines are computed with."""
    return Calendars(ZoneInfo(zone), calendars(zone))


def _category(entry: Mapping[str, Any], parent: Category | None) -> Category:
    priority_class, raised = entry.get("class"), entry.get("ask_yes_class")
    return Category(
        code=entry["code"],
        parent=parent.code if parent else None,
        key=entry["key"],
        keys=(*(parent.keys if parent else ()), entry["key"]),
        names=entry["names"],
        kind=Kind(entry.get("kind", Kind.SERVICE_REQUEST)),
        queue=entry.get("queue"),
        priority_class=PriorityClass(priority_class) if priority_class else None,
        line=entry.get("line"),
        ask=entry.get("ask"),
        ask_yes_code=entry.get("ask_yes_code"),
        ask_yes_class=PriorityClass(raised) if raised else None,
    )


def _policy(entry: Mapping[str, Any]) -> Policy:
    category, priority_class = entry.get("category"), entry.get("class")
    return Policy(
        code=entry["code"],
        targets=targets_from_json(entry["targets"]),
        levels=levels_from_json(entry["levels"]),
        category=category,
        priority_class=priority_class,
        rank=rank_of(category, priority_class, None),
    )


def _read(name: str) -> Any:
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
