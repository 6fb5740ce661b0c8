"""Who was told of what is late, and "I have it"."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console import live, live_news
from console.access import Visit, page
from tickets import queries, service

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


@bp.post("/escalations/<number>/acknowledge")
@page()
def acknowledge(visit: Visit, number: str) -> Any:
    """Take what has climbed: nobody further is told."""
    ticket = queries.get_by_number(visit.tx, number, visit.estate_ids)
    service.acknowledge(visit.tx, ticket, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "acknowledged")
    if not request.headers.get("HX-Request"):
        return redirect(url_for("escalations.escalations"))
    visit.tx.flush()
    found = queries.list_escalations(visit.tx, visit.estate_ids)
    return render_template("partials/escalation_rows.html", found=found)
