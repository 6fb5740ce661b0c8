"""Finding phrases in folded text: whole words, except in scripts that do not part them by spaces."""

import re
from collections.abc import Iterable

# Thai, Japanese, Chinese, Korean: a phrase may stand anywhere.
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")


def whole(phrase: str) -> str:
    """The expression for one folded phrase."""
    return re.escape(phrase) if UNSPACED.search(phrase) else rf"(?<!\w){re.escape(phrase)}(?!\w)"


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """What finds any of the folded phrases, the longest first; with none, nothing."""
    longest_first = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(whole, longest_first)) or r"(?!)")
