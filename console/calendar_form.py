"""The form of a calendar: a week of windows and the days that differ, as people type them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from console.i18n import gettext as _
from tickets.calendar_service import CalendarDraft
from tickets.errors import FieldError
from tickets.windows import WEEKDAYS, CalendarError, DayException, ExceptionKind, Window

SPARE = 4
MOST_DAYS = 200
_BETWEEN = re.compile(r"\s*[,;、，；]\s*")


@dataclass(frozen=True)
class FormDay:
    """One special day as the form shows it. `kind`: closed, windows, or the number of the weekday it works like."""

    number: int
    on: str = ""
    kind: str = "closed"
    windows: str = ""
    reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class CalendarForm:
    """A calendar as its form shows it."""

    name: str
    zone: str
    weekly: Sequence[str]
    days: Sequence[FormDay]


def show(draft: CalendarDraft, more: Sequence[DayException] = ()) -> CalendarForm:
    """Return the form of a calendar, with days that were proposed and some to be filled."""
    days = [
        _form_day(n, one)
        for n, one in enumerate(sorted([*draft.exceptions, *more], key=lambda d: d.on), start=1)
    ]
    spare = [FormDay(n) for n in range(len(days) + 1, len(days) + 1 + SPARE)]
    return CalendarForm(
        draft.name, draft.zone or "", [", ".join(day) for day in draft.weekly], [*days, *spare]
    )


def typed(form: Mapping[str, str]) -> CalendarForm:
    """Return the form as it was typed."""
    days = [
        FormDay(
            n,
            *(form.get(f"{part}-{n}", "").strip() for part in ("on", "kind", "windows", "reason", "source")),
        )
        for n in range(1, MOST_DAYS + 1)
        if f"on-{n}" in form
    ]
    weekly = [form.get(f"week-{n}", "").strip() for n in range(len(WEEKDAYS))]
    return CalendarForm(form.get("name", "").strip(), form.get("zone", "").strip(), weekly, days)


def read(form: CalendarForm) -> CalendarDraft:
    """Return the calendar that the form asks for; days without a date are left out. Raises FieldError."""
    weekly = [[str(window) for window in _windows(text)] for text in form.weekly]
    exceptions: dict[date, DayException] = {}
    for line in form.days:
        if not line.on:
            continue
        one = _exception(line)
        if one.on in exceptions:
            raise FieldError("on", _("There are two entries for {day}.").format(day=one.on.isoformat()))
        exceptions[one.on] = one
    return CalendarDraft(form.name, weekly, list(exceptions.values()), form.zone or None)


PROBLEMS = (
    (re.compile(r"windows (\S+) and (\S+) overlap"), lambda a, b: _("{a} and {b} overlap.").format(a=a, b=b)),
    (
        re.compile(r"on (\S+) (\S+) overlaps (\S+) of the day before"),
        lambda day, a, b: _("{a} on {day} overlaps {b} of the day before.").format(day=day, a=a, b=b),
    ),
    (re.compile(r"no window in the 366 days.*"), lambda: _("It would be closed for a whole year.")),
    (
        re.compile(r"unknown time zone (.*)"),
        lambda zone: _("There is no time zone {zone}.").format(zone=zone),
    ),
)


def explain(error: CalendarError) -> str:
    """Return why a calendar cannot be, in the language of the page where the catalog has it."""
    for pattern, words in PROBLEMS:
        match = pattern.search(error.problem)
        if match:
            return words(*match.groups())
    return error.problem


def _windows(text: str) -> list[Window]:
    try:
        return [Window.parse(part) for part in _BETWEEN.split(text.strip()) if part]
    except ValueError:
        raise FieldError(
            "windows",
            _("“{text}” is not a time span; write 08:00-12:00, several with commas.").format(text=text),
        ) from None


def _exception(line: FormDay) -> DayException:
    try:
        on = date.fromisoformat(line.on)
    except ValueError:
        raise FieldError("on", _("That is not a date.")) from None
    if line.kind == ExceptionKind.WINDOWS:
        return DayException.own(on, _windows(line.windows), line.reason, line.source)
    if line.kind in {str(n) for n in range(7)}:
        return DayException.works_like(on, int(line.kind), line.reason, line.source)
    return DayException.closed(on, line.reason, line.source)


def _form_day(number: int, one: DayException) -> FormDay:
    kind = str(one.weekday) if one.weekday is not None else one.kind.value
    windows = ", ".join(str(window) for window in one.windows)
    return FormDay(number, one.on.isoformat(), kind, windows, one.reason, one.source)
