"""How values are said in Mandarin for Taiwan and the mainland, and in Cantonese.

Numbers are written out in characters: a voice then has no choice to make, neither of 二 and 兩 nor of
"ten" and "one zero". For the eye they stay figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.speech.english import English
from ivr.speech.money import figures_of
from ivr.speech.values import Channel, Moment, Money, Span
from ivr.state import Dwelling

NUMERALS = "零一二三四五六七八九"
LARGEST_WRITTEN_OUT = 9999


def numeral(number: int) -> str:
    """A whole number in characters: 12 is 十二, 20 is 二十, 105 is 一百零五. From 10,000 on in figures."""
    if number < 0:
        return "負" + numeral(-number)
    if number > LARGEST_WRITTEN_OUT:
        return str(number)
    if number < 20:
        return NUMERALS[number] if number < 10 else "十" + (NUMERALS[number - 10] if number > 10 else "")
    for size, name in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if rest and rest < size // 10 else ""
            tail = NUMERALS[rest] if rest and rest < 10 else ""
            if rest >= 10:
                tail = ("一" if 10 <= rest < 20 else "") + numeral(rest)
            return NUMERALS[head] + name + gap + tail
    return str(number)


def one_by_one(code: str, one: str = "一") -> str:
    """A code read character by character: 1203 is 一二零三; letters stay letters."""
    read = "".join(NUMERALS[int(c)] if c.isdecimal() and c.isascii() else c.upper() for c in code)
    return read.replace("一", one)


@dataclass(frozen=True, kw_only=True)
class Chinese(English):
    """One kind of Chinese. `hours` are (first hour, name of that part of the day), latest last."""

    keys: tuple[str, str]  # star, hash
    today: str
    tomorrow: str
    weekdays: tuple[str, ...]
    two: str
    half: str
    hour: str
    minute: str
    hours: tuple[tuple[int, str], ...]
    date: str
    locale: str
    until: str
    money_to_hear: Mapping[str, str]
    phone_one: str = "一"

    def key(self, key: str) -> str:
        """The name of a key; numbers in characters."""
        if key in "*#":
            return self.keys["*#".index(key)]
        return one_by_one(key)

    def count(self, number: int) -> str:
        """A number before a measure word: two is 兩, not 二."""
        return self.two if number == 2 else numeral(number)

    def phone(self, number: str) -> str:
        """A number to dial, figure by figure."""
        return one_by_one(number, self.phone_one)

    def moment(self, moment: Moment, channel: Channel) -> str:
        """A time: 今天下午兩點半, 明天上午九點, 星期一上午九點, 一月十一日星期一上午九點."""
        return self.day(moment, channel) + self.time_of_day(moment, channel)

    def span(self, span: Span, channel: Channel) -> str:
        """From a time to a later one of the same day: 明天下午兩點到下午四點."""
        first, last = span.first(), span.last()
        until = f" {self.until}" if channel is Channel.EYE else self.until
        return self.moment(first, channel) + until + self.time_of_day(last, channel)

    def time_of_day(self, moment: Moment, channel: Channel) -> str:
        """Hour and minute; in figures for the eye, parted from what stands before."""
        local = moment.local()
        return f" {local:%H:%M}" if channel is Channel.EYE else self.clock(local.hour, local.minute)

    def day(self, moment: Moment, channel: Channel = Channel.EAR) -> str:
        """今天, 明天, 星期一 within the week to come, else 一月十一日星期一."""
        local, days = moment.local(), moment.days_ahead()
        weekday = self.weekdays[local.weekday()]
        if days in (0, 1):
            return (self.today, self.tomorrow)[days]
        if 1 < days < 7:
            return weekday
        month, day = local.month, local.day
        if channel is Channel.EYE:
            return f"{month}月{day}{self.date}{weekday}"
        return f"{numeral(month)}月{numeral(day)}{self.date}{weekday}"

    def money(self, money: Money, channel: Channel) -> str:
        """An amount: 新臺幣一千二百八十元; one with cents in figures."""
        named = self.money_to_hear.get(money.currency)
        if named is None or channel is Channel.EYE:
            return super().money(money, channel)
        is_whole = money.is_whole()
        return named.format(
            amount=self.count(int(money.amount)) if is_whole else figures_of(money, self.locale)
        )

    def clock(self, hour: int, minute: int) -> str:
        """A time of day in words: 14:30 is 下午兩點半, 09:05 is 上午九點零五分."""
        part = [name for first, name in self.hours if first <= hour][-1]
        twelve = hour % 12 or (12 if hour else 0)
        spoken_hour = (self.two if twelve == 2 else numeral(twelve)) + self.hour
        if minute == 0:
            return part + spoken_hour
        if minute == 30:
            return part + spoken_hour + self.half
        return part + spoken_hour + ("零" if minute < 10 else "") + numeral(minute) + self.minute

    def floor(self, floor: int, channel: Channel) -> str:
        """A floor's number; below the street it is 地下 …"""
        number = str(abs(floor)) if channel is Channel.EYE else numeral(abs(floor))
        return number if floor >= 0 else f"地下{number}"

    def building(self, code: str, channel: Channel) -> str:
        """A building's code, in characters if it is a number."""
        if not code.isdecimal() or channel is Channel.EYE:
            return code
        return numeral(int(code))


