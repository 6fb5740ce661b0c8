"""What is agreed with the resident on a ticket: answers in words, and dates set by hand."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request

from console.access import Visit, page
from console.i18n import gettext as _
from console.pages.tickets import changed, mine
from tickets import service
from tickets.errors import FieldError
from tickets.windows import to_utc
from tickets.working_time import from_us

bp = Blueprint("agreed", __name__)


@bp.post("/tickets/<number>/reply")
@page()
def reply(visit: Visit, number: str) -> Any:
    """Text the resident an answer in one's own words."""
    view = mine(visit, number)
    service.reply(visit.tx, view.ticket, request.form.get("text", ""), visit.actor, now=visit.now)
    return changed(visit, view, "replied")


@bp.post("/tickets/<number>/due")
@page()
def set_due(visit: Visit, number: str) -> Any:
    """Set by hand when a promise falls due."""
    view = mine(visit, number)
    due_at = local_time("due_at", request.form.get("due_at", ""), view.zone)
    kind, reason = request.form.get("kind", ""), request.form.get("reason", "")
    service.set_due(visit.tx, view.ticket, kind, due_at, reason, visit.actor, now=visit.now)
    return changed(visit, view, "due_set")


@bp.post("/tickets/<number>/visit")
@page()
def set_visit(visit: Visit, number: str) -> Any:
    """Agree a visit, or move it; the resident is told."""
    view = mine(visit, number)
    from_at = local_time("from", request.form.get("from", ""), view.zone)
    until_at = local_time("until", request.form.get("until", ""), view.zone)
    who = request.form.get("staff", "")
    staff_id = int(who) if who.isdecimal() and len(who) < 16 else None
    service.set_visit(visit.tx, view.ticket, from_at, until_at, staff_id, visit.actor, now=visit.now)
    return changed(visit, view, "visit_set")


@bp.post("/tickets/<number>/visit/cancel")
@page()
def cancel_visit(visit: Visit, number: str) -> Any:
    """The visit does not take place."""
    view = mine(visit, number)
    service.cancel_visit(visit.tx, view.ticket, request.form.get("reason", ""), visit.actor, now=visit.now)
    return changed(visit, view, "visit_cancelled")


def local_time(field: str, text: str, zone: ZoneInfo) -> datetime:
    """Return the instant of a form's "2027-01-06T14:30" in the estate's time. Raises FieldError."""
    try:
        local = datetime.strptime(text[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 (the zone follows)
    except ValueError:
        raise FieldError(field, _("That is not a date and a time.")) from None
    seconds = local.hour * 3600 + local.minute * 60
    return from_us(to_utc(zone, local.toordinal(), seconds, is_end=False))
