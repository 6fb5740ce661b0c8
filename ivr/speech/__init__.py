"""From a prompt and typed values to the sentence of one language, for the ear or for the eye.

Chinese numbers and English have a manner in code, every other language one in its file of patterns
(`ivr.speech.pattern`); without one it speaks values as English does. Sentences come from its catalog.
"""

import re
from collections.abc import Mapping

from infra.i18n import catalogs
from ivr.prompts import prompt_of
from ivr.speech.chinese import HONG_KONG, MAINLAND, TAIWAN
from ivr.speech.english import English
from ivr.speech.missing import spoken_in
from ivr.speech.pattern import manner_of
from ivr.speech.values import Channel, Count, Digits, Key, Moment, Money, Phone, Span, Unit, Value

__all__ = [
    "Channel", "Count", "Digits", "Key", "Moment", "Money", "Phone", "Span", "Unit", "Value", "manner",
    "phrase", "spoken_in", "words",
]  # fmt: skip

PLAIN = English()
MANNERS: dict[str, English] = {
    "zh-TW": TAIWAN,
    "nan": TAIWAN,
    "hak": TAIWAN,
    "zh-CN": MAINLAND,
    "yue": HONG_KONG,
}


def manner(language: str) -> English:
    """How `language` says values."""
    return MANNERS.get(language) or manner_of(language) or PLAIN


def words(value: Value, language: str, channel: Channel = Channel.EAR) -> str:
    """The words for `value` in `language`."""
    return manner(language).words(value, channel)


def phrase(
    key: str,
    values: Mapping[str, Value],
    language: str,
    channel: Channel = Channel.EAR,
    wording: Mapping[str, str] | None = None,
) -> str:
    """The sentence of prompt `key` in `language` with `values` in their places.

    A prompt with a plural takes its form from the value `count`. `wording` swaps whole words of the
    English sentences ("lift" for "elevator"), as the estate is used to. Raises `KeyError` for an unknown
    prompt or a value that is missing.
    """
    prompt = prompt_of(key)
    messages = catalogs.translations("voice", catalogs.locale_of(language))
    if prompt.plural is None:
        sentence = messages.pgettext(key, prompt.text)
    else:
        count = values["count"]
        sentence = messages.npgettext(
            key, prompt.text, prompt.plural, count.number if isinstance(count, Count) else 1
        )
    tongue = manner(language)
    if prompt.fields:
        sentence = sentence.format_map({name: tongue.words(values[name], channel) for name in prompt.fields})
    return reword(sentence, wording) if wording and language == "en" else sentence


def reword(sentence: str, wording: Mapping[str, str]) -> str:
    """`sentence` with whole words swapped, keeping a capital at their head."""
    pattern = r"\b(" + "|".join(map(re.escape, wording)) + r")\b"

    def swap(found: re.Match[str]) -> str:
        word = found.group()
        new = wording[word.lower()]
        return new.capitalize() if word[0].isupper() else new

    return re.sub(pattern, swap, sentence, flags=re.IGNORECASE)