class Taiwan(Chinese):
    """Mandarin for Taiwan: 三號樓十二樓A室, 三號樓十二樓之三."""

    def unit(self, dwelling: Dwelling, channel: Channel) -> str:
        """Building, floor and door."""
        building = self.building(dwelling.building, channel)
        building += "號樓" if dwelling.building.isdecimal() else "棟"
        floor, door = self.floor(dwelling.floor, channel) + "樓", dwelling.door.upper()
        if not door.isdecimal():
            return f"{building}{floor}{door}室"
        number = str(int(door)) if channel is Channel.EYE else numeral(int(door))
        return f"{building}{floor}之{number}"


class Mainland(Chinese):
    """Mandarin for the mainland: 三栋十二楼A室, 三栋幺二零三室."""

    def unit(self, dwelling: Dwelling, channel: Channel) -> str:
        """Building and room; a room of figures is floor and door in one number."""
        building = self.building(dwelling.building, channel)
        building += "栋" if dwelling.building.isdecimal() else "座"
        door = dwelling.door.upper()
        if not door.isdecimal() or dwelling.floor < 0:
            return f"{building}{self.floor(dwelling.floor, channel)}楼{door}室"
        room = f"{dwelling.floor}{door}"
        return f"{building}{room if channel is Channel.EYE else one_by_one(room, '幺')}室"


class HongKong(Chinese):
    """Cantonese: 三座十二樓A室, 三座十二樓三號室."""

    def unit(self, dwelling: Dwelling, channel: Channel) -> str:
        """Building, floor and door."""
        building = self.building(dwelling.building, channel) + "座"
        floor, door = self.floor(dwelling.floor, channel) + "樓", dwelling.door.upper()
        if not door.isdecimal():
            return f"{building}{floor}{door}室"
        number = str(int(door)) if channel is Channel.EYE else numeral(int(door))
        return f"{building}{floor}{number}號室"


def weekdays(prefix: str) -> tuple[str, ...]:
    """The seven days after `prefix`: 星期一 … 星期日."""
    return tuple(prefix + day for day in "一二三四五六日")


TAIWAN = Taiwan(
    keys=("米字鍵", "井字鍵"),
    today="今天",
    tomorrow="明天",
    weekdays=weekdays("星期"),
    two="兩",
    half="半",
    hour="點",
    minute="分",
    hours=((0, "凌晨"), (6, "早上"), (9, "上午"), (12, "中午"), (13, "下午"), (18, "晚上")),
    date="日",
    locale="zh_Hant_TW",
    until="到",
    money_to_hear={"TWD": "新臺幣{amount}元", "HKD": "港幣{amount}元", "CNY": "人民幣{amount}元"},
)
MAINLAND = Mainland(
    keys=("星号键", "井号键"),
    today="今天",
    tomorrow="明天",
    weekdays=weekdays("星期"),
    two="两",
    half="半",
    hour="点",
    minute="分",
    hours=((0, "凌晨"), (6, "早上"), (9, "上午"), (12, "中午"), (13, "下午"), (18, "晚上")),
    date="日",
    locale="zh_Hans_CN",
    until="到",
    money_to_hear={"TWD": "新台币{amount}元", "HKD": "港币{amount}元", "CNY": "{amount}元"},
    phone_one="幺",
)
HONG_KONG = HongKong(
    keys=("星字掣", "井字掣"),
    today="今日",
    tomorrow="聽日",
    weekdays=weekdays("星期"),
    two="兩",
    half="半",
    hour="點",
    minute="分",
    hours=((0, "凌晨"), (6, "朝早"), (12, "中午"), (13, "下晝"), (18, "夜晚")),
    date="號",
    locale="yue_Hant_HK",
    until="到",
    money_to_hear={"TWD": "新台幣{amount}蚊", "HKD": "港幣{amount}蚊", "CNY": "人民幣{amount}蚊"},
)
