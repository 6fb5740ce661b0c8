"""Pages without a log-in, on the telephone side's public address: whoever has the signed link sees one ticket.

The link is the permission: nothing else is read from the request, and no cookie is set.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for

from console import i18n
from console.fmt import moment
from console.i18n import gettext as _
from console.setup import HERE
from console.wording import category_name, estate_name, word
from infra.database import Tx
from infra.live import publish
from infra.runtime import Runtime
from ivr.notices import RESIDENT
from routing.service import Router
from tickets import queries, service, visits
from tickets.actors import Actor
from tickets.errors import FieldError, NotAllowed, Refused, TooLateToReopen
from tickets.link_tokens import read_token
from tickets.models import Ticket, Visit
from tickets.words import TicketState

LONGEST_REASON = 500
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Shown:
    """What the resident's page shows of a ticket."""

    number: str
    estate: str
    category: str
    state: str
    visit: str
    is_done: bool


def create_blueprint(runtime: Runtime) -> Blueprint:
    """Return the public pages on the stores of `runtime`."""
    bp = Blueprint("open", __name__, template_folder=str(HERE / "templates"))

    @bp.get("/t/style.css")
    def style() -> Response:
        return send_file(HERE / "static" / "css" / "open.css", max_age=86_400)

    @bp.get("/t/<token>")
    def ticket(token: str) -> Response:
        """The ticket as it stands, and the question whether the work is right."""
        with runtime.transaction() as tx:
            return _page(_shown(tx, _ticket(tx, runtime, token), runtime.clock.now()), token)

    @bp.post("/t/<token>")
    def answer(token: str) -> Any:
        """Accept the work, or send it back with a reason. What was answered before is only shown."""
        now, reason = runtime.clock.now(), request.form.get("reason", "").replace("\x00", "")[:LONGEST_REASON]
        wrong = ""
        with runtime.transaction() as tx:
            found = _ticket(tx, runtime, token)
            try:
                if request.form.get("answer") == "accept":
                    service.accept_work(tx, found, Actor.CALLER, now=now)
                    number, state = found.number, found.state
                    tx.after_commit(lambda: _tell(runtime, number, state))
                elif found.state == TicketState.RESOLVED:
                    Router(runtime).reopen(tx, found, reason, Actor.CALLER, now=now)
            except FieldError:
                wrong = _("Please say what is not right.")
            except (NotAllowed, TooLateToReopen):
                wrong = ""  # answered before, or closed meanwhile: the page shows the state
            if wrong:
                return _page(_shown(tx, found, now), token, wrong), 422
        return redirect(url_for("open.ticket", token=token), 303)

    @bp.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        abort(404)

    @bp.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return bp


def _ticket(tx: Tx, runtime: Runtime, token: str) -> Ticket:
    number = read_token(runtime.config.secret_key, RESIDENT, token)
    found = queries.find_by_number(tx, number) if number else None
    if found is None:
        abort(404)
    i18n.speak(found.language)
    return found


def _shown(tx: Tx, ticket: Ticket, now: datetime) -> Shown:
    zone = ZoneInfo(ticket.estate.timezone)
    visit = visits.visit_of(tx, ticket.id)
    return Shown(
        ticket.number,
        estate_name(ticket.estate),
        category_name(ticket.category),
        word("state", ticket.state),
        _between(visit, zone, now) if visit is not None and visit.until_at > now else "",
        ticket.state == TicketState.RESOLVED,
    )


def _between(visit: Visit, zone: ZoneInfo, now: datetime) -> str:
    return f"{moment(visit.from_at, zone, now)} – {moment(visit.until_at, zone, now)}"


def _page(shown: Shown, token: str, wrong: str = "") -> Response:
    lang = str(i18n.locale()).replace("_", "-")
    return Response(
        render_template("open/ticket.html", shown=shown, token=token, wrong=wrong, lang=lang, _=_)
    )


def _tell(runtime: Runtime, number: str, state: str) -> None:
    for topic in (f"ticket:{number}", "wall"):
        publish(runtime.valkey, topic, {"event": "work_accepted", "ticket": number, "state": state})
