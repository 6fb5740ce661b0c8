"""Numbers as people type them: kept if valid, else refused with the form that was probably meant."""

import re
import unicodedata

import phonenumbers

from tickets.errors import Refused

_SLIPS = str.maketrans("OoIl", "0011")


class BadNumber(Refused):
    """The text is no valid telephone number; `proposed` is the valid one closest to it, or None."""

    code = "bad_number"

    def __init__(self, given: str, proposed: str | None) -> None:
        self.given, self.proposed = given, proposed
        hint = f" Did you mean {proposed}?" if proposed else ""
        super().__init__(f"{given} is not a telephone number.{hint}", field="phones", proposed=proposed)


def checked(text: str, region: str | None) -> str:
    """The E.164 form of a valid number; `region` ("TW") holds where no country code was typed. Raises BadNumber."""
    found = _valid(unicodedata.normalize("NFKC", text).strip(), region)
    if found is None:
        raise BadNumber(text.strip(), proposal(text, region))
    return found


def proposal(text: str, region: str | None) -> str | None:
    """The valid number that was probably meant: slips of letters, of zeros and of the country code; else None."""
    plain = unicodedata.normalize("NFKC", text).translate(_SLIPS)
    digits = re.sub(r"\D", "", plain)
    code = str(phonenumbers.country_code_for_region(region)) if region else ""
    tries = [
        digits,
        f"+{digits}",
        f"+{digits.removeprefix('00')}",
        digits.lstrip("0"),
        f"0{digits.lstrip('0')}",
    ]
    if code:
        rest = digits.removeprefix("00").removeprefix(code)
        tries += [
            f"+{code}{rest.lstrip('0')}",
            f"+{code}{digits.lstrip('0')}",
            f"+{code}{rest[:-1].lstrip('0')}",
        ]
    return next((found for one in tries if (found := _valid(one, region))), None)


def region_of(hotline_e164: str) -> str | None:
    """The region of an estate, by its hotline number."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(hotline_e164))
    except phonenumbers.NumberParseException:
        return None


def _valid(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or re.search(r"[^\d+().\-\s/]", text):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
