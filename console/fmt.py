"""Times, durations and numbers as people read them, in the language of the request and the zone of the estate."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_skeleton, format_time
from flask import Flask

from console import i18n
from console.i18n import gettext as _
from infra.clock import to_ms


def install(app: Flask) -> None:
    """Give the templates the filters of this module."""
    app.jinja_env.filters.update(
        moment=moment,
        full_moment=full_moment,
        clock=clock,
        duration=duration,
        ms=to_ms,
        iso=iso,
        phone=phone,
    )
    app.jinja_env.globals["zone_of"] = zone_of


def zone_of(name: str) -> ZoneInfo:
    """Return the zone named by an estate's `timezone`."""
    return ZoneInfo(name)


def clock(at: datetime, zone: tzinfo) -> str:
    """Return the time of day, "14:30"."""
    return str(format_time(at.astimezone(zone), "HH:mm", locale=i18n.locale()))


def moment(at: datetime, zone: tzinfo, now: datetime) -> str:
    """Return "14:30" for today, "5 Jan 14:30" for another day of this year, the year too for other years."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return clock(at, zone)
    skeleton = "MMMd" if local.year == today.year else "yMMMd"
    return f"{format_skeleton(skeleton, local, locale=i18n.locale())} {clock(at, zone)}"


def full_moment(at: datetime, zone: tzinfo) -> str:
    """Return day, date, time with seconds and zone: for the tip of a short one."""
    local = at.astimezone(zone)
    day = format_date(local, "full", locale=i18n.locale())
    return f"{day} {local:%H:%M:%S} {local.tzname()}"


def duration(length: timedelta | float) -> str:
    """Return a length in its two largest units: "45 s", "12 min", "3 h 05 min", "2 d 4 h". Seconds if a number."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    total = max(0, round(seconds))
    minutes, hours, days = total // 60, total // 3600, total // 86400
    if total < 60:
        return _("{n} s").format(n=total)
    if total < 3600:
        return _("{n} min").format(n=minutes)
    if total < 86400:
        rest = minutes % 60
        return _("{h} h {m} min").format(h=hours, m=rest) if rest else _("{n} h").format(n=hours)
    rest = hours % 24
    return _("{d} d {h} h").format(d=days, h=rest) if rest else _("{n} d").format(n=days)


def iso(at: datetime) -> str:
    """Return RFC 3339 in UTC, to the second: the machine's reading of a time on a page."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def phone(e164: str | None) -> str:
    """Return a number in groups as people write it, "+886 912 345 678"; unreadable ones as they are."""
    if not e164:
        return _("number withheld")
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
