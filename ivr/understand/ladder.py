"""What a matter is about, from words: keywords if they agree, else the small model; below the threshold, nothing.

Emergency words come before this (`alarm`); the caller confirms after it. One guess a call: the flow sees to that.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

from ivr.understand import keywords, model

KEYWORDS, MODEL = "keywords", "model"
# Keywords decide alone when this share of what was found speaks for one category.
AGREED = 0.75
# The chance of being right, from the best score and its lead: a logistic curve fitted on the examples, each judged
# by a model that had not seen it (`bench.understanding` shows how it holds on sentences kept apart).
BASE, BY_SCORE, BY_LEAD = -1.57, 1.98, 8.19
THRESHOLD = 0.5
DEAF = 0.3  # a recogniser less sure of its own words than this gave noise


@dataclass(frozen=True)
class Guess:
    """A category, by which rung it was found, and the chance that it is right, 0 to 1."""

    category: str
    method: str
    confidence: float


def best(words: str, language: str, allowed: Collection[str]) -> Guess | None:
    """The likeliest of the `allowed` categories however unlikely; None if nothing speaks for any."""
    hits = {code: weight for code, weight in keywords.scores(words, language).items() if code in allowed}
    found = {code: score for code, score in model.scores(words, language, hits).items() if code in allowed}
    if not found:
        return None
    first, *others = sorted(found, key=lambda code: (-found[code], code))
    lead = found[first] - (found[others[0]] if others else 0.0)
    chance = 1 / (1 + math.exp(-(BASE + BY_SCORE * found[first] + BY_LEAD * lead)))
    is_agreed = bool(hits) and hits.get(first, 0.0) >= AGREED * sum(hits.values())
    return Guess(first, KEYWORDS if is_agreed else MODEL, round(chance, 3))


def guess(words: str, language: str, allowed: Collection[str], heard: float | None = None) -> Guess | None:
    """What `words` are about, if it is likely enough to be read back. `heard`: how sure the recogniser is of them."""
    if heard is not None and heard < DEAF:
        return None
    found = best(words, language, allowed)
    return found if found is not None and found.confidence >= THRESHOLD else None
