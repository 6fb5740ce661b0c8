"""The roster in the words of a page: times of a shift, days of the week, and why a change was refused."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names
from flask import Flask

from console import i18n
from console.fmt import clock
from console.i18n import N_
from console.i18n import gettext as _
from console.wording import word
from tickets.errors import Refused
from tickets.roster_errors import DoubleBooked, RosterGap
from tickets.windows import format_time

ABSENCE = {
    "sick": N_("Ill"),
    "leave": N_("On leave"),
    "training": N_("In training"),
    "other": N_("Away"),
    "swap": N_("Swapped out"),
}


def install(app: Flask) -> None:
    """Give the templates the functions of this module."""
    app.jinja_env.globals.update(
        absence_word=absence_word,
        day_name=day_name,
        weekday_names=weekday_names,
        day_and_clock=day_and_clock,
        shift_time=shift_time,
        one_day=timedelta(days=1),
    )
    app.jinja_env.filters.update(
        role_word=lambda role: word("role", role),
        month_name=month_name,
        hours=hours,
        country_name=country_name,
    )


def absence_word(reason: str) -> str:
    """Return why somebody is away."""
    return _(ABSENCE.get(reason, ABSENCE["other"]))


def day_name(on: date, width: str = "short") -> str:
    """Return "Mon, 4 Jan"; with `width="full"` the year too."""
    if width == "full":
        return str(format_date(on, "full", locale=i18n.locale()))
    return str(
        format_skeleton("MMMEd", datetime(on.year, on.month, on.day, tzinfo=UTC), locale=i18n.locale())
    )


def weekday_names() -> list[str]:
    """Return the short names of the days, Monday first."""
    names = get_day_names("abbreviated", locale=i18n.locale())
    return [names[i] for i in range(7)]


def day_and_clock(at: datetime, zone: tzinfo) -> str:
    """Return "Mon, 4 Jan 20:00" on the clock of `zone`."""
    return f"{day_name(at.astimezone(zone).date())} {clock(at, zone)}"


def month_name(on: date) -> str:
    """Return "January 2027"."""
    return str(format_skeleton("yMMMM", datetime(on.year, on.month, 1, tzinfo=UTC), locale=i18n.locale()))


def hours(length: timedelta) -> str:
    """Return the length of a working day as "9:00"."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def country_name(code: str) -> str:
    """Return the name of a country."""
    return str(i18n.locale().territories.get(code, code))


def shift_time(minute: int) -> str:
    """Return minutes of the day as "08:00"; past midnight it is the time on the next day."""
    return format_time(minute * 60) if minute <= 1440 else format_time((minute - 1440) * 60)


def explain(refusal: Refused) -> str | None:
    """Return the sentence for a refused change of the roster; None for any other refusal."""
    if isinstance(refusal, RosterGap):
        zone = ZoneInfo(refusal.zone)
        return _("Nobody would be on duty from {start} to {end}. Nothing was saved.").format(
            start=day_and_clock(refusal.starts_at, zone), end=day_and_clock(refusal.ends_at, zone)
        )
    if isinstance(refusal, DoubleBooked):
        return _("{person} is on duty already then: {role}, {estate}, {start}. Nothing was saved.").format(
            person=refusal.person,
            role=word("role", refusal.role),
            estate=refusal.where,
            start=day_and_clock(refusal.starts_at, ZoneInfo(refusal.zone)),
        )
    return None
