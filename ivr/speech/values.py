"""Typed values that prompts speak: the value says what it is, the language says how it is said."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from ivr.state import Dwelling


class Channel(StrEnum):
    """For the ear (spoken) or for the eye (a text message)."""

    EAR = "ear"
    EYE = "eye"


@dataclass(frozen=True)
class Digits:
    """A number told digit by digit, such as a ticket number."""

    digits: str


@dataclass(frozen=True)
class Key:
    """A key of the telephone: 0–9, star, hash."""

    key: str


@dataclass(frozen=True)
class Unit:
    """A dwelling or shop: building, floor, door."""

    dwelling: Dwelling


@dataclass(frozen=True)
class Moment:
    """A time of day, as near as it is: today, tomorrow, a weekday, a date.

    `at` and `now` are aware, `zone` is the estate's. `is_limit`: it follows a word like "by", else it
    stands alone ("at"). Seconds are dropped, so the time told is never later than the time kept.
    """

    at: datetime
    now: datetime
    zone: str
    is_limit: bool = True

    def local(self) -> datetime:
        """The moment on the estate's clock."""
        return self.at.astimezone(ZoneInfo(self.zone))

    def days_ahead(self) -> int:
        """Calendar days from today to the moment, in the estate's zone."""
        return (self.local().date() - self.now.astimezone(ZoneInfo(self.zone)).date()).days


@dataclass(frozen=True)
class Span:
    """A stretch of one day, such as a visit from 14:00 to 16:00. All three instants are aware."""

    start: datetime
    end: datetime
    now: datetime
    zone: str

    def first(self) -> Moment:
        """Its beginning."""
        return Moment(self.start, self.now, self.zone, is_limit=False)

    def last(self) -> Moment:
        """Its end."""
        return Moment(self.end, self.now, self.zone)


@dataclass(frozen=True)
class Money:
    """An amount; `currency` is its ISO 4217 code."""

    amount: Decimal
    currency: str

    def is_whole(self) -> bool:
        """Whether there are no cents."""
        return self.amount == self.amount.to_integral_value()


@dataclass(frozen=True)
class Count:
    """A number of things, which also picks the plural form of a prompt."""

    number: int


@dataclass(frozen=True)
class Phone:
    """A telephone number to be dialled by the listener."""

    number: str


Value = str | Digits | Key | Unit | Moment | Span | Money | Count | Phone
