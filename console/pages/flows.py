"""Call flows of an estate: which one is in force and why, its versions, what is switched on, who changed what."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import select

from console.access import OVERSEEING, SUPERVISING, Visit, page
from ivr import drafts, voices
from ivr.flow.force import InForce, Load, Marks, Situation
from ivr.flow.model import Flow, read_flow
from ivr.flow.picture import Picture, draw
from ivr.models import FlowChange, FlowDraft, FlowSwitch
from ivr.queries import live_load
from ivr.scripts import Place, ScriptBook
from tickets.errors import FieldError
from tickets.models import Estate, Staff

bp = Blueprint("flows", __name__)


@dataclass(frozen=True)
class Situated:
    """One of the estate's flows in the list."""

    name: str
    flow: Flow
    line: FlowChange | None  # that put it into force; None: it ships
    draft: FlowDraft | None


@dataclass(frozen=True)
class FlowsView:
    """The page of an estate's flows."""

    estate: Estate
    place: Place
    on: InForce
    load: Load
    items: list[Situated]
    switches: list[FlowSwitch]
    changes: list[FlowChange]
    names: dict[int, str]

    @property
    def zone(self) -> ZoneInfo:
        """The estate's time zone."""
        return ZoneInfo(self.estate.timezone)


@dataclass(frozen=True)
class FlowView:
    """The page of one flow: the version shown, all of them, and its picture."""

    estate: Estate
    name: str
    flow: Flow
    picture: Picture
    in_force: str
    lines: list[FlowChange]
    draft: FlowDraft | None
    names: dict[int, str]
    faulty: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The estate's time zone."""
        return ZoneInfo(self.estate.timezone)


def estate_of(visit: Visit, code: str) -> Estate:
    """Return the person's estate with this code; anything else does not exist."""
    found = next((estate for estate in visit.estates if estate.code == code), None)
    return found or abort(404)


def place_of(visit: Visit, estate: Estate) -> Place:
    """Return what the telephone side knows of the estate; one that takes no calls does not exist here."""
    book: ScriptBook | None = current_app.extensions.get("hotline_flows")
    if book is None:
        book = current_app.extensions["hotline_flows"] = ScriptBook(visit.runtime)
    return book.read(visit.tx).by_id.get(estate.id) or abort(404)


def known(name: str) -> str:
    """Return the name of a flow that exists."""
    return name if name in set(Situation) else abort(404)


def names_of(visit: Visit, lines: list[FlowChange]) -> dict[int, str]:
    """Return the names of those who did what `lines` say, by id."""
    people = visit.tx.scalars(select(Staff).where(Staff.id.in_({line.by_id for line in lines})))
    return {person.id: person.name for person in people}


@bp.get("/flows")
@page(*OVERSEEING)
def flows(visit: Visit) -> str:
    """The flows of one of the person's estates."""
    code = request.args.get("estate", "")
    estate = next((each for each in visit.estates if each.code == code), None)
    estate = estate or next(iter(visit.estates), None) or abort(404)
    place, load = place_of(visit, estate), live_load(visit.tx, estate.id, visit.now)
    changes = list(drafts.changes(visit.tx, estate.id))
    items = []
    for name in Situation:
        lines = drafts.versions(visit.tx, estate.id, name)
        draft = drafts.find_draft(visit.tx, estate.id, name)
        items.append(Situated(name, place.flows[name], lines[0] if lines else None, draft))
    view = FlowsView(
        estate,
        place,
        place.in_force(visit.now, load),
        load,
        items,
        list(drafts.open_switches(visit.tx, estate.id, visit.now)),
        changes,
        names_of(visit, [*changes, *(item.line for item in items if item.line)]),
    )
    return render_template("flows.html", view=view)


@bp.get("/flows/<code>/<name>")
@page(*OVERSEEING)
def flow(visit: Visit, code: str, name: str) -> str:
    """One flow as a picture, in the version in force or another one."""
    estate = estate_of(visit, code)
    in_force = drafts.version_in_force(visit.tx, estate.id, known(name))
    version = request.args.get("version") or in_force
    shown = read_flow(drafts.body_of(visit.tx, name, version))
    lines = list(drafts.versions(visit.tx, estate.id, name))
    draft = drafts.find_draft(visit.tx, estate.id, name)
    view = FlowView(estate, name, shown, draw(shown), in_force, lines, draft, names_of(visit, lines))
    return render_template("flow.html", view=view)


@bp.post("/flows/<code>/<name>/back")
@page(*SUPERVISING)
def back(visit: Visit, code: str, name: str) -> Any:
    """Put the version before this one into force again."""
    estate = estate_of(visit, code)
    why, seen = request.form.get("why", ""), request.form.get("seen", "")
    drafts.go_back(visit.tx, place_of(visit, estate), known(name), seen, why, visit.staff.id, now=visit.now)
    return redirect(url_for("flows.flow", code=code, name=name))


@bp.post("/flows/<code>/switch")
@page(*SUPERVISING)
def switch_on(visit: Visit, code: str) -> Any:
    """Switch on the flow for a typhoon or major incident."""
    estate, form = estate_of(visit, code), request.form
    starts = moment_of(form.get("starts_at", ""), estate, "starts_at") or visit.now
    ends = moment_of(form.get("ends_at", ""), estate, "ends_at")
    if ends is None:
        raise FieldError("ends_at", "Please say until when.")
    texts = {tag: form.get(f"text-{tag}", "") for tag in voices.spoken()}
    place = place_of(visit, estate)
    drafts.switch_on(visit.tx, place, starts, ends, texts, form.get("why", ""), visit.staff.id, now=visit.now)
    return redirect(url_for("flows.flows", estate=code))


@bp.post("/flows/<code>/switch/<int:switch_id>/off")
@page(*SUPERVISING)
def switch_off(visit: Visit, code: str, switch_id: int) -> Any:
    """Switch it off before its time."""
    place = place_of(visit, estate_of(visit, code))
    why = request.form.get("why", "")
    drafts.switch_off(visit.tx, place, switch_id, why, visit.staff.id, now=visit.now)
    return redirect(url_for("flows.flows", estate=code))


@bp.post("/flows/<code>/marks")
@page(*SUPERVISING)
def marks(visit: Visit, code: str) -> Any:
    """From which load on the office counts as overloaded."""
    waiting, minutes = number_of("waiting"), number_of("minutes")
    place = place_of(visit, estate_of(visit, code))
    wanted = Marks(waiting, timedelta(minutes=minutes))
    drafts.set_marks(visit.tx, place, wanted, visit.staff.id, now=visit.now)
    return redirect(url_for("flows.flows", estate=code))


def moment_of(text: str, estate: Estate, name: str) -> datetime | None:
    """Return the instant that a local date and time of a form means; None for an empty field."""
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise FieldError(name, "This is no date and time.") from None
    return local.replace(tzinfo=ZoneInfo(estate.timezone))


def number_of(name: str) -> int:
    """Return the whole number in a field of the form. Raises FieldError."""
    text = request.form.get(name, "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise FieldError(name, "This must be a whole number.")
    return int(text)
