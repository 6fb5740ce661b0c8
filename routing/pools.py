"""Pools: who may serve what, written as `estate/skill/language`. Pure.

A ticket waits in one or several pools, a seat serves one or several; they meet where they share a pool. The
routing index knows nothing else about skills, so a new requirement is a new part of the name here, and a
relaxed requirement is one more pool on the waiting ticket. A pool that ends in `#N` is for work that takes N
units of a seat's capacity instead of one.
"""

from collections.abc import Iterable

ANY_LANGUAGE = "any"
_SEPARATORS = ("/", "#")


def queue_name(estate: str, queue: str) -> str:
    """The name under which the tickets of one queue of one estate are counted: `estate/queue`."""
    return f"{_part(estate)}/{_part(queue)}"


def pool(estate: str, skill: str, language: str, weight: int = 1) -> str:
    """The name of one pool. Raises ValueError for a part that is empty or holds a blank, `/` or `#`."""
    if weight < 1:
        raise ValueError(f"a pool's weight is at least 1, not {weight}")
    name = f"{_part(estate)}/{_part(skill)}/{_part(language)}"
    return name if weight == 1 else f"{name}#{weight}"


def weight_of(name: str) -> int:
    """The units of capacity that work from pool `name` takes."""
    return int(name.partition("#")[2] or 1)


def pools_for_ticket(estate: str, queue: str, language: str | None, weight: int = 1) -> tuple[str, ...]:
    """The pools in which a ticket waits at first: its estate, its queue's skill, its language.

    `language` None means that no language is asked for, so any seat with the skill will do.
    """
    return (pool(estate, queue, language or ANY_LANGUAGE, weight),)


def pools_for_seat(
    estates: Iterable[str],
    skills: Iterable[str],
    languages: Iterable[str],
    weights: Iterable[int] = (1,),
) -> tuple[str, ...]:
    """The pools that a seat serves, sorted: each estate with each skill in each language, and in any.

    A seat without an estate or without a skill serves none. `weights` are those that waiting tickets have.
    """
    spoken = {*languages, ANY_LANGUAGE}
    sizes = set(weights)
    wanted = set(skills)
    return tuple(
        sorted(
            pool(estate, skill, language, weight)
            for estate in set(estates)
            for skill in wanted
            for language in spoken
            for weight in sizes
        )
    )


def _part(text: str) -> str:
    if not text or any(c.isspace() or c in _SEPARATORS for c in text):
        raise ValueError(f"not usable in the name of a pool: {text!r}")
    return text
