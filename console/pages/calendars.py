"""Calendars: the hours of an estate, looked at month by month before they are saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for

from console import calendar_form
from console.access import OVERSEEING, SUPERVISING, Visit, page
from console.refusals import explain, status_of
from tickets import calendar_holidays, calendar_service
from tickets.calendar_service import CalendarDraft, DayShown, Moved
from tickets.errors import Refused
from tickets.models import Calendar, CalendarVersion, Estate
from tickets.windows import CalendarError

bp = Blueprint("calendars", __name__)

REMIND_FROM_MONTH = 12
SHOWN_MOVES = 20


@dataclass(frozen=True)
class CalendarPage:
    """What the page of one calendar shows; `days` and `moved` are what saving the form would make of it."""

    estate: Estate
    stored: Calendar
    form: calendar_form.CalendarForm
    version: int
    versions: Sequence[CalendarVersion]
    first: date
    days: list[DayShown]
    moved: Sequence[Moved] | None = None
    refusal: str = ""
    lacks_next_year: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the estate."""
        return ZoneInfo(self.estate.timezone)

    @property
    def weeks(self) -> list[list[DayShown | None]]:
        """The days of the month in weeks, Monday first; None pads the first week."""
        padded = [None] * (self.days[0].on.weekday() if self.days else 0) + self.days
        return [padded[n : n + 7] for n in range(0, len(padded), 7)]

    @property
    def months(self) -> list[date]:
        """The months to choose from."""
        start = self.first.replace(day=1)
        return [_month(start, n) for n in range(-2, 14)]


@bp.get("/calendars")
@page(*OVERSEEING)
def calendars(visit: Visit) -> str:
    """The calendars of one estate."""
    estate = _estate(visit)
    found = calendar_service.list_calendars(visit.tx, estate)
    return render_template("calendars.html", estate=estate, calendars=found)


@bp.get("/calendars/<code>")
@page(*OVERSEEING)
def calendar(visit: Visit, code: str) -> str:
    """One calendar with its form; `propose` adds the holidays of a country and year, unsaved."""
    estate = _estate(visit)
    stored = calendar_service.get_calendar(visit.tx, estate, code)
    draft = calendar_service.draft_of(stored)
    year = request.args.get("year", "")
    more = []
    if request.args.get("propose") and year.isdecimal() and 2000 <= int(year[:4]) <= 2100:
        known = {one.on for one in draft.exceptions}
        more = calendar_holidays.proposed(request.args["propose"], int(year), known)
    return _render(visit, estate, stored, calendar_form.show(draft, more))


@bp.post("/calendars/<code>")
@page(*SUPERVISING)
def save(visit: Visit, code: str) -> Any:
    """Show what the form would make of the month and of open tickets, or save it."""
    estate = _estate(visit)
    stored = calendar_service.get_calendar(visit.tx, estate, code)
    form = calendar_form.typed(request.form)
    is_preview = request.form.get("act") != "save"
    try:
        draft = calendar_form.read(form)
        trial = visit.tx.begin_nested()
        seen = int(request.form.get("seen", "0") or 0) if request.form.get("seen", "0").isdecimal() else 0
        calendar_service.save(visit.tx, estate, code, draft, seen, visit.actor, now=visit.now)
        if is_preview:
            moved = calendar_service.moved_by(visit.tx, estate, code)
            trial.rollback()
            return _render(visit, estate, stored, form, draft=draft, moved=moved)
        if request.form.get("apply_to_open") == "1":
            calendar_service.apply_to_open(visit.tx, estate, code, visit.actor, now=visit.now)
        trial.commit()
    except (CalendarError, Refused) as error:
        if visit.tx.in_nested_transaction():
            trial.rollback()
        is_calendar = isinstance(error, CalendarError)
        words = calendar_form.explain(error) if is_calendar else explain(error)  # type: ignore[arg-type]
        status = 422 if is_calendar else status_of(error)  # type: ignore[arg-type]
        return _render(visit, estate, stored, form, refusal=words), status
    return redirect(
        url_for("calendars.calendar", code=code, estate=estate.code, month=request.form.get("month"))
    )


def _render(
    visit: Visit,
    estate: Estate,
    stored: Calendar,
    form: calendar_form.CalendarForm,
    *,
    draft: CalendarDraft | None = None,
    moved: Sequence[Moved] | None = None,
    refusal: str = "",
) -> str:
    today = visit.now.astimezone(ZoneInfo(estate.timezone)).date()
    first = _first(request.values.get("month", ""), today)
    shown = draft or _readable(form)
    days: list[DayShown] = []
    if shown is not None and not refusal:
        try:
            days = calendar_service.month(shown.made(estate, stored.code), first)
        except CalendarError as error:
            refusal = calendar_form.explain(error)
    dated = {one.on.year for one in shown.exceptions} if shown else set()
    page_shown = CalendarPage(
        estate=estate,
        stored=stored,
        form=form,
        version=calendar_service.version_of(visit.tx, stored) if stored.estate_id else 0,
        versions=calendar_service.list_versions(visit.tx, stored),
        first=first,
        days=days,
        moved=moved,
        refusal=refusal,
        lacks_next_year=today.month >= REMIND_FROM_MONTH and today.year + 1 not in dated,
    )
    return render_template(
        "calendar.html",
        shown=page_shown,
        countries=calendar_holidays.COUNTRIES,
        country=calendar_holidays.country_of(estate.timezone),
        today=today,
        limit=SHOWN_MOVES,
    )


def _readable(form: calendar_form.CalendarForm) -> CalendarDraft | None:
    try:
        return calendar_form.read(form)
    except Refused:
        return None


def _first(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01") if text else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def _month(start: date, shift: int) -> date:
    months = start.year * 12 + start.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def _estate(visit: Visit) -> Estate:
    code = request.values.get("estate", "")
    wanted = (each for each in visit.estates if not code or each.code == code)
    return next(wanted, None) or abort(404)
