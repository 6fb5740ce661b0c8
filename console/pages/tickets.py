"""The list of tickets, one ticket's page, and every action on a ticket."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console import live, live_news, search
from console.access import SUPERVISING, Visit, page
from console.i18n import gettext as _
from console.ticket_view import TicketView, get_view
from routing import queries as seats
from routing.service import Router
from tickets import queries, service
from tickets.errors import FieldError, NotFound, NotYours
from tickets.history import record
from tickets.models import Category, Queue, Ticket
from tickets.words import PriorityClass

bp = Blueprint("tickets", __name__)

LONGEST_WAIT = timedelta(days=10)


@dataclass(frozen=True)
class TicketList:
    """A part of the list, what it was filtered by, and what it can be filtered by."""

    query: search.TicketSearch
    page: queries.Page[Ticket]
    categories: list[Category]
    queues: list[Queue]


@bp.get("/tickets")
@page()
def tickets(visit: Visit) -> str:
    """The list; a search by htmx draws only its rows."""
    query = search.TicketSearch.from_args(request.args)
    found = search.list_tickets(visit.tx, query, visit.estate_ids)
    shown = TicketList(query, found, _leaves(visit), search.list_queues(visit.tx))
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render_template("partials/ticket_rows.html" if part else "tickets.html", list=shown)


@bp.get("/tickets/<number>")
@page()
def ticket(visit: Visit, number: str) -> str:
    """One ticket on a page of its own."""
    after = live.newest()
    view = get_view(visit, number)
    topics = {"ticket": number, "after": after}
    return render_template("ticket.html", view=view, live=topics)


@bp.get("/tickets/<number>/pane")
@page()
def pane(visit: Visit, number: str) -> str:
    """The ticket drawn anew: for live updates."""
    return render_template("partials/ticket.html", view=get_view(visit, number))


@bp.post("/tickets/<number>/note")
@page()
def note(visit: Visit, number: str) -> Any:
    """Add a note."""
    view = get_view(visit, number)
    service.note(visit.tx, view.ticket, request.form.get("text", ""), visit.actor, now=visit.now)
    return changed(visit, view, "noted")


@bp.post("/tickets/<number>/acknowledge")
@page()
def acknowledge(visit: Visit, number: str) -> Any:
    """Say "I have it": the first response is given and the climb stops."""
    view = get_view(visit, number)
    service.acknowledge(visit.tx, view.ticket, visit.actor, now=visit.now)
    return changed(visit, view, "acknowledged")


@bp.post("/tickets/<number>/arrive")
@page()
def arrive(visit: Visit, number: str) -> Any:
    """Somebody is on site: that promise is kept."""
    view = mine(visit, number)
    service.arrive(visit.tx, view.ticket, visit.actor, now=visit.now)
    return changed(visit, view, "arrived")


@bp.post("/tickets/<number>/wait")
@page()
def wait(visit: Visit, number: str) -> Any:
    """Put it on hold for a reason, for so many minutes."""
    view = mine(visit, number)
    minutes = request.form.get("minutes", "")
    until = None
    if minutes:
        if not minutes.isdecimal() or timedelta(minutes=int(minutes[:6])) > LONGEST_WAIT:
            raise FieldError("minutes", "That is not a length of time.")
        until = visit.now + timedelta(minutes=int(minutes))
    reason = request.form.get("reason", "")
    Router(visit.runtime).wait(visit.tx, view.ticket, reason, until, visit.actor, now=visit.now)
    return answer(visit, view)


@bp.post("/tickets/<number>/resume")
@page()
def resume(visit: Visit, number: str) -> Any:
    """Go on with it."""
    view = mine(visit, number)
    Router(visit.runtime).resume(visit.tx, view.ticket, visit.actor, now=visit.now)
    return answer(visit, view)


@bp.post("/tickets/<number>/resolve")
@page()
def resolve(visit: Visit, number: str) -> Any:
    """Finish it with a result; the seat's wrap-up begins."""
    view = mine(visit, number)
    result, text = request.form.get("disposition", ""), request.form.get("note", "")
    Router(visit.runtime).resolve(visit.tx, view.ticket, result, text, visit.actor, now=visit.now)
    return answer(visit, view)


