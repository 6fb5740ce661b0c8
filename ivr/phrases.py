"""Words that change where a call goes: emergency phrases with their exceptions, and yes and no.

The lists are data (`phrases.json`), to be read by a native speaker and edited by the office. Chinese
shares one list over its scripts and languages, since a recogniser may answer in either script; English
counts everywhere.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

LISTS = json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
SHARED = "en"
# Words of politeness or mood: beside a no they change nothing.
PARTICLES = re.compile(r"[啊呀喔哦的啦喇吖よね]|です|ค่ะ|คะ|ครับ|นะ|\b(?:po|ạ|dạ|thưa)\b")
# Scripts that do not part words by spaces: a phrase may stand anywhere. Elsewhere it must be whole words.
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")


def folded(text: str) -> str:
    """`text` with width and case folded, and apostrophes and runs of space made plain."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", plain)


def list_of(language: str) -> str:
    """The name of the list for a language tag: all Chinese share `zh`."""
    first = language.partition("-")[0]
    return "zh" if first in ("zh", "yue") else first


@cache
def pattern(path: str, language: str) -> re.Pattern[str]:
    """What finds any phrase of the list at `path` (parts joined by dots) for `language` and for English."""
    entries = LISTS
    for part in path.split("."):
        entries = entries[part]
    phrases = {folded(each) for name in (list_of(language), SHARED) for each in entries.get(name, ())}
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(whole, longest_first)) or r"(?!)")


def whole(phrase: str) -> str:
    """The expression for one phrase: whole words, except in scripts that do not part them."""
    return re.escape(phrase) if UNSPACED.search(phrase) else rf"(?<!\w){re.escape(phrase)}(?!\w)"


def emergency_in(words: str, language: str) -> str:
    """The kind of emergency that `words` sound like (`lift`, `fire`, …), "" if none.

    Exceptions ("fire drill") are taken out first. Several kinds: the first of the list, most urgent first.
    """
    text = pattern("exceptions", language).sub(" ", folded(words))
    found = (kind for kind in LISTS["emergency"] if pattern(f"emergency.{kind}", language).search(text))
    return next(found, "")


def is_no(words: str, language: str) -> bool:
    """Whether `words` are nothing but a no. Anything else is not: in doubt an emergency goes on."""
    text, found = pattern("no", language).subn(" ", folded(words))
    return bool(found) and not re.search(r"\w", PARTICLES.sub("", text))
