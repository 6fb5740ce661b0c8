"""A spoken yes or no, and nothing but that."""

import re
from functools import cache

from infra.i18n.folding import folded
from ivr.understand.alarm import LISTS
from ivr.understand.matching import any_of
from ivr.understand.utterances import SHARED, list_of

# Words of politeness or mood: beside an answer they change nothing.
PARTICLES = re.compile(r"[啊呀喔哦的啦喇吖よね]|です|ค่ะ|คะ|ครับ|นะ|\b(?:po|ạ|dạ|thưa)\b")


@cache
def _answers(which: str, name: str) -> re.Pattern[str]:
    lists = LISTS[which]
    return any_of(folded(word) for each in (name, SHARED) for word in lists.get(each, ()))  # type: ignore[attr-defined]


def _is_only(which: str, words: str, language: str) -> bool:
    text, found = _answers(which, list_of(language)).subn(" ", folded(words))
    return bool(found) and not re.search(r"\w", PARTICLES.sub("", text))


def is_no(words: str, language: str) -> bool:
    """Whether `words` are nothing but a no. Anything else is not: in doubt an emergency goes on."""
    return _is_only("no", words, language)


def is_yes(words: str, language: str) -> bool:
    """Whether `words` are nothing but a yes. A no that holds a yes ("that's not right") is none."""
    return _is_only("yes", words, language) and not is_no(words, language)
