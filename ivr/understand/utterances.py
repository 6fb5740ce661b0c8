"""The files of examples and keywords: one line for each category, in each language.

    home.water: the tap drips / my pipe has burst            learn/, holdout/: sentences parted by " / "
    home.water: leak, pipe & burst                           keywords/: phrases, or several that must all be there

`learn/` is for the model, `holdout/` only measures it. Chinese keywords are one list for all of Chinese.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SHARED = "en"


def list_of(language: str) -> str:
    """The name of the list for a language tag: all Chinese share `zh`, since a recogniser may write either."""
    first = language.partition("-")[0]
    return "zh" if first in ("zh", "yue") else first


def tags() -> tuple[str, ...]:
    """The languages that have examples to learn from."""
    return tuple(sorted(path.stem for path in (HERE / "learn").glob("*.txt")))


def lines(path: Path) -> Iterable[tuple[str, str]]:
    """Category and rest of each line of a file; nothing if there is no such file."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        code, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            yield code.strip(), rest.strip()


@cache
def examples(kind: str, tag: str) -> tuple[tuple[str, str], ...]:
    """Category and sentence of each example of `kind` (`learn`, `holdout`, `alarms`) in one language."""
    return tuple(
        (code, sentence.strip())
        for code, rest in lines(HERE / kind / f"{tag}.txt")
        for sentence in rest.split(" / ")
        if sentence.strip()
    )


@cache
def keywords(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Category and phrases of each keyword entry of a list; an entry of several phrases needs them all."""
    return tuple(
        (code, tuple(part.strip() for part in entry.split("&")))
        for code, rest in lines(HERE / "keywords" / f"{name}.txt")
        for entry in rest.split(",")
        if entry.strip()
    )
