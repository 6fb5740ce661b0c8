"""How well words are understood: per language, on sentences that nothing was learnt from, against plain keywords and
against chance; and the time that it takes.

One author wrote examples, keywords and the sentences kept apart, so real residents will be understood less well; the
figures show a loss or a gain from one change to the next.
"""

import time
from collections.abc import Iterator

from bench.place import Place
from bench.report import Figure
from ivr.understand import keywords, ladder, utterances
from ivr.understand.alarm import SHIPPED

ROUNDS = 3


def run(place: Place) -> Iterator[Figure]:
    """Yield the share understood per language and in all, the share of right guesses, and microseconds a sentence."""
    leaves = frozenset(code for tag in utterances.tags() for code, _ in utterances.examples("learn", tag))
    everything = [(tag, *pair) for tag in utterances.tags() for pair in utterances.examples("holdout", tag)]
    for tag in utterances.tags():
        own = [pair for each, *pair in everything if each == tag]
        plain = share([only_keywords(words, tag) == code for code, words in own])
        full = share([is_right(code, words, tag, leaves) for code, words in own])
        yield Figure(f"understood_{tag}", full, f"of {len(own)}", plain, "by keywords alone", 1.0)
    full = share([is_right(code, words, tag, leaves) for tag, code, words in everything])
    yield Figure("understood_all", full, f"of {len(everything)}", 1 / len(leaves), "by chance", 20)
    yield read_back(everything, leaves)
    yield spent(everything, leaves)


def share(results: list[bool]) -> float:
    """How many of the results are true, 0 to 1."""
    return sum(results) / len(results) if results else 0.0


def only_keywords(words: str, tag: str) -> str:
    """The category for which most keywords speak; "" if none or several do."""
    found = keywords.scores(words, tag)
    first = max(found.values(), default=0.0)
    leaders = [code for code, weight in found.items() if weight == first]
    return leaders[0] if len(leaders) == 1 else ""


def is_right(code: str, words: str, tag: str, leaves: frozenset[str]) -> bool:
    """Whether the likeliest category is the right one."""
    best = ladder.best(words, tag, leaves)
    return best is not None and best.category == code


def read_back(everything: list[tuple[str, str, str]], leaves: frozenset[str]) -> Figure:
    """Of the guesses that a caller would hear, how many are right; beside it, of how many sentences there is one."""
    guesses = [(code, ladder.guess(words, tag, leaves)) for tag, code, words in everything]
    made = [code == guess.category for code, guess in guesses if guess]
    return Figure(
        "guesses_right", share(made), "of those read back", len(made) / len(guesses), "read back", 0.8, True
    )


def spent(everything: list[tuple[str, str, str]], leaves: frozenset[str]) -> Figure:
    """Microseconds for one sentence through all rungs, against those for looking it up in a dictionary."""
    started = time.perf_counter()
    for _ in range(ROUNDS):
        for tag, _code, words in everything:
            if SHIPPED.find(words, tag) is None:
                ladder.guess(words, tag, leaves)
    each = (time.perf_counter() - started) / (ROUNDS * len(everything)) * 1e6
    known, started = dict.fromkeys(words for _, _, words in everything), time.perf_counter()
    for _, _, words in everything:
        known.get(words)
    bare = (time.perf_counter() - started) / len(everything) * 1e6
    return Figure("understanding_time", each, "µs a sentence", bare, "µs a look-up", 5000, True, False)
