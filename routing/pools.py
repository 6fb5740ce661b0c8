"""Pools: who may serve what, written as `estate/skill/language`. Pure.

A ticket waits in one or several pools, a seat serves one or several; they meet where they share a pool. The
routing index knows nothing else about skills, so a new requirement is a new part of the name here, and a
relaxed requirement is one more pool on the waiting ticket.

`estate/skill@3/language@2~i#2`: a level asked of skill or language (1, the least, is not written), how the pool
orders its seats (`~i` longest idle, `~r` by turns, `~s5` … `~s1` seats of that level of the skill; nothing: least
loaded), and how much of a seat's capacity the work takes (1 is not written).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

ANY_LANGUAGE = "any"
LEVELS = range(1, 6)
USUAL_LEVEL = 3
_SEPARATORS = ("/", "#", "@", "~")


class Strategy(StrEnum):
    """How a queue chooses among the seats that may have a ticket."""

    LEAST_LOADED = "least_loaded"
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    MOST_SKILLED = "most_skilled"
    STICKY = "sticky"  # who last worked for this resident, if free now; else the least loaded


_MARKS = {Strategy.LONGEST_IDLE: "~i", Strategy.ROUND_ROBIN: "~r"}
"""Sticky and least loaded are the same to a pool: who is asked first is said with the ticket."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a skill of a seat by tickets of one queue: levels, strategies and weights in use."""

    levels: frozenset[int] = frozenset({1})
    strategies: frozenset[Strategy] = frozenset({Strategy.LEAST_LOADED})
    weights: frozenset[int] = frozenset({1})


USUALLY = Asked()


def queue_name(estate: str, queue: str) -> str:
    """The name under which the tickets of one queue of one estate are counted: `estate/queue`."""
    return f"{_part(estate)}/{_part(queue)}"


def pool(estate: str, skill: str, language: str, weight: int = 1, *, mark: str = "") -> str:
    """The name of one pool. Raises ValueError for a part that is empty or holds a blank or a separator."""
    if weight < 1:
        raise ValueError(f"a pool's weight is at least 1, not {weight}")
    name = f"{_part(estate)}/{_levelled(skill)}/{_levelled(language)}{mark}"
    return name if weight == 1 else f"{name}#{weight}"


def at_level(code: str, level: int) -> str:
    """A skill or language as asked for with `level` at least; 1 is the code itself. Raises ValueError."""
    if level not in LEVELS:
        raise ValueError(f"a level is 1 to 5, not {level}")
    return code if level == 1 else f"{code}@{level}"


def weight_of(name: str) -> int:
    """The units of capacity that work from pool `name` takes."""
    return int(name.partition("#")[2] or 1)


def tier_of(name: str) -> str:
    """The mark by which pools of one ticket are asked one group after the other; empty for the usual one."""
    return name.partition("#")[0].partition("~")[2]


def strategy_of(name: str) -> str:
    """The letter of the strategy of a pool; empty for the usual one."""
    return tier_of(name)[:1]


def parts_of(name: str) -> tuple[str, str, str]:
    """Estate, skill and language of a pool, the last two with the level asked, without mark and weight."""
    estate, skill, language = name.partition("#")[0].partition("~")[0].split("/")
    return estate, skill, language


def marks(strategy: Strategy) -> tuple[str, ...]:
    """The marks of the pools in which a ticket of a queue with this strategy waits, in the order to be asked."""
    if strategy is Strategy.MOST_SKILLED:
        return tuple(f"~s{level}" for level in reversed(LEVELS))
    return (_MARKS.get(strategy, ""),)


def pools_for_ticket(
    estate: str,
    queue: str,
    language: str | None,
    weight: int = 1,
    *,
    strategy: Strategy = Strategy.LEAST_LOADED,
    level: int = 1,
) -> tuple[str, ...]:
    """The pools in which a ticket waits at first: its estate, its queue's skill, its language.

    `language` None means that no language is asked for, so any seat with the skill will do.
    """
    skill = at_level(queue, level)
    return tuple(pool(estate, skill, language or ANY_LANGUAGE, weight, mark=mark) for mark in marks(strategy))


def pools_for_seat(
    estates: Iterable[str],
    skills: Mapping[str, int] | Iterable[str],
    languages: Iterable[str],
    asked: Callable[[str], Asked] = lambda _: USUALLY,
) -> tuple[str, ...]:
    """The pools that a seat serves, sorted: each estate with each skill in each language, and in any.

    A seat without an estate or without a skill serves none. `skills`: level by code. `asked`: what tickets of a
    queue ask of its skill.
    """
    levels = skills if isinstance(skills, Mapping) else dict.fromkeys(skills, USUAL_LEVEL)
    spoken = {*languages, ANY_LANGUAGE}
    return tuple(
        sorted(
            pool(estate, skill, language, weight, mark=mark)
            for estate in set(estates)
            for code, own in levels.items()
            for language in spoken
            for skill, mark, weight in _kinds(code, own, asked(code))
        )
    )


def _kinds(code: str, own: int, asked: Asked) -> Collection[tuple[str, str, int]]:
    return {
        (at_level(code, level), f"~s{own}" if strategy is Strategy.MOST_SKILLED else mark, weight)
        for level in asked.levels
        if own >= level
        for strategy in asked.strategies
        for mark in marks(strategy)
        for weight in asked.weights
    }


def _levelled(text: str) -> str:
    code, at, level = text.partition("@")
    if at and not (level.isdigit() and int(level) in LEVELS):
        raise ValueError(f"not a level from 1 to 5: {text!r}")
    return _part(code) + at + level


def _part(text: str) -> str:
    if not text or any(c.isspace() or c in _SEPARATORS for c in text):
        raise ValueError(f"not usable in the name of a pool: {text!r}")
    return text