@bp.post("/tickets/<number>/reopen")
@page()
def reopen(visit: Visit, number: str) -> Any:
    """Take it back into its queue."""
    view = get_view(visit, number)
    if not view.may_reopen:
        raise NotYours(_("Only who works on it, or a supervisor, may do that."))
    reason = request.form.get("reason", "")
    Router(visit.runtime).reopen(visit.tx, view.ticket, reason, visit.actor, now=visit.now)
    return answer(visit, view)


@bp.post("/tickets/<number>/cancel")
@page()
def cancel(visit: Visit, number: str) -> Any:
    """Call it off."""
    view = mine(visit, number)
    reason = request.form.get("reason", "")
    Router(visit.runtime).cancel(visit.tx, view.ticket, reason, visit.actor, now=visit.now)
    return answer(visit, view)


@bp.post("/tickets/<number>/transfer")
@page()
def transfer(visit: Visit, number: str) -> Any:
    """Move it to another category's queue, or back into its own."""
    view = mine(visit, number)
    category, reason = request.form.get("category", ""), request.form.get("reason", "")
    router = Router(visit.runtime)
    if category == view.ticket.category_code:
        router.return_to_queue(visit.tx, view.ticket, reason, visit.actor, now=visit.now)
    else:
        router.transfer(visit.tx, view.ticket, category, reason, visit.actor, now=visit.now)
    return answer(visit, view)


@bp.post("/tickets/<number>/assign")
@page(*SUPERVISING)
def assign(visit: Visit, number: str) -> Any:
    """Give it to a seat of the estate by hand."""
    view = get_view(visit, number)
    seat_id = request.form.get("seat", "")
    seat = None
    if seat_id.isdecimal() and len(seat_id) < 16:
        seat = seats.find_seat(visit.tx, int(seat_id), [view.ticket.estate_id])
    if seat is None:
        raise NotFound("seat", seat_id)
    may_exceed = request.form.get("above") == "1"
    Router(visit.runtime).assign(
        visit.tx, view.ticket, seat, visit.actor, now=visit.now, may_exceed=may_exceed
    )
    return answer(visit, view)


@bp.post("/tickets/<number>/edit")
@page()
def edit(visit: Visit, number: str) -> Any:
    """Correct class and words; a stale version is refused."""
    view = mine(visit, number)
    seen = request.form.get("version", "")
    changes = {"text": request.form.get("text", ""), "priority_class": request.form.get("class", "")}
    if changes["priority_class"] not in set(PriorityClass):
        raise FieldError("class", "There is no such class.")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    Router(visit.runtime).edit(visit.tx, view.ticket, changes, version, visit.actor, now=visit.now)
    return changed(visit, view, "edited")


@bp.post("/tickets/<number>/number")
@page()
def show_number(visit: Visit, number: str) -> Any:
    """Show the whole phone number, on record."""
    view = get_view(visit, number)
    record(visit.tx, view.ticket.id, "number_shown", visit.actor, now=visit.now)
    return render_template("partials/number.html", view=view, e164=view.ticket.phone_e164)


def mine(visit: Visit, number: str) -> TicketView:
    """Return a ticket that the person works on or supervises. Raises NotFound and NotYours."""
    view = get_view(visit, number)
    if not view.may_act:
        raise NotYours(_("Only who works on it, or a supervisor, may do that."))
    return view


def changed(visit: Visit, view: TicketView, event: str) -> Any:
    """Answer, and tell other open pages of a change that the router does not know of."""
    live_news.ticket_changed(visit, view.ticket, event)
    return answer(visit, view)


def answer(visit: Visit, view: TicketView) -> Any:
    """Answer an action: the ticket drawn anew, or its page again for a browser without scripts."""
    if not request.headers.get("HX-Request"):
        return redirect(request.referrer or url_for("tickets.ticket", number=view.ticket.number))
    visit.tx.flush()
    return render_template("partials/ticket.html", view=get_view(visit, view.ticket.number))


def _leaves(visit: Visit) -> list[Category]:
    return [each for each in queries.list_categories(visit.tx) if each.queue_code]
