"""The calendars of a pretend estate in Taipei, as every test of deadlines needs them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tickets.calendars import Calendar
from tickets.windows import DayException, Window
from tickets.working_time import Calendars

TAIPEI = ZoneInfo("Asia/Taipei")
OFFICE_DAY = (Window.parse("08:00-12:00"), Window.parse("13:00-18:00"))


def tp(month: int, day: int, hour: int, minute: int = 0, year: int = 2027) -> datetime:
    """A moment of 2027 on the wall clock of Taipei."""
    return datetime(year, month, day, hour, minute, tzinfo=TAIPEI)


def make_calendars(*exceptions: DayException) -> Calendars:
    """Office hours with these exceptions, office and evening, and whole days."""
    return Calendars(
        TAIPEI,
        {
            "office": Calendar("office", "Asia/Taipei", (OFFICE_DAY,) * 5 + ((), ()), exceptions),
            "office_evening": Calendar(
                "office_evening", "Asia/Taipei", ((Window.parse("08:00-22:00"),),) * 7
            ),
            "daily": Calendar("daily", "Asia/Taipei", ((Window.parse("00:00-24:00"),),) * 7),
        },
    )
