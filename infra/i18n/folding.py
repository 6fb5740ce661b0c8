"""Texts made comparable: width, case, Chinese script and accents folded, for matching and for finding.

Nothing folded is ever shown. The simplified script is only the meeting point of both (`han.txt`).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

HAN = Path(__file__).with_name("han.txt")
# Letters that Unicode does not take apart into a plain one and a mark.
BARRED = {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ħ": "h"}
LATIN = (range(0xC0, 0x250), range(0x1E00, 0x1F00))
MARKS = re.compile("[\u0300-\u036f]*")


@cache
def script_pairs() -> dict[int, str]:
    """The simplified character of each traditional one, as `str.translate` takes it."""
    lines = HAN.read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return {ord(pairs[place]): pairs[place + 1] for place in range(0, len(pairs), 2)}


def one_script(text: str) -> str:
    """`text` with every Chinese character in one script."""
    return text.translate(script_pairs())


def folded(text: str) -> str:
    """`text` with width, case and Chinese script folded, apostrophes and runs of space made plain."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return re.sub(r"\s+", " ", one_script(plain))


def bare(letter: str) -> str:
    """A Latin letter without its accents, in lower case: "ệ" is "e", "Đ" is "d"."""
    first = unicodedata.normalize("NFD", letter)[:1].casefold()
    return BARRED.get(first, first)


@cache
def variants() -> dict[str, str]:
    """Every way to write a character, by its folded form, for those that have more than one."""
    ways: dict[str, set[str]] = {}
    for traditional, simplified in script_pairs().items():
        ways.setdefault(simplified, {simplified}).add(chr(traditional))
    for letter in letters():
        ways.setdefault(bare(letter), {bare(letter)}).add(letter.lower())
    return {plain: "".join(sorted(found)) for plain, found in ways.items()}


def letters() -> Iterable[str]:
    """The Latin letters that carry a mark."""
    for block in LATIN:
        for code in block:
            if chr(code).isalpha() and "a" <= bare(chr(code)) <= "z":
                yield chr(code)


def search_pattern(text: str) -> str:
    """A regular expression that finds `text` in either Chinese script and with or without accents.

    Understood by PostgreSQL (`~*`) and by Python, both told to ignore case. Finds letters followed by
    combining marks too, as some keyboards write them.
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text)).strip()
    return "".join(map(either, plain))


def either(char: str) -> str:
    """The expression for one character: each way to write it."""
    if char.isspace():
        return r"\s+"
    plain = bare(char) if char.isalpha() and ord(char) < 0x1F00 else one_script(char)
    ways = variants().get(plain)
    if "a" <= plain <= "z":
        return f"[{ways}]{MARKS.pattern}" if ways else plain
    return f"[{ways}]" if ways else re.escape(char)
