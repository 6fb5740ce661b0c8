"""The third rung: a small model of character n-grams, learnt from the examples when first needed.

Each category is the mean of its examples, each example a bag of n-grams weighted by how rare they are; an utterance
is near a category by the cosine between the two. Keywords found count beside it, by their share of all that were
found. Learning a list takes less than a second, so nothing trained is stored: to teach it, change an example.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from infra.i18n.folding import folded
from ivr.understand import keywords, utterances
from ivr.understand.matching import UNSPACED

SPACED, DENSE = (3, 4), (1, 2)  # lengths of n-grams, by whether the script parts words
KEYWORD_SHARE = 0.5
Counts = Mapping[str, int]
Bag = dict[str, float]


def grams(text: str) -> Counter[str]:
    """The n-grams of folded `text`: of words with their edges and whole; of all of it where words are not parted."""
    counts: Counter[str] = Counter()
    if UNSPACED.search(text):
        for piece in text.split():
            counts.update(piece[at : at + n] for n in DENSE for at in range(len(piece) - n + 1))
        return counts
    for word in text.split():
        marked = f" {word} "
        counts.update(marked[at : at + n] for n in SPACED for at in range(len(marked) - n + 1))
        counts[f"={word}"] += 1
    return counts


@dataclass(frozen=True)
class Model:
    """What was learnt: the rarity of each n-gram, and how much each weighs in each category."""

    rarity: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]  # n-gram → category → weight
    unknown: float

    def bag(self, counts: Counts) -> Bag:
        """`counts` weighted by rarity, of length one. An n-gram never seen is rare, so strange words lower all."""
        weighed = {
            gram: (1 + math.log(n)) * self.rarity.get(gram, self.unknown) for gram, n in counts.items()
        }
        return unit(weighed)

    def nearness(self, counts: Counts) -> Bag:
        """The cosine between `counts` and each category that shares anything with it."""
        near: Bag = defaultdict(float)
        for gram, value in self.bag(counts).items():
            for category, weight in self.weights.get(gram, {}).items():
                near[category] += value * weight
        return near


def unit(bag: Bag) -> Bag:
    """`bag` brought to length one."""
    length = math.sqrt(sum(value * value for value in bag.values())) or 1.0
    return {gram: value / length for gram, value in bag.items()}


def learn(examples: Sequence[tuple[str, Counts]]) -> Model:
    """The model of labelled counts."""
    seen: Counter[str] = Counter(gram for _, counts in examples for gram in counts)
    total = 1 + len(examples)
    untaught = Model({gram: math.log(total / (1 + n)) for gram, n in seen.items()}, {}, math.log(total))
    centres: dict[str, Bag] = defaultdict(lambda: defaultdict(float))
    for category, counts in examples:
        for gram, value in untaught.bag(counts).items():
            centres[category][gram] += value
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for category, centre in centres.items():
        for gram, value in unit(centre).items():
            weights[gram][category] = value
    return Model(untaught.rarity, dict(weights), untaught.unknown)


def members(name: str) -> Iterable[str]:
    """The languages that learn together: those of one list."""
    return (tag for tag in utterances.tags() if utterances.list_of(tag) == name)


@cache
def model_of(name: str) -> Model:
    """The model of a list, learnt now if it is the first time; empty for a language without examples."""
    pairs = [pair for tag in members(name) for pair in utterances.examples("learn", tag)]
    return learn([(category, grams(folded(sentence))) for category, sentence in pairs])


def scores(words: str, language: str, hits: Mapping[str, float] | None = None) -> Bag:
    """What each category counts for `words`: nearness, and the share of the keywords found (`hits` if known)."""
    if hits is None:
        hits = keywords.scores(words, language)
    found = model_of(utterances.list_of(language)).nearness(grams(folded(words)))
    total = sum(hits.values())
    for category, weight in hits.items():
        found[category] = found.get(category, 0.0) + KEYWORD_SHARE * weight / total
    return dict(found)
