"""The form of a roster: times of day and dates as people type them, minutes and days in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.errors import FieldError
from tickets.models import DutySlot
from tickets.roster import EVERY_DAY
from tickets.roster_checks import Line
from tickets.windows import parse_time, to_utc
from tickets.working_time import from_us

SPARE = 2
MOST_LINES = 40
DAY_MINUTES = 1440


@dataclass(frozen=True)
class FormLine:
    """One line as the form shows it; an empty `staff` is a line to be filled."""

    number: int
    id: str = ""
    staff: str = ""
    weekdays: int = EVERY_DAY
    start: str = ""
    end: str = ""
    first: str = ""
    last: str = ""


def show(slots: Sequence[DutySlot], today: date) -> list[FormLine]:
    """Return the lines in force, and some to be filled."""
    lines = [
        FormLine(
            number,
            str(slot.id),
            str(slot.staff_id),
            slot.weekdays,
            time_text(slot.start_minute),
            time_text(slot.end_minute),
            slot.valid_from.isoformat(),
            (slot.valid_until - timedelta(days=1)).isoformat() if slot.valid_until else "",
        )
        for number, slot in enumerate(slots, start=1)
    ]
    first = len(lines) + 1
    return [*lines, *(FormLine(n, first=today.isoformat()) for n in range(first, first + SPARE))]


def typed(form: Mapping[str, str], weekdays: Mapping[int, int]) -> list[FormLine]:
    """Return the lines as they were typed, to be shown again beside what is wrong with them."""
    return [
        FormLine(
            n,
            form.get(f"id-{n}", ""),
            form.get(f"staff-{n}", ""),
            weekdays.get(n, 0),
            form.get(f"start-{n}", ""),
            form.get(f"end-{n}", ""),
            form.get(f"first-{n}", ""),
            form.get(f"last-{n}", ""),
        )
        for n in range(1, MOST_LINES + 1)
        if f"staff-{n}" in form
    ]


def read(lines: Sequence[FormLine]) -> list[Line]:
    """Return the lines that the form asks for, without those left empty. Raises FieldError."""
    return [_line(line) for line in lines if line.staff]


def _line(line: FormLine) -> Line:
    start, end = minutes(line.start, line.end)
    last = day(line.last) if line.last else None
    return Line(
        staff_id=number(line.staff),
        weekdays=line.weekdays,
        start_minute=start,
        end_minute=end,
        valid_from=day(line.first),
        valid_until=last + timedelta(days=1) if last else None,
        id=number(line.id) if line.id else None,
    )


def minutes(start: str, end: str) -> tuple[int, int]:
    """Return both times in minutes of the day; an end that is not later lies on the next day. Raises FieldError."""
    first, last = _minute(start), _minute(end)
    if first == DAY_MINUTES:
        first = 0
    return first, last if last > first else last + DAY_MINUTES


def day(text: str) -> date:
    """Return a date as the browser sends it. Raises FieldError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise FieldError("date", "That is not a date.") from None


def instant(text: str, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """Return a local "2027-01-04T20:00" as an instant in UTC. Raises FieldError."""
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise FieldError("date", "That is not a date.") from None
    if local.tzinfo is not None:
        raise FieldError("date", "That is not a date.")
    seconds = local.hour * 3600 + local.minute * 60
    return from_us(to_utc(zone, local.toordinal(), seconds, is_end=is_end))


def time_text(minute: int) -> str:
    """Return minutes of the day as "08:00"; midnight at the end is "24:00"."""
    if minute > DAY_MINUTES:
        minute -= DAY_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


def number(text: str) -> int:
    """Return a whole number of a hidden field or a choice. Raises FieldError."""
    if not (text.isdecimal() and text.isascii()) or len(text) > 15:
        raise FieldError("choice", "Choose one from the list.")
    return int(text)


def _minute(text: str) -> int:
    try:
        return parse_time(text.strip()) // 60
    except ValueError:
        raise FieldError("time", "That is not a time of day.") from None
