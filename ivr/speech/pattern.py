"""How values are said in a language whose manner is data: `locales/<locale>/values.json`, a translator's file.

Names of weekdays and months come from CLDR unless the file gives its own. A language without such a file
speaks values as English does; the sentences around them still come from its catalog.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel.dates import get_day_names, get_month_names

from infra.i18n import catalogs
from ivr.speech.english import English
from ivr.speech.money import figures_of
from ivr.speech.values import Channel, Moment, Money, Span
from ivr.state import Dwelling

HOURS, MINUTES = 24, 60


class MannerError(ValueError):
    """A `values.json` that cannot be used; the text names the file and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Homes:
    """Patterns for a dwelling. `home` and `room` have {building}, {floor}, {door}; `room` also {room}.

    `block` names a numbered building, `tower` a lettered one; `basement` a floor below the street. `room`
    is for a door that is a number: {room} is floor and door in one, 3 and 02 being 302.
    """

    block: str
    tower: str
    floor: str
    basement: str
    home: str
    room: str


@dataclass(frozen=True, kw_only=True)
class Days:
    """Patterns from a time of day, {time}, to a moment; `at` and `between` make that {time} from the clock."""

    today: str
    tomorrow: str
    weekday: str  # {weekday}
    date: str  # {weekday}, {day}, {month}
    at: str = "{clock}"
    between: str  # {start}, {end}


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A spoken time of day: {hour}, {minute} and {part}, the part of the day that begins at each given hour."""

    hours: tuple[str, ...]
    minutes: tuple[str, ...]
    parts: tuple[tuple[int, str], ...]
    sharp: str
    half: str
    past: str

    def words(self, at: datetime) -> str:
        """The time of day of `at`."""
        part = next((name for first, name in reversed(self.parts) if first <= at.hour), "")
        pattern = {0: self.sharp, 30: self.half}.get(at.minute, self.past)
        return pattern.format(hour=self.hours[at.hour], minute=self.minutes[at.minute], part=part)


@dataclass(frozen=True, kw_only=True)
class Pattern(English):
    """The manner of one language, made of patterns. `clock_to_read` formats a `datetime` for the eye."""

    locale: str
    keys: Mapping[str, str]
    homes: Homes
    clock: Clock
    clock_to_read: str
    to_hear: Days
    to_read: Days
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    money_to_hear: Mapping[str, str]

    def key(self, key: str) -> str:
        """The name of a key."""
        return self.keys.get(key, key)

    def unit(self, dwelling: Dwelling, channel: Channel) -> str:
        """Building, floor and door in the order of the language."""
        homes, door = self.homes, dwelling.door.upper()
        block = homes.block if dwelling.building.isdecimal() else homes.tower
        floor = homes.basement if dwelling.floor < 0 else homes.floor
        whole = homes.room if door.isdecimal() and dwelling.floor > 0 else homes.home
        return whole.format(
            building=block.format(building=dwelling.building),
            floor=floor.format(floor=abs(dwelling.floor)),
            door=door,
            room=f"{dwelling.floor}{door.zfill(2)}",
        )

    def moment(self, moment: Moment, channel: Channel) -> str:
        """A time on its day; the day is always said, so `is_limit` changes nothing."""
        local, days = moment.local(), self.days(channel)
        return self.on_day(moment, days, days.at.format(clock=self.time_of_day(local, channel)))

    def span(self, span: Span, channel: Channel) -> str:
        """From a time to a later one of the same day."""
        days = self.days(channel)
        ends = [self.time_of_day(end.local(), channel) for end in (span.first(), span.last())]
        return self.on_day(span.first(), days, days.between.format(start=ends[0], end=ends[1]))

    def days(self, channel: Channel) -> Days:
        """The patterns for the ear or for the eye."""
        return self.to_hear if channel is Channel.EAR else self.to_read

    def time_of_day(self, local: datetime, channel: Channel) -> str:
        """The hour and minute in words, or in figures for the eye."""
        return self.clock.words(local) if channel is Channel.EAR else self.clock_to_read.format(local)

    def on_day(self, moment: Moment, days: Days, time: str) -> str:
        """`time` on the day of `moment`."""
        local, ahead = moment.local(), moment.days_ahead()
        weekday = self.weekdays[local.weekday()]
        pattern = {0: days.today, 1: days.tomorrow}.get(ahead, days.weekday if 1 < ahead < 7 else days.date)
        month = self.months[local.month - 1]
        return pattern.format(time=time, weekday=weekday, day=local.day, month=month)

    def money(self, money: Money, channel: Channel) -> str:
        """An amount, with the everyday name of its currency for the ear."""
        everyday = self.money_to_hear.get(money.currency)
        if everyday and channel is Channel.EAR:
            return everyday.format(amount=figures_of(money, self.locale))
        return super().money(money, channel)


@lru_cache(maxsize=64)
def manner_of(language: str) -> Pattern | None:
    """The manner in the file of `language`, None if it has none. Kept for the life of the process.

    Raises `MannerError` for a file that is not whole.
    """
    locale = catalogs.locale_of(language)
    path = catalogs.LOCALES / locale / "values.json"
    if not path.exists():
        return None
    try:
        return read(locale, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise MannerError(f"{path}: {error}") from error


def read(locale: str, entry: Mapping[str, Any]) -> Pattern:
    """The manner that `entry` describes; unknown or missing fields raise `TypeError` or `KeyError`."""
    hear = Days(**entry["days"])
    clock = dict(entry["clock"])
    clock["hours"] = figures(clock["hours"])
    clock["minutes"] = tuple(clock.get("minutes") or map(str, range(MINUTES)))
    clock["parts"] = tuple((first, name) for first, name in clock.get("parts", ()))
    if (len(clock["hours"]), len(clock["minutes"])) != (HOURS, MINUTES):
        raise ValueError("a clock needs 24 hours and 60 minutes")
    days = get_day_names("wide", locale=locale)
    return Pattern(
        locale=locale,
        keys=entry["keys"],
        homes=Homes(**entry["homes"]),
        clock=Clock(**clock),
        clock_to_read=entry["clock_to_read"],
        to_hear=hear,
        to_read=Days(**entry["days"] | entry.get("days_to_read", {})),
        weekdays=tuple(entry.get("weekdays") or (days[number] for number in range(7))),
        months=tuple(entry.get("months") or get_month_names("wide", locale=locale).values()),
        money_to_hear=entry.get("money", {}),
    )


def figures(hours: int | list[str]) -> tuple[str, ...]:
    """The words of the 24 hours: as listed, or figures of a clock of 12 or of 24."""
    if isinstance(hours, list):
        return tuple(hours)
    return tuple(str(hour % hours or (hours if hour else 0)) for hour in range(HOURS))
