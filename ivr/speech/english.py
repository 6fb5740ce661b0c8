"""How values are said in English, and in any language that has no manner of its own yet."""

from ivr.speech.money import amount_of
from ivr.speech.values import Channel, Count, Digits, Key, Moment, Money, Phone, Span, Unit, Value
from ivr.state import Dwelling

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
KEYS = {"*": "star", "#": "the hash key"}
ORDINAL_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


class English:
    """The manner of one language: each method gives the words for one kind of value."""

    locale = "en"

    def words(self, value: Value, channel: Channel) -> str:
        """The words for `value`; plain text stays as it is."""
        match value:
            case Digits(digits):
                return self.digits(digits) if channel is Channel.EAR else digits
            case Key(key):
                return self.key(key)
            case Unit(dwelling):
                return self.unit(dwelling, channel)
            case Moment():
                return self.moment(value, channel)
            case Span():
                return self.span(value, channel)
            case Money():
                return self.money(value, channel)
            case Count(number):
                return self.count(number) if channel is Channel.EAR else str(number)
            case Phone(number):
                return self.phone(number) if channel is Channel.EAR else number
            case _:
                return value

    def digits(self, digits: str) -> str:
        """One by one, parted by commas, so that every voice makes a small pause."""
        return ", ".join(digits)

    def key(self, key: str) -> str:
        """The name of a key."""
        return KEYS.get(key, key)

    def count(self, number: int) -> str:
        """A number of things."""
        return str(number)

    def phone(self, number: str) -> str:
        """A number to dial."""
        return ", ".join(number)

    def unit(self, dwelling: Dwelling, channel: Channel) -> str:
        """A dwelling: "block 3, 12th floor, flat A"."""
        below = dwelling.floor < 0
        floor = f"basement level {-dwelling.floor}" if below else f"{ordinal(dwelling.floor)} floor"
        return f"block {dwelling.building}, {floor}, flat {dwelling.door}"

    def moment(self, moment: Moment, channel: Channel) -> str:
        """A time: "14:30", "tomorrow at 09:00", "Monday at 09:00", "Monday 11 January at 09:00"."""
        clock, days = f"{moment.local():%H:%M}", moment.days_ahead()
        if days == 0:
            return clock if moment.is_limit else f"today at {clock}"
        if days == 1:
            return f"tomorrow at {clock}"
        return f"{self.day(moment)} at {clock}" if moment.is_limit else f"on {self.day(moment)} at {clock}"

    def span(self, span: Span, channel: Channel) -> str:
        """From a time to a later one of the same day: "tomorrow between 14:00 and 16:00"."""
        first, days = span.first(), span.first().days_ahead()
        day = {0: "today", 1: "tomorrow"}.get(days) or f"on {self.day(first)}"
        return f"{day} between {first.local():%H:%M} and {span.last().local():%H:%M}"

    def day(self, moment: Moment) -> str:
        """A weekday within the week to come, else a date."""
        local = moment.local()
        weekday = WEEKDAYS[local.weekday()]
        is_near = 0 < moment.days_ahead() < 7
        return weekday if is_near else f"{weekday} {local.day} {MONTHS[local.month - 1]}"

    def money(self, money: Money, channel: Channel) -> str:
        """An amount: "1,280 New Taiwan dollars" for the ear, "NT$1,280" for the eye (names from CLDR)."""
        return amount_of(money, self.locale, channel)


def ordinal(number: int) -> str:
    """The number with its English ending: 1st, 2nd, 3rd, 12th."""
    ending = "th" if 10 <= abs(number) % 100 <= 20 else ORDINAL_ENDINGS.get(abs(number) % 10, "th")
    return f"{number}{ending}"
