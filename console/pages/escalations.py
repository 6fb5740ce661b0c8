"""Who was told of what is late, and "I have it"."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console import live, live_news
from console.access import Visit, page
from console.i18n import gettext as _
from tickets import queries
from tickets.errors import NotFound
from tickets.escalations import acknowledge_escalation
from tickets.models import Escalation

bp = Blueprint("escalations", __name__)


@bp.get("/escalations")
@page()
def escalations(visit: Visit) -> str:
    """Escalations of the person's estates, newest first."""
    after = live.newest()
    found = queries.list_escalations(visit.tx, visit.estate_ids, cursor=request.args.get("cursor") or None)
    topics = {"wall": 1, "after": after} if visit.is_overseeing else {"after": after}
    part = request.headers.get("HX-Request")
    template = "partials/escalation_rows.html" if part else "escalations.html"
    return render_template(template, found=found, live=topics)


@bp.post("/escalations/<int:escalation_id>/acknowledge")
@page()
def acknowledge(visit: Visit, escalation_id: int) -> Any:
    """Take what has climbed: nobody further is told. Who presses second is told who has it."""
    escalation = visit.tx.get(Escalation, escalation_id)
    if escalation is None or not visit.sees(escalation.ticket.estate_id):
        raise NotFound("escalation", escalation_id)
    done = acknowledge_escalation(visit.tx, escalation_id, visit.staff.id, now=visit.now)
    live_news.ticket_changed(visit, escalation.ticket, "acknowledged")
    if not request.headers.get("HX-Request"):
        return redirect(url_for("escalations.escalations"))
    visit.tx.flush()
    visit.tx.expire_all()
    found = queries.list_escalations(visit.tx, visit.estate_ids)
    told = _("{name} already has it.").format(name=done.held_by.name) if done.held_by else ""
    return render_template("partials/escalation_rows.html", found=found, told=told)
