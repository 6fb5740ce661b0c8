"""The duty roster: a week of it, who answers now, and every way of changing it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from console import roster_form
from console.access import OVERSEEING, Visit, page
from console.refusals import explain, status_of
from console.search import list_queues
from tickets import duty, roster_absences, roster_reads, roster_service, roster_watch
from tickets.errors import NobodyToTell, Refused
from tickets.models import DutyAbsence, Estate, Queue, Staff, StaffEstate
from tickets.roster_checks import Line
from tickets.roster_cover import Uncovered
from tickets.words import Role

bp = Blueprint("roster", __name__)

AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class RosterPage:
    """What the page of an estate's roster shows."""

    estate: Estate
    zone: ZoneInfo
    monday: date
    today: date
    rows: list[roster_reads.RosterRow]
    gaps: Sequence[Uncovered]
    asked: Role
    at: str
    answer: roster_reads.Answering | None
    staff: Sequence[Staff]
    absences: Sequence[DutyAbsence]
    queues: Sequence[Queue]
    refusal: str = ""

    @property
    def days(self) -> list[date]:
        """The seven days of the week shown."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    def duties(self) -> list[tuple[str, date, roster_reads.Spell]]:
        """The duties of the week that can be given to somebody else, with the value that names each in a form."""
        return [
            (f"{spell.slot.id}@{on.isoformat()}", on, spell)
            for row in self.rows
            for on, spells in zip(self.days, row.days, strict=True)
            for spell in spells
            if not spell.is_away
        ]


@bp.get("/roster")
@page()
def roster(visit: Visit) -> str:
    """The week of one estate."""
    return _render(visit, _estate(visit))


@bp.get("/roster/<role>/lines")
@page(*OVERSEEING)
def lines(visit: Visit, role: str) -> str:
    """The form of the repeating lines of a role."""
    estate, trade = _estate(visit), request.args.get("trade") or None
    today = visit.now.astimezone(ZoneInfo(estate.timezone)).date()
    found = roster_service.list_lines(visit.tx, estate, _role(role), trade, today)
    return _form(visit, estate, role, trade, roster_form.show(found, today))


@bp.post("/roster/<role>/lines")
@page(*OVERSEEING)
def save_lines(visit: Visit, role: str) -> Any:
    """Save the form as a whole; what is wrong with it is said above it, and nothing of it is lost."""
    estate, trade = _estate(visit), request.form.get("trade") or None
    days = {
        n: sum(1 << int(day) for day in request.form.getlist(f"days-{n}") if day in "0123456")
        for n in range(1, roster_form.MOST_LINES + 1)
    }
    shown = roster_form.typed(request.form, days)
    try:
        with visit.tx.begin_nested():
            wanted = roster_form.read(shown)
            roster_service.save_lines(
                visit.tx, estate, _role(role), trade, wanted, visit.actor, now=visit.now
            )
    except Refused as refusal:
        return _form(visit, estate, role, trade, shown, explain(refusal)), status_of(refusal)
    return redirect(url_for("roster.roster", estate=estate.code))


@bp.post("/roster/one-off")
@page(*OVERSEEING)
def one_off(visit: Visit) -> Any:
    """Put a person on duty once."""

    def act(estate: Estate) -> None:
        start, end = roster_form.minutes(request.form.get("start", ""), request.form.get("end", ""))
        line = Line(
            staff_id=roster_form.number(request.form.get("staff", "")),
            start_minute=start,
            end_minute=end,
            valid_from=roster_form.day(request.form.get("on", "")),
        )
        role, trade = _role(request.form.get("role", "")), request.form.get("trade") or None
        roster_service.add_one_off(visit.tx, estate, role, trade, line, visit.actor, now=visit.now)

    return _act(visit, act)


@bp.post("/roster/swap")
@page(*OVERSEEING)
def swap(visit: Visit) -> Any:
    """Give a duty to somebody else, or two duties to each other's holders."""

    def act(estate: Estate) -> None:
        taken, holders = zip(*(_duty(visit, request.form.get(n, "")) for n in _given()), strict=True)
        people = (
            [holders[1], holders[0]] if len(taken) == 2 else [roster_form.number(request.form.get("to", ""))]
        )
        roster_service.swap(visit.tx, estate, taken, people, visit.actor, now=visit.now)

    return _act(visit, act)


@bp.post("/roster/duty/<int:slot_id>/remove")
@page(*OVERSEEING)
def remove(visit: Visit, slot_id: int) -> Any:
    """Take a single duty or a swap back."""
    return _act(
        visit,
        lambda estate: roster_service.remove_single(visit.tx, estate, slot_id, visit.actor, now=visit.now),
    )


