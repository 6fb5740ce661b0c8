"""Incidents: what is offered and open, what callers hear, news for those who joined, and the end for all of them."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from console import live
from console.access import OVERSEEING, SUPERVISING, Visit, page
from console.i18n import gettext as _
from infra.live import publish
from ivr import incident_reads as reads
from ivr import incidents as desk
from ivr.incident_models import Incident
from tickets import queries
from tickets.errors import NotFound
from tickets.models import Building, Category, Estate

bp = Blueprint("incidents", __name__)

PREFIX = "text-"


@dataclass(frozen=True)
class Board:
    """What the page shows; the rest is for opening one by hand."""

    live: list[reads.ShownIncident]
    past: list[reads.ShownIncident]
    estate: Estate | None
    buildings: list[Building]
    categories: list[Category]


@bp.get("/incidents")
@page(*OVERSEEING)
def incidents(visit: Visit) -> str:
    """Those that are offered or open, and the last ones that ended."""
    after = live.newest()
    return render_template("incidents.html", board=_board(visit), live={"wall": 1, "after": after})


@bp.post("/incidents")
@page(*SUPERVISING)
def open_one(visit: Visit) -> Any:
    """Open one by hand."""
    estate = next((each for each in visit.estates if each.code == request.form.get("estate")), None)
    if estate is None:
        raise NotFound("estate", request.form.get("estate", ""))
    building = request.form.get("building", "")
    building_id = int(building) if building.isdecimal() and len(building) < 16 else None
    category = request.form.get("category", "")
    desk.open_by_hand(visit.tx, estate.id, building_id, category, _texts(), visit.staff, visit.now)
    return _changed(visit)


@bp.post("/incidents/<int:incident_id>/open")
@page(*SUPERVISING)
def begin(visit: Visit, incident_id: int) -> Any:
    """Open an offered one."""
    desk.begin(visit.tx, _lock(visit, incident_id), _texts(), visit.staff, visit.now)
    return _changed(visit)


@bp.post("/incidents/<int:incident_id>/dismiss")
@page(*SUPERVISING)
def dismiss(visit: Visit, incident_id: int) -> Any:
    """Say that an offered one is none."""
    desk.dismiss(visit.tx, _lock(visit, incident_id), visit.staff, visit.now)
    return _changed(visit)


@bp.post("/incidents/<int:incident_id>/words")
@page(*SUPERVISING)
def words(visit: Visit, incident_id: int) -> Any:
    """Change what callers hear."""
    desk.reword(visit.tx, _lock(visit, incident_id), _texts())
    return _changed(visit)


@bp.post("/incidents/<int:incident_id>/news")
@page(*SUPERVISING)
def news(visit: Visit, incident_id: int) -> Any:
    """Tell everybody who joined something new."""
    row = _lock(visit, incident_id)
    if row.state != "open":
        raise desk.IncidentOver("This incident is over already.")
    desk.tell(visit.tx, row, _texts(), visit.staff, visit.now)
    return _changed(visit)


@bp.post("/incidents/<int:incident_id>/close")
@page(*SUPERVISING)
def close(visit: Visit, incident_id: int) -> Any:
    """End it and tell everybody who joined."""
    desk.close(visit.tx, _lock(visit, incident_id), _texts(), visit.staff, visit.now)
    return _changed(visit)


def _lock(visit: Visit, incident_id: int) -> Incident:
    return desk.lock(visit.tx, incident_id, visit.estate_ids)


def _texts() -> dict[str, str]:
    """The words given for each language, by tag."""
    given = request.form.items()
    return {name.removeprefix(PREFIX): text for name, text in given if name.startswith(PREFIX)}


def _changed(visit: Visit) -> Any:
    """Back to the page; open walls draw themselves anew."""
    valkey = visit.runtime.valkey
    visit.tx.after_commit(lambda: publish(valkey, "wall", {"incidents": 1}))
    return redirect(url_for("incidents.incidents"))


def _board(visit: Visit) -> Board:
    tx = visit.tx
    wanted = request.args.get("estate", "")
    estate = next((each for each in visit.estates if each.code == wanted), None)
    estate = estate or next(iter(visit.estates), None)
    buildings = select(Building).where(Building.estate_id == (estate.id if estate else 0))
    return Board(
        live=reads.list_incidents(tx, visit.estate_ids, is_live=True),
        past=reads.list_incidents(tx, visit.estate_ids, is_live=False, limit=20),
        estate=estate,
        buildings=list(tx.scalars(buildings.order_by(Building.code))),
        categories=[each for each in queries.list_categories(tx) if each.queue_code],
    )


def building_words(shown: reads.ShownIncident) -> str:
    """The building of an incident in words."""
    if not shown.building:
        return _("the whole estate")
    return _("building {code}").format(code=shown.building)
