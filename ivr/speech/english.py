"""How values are said in English, and in any language that has no manner of its own yet."""

from ivr.speech.values import Channel, Count, Digits, Key, Moment, Phone, Unit, Value
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
        return f"block {dwelling.building}, {ordinal(dwelling.floor)} floor, flat {dwelling.door}"

    def moment(self, moment: Moment, channel: Channel) -> str:
        """A time: "14:30", "tomorrow at 09:00", "Monday at 09:00", "Monday 11 January at 09:00"."""
        local, days = moment.local(), moment.days_ahead()
        clock, weekday = f"{local:%H:%M}", WEEKDAYS[local.weekday()]
        if days <= 0:
            return clock if moment.is_limit else f"today at {clock}"
        if days == 1:
            return f"tomorrow at {clock}"
        day = weekday if days < 7 else f"{weekday} {local.day} {MONTHS[local.month - 1]}"
        return f"{day} at {clock}" if moment.is_limit else f"on {day} at {clock}"


def ordinal(number: int) -> str:
    """The number with its English ending: 1st, 2nd, 3rd, 12th."""
    ending = "th" if 10 <= abs(number) % 100 <= 20 else ORDINAL_ENDINGS.get(abs(number) % 10, "th")
    return f"{number}{ending}"
