"""Everything that a ticket's page shows, read once: promises drawn, history in words, what may be done.

The same view is drawn on the desk and on the ticket's own page, at load and at each live update.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from console import wording
from console.access import PHONING, Visit
from console.explained import Explanation
from console.fmt import duration
from console.history import HistoryLine, Reader
from console.i18n import gettext as _
from console.masking import masked, sees_number
from console.promise_lines import Promise, drawn
from ivr.models import Call, Message, Recording
from routing import queries as seats
from routing.models import Reservation
from tickets import lifecycle, queries, visits
from tickets.models import Category, Escalation, Staff, StaffEstate, Ticket, TicketTarget
from tickets.models import Visit as Appointment
from tickets.phones import takes_texts
from tickets.promises import ANSWERS
from tickets.words import PriorityClass, TargetKind, TicketMove, TicketState, WaitReason

Choices = list[tuple[str, str]]

LAST_CALLS = 5
WAIT_MINUTES = (30, 120, 240, 1440, 4320)


@dataclass(frozen=True)
class TicketView:
    """One ticket for one person. Properties read when a template asks for them."""

    visit: Visit
    ticket: Ticket

    @property
    def zone(self) -> ZoneInfo:
        """The estate's time zone."""
        return ZoneInfo(self.ticket.estate.timezone)

    @property
    def is_mine(self) -> bool:
        """Whether the person works on it."""
        return self.ticket.assignee_id == self.visit.staff.id

    @property
    def may_act(self) -> bool:
        """Whether the person may move it: who works on it, or supervises the estate."""
        return self.is_mine or self.visit.is_supervising

    @property
    def may_reopen(self) -> bool:
        """Whether the person may take it back into its queue: also any agent whom the resident rings."""
        return self.may_act or self.visit.role in PHONING

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes work on it."""
        return TicketState(self.ticket.state) in lifecycle.OPEN_STATES

    @cached_property
    def moves(self) -> frozenset[str]:
        """What this person can do now, as words of the page's buttons."""
        allowed = set(lifecycle.allowed_moves(TicketState(self.ticket.state)))
        can = {"note"}
        kinds = {each.kind for each in running_targets(self.ticket)}
        if self.is_open and (self.ticket.acknowledged_at is None or kinds & ANSWERS):
            can.add("acknowledge")
        if self.may_act:
            names = {
                TicketMove.WAIT: "wait",
                TicketMove.RESUME: "resume",
                TicketMove.RESOLVE: "resolve",
                TicketMove.CANCEL: "cancel",
                TicketMove.RETURN_TO_QUEUE: "return",
            }
            can |= {name for move, name in names.items() if move in allowed}
            if self.is_open:
                can |= {"transfer", "edit", "visit"}
            if TargetKind.ON_SITE in kinds:
                can.add("arrive")
            if self.is_open and kinds:
                can.add("set_due")
            if takes_texts(self.ticket.phone_e164 or ""):
                can.add("reply")
        if TicketMove.REOPEN in allowed and self.may_reopen:
            can.add("reopen")
        if self.visit.is_supervising and TicketMove.TAKE in allowed:
            can.add("assign")
        return frozenset(can)

    @property
    def phone(self) -> str:
        """The number as this person sees it: whole, or masked."""
        e164 = self.ticket.phone_e164
        if not e164:
            return ""
        return e164 if self.sees_number else masked(e164)

    @property
    def sees_number(self) -> bool:
        """Whether the whole number is shown without asking for it."""
        return sees_number(self.visit, self.ticket)

    @property
    def unit(self) -> str:
        """Building and flat as people write it; what an unknown caller said if there is none."""
        return unit_name(self.ticket)

    @cached_property
    def promises(self) -> list[Promise]:
        """The targets of the ticket, each with its line; the latest round of each kind, the rest behind."""
        return drawn(self.visit, self.ticket)

    @cached_property
    def history(self) -> list[HistoryLine]:
        """What happened, newest first."""
        tx = self.visit.tx
        names = {row.login: row.name for row in tx.execute(select(Staff.login, Staff.name))}
        categories = {category.code: category for category in queries.list_categories(tx, with_hidden=True)}
        reader = Reader(names, categories, self.zone, self.visit.now)
        return reader.read(queries.history(tx, self.ticket.id))

    @cached_property
    def others(self) -> list[Ticket]:
        """Other open tickets of the same flat, or of the same number where no flat is known."""
        tx, ticket = self.visit.tx, self.ticket
        found: Sequence[Ticket] = ()
        if ticket.unit_id is not None:
            found = queries.open_tickets_of_unit(tx, ticket.unit_id)
        elif ticket.phone_e164:
            found = queries.open_tickets_of_phone(tx, ticket.phone_e164, ticket.estate_id)
        return [each for each in found if each.id != ticket.id]

    @cached_property
    def calls(self) -> list[Call]:
        """The last five calls of the number or the flat, newest first."""
        ticket = self.ticket
        whose = [Call.ticket_id == ticket.id]
        if ticket.phone_e164:
            whose.append(Call.from_e164 == ticket.phone_e164)
        if ticket.unit_id is not None:
            whose.append(Call.unit_id == ticket.unit_id)
        chosen = select(Call).where(or_(*whose), Call.estate_id == ticket.estate_id)
        return list(self.visit.tx.scalars(chosen.order_by(Call.started_at.desc()).limit(LAST_CALLS)))

    @cached_property
    def recordings(self) -> list[Recording]:
        """What the caller said, oldest first."""
        belongs = [Recording.ticket_id == self.ticket.id]
        if self.ticket.call_sid:
            belongs.append(Recording.call_sid == self.ticket.call_sid)
        chosen = select(Recording).where(or_(*belongs)).order_by(Recording.created_at)
        return list(self.visit.tx.scalars(chosen))

    @cached_property
    def messages(self) -> list[Message]:
        """Texts about the ticket, newest first."""
        chosen = select(Message).where(Message.ticket_id == self.ticket.id).order_by(Message.id.desc())
        return list(self.visit.tx.scalars(chosen))

    @cached_property
    def escalations(self) -> Sequence[Escalation]:
        """Who was told that it is late, newest first."""
        return queries.list_escalations(self.visit.tx, None, self.ticket.id).items

    @cached_property
    def offers(self) -> list[Reservation]:
        """Every offer with its explanation, newest first."""
        return list(reversed(seats.reservations_of(self.visit.tx, self.ticket.id)))

    @cached_property
    def explanations(self) -> list[Explanation]:
        """The same, each with what it was decided from."""
        return [Explanation(offer) for offer in self.offers]

    @cached_property
    def disposition_choices(self) -> Choices:
        """The results that may end it, as code and name."""
        found = queries.list_dispositions(self.visit.tx, self.ticket.estate_id)
        return [(each.code, wording.word("disposition", each.code, each.name)) for each in found]

    @cached_property
    def category_choices(self) -> Choices:
        """Where it can be transferred to: the leaves of the category tree, each below its branch."""
        categories = {each.code: each for each in queries.list_categories(self.visit.tx)}
        return [
            (leaf.code, " · ".join(wording.category_name(each) for each in _branch(leaf, categories)))
            for leaf in categories.values()
            if leaf.queue_code
        ]

    @cached_property
    def seat_choices(self) -> Choices:
        """The seats of the estate, for giving it to one by hand."""
        return [(str(seat.id), f"{seat.name} · {wording.word('seat', seat.state)}") for seat in self._seats]

    @property
    def class_choices(self) -> Choices:
        """The priority classes."""
        return [(each, f"{each} · {wording.word('priority', each)}") for each in PriorityClass]

    @cached_property
    def appointment(self) -> Appointment | None:
        """The visit agreed with the resident."""
        return visits.visit_of(self.visit.tx, self.ticket.id)

    @cached_property
    def visitor_choices(self) -> Choices:
        """Who can come: the staff of the estate."""
        query = select(Staff).join(StaffEstate, StaffEstate.staff_id == Staff.id)
        query = query.where(StaffEstate.estate_id == self.ticket.estate_id, Staff.is_active).order_by(
            Staff.name
        )
        return [(str(each.id), each.name) for each in self.visit.tx.scalars(query)]

    @property
    def target_choices(self) -> Choices:
        """The promises whose date can be set by hand."""
        return [(each.kind, wording.word("target", each.kind)) for each in running_targets(self.ticket)]

    @property
    def wait_reasons(self) -> Choices:
        """Why it can be put on hold."""
        return [(each, wording.word("wait", each)) for each in WaitReason]

    @property
    def wait_lengths(self) -> Choices:
        """For how long it can be put on hold, in minutes."""
        lengths = [(str(minutes), duration(timedelta(minutes=minutes))) for minutes in WAIT_MINUTES]
        return [(minutes, _("for {length}").format(length=length)) for minutes, length in lengths]

    def seat_name(self, seat_id: object) -> str:
        """The name of who sits on a seat that an explanation names."""
        return next((seat.name for seat in self._seats if seat.id == seat_id), str(seat_id))

    @cached_property
    def _seats(self) -> list[seats.ShownSeat]:
        return seats.list_seats(self.visit.tx, [self.ticket.estate_id], self.visit.now)

    @property
    def next_due(self) -> TicketTarget | None:
        """The target that falls due next; None when all are met or ended."""
        return next_due(self.ticket)


