"""The agent's desk: seat, offer, work in hand and the ticket being worked on, on one page that moves by itself."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console import live
from console.access import Visit, page
from console.ticket_view import TicketView
from routing import queries as seats
from routing.models import BreakReason, Reservation, Seat
from routing.seat_service import break_reasons
from routing.service import Router
from tickets import queries
from tickets.errors import NotFound
from tickets.models import Ticket

bp = Blueprint("desk", __name__)


@dataclass(frozen=True)
class Desk:
    """What stands on the left of a desk, and which ticket is open on the right."""

    visit: Visit
    seat: seats.ShownSeat | None
    offer: Reservation | None
    offer_view: TicketView | None
    work: list[Ticket]
    reasons: list[BreakReason]
    view: TicketView | None


@bp.get("/desk")
@page()
def desk(visit: Visit) -> str:
    """The whole page."""
    after = live.newest()
    shown = read_desk(visit, request.args.get("ticket", ""))
    topics = {"seat": 1, "after": after}
    if shown.view:
        topics["ticket"] = shown.view.ticket.number
    return render_template("desk.html", desk=shown, live=topics)


@bp.get("/desk/side")
@page()
def side(visit: Visit) -> Any:
    """Seat, offer and work, drawn anew."""
    return _side(visit)


@bp.get("/desk/ticket/<number>")
@page()
def ticket(visit: Visit, number: str) -> Any:
    """The list and the ticket that was picked from it."""
    return _both(visit, number)


@bp.post("/desk/state")
@page()
def set_state(visit: Visit) -> Any:
    """Declare the person's own seat available, on break with a reason, or offline."""
    state, reason = request.form.get("state", ""), request.form.get("reason") or None
    Router(visit.runtime).set_state(visit.tx, own_seat(visit), state, reason, visit.actor, now=visit.now)
    return _side(visit)


@bp.post("/desk/offers/<int:reservation_id>/accept")
@page()
def accept(visit: Visit, reservation_id: int) -> Any:
    """Take what is offered; the ticket opens on the right."""
    taken = Router(visit.runtime).accept(visit.tx, reservation_id, visit.staff, now=visit.now)
    return _both(visit, taken.ticket.number)


@bp.post("/desk/offers/<int:reservation_id>/decline")
@page()
def decline(visit: Visit, reservation_id: int) -> Any:
    """Let the offer go to the next seat."""
    reason = request.form.get("reason") or None
    Router(visit.runtime).decline(visit.tx, reservation_id, visit.staff, reason, now=visit.now)
    return _side(visit)


@bp.post("/desk/wrap-up/extend")
@page()
def extend_wrap_up(visit: Visit) -> Any:
    """Lengthen the running wrap-up once."""
    Router(visit.runtime).extend_wrap_up(visit.tx, own_seat(visit), visit.actor, now=visit.now)
    return _side(visit)


def own_seat(visit: Visit) -> Seat:
    """Return the person's own stored seat. Raises NotFound."""
    if visit.seat is None:
        raise NotFound("seat", visit.staff.login)
    return visit.seat


def read_desk(visit: Visit, number: str = "") -> Desk:
    """Return the desk of a person with the ticket `number` open; without one, the first of the work in hand."""
    if visit.seat is None:
        return Desk(visit, None, None, None, [], [], _open(visit, number))
    visit.tx.flush()
    work = seats.work_of(visit.tx, visit.seat.id)
    offers = seats.pending_for(visit.tx, visit.staff.id, visit.now)
    offer = offers[0] if offers else None
    view = _open(visit, number) or (TicketView(visit, work[0]) if work else None)
    return Desk(
        visit=visit,
        seat=seats.seat_view(visit.tx, visit.seat, visit.now),
        offer=offer,
        offer_view=TicketView(visit, offer.ticket) if offer else None,
        work=work,
        reasons=break_reasons(visit.tx, visit.seat),
        view=view,
    )


def _open(visit: Visit, number: str) -> TicketView | None:
    found = queries.find_by_number(visit.tx, number, visit.estate_ids) if number else None
    return TicketView(visit, found) if found else None


def _side(visit: Visit) -> Any:
    if not request.headers.get("HX-Request"):
        return redirect(url_for("desk.desk"))
    return render_template("partials/side.html", desk=read_desk(visit, request.values.get("ticket", "")))


def _both(visit: Visit, number: str) -> Any:
    if not request.headers.get("HX-Request"):
        return redirect(url_for("desk.desk", ticket=number))
    shown = read_desk(visit, number)
    headers = {"HX-Push-Url": url_for("desk.desk", ticket=number)}
    return render_template("partials/desk_both.html", desk=shown), headers
