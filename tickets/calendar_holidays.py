"""Proposes the public holidays of a country, with its make-up working days; a person accepts them one by one.

From the `holidays` package, whose dates differ from what an office keeps now and then: nothing is saved from here.
"""

import re
from collections.abc import Collection
from datetime import date

import holidays

from tickets.windows import DayException

SOURCE = "holidays"
COUNTRIES = (
    "TW", "HK", "CN", "MO", "SG", "JP", "KR", "VN", "ID", "TH", "PH", "ES", "MY", "GB", "US",
)  # fmt: skip
_ZONES = {
    "Asia/Taipei": "TW", "Asia/Hong_Kong": "HK", "Asia/Shanghai": "CN", "Asia/Macau": "MO", "Asia/Singapore": "SG",
    "Asia/Tokyo": "JP", "Asia/Seoul": "KR", "Asia/Ho_Chi_Minh": "VN", "Asia/Jakarta": "ID", "Asia/Bangkok": "TH",
    "Asia/Manila": "PH", "Europe/Madrid": "ES", "Asia/Kuala_Lumpur": "MY", "Europe/London": "GB",
}  # fmt: skip
_LOCAL = {"TW": "zh_TW", "HK": "zh_HK", "CN": "zh_CN", "MO": "zh_MO"}
_FROM = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


def country_of(zone: str) -> str:
    """The country whose holidays a zone suggests; Taiwan's where we know none."""
    return _ZONES.get(zone, COUNTRIES[0])


def proposed(country: str, year: int, known: Collection[date] = ()) -> list[DayException]:
    """The holidays of a year as closed days, and the weekend days that work in their stead, without those `known`.

    A make-up day works like the day off that it was moved from; where that is not said, like a Friday.
    """
    if country not in COUNTRIES:
        return []
    dates = holidays.country_holidays(country, years=year, language=_LOCAL.get(country))
    found = [DayException.closed(on, name, SOURCE) for on, name in dates.items() if on.year == year]
    english = holidays.country_holidays(country, years=year, language="en_US")
    moved_to = {_moved_from(name): on for on, name in english.items() if _FROM.search(name)}
    for on in getattr(dates, "weekend_workdays", ()):
        if on.year == year:
            weekday = moved_to[on].weekday() if on in moved_to else 4
            found.append(DayException.works_like(on, weekday, "", SOURCE))
    return sorted((one for one in found if one.on not in known), key=lambda one: one.on)


def _moved_from(name: str) -> date | None:
    match = _FROM.search(name)
    return date(int(match[3]), int(match[1]), int(match[2])) if match else None
