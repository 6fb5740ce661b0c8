"""The supervisor's wall: waiting, seats, what is late and who was told, moving by itself."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from console import figures, live
from console.access import OVERSEEING, Visit, page
from ivr.incident_reads import ShownIncident, list_incidents
from routing import queries as seats
from tickets.models import Escalation, Estate, Ticket

bp = Blueprint("wall", __name__)

ROWS = 30


@dataclass(frozen=True)
class Wall:
    """Everything on the wall at one instant."""

    now: datetime
    zone: ZoneInfo
    live: seats.Wall
    today: figures.Today
    late: list[Ticket]
    late_count: int
    at_risk: list[Ticket]
    escalated: list[tuple[Ticket, list[Escalation]]]
    incidents: list[ShownIncident]
    estates: dict[str, Estate]


@bp.get("/wall")
@page(*OVERSEEING)
def wall(visit: Visit) -> str:
    """The whole page."""
    after = live.newest()
    return render_template("wall.html", wall=read_wall(visit), live={"wall": 1, "after": after})


@bp.get("/wall/board")
@page(*OVERSEEING)
def board(visit: Visit) -> str:
    """The board drawn anew: for live updates."""
    return render_template("partials/board.html", wall=read_wall(visit))


def read_wall(visit: Visit) -> Wall:
    """Return the wall of the person's estates."""
    tx, estate_ids, now = visit.tx, visit.estate_ids, visit.now
    return Wall(
        now=now,
        zone=visit.zone,
        live=seats.wall(tx, estate_ids, now),
        today=figures.today(tx, estate_ids, visit.zone, now),
        late=figures.late_tickets(tx, estate_ids, now, ROWS),
        late_count=figures.count_late(tx, estate_ids, now),
        at_risk=figures.tickets_at_risk(tx, estate_ids, now, ROWS),
        escalated=figures.escalated_tickets(tx, estate_ids, ROWS),
        incidents=list_incidents(tx, estate_ids, is_live=True),
        estates={estate.code: estate for estate in visit.estates},
    )
