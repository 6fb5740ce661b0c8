"""Residents loaded from a file: what it would do is shown row by row, and nothing changes until it is confirmed."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from console.access import SUPERVISING, Visit, page
from console.i18n import N_
from console.i18n import gettext as _
from console.refusals import explain
from tickets import imports, imports_files, people_reads
from tickets.audit import note_act
from tickets.errors import FieldError
from tickets.models import Estate
from tickets.people_reads import ResidentFilter

bp = Blueprint("imports", __name__)

SHOWN = 500
PROBLEMS = {
    "name": N_("The name is missing."),
    "unit": N_("There is no such unit."),
    "language": N_("The estate does not speak this language."),
    "customer_type": N_("There is no such customer type."),
    "phone": N_("This is not a telephone number."),
    "date": N_("That is not a date."),
}


@bp.get("/residents/load")
@page(*SUPERVISING)
def form(visit: Visit) -> str:
    """The form for a file."""
    return _render(_estate(visit))


@bp.post("/residents/load")
@page(*SUPERVISING)
def preview(visit: Visit) -> Any:
    """Judge a file and keep what was found until it is confirmed."""
    estate, given = _estate(visit), request.files.get("file")
    today = visit.now.astimezone(ZoneInfo(estate.timezone)).date()
    try:
        if given is None:
            raise FieldError("file", "The file is empty.")
        content = given.stream.read(imports_files.LARGEST + 1)
        judged = imports.judge(visit.tx, estate, imports_files.read_table(content), today)
    except FieldError as refusal:
        return _render(estate, wrong=explain(refusal)), 422
    batch = imports.keep(visit.tx, estate, visit.staff.id, given.filename or "", judged, now=visit.now)
    return _render(estate, judged, batch.token)


@bp.post("/residents/load/<token>")
@page(*SUPERVISING)
def load(visit: Visit, token: str) -> Any:
    """Load what was shown."""
    estate = _estate(visit)
    imports.load(visit.tx, estate, token, visit.actor, now=visit.now)
    return redirect(url_for("residents.residents", estate=estate.code))


@bp.get("/residents/export")
@page(*SUPERVISING)
def export(visit: Visit) -> Response:
    """Every resident of the estate as CSV, on record."""
    estate = _estate(visit)
    today = visit.now.astimezone(ZoneInfo(estate.timezone)).date()
    found = people_reads.list_residents(visit.tx, estate, ResidentFilter(), today, limit=100_000)
    note_act(
        visit.tx, visit.actor, "residents.exported", f"estate:{estate.code}",
        now=visit.now, estate_id=estate.id, people=len(found),
    )  # fmt: skip
    answer = Response("\ufeff" + imports_files.write_csv(found, estate.id), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=residents-{estate.code}.csv"
    return answer


def _render(estate: Estate, judged: imports.Judged | None = None, token: str = "", wrong: str = "") -> str:
    problems = {code: _(text) for code, text in PROBLEMS.items()}
    return render_template(
        "residents_load.html", estate=estate, judged=judged, token=token, wrong=wrong, problems=problems, limit=SHOWN
    )  # fmt: skip


def _estate(visit: Visit) -> Estate:
    code = request.values.get("estate", "")
    return next((each for each in visit.estates if not code or each.code == code), None) or abort(404)
