"""Residents: found by name, number or unit, written down, made one of two, reported and forgotten.

Each look at a person's page stands in the audit list.
"""

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from console import people_form
from console.access import PHONING, SUPERVISING, Visit, page
from console.refusals import explain, status_of
from ivr import erasure
from tickets import people_erasure, people_reads, people_service
from tickets.audit import note_act
from tickets.errors import FieldError, Refused
from tickets.models import Estate, Resident
from tickets.people_reads import ResidentFilter

bp = Blueprint("residents", __name__)

READERS = tuple(PHONING | SUPERVISING)
PAGE = 50


@bp.get("/residents")
@page(*READERS)
def residents(visit: Visit) -> str:
    """The residents of one estate, by what is searched."""
    estate, args = _estate(visit), request.args
    wanted = ResidentFilter(
        args.get("q", ""), args.get("type", ""), args.get("class", ""), args.get("vulnerable") == "1",
        args.get("past") == "1",
    )  # fmt: skip
    after = args.get("after", "0")
    found = people_reads.list_residents(
        visit.tx, estate, wanted, _today(visit, estate), int(after) if after.isdecimal() else 0, PAGE + 1
    )
    return render_template(
        "residents.html",
        estate=estate,
        wanted=wanted,
        found=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        classes=people_service.list_classes(visit.tx),
    )


@bp.get("/residents/new")
@page(*READERS)
def new(visit: Visit) -> str:
    """The form of somebody new."""
    estate = _estate(visit)
    form = people_form.empty(_today(visit, estate), request.args.get("unit", ""))
    return _form(visit, estate, form)


@bp.post("/residents/new")
@page(*READERS)
def create(visit: Visit) -> Any:
    """Write somebody new down; a wrong number is named with the form that was probably meant."""
    estate = _estate(visit)
    try:
        with visit.tx.begin_nested():
            draft = people_form.read(visit.tx, estate, request.form)
            if not draft.homes:
                raise FieldError("unit", "A resident belongs to at least one unit.")
            made = people_service.create_resident(visit.tx, estate, draft, visit.actor, now=visit.now)
    except Refused as refusal:
        return _form(visit, estate, request.form, refusal=refusal), status_of(refusal)
    return redirect(url_for("residents.resident", resident_id=made.id))


@bp.get("/residents/<int:resident_id>")
@page(*READERS)
def resident(visit: Visit, resident_id: int) -> str:
    """One resident, with form; the look is written down."""
    found, estate = _found(visit, resident_id)
    note_act(
        visit.tx, visit.actor, "resident.viewed", f"resident:{found.id}", now=visit.now, estate_id=estate.id
    )
    return _form(visit, estate, people_form.show(found, estate, _today(visit, estate)), found)


@bp.post("/residents/<int:resident_id>")
@page(*READERS)
def save(visit: Visit, resident_id: int) -> Any:
    """Make the resident what the form says."""
    found, estate = _found(visit, resident_id)
    try:
        with visit.tx.begin_nested():
            draft = people_form.read(visit.tx, estate, request.form)
            people_service.update_resident(visit.tx, estate, found, draft, visit.actor, now=visit.now)
    except Refused as refusal:
        return _form(visit, estate, request.form, found, refusal), status_of(refusal)
    return redirect(url_for("residents.residents", estate=estate.code))


@bp.post("/residents/<int:resident_id>/merge")
@page(*SUPERVISING)
def merge(visit: Visit, resident_id: int) -> Any:
    """Make one person of this one and the double."""
    found, _ = _found(visit, resident_id)
    other = request.form.get("double", "").strip()
    double, _ = _found(visit, int(other) if other.isdecimal() and len(other) < 15 else 0)
    erasure.move_calls(visit.tx, double.id, found.id)
    people_erasure.merge(visit.tx, found, double, visit.actor, now=visit.now)
    return redirect(url_for("residents.resident", resident_id=found.id))


@bp.get("/residents/<int:resident_id>/report")
@page(*SUPERVISING)
def report(visit: Visit, resident_id: int) -> Response:
    """Everything that is held about a person, as a file to be handed over."""
    found, _ = _found(visit, resident_id)
    numbers = people_erasure.own_numbers(visit.tx, found)
    whole = people_erasure.report(visit.tx, found, visit.actor, now=visit.now)
    whole |= erasure.report_of(visit.tx, numbers)
    answer = Response(json.dumps(whole, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=resident-{found.id}.json"
    return answer


@bp.post("/residents/<int:resident_id>/erase")
@page(*SUPERVISING)
def erase(visit: Visit, resident_id: int) -> Any:
    """Forget a person; what was done stays, without them."""
    found, estate = _found(visit, resident_id)
    if request.form.get("sure") != "1":
        raise FieldError("sure", "Tick the box to say that you are sure.")
    numbers = people_erasure.erase(visit.tx, found, visit.actor, now=visit.now)
    erasure.forget_numbers(visit.tx, found.id, numbers)
    return redirect(url_for("residents.residents", estate=estate.code))


@bp.get("/property")
@page(*READERS)
def property_tree(visit: Visit) -> str:
    """Buildings, floors and units of an estate."""
    estate = _estate(visit)
    return render_template(
        "property.html", estate=estate, tree=people_reads.tree(visit.tx, estate, _today(visit, estate))
    )


@bp.post("/property/units")
@page(*SUPERVISING)
def add_unit(visit: Visit) -> Any:
    """A new unit."""
    estate, form = _estate(visit), request.form
    floor = form.get("floor", "").strip()
    if not floor.removeprefix("-").isdecimal() or len(floor) > 4:
        raise FieldError("floor", "Building, floor and door are needed.")
    people_service.add_unit(
        visit.tx, estate, form.get("building", ""), int(floor), form.get("door", ""), visit.actor, now=visit.now
    )  # fmt: skip
    return redirect(url_for("residents.property_tree", estate=estate.code))


@bp.post("/property/units/<int:unit_id>/remove")
@page(*SUPERVISING)
def remove_unit(visit: Visit, unit_id: int) -> Any:
    """Take a unit away, unless a ticket of it is open."""
    estate = _estate(visit)
    people_service.remove_unit(visit.tx, estate, unit_id, visit.actor, now=visit.now)
    return redirect(url_for("residents.property_tree", estate=estate.code))


@bp.post("/residents/classes")
@page(*SUPERVISING)
def add_class(visit: Visit) -> Any:
    """A new class of residents."""
    form = request.form
    people_service.add_class(visit.tx, form.get("code", ""), form.get("name", ""), visit.actor, now=visit.now)
    return redirect(url_for("residents.residents", estate=_estate(visit).code))


def _form(
    visit: Visit,
    estate: Estate,
    form: people_form.Form,
    found: Resident | None = None,
    refusal: Refused | None = None,
) -> str:
    return render_template(
        "resident.html",
        estate=estate,
        form=form,
        lines=people_form.lines(form),
        resident=found,
        classes=people_service.list_classes(visit.tx),
        roles=people_service.ROLES,
        wrong=explain(refusal) if refusal else "",
    )


def _found(visit: Visit, resident_id: int) -> tuple[Resident, Estate]:
    found = people_reads.find_resident(visit.tx, resident_id, visit.estate_ids)
    if found is None or found.erased_at is not None:
        abort(404)
    return found, people_reads.estate_of(visit.tx, found, visit.estates) or abort(404)


def _estate(visit: Visit) -> Estate:
    code = request.values.get("estate", "")
    return next((each for each in visit.estates if not code or each.code == code), None) or abort(404)


def _today(visit: Visit, estate: Estate) -> date:
    return visit.now.astimezone(ZoneInfo(estate.timezone)).date()
