"""A sentence in the office's own voice: which sounds are played for it, and what is still spoken.

A recording holds the whole sentence as far as it never changes (names of keys, the estate, the public emergency
number). What changes follows it in the order of the sentence: digits, keys and categories from recordings too, in a
language that nobody synthesises; times and places from the voice that stands beside it.
"""

from collections.abc import Mapping

from ivr import speech, voices
from ivr.flow.instructions import Play, Say
from ivr.flow.script import Desk

# The same in every call of an estate, so the recording says it.
FIXED = frozenset(
    {
        "estate", "phone", "person", "repeat", "hash", "back", "language", "yes", "no", "again", "place", "state",
        "chase", "unrecorded",
    }
)  # fmt: skip
DIGITS = "0123456789"
VALUE, CATEGORY = "value.", "category."


def parts(desk: Desk, key: str, given: Mapping[str, speech.Value], tongue: str) -> tuple[Say | Play, ...]:
    """What is heard instead of the text of prompt `key`; nothing if it has no recording in `tongue`."""
    url = desk.recordings.get((tongue, key))
    if url is None:
        return ()
    found: list[Say | Play] = [Play(url)]
    for name, value in given.items():
        if name not in FIXED:
            found += value_parts(desk, value, tongue)
    return tuple(found)


def value_parts(desk: Desk, value: speech.Value, tongue: str) -> list[Say | Play]:
    """One value: from recordings if all that it takes is there, else spoken."""
    urls = [desk.recordings.get((tongue, key)) for key in keys_of(desk, value, tongue)]
    if voices.voice_of(tongue).is_recorded and urls and None not in urls:
        return [Play(url) for url in urls if url]
    return [Say(speech.words(value, tongue), tongue)]


def keys_of(desk: Desk, value: speech.Value, tongue: str) -> list[str]:
    """The keys of the recordings that a value is made of; none if it can only be spoken."""
    match value:
        case speech.Key(key):
            return [f"{VALUE}{key}"]
        case speech.Digits(digits):
            return [f"{VALUE}{digit}" for digit in digits]
        case speech.Count(number) if number < 10:
            return [f"{VALUE}{number}"]
        case str():
            codes = (each.code for each in desk.categories if each.name(tongue) == value)
            return [f"{CATEGORY}{code}" for code in codes][:1]
        case _:
            return []


def needed(desk: Desk, spoken: frozenset[str]) -> list[str]:
    """Every recording that a language without a voice needs before it can be switched on."""
    values = [f"{VALUE}{key}" for key in (*DIGITS, "*", "#")]
    return [*sorted(spoken), *values, *(f"{CATEGORY}{each.code}" for each in desk.categories)]
