"""What templates call beside words and formats: navigation, choices of lists, small questions about rows."""

from collections.abc import Sequence

from flask import Flask

from console import wording
from console.access import OVERSEEING, PHONING, SUPERVISING, Visit
from console.fmt import phone
from console.i18n import N_
from console.i18n import gettext as _
from console.masking import masked
from console.search import STATES
from console.ticket_view import is_at_risk, next_due, unit_name
from ivr.models import Call
from routing.queries import ShownSeat
from routing.seats import WRAP_UP
from tickets.models import Estate, Queue
from tickets.words import Role, SeatState

Choices = list[tuple[str, str]]

PAGES = (
    ("desk.desk", N_("Desk"), frozenset(Role)),
    ("wall.wall", N_("Wall"), OVERSEEING),
    ("tickets.tickets", N_("Tickets"), frozenset(Role)),
    ("escalations.escalations", N_("Escalations"), frozenset(Role)),
    ("calls.calls", N_("Calls"), OVERSEEING),
    ("policies.policies", N_("Promises"), OVERSEEING),
    ("queues.queues", N_("Queues"), OVERSEEING),
    ("flows.flows", N_("Call flows"), OVERSEEING),
    ("emergency_words.words", N_("Words"), OVERSEEING),
    ("voice.prompts_page", N_("Own voice"), OVERSEEING),
    ("roster.roster", N_("Roster"), frozenset(Role)),
    ("residents.residents", N_("Residents"), PHONING | SUPERVISING),
    ("admin.office", N_("Office"), frozenset(Role)),
)
EVERYDAY = frozenset({"desk.desk", "wall.wall", "tickets.tickets", "escalations.escalations", "calls.calls"})
"""Pages of the bar above; the others stand in a menu of their own."""
DECLINE_REASONS = (
    ("busy", N_("Busy with something else")),
    ("skill", N_("Not my trade")),
    ("language", N_("Not my language")),
    ("conflict", N_("I know the resident")),
    ("leaving", N_("About to leave")),
)
SEAT_ORDER = (
    SeatState.AVAILABLE,
    SeatState.RESERVED,
    SeatState.BUSY,
    SeatState.WRAP_UP,
    SeatState.ON_BREAK,
    SeatState.OFFLINE,
)


def install(app: Flask) -> None:
    """Give the templates the functions of this module."""
    app.jinja_env.globals.update(
        at_risk=is_at_risk,
        call_number=call_number,
        decline_reasons=decline_reasons,
        list_estate_names=list_estate_names,
        list_queue_names=list_queue_names,
        list_states=list_states,
        navigation=navigation,
        next_due=next_due,
        seats_in_order=seats_in_order,
        unit_name=unit_name,
        wrap_up_length=WRAP_UP,
    )
    app.jinja_env.filters["masked"] = masked
    app.jinja_env.filters["spoken"] = wording.language_name


def navigation(visit: Visit, *, is_everyday: bool) -> Choices:
    """Return endpoint and name of the pages that this person can open: those of every day, or the others."""
    return [
        (endpoint, _(name))
        for endpoint, name, roles in PAGES
        if visit.role in roles and (endpoint != "desk.desk" or visit.who.has_seat or visit.role is Role.AGENT)
        if (endpoint in EVERYDAY) == is_everyday
    ]


def decline_reasons() -> Choices:
    """Return why an agent may decline, the most usual first: it is what a single press says."""
    return [(code, _(text)) for code, text in DECLINE_REASONS]


def list_states() -> Choices:
    """Return the states a list can be limited to."""
    words = [(state, wording.word("state", state)) for state in STATES if state != "open"]
    return [("", _("all")), ("open", _("not over")), *words]


def list_queue_names(queues: Sequence[Queue]) -> Choices:
    """Return codes and names of queues."""
    return [(queue.code, wording.word("queue", queue.code, queue.name)) for queue in queues]


def list_estate_names(estates: Sequence[Estate]) -> Choices:
    """Return codes and names of estates."""
    return [(estate.code, wording.estate_name(estate)) for estate in estates]


def seats_in_order(seats: Sequence[ShownSeat]) -> list[ShownSeat]:
    """Return seats with those that take work first; within a state by name."""
    return sorted(seats, key=lambda seat: (SEAT_ORDER.index(seat.state), seat.name))


def call_number(visit: Visit, call: Call) -> str:
    """Return the other party's number of a call: whole for who supervises, else masked."""
    e164 = call.from_e164 if call.direction == "inbound" else call.to_e164
    if not e164:
        return _("number withheld")
    return phone(e164) if visit.role in (Role.LEAD, Role.SUPERVISOR, Role.MANAGER) else masked(e164)