def running_targets(ticket: Ticket) -> list[TicketTarget]:
    """Return the targets of `ticket` that are neither met nor ended."""
    return [each for each in ticket.targets if each.met_at is None and each.ended_at is None]


def next_due(ticket: Ticket) -> TicketTarget | None:
    """Return the running target of `ticket` that is due first."""
    return min(running_targets(ticket), key=lambda each: each.due_at, default=None)


def is_at_risk(target: TicketTarget, now: datetime) -> bool:
    """Whether the warning of a running target has begun and its due instant has not come."""
    return target.warn_at is not None and target.warn_at <= now < target.due_at


def unit_name(ticket: Ticket) -> str:
    """Return building and flat, "3-12A"; else the words of an unknown caller; else nothing."""
    if ticket.unit is not None:
        return f"{ticket.unit.building.code}-{ticket.unit.code}"
    return ticket.place_text


def get_view(visit: Visit, number: str) -> TicketView:
    """Return the view of the ticket with this number. Raises NotFound, for another estate's too."""
    return TicketView(visit, queries.get_by_number(visit.tx, number, visit.estate_ids))


def _branch(leaf: Category, categories: Mapping[str, Category]) -> list[Category]:
    """The category and all above it, from the top."""
    branch = [leaf]
    while (parent := categories.get(branch[0].parent_code or "")) is not None:
        branch.insert(0, parent)
    return branch
