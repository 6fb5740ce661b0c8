"""Bad weather: ordinary answers may take longer for a while. Managers declare and end it; all who oversee see it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console.access import OVERSEEING, Visit, page
from console.i18n import gettext as _
from console.pages.agreed import local_time
from console.wording import estate_name
from tickets import storms as rules
from tickets.errors import FieldError
from tickets.words import Role

bp = Blueprint("storms", __name__)

DECLARING = (Role.MANAGER, Role.DIRECTOR, Role.ADMIN)


@bp.get("/storms")
@page(*OVERSEEING)
def storms(visit: Visit) -> str:
    """The list with what each did, and the form."""
    found = rules.reports(visit.tx, visit.estate_ids)
    estates = [(each.code, estate_name(each)) for each in visit.estates]
    return render_template("storms.html", found=found, estates=estates, may_declare=visit.role in DECLARING)


@bp.post("/storms")
@page(*DECLARING)
def declare(visit: Visit) -> Any:
    """Let ordinary answers of an estate take longer, from–until."""
    code = request.form.get("estate", "")
    estate = next((each for each in visit.estates if each.code == code), None)
    if estate is None:
        raise FieldError("estate", _("Choose an estate."))
    from_at = local_time("from", request.form.get("from", ""), visit.zone)
    until_at = local_time("until", request.form.get("until", ""), visit.zone)
    reason = request.form.get("reason", "")
    rules.declare(visit.tx, estate.id, from_at, until_at, reason, visit.actor, now=visit.now)
    return redirect(url_for("storms.storms"))


@bp.post("/storms/<int:storm_id>/end")
@page(*DECLARING)
def end(visit: Visit, storm_id: int) -> Any:
    """The weather is good again."""
    rules.end(visit.tx, storm_id, visit.estate_ids, visit.actor, now=visit.now)
    return redirect(url_for("storms.storms"))
