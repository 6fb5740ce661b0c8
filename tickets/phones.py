"""Phone numbers in E.164: whether one is possible, can take texts, and how it looks to those who need no more."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

# What the numbering plan knows to have no screen. A range it does not know yet is tried: the provider will say.
_NO_TEXTS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)

_COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def parse_e164(text: str, region: str | None = None) -> str | None:
    """The E.164 form of a number as typed, or None if it is not a possible one.

    `region` ("TW") is assumed for a number without a country code.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def region_of(e164: str) -> str | None:
    """The country or territory that a number belongs to ("TW"); None if it is no number or of no country."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return None


def national(e164: str) -> str:
    """The digits as they are dialled at home: `0912345678`; what is no number stays as it is."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(filter(str.isdigit, written))


def callable_e164(text: str, region: str | None, only_region: bool = False) -> str | None:
    """The E.164 form of a number that may be rung at our cost, or None.

    It has to be one that its numbering plan knows, and not one at which ringing costs extra. `only_region`: it must
    lie in `region`, because whoever keyed it could name any country of the world.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in _COSTLY:
        return None
    if only_region and phonenumbers.region_code_for_number(number) != region:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=10_000)
def takes_texts(e164: str) -> bool:
    """Whether a text message may be sent to this number: not to a land line, nor to what is no number."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) and phonenumbers.number_type(number) not in _NO_TEXTS


def mask(e164: str) -> str:
    """The number with its middle hidden: `+886912***678`."""
    return f"{e164[:-6]}***{e164[-3:]}" if len(e164) > 8 else "***"
