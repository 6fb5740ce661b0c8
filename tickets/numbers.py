"""Ticket numbers: eight digits, the last a Damm check digit.

Digits only, because numbers are read aloud, keyed in and heard by recognisers in eleven languages. Damm's
scheme (H. Michael Damm, 2004) catches every single wrong digit and every swap of two neighbours, which are
nearly all the mistakes people make on a telephone keypad.
"""

import unicodedata

SERIAL_DIGITS = 7
LENGTH = SERIAL_DIGITS + 1
FIRST_SERIAL = 1_000_001
LAST_SERIAL = 9_999_999

# The totally anti-symmetric quasigroup of order 10 given in Damm's thesis.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

# What people and recognisers put between the digits of a number.
_SEPARATORS = frozenset(" \t\r\n-‐‑–—.,、。，．:#*()")


def check_digit(digits: str) -> int:
    """The Damm check digit of a string of ASCII digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def make_number(serial: int) -> str:
    """The ticket number of a serial: seven digits and their check digit. ValueError outside 1–9,999,999."""
    if not 1 <= serial <= LAST_SERIAL:
        raise ValueError(f"serial {serial} is outside 1–{LAST_SERIAL}")
    body = f"{serial:0{SERIAL_DIGITS}d}"
    return f"{body}{check_digit(body)}"


def is_valid(number: str) -> bool:
    """Whether `number` is eight ASCII digits that end in their check digit."""
    return len(number) == LENGTH and number.isascii() and number.isdigit() and check_digit(number) == 0


def parse(text: str) -> str | None:
    """The ticket number that somebody typed or said, or None if it is none.

    Digits of every script count (full-width `１` is `1`); blanks and punctuation between them do not.
    """
    digits: list[str] = []
    for character in text:
        if character in _SEPARATORS or character.isspace():
            continue
        value = unicodedata.decimal(character, -1)
        if value < 0:
            return None
        digits.append(str(value))
    number = "".join(digits)
    return number if is_valid(number) else None