@bp.post("/roster/absence")
@page(*OVERSEEING)
def absence(visit: Visit) -> Any:
    """Write down that somebody is away; the manager is told at once of a gap within the week."""

    def act(estate: Estate) -> None:
        zone, form = ZoneInfo(estate.timezone), request.form
        roster_absences.record_absence(
            visit.tx,
            _person(visit, estate, form.get("staff", "")),
            roster_form.instant(form.get("starts_at", ""), zone),
            roster_form.instant(form.get("ends_at", ""), zone, is_end=True),
            form.get("reason", ""),
            form.get("note", ""),
            visit.actor,
            now=visit.now,
        )
        roster_watch.watch_rosters(visit.tx, now=visit.now)

    return _act(visit, act)


@bp.post("/roster/absence/<int:absence_id>/end")
@page(*OVERSEEING)
def end_absence(visit: Visit, absence_id: int) -> Any:
    """The person is back."""

    def act(_estate: Estate) -> None:
        found = roster_absences.get_absence(visit.tx, absence_id, visit.estate_ids)
        roster_absences.end_absence(visit.tx, found, visit.actor, now=visit.now)

    return _act(visit, act)


def _act(visit: Visit, act: Callable[[Estate], None]) -> Any:
    estate = _estate(visit)
    try:
        with visit.tx.begin_nested():
            act(estate)
    except Refused as refusal:
        return _render(visit, estate, explain(refusal)), status_of(refusal)
    week = request.form.get("week")
    return redirect(url_for("roster.roster", estate=estate.code, week=week))


def _render(visit: Visit, estate: Estate, refusal: str = "") -> str:
    zone = ZoneInfo(estate.timezone)
    today = visit.now.astimezone(zone).date()
    book = duty.roster(visit.tx, estate.id)
    wanted = request.values.get("week", "")
    on = roster_form.day(wanted) if wanted else today
    monday = on - timedelta(days=on.weekday())
    asked = _role(request.args.get("role") or Role.LEAD)
    at = request.args.get("at", "")
    moment = roster_form.instant(at, zone) if at else visit.now
    try:
        answer = roster_reads.answering(book, asked, moment)
    except NobodyToTell:
        answer = None
    shown = RosterPage(
        estate=estate,
        zone=zone,
        monday=monday,
        today=today,
        rows=roster_reads.week_of(visit.tx, book, monday),
        gaps=roster_reads.gaps_ahead(book, visit.now, AHEAD),
        asked=asked,
        at=at or moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        answer=answer,
        staff=_staff(visit, estate),
        absences=roster_absences.list_absences(visit.tx, [estate.id], now=visit.now),
        queues=list_queues(visit.tx),
        refusal=refusal,
    )
    return render_template("roster.html", shown=shown)


def _form(
    visit: Visit,
    estate: Estate,
    role: str,
    trade: str | None,
    shown: list[roster_form.FormLine],
    wrong: str = "",
) -> str:
    return render_template(
        "roster_lines.html",
        estate=estate,
        role=_role(role),
        trade=trade,
        lines=shown,
        staff=_staff(visit, estate),
        wrong=wrong,
    )


def _given() -> list[str]:
    return ["duty", "back"] if request.form.get("back") else ["duty"]


def _duty(visit: Visit, text: str) -> tuple[tuple[int, date], int]:
    """A duty as a form names it ("12@2027-01-04"), and who holds it."""
    slot_id, _at, on = text.partition("@")
    taken = roster_form.number(slot_id), roster_form.day(on)
    return taken, roster_service.holder_of(visit.tx, taken[0])


def _estate(visit: Visit) -> Estate:
    code = request.values.get("estate", "")
    if code:
        return next((each for each in visit.estates if each.code == code), None) or abort(404)
    return next(iter(visit.estates), None) or abort(404)


def _role(text: str) -> Role:
    return Role(text) if text in set(Role) else abort(404)


def _person(visit: Visit, estate: Estate, text: str) -> Staff:
    wanted = roster_form.number(text)
    return next((each for each in _staff(visit, estate) if each.id == wanted), None) or abort(404)


def _staff(visit: Visit, estate: Estate) -> Sequence[Staff]:
    here = select(StaffEstate.staff_id).where(StaffEstate.estate_id == estate.id)
    return visit.tx.scalars(
        select(Staff).where(Staff.id.in_(here), Staff.is_active).order_by(Staff.name)
    ).all()
