"""The way to every page of the office, by role, and the list of looks and acts that nobody can alter."""

from flask import Blueprint, render_template, request

from console.access import OVERSEEING, PHONING, SUPERVISING, Visit, page
from console.i18n import N_
from console.i18n import gettext as _
from tickets import audit
from tickets.words import Role

bp = Blueprint("admin", __name__)

WAYS = (
    (
        "residents.residents",
        N_("Residents"),
        N_("People, numbers, units, dates; special care"),
        PHONING | SUPERVISING,
    ),
    ("residents.property_tree", N_("Property"), N_("Buildings, floors and units"), PHONING | SUPERVISING),
    (
        "imports.form",
        N_("Load residents from a file"),
        N_("CSV or XLSX, shown before it is loaded"),
        SUPERVISING,
    ),
    ("roster.roster", N_("Roster"), N_("Who is on duty, swaps, absences"), frozenset(Role)),
    ("calendars.calendars", N_("Calendars"), N_("Hours, holidays, special days"), OVERSEEING),
    ("policies.policies", N_("Promises"), N_("By when, and who is told if not"), OVERSEEING),
    ("admin.audit_list", N_("Audit list"), N_("Looks at personal data and acts of power"), SUPERVISING),
)
ACTIONS = {
    "resident.viewed": N_("looked at a resident"),
    "resident.created": N_("wrote a resident down"),
    "resident.changed": N_("changed a resident"),
    "resident.merged": N_("made one person of two"),
    "resident.reported": N_("took a person's data report"),
    "resident.erased": N_("forgot a person"),
    "residents.loaded": N_("loaded residents from a file"),
    "residents.exported": N_("exported residents"),
    "unit.added": N_("added a unit"),
    "unit.removed": N_("took a unit away"),
    "class.added": N_("added a class of customers"),
    "roster.saved": N_("changed the roster"),
    "roster.one_off": N_("put somebody on duty once"),
    "roster.swapped": N_("swapped duties"),
    "roster.removed": N_("took a duty back"),
    "roster.absence": N_("entered an absence"),
    "roster.absence_ended": N_("ended an absence"),
    "calendar.saved": N_("changed a calendar"),
}


@bp.get("/office")
@page()
def office(visit: Visit) -> str:
    """The pages that this person can open."""
    ways = [(endpoint, _(name), _(what)) for endpoint, name, what, roles in WAYS if visit.role in roles]
    return render_template("office.html", ways=ways)


@bp.get("/audit")
@page(*SUPERVISING)
def audit_list(visit: Visit) -> str:
    """The audit list of the person's estates, newest first."""
    args = request.args
    found = audit.list_acts(
        visit.tx,
        visit.estate_ids,
        actor=args.get("who", "").strip(),
        subject=args.get("about", "").strip(),
        cursor=args.get("cursor") or None,
    )
    words = {code: _(text) for code, text in ACTIONS.items()}
    return render_template("audit.html", found=found, words=words)
