"""An estate with one queue, and a room full of seats to be filled by each test."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from infra.clock import FakeClock
from infra.database import Tx
from infra.runtime import Runtime
from routing import queries, setup
from routing.live import RoutingIndex
from routing.models import Reservation, Seat
from routing.service import Router
from tests.factories import make_category, make_estate, make_seat, make_staff
from tickets import service as desk
from tickets.actors import Actor
from tickets.models import Disposition, Estate, Staff, Ticket
from tickets.words import Source


@dataclass
class Office:
    """What a test does at the office, each act in a transaction of its own at the time of the clock."""

    runtime: Runtime
    clock: FakeClock
    estate: Estate
    router: Router
    index: RoutingIndex
    staff: dict[int, Staff] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def seat(self, *, available: bool = True, estate: Estate | None = None, **values: object) -> int:
        """A new seat, available unless said otherwise; returns its id."""
        with self.runtime.transaction() as tx:
            staff = make_staff(tx, estates=(estate or self.estate,))
            seat = make_seat(tx, staff, at=self.now, **values)  # type: ignore[arg-type]
            self.staff[seat.id] = staff
        if available:
            self.set_state(seat.id, "available")
        return seat.id

    def set_state(self, seat_id: int, state: str, reason: str | None = None) -> None:
        with self.runtime.transaction() as tx:
            seat = tx.get_one(Seat, seat_id)
            self.router.set_state(tx, seat, state, reason, self.actor(seat_id), now=self.now)

    def actor(self, seat_id: int) -> Actor:
        return Actor.staff(self.staff[seat_id])

    def open(self, **values: object) -> int:
        """A new ticket for home repairs in Mandarin unless said otherwise; returns its id."""
        defaults: dict[str, object] = {
            "estate_id": self.estate.id,
            "category_code": "water",
            "language": "zh-TW",
            "source": Source.API,
        }
        with self.runtime.transaction() as tx:
            new = desk.NewTicket(**(defaults | values))  # type: ignore[arg-type]
            return self.router.open_and_queue(tx, new, now=self.now).ticket.id

    def offer(self, seat_id: int) -> Reservation | None:
        """The open offer of a seat."""
        with self.runtime.transaction() as tx:
            return next(iter(queries.pending_for(tx, self.staff[seat_id].id, self.now)), None)

    def offered(self, seat_id: int) -> int | None:
        """The ticket that is offered to a seat."""
        offer = self.offer(seat_id)
        return offer.ticket_id if offer else None

    def accept(self, seat_id: int) -> int:
        """Accept what is offered to a seat; returns the ticket."""
        offer = self.offer(seat_id)
        assert offer is not None
        with self.runtime.transaction() as tx:
            self.router.accept(tx, offer.id, self.staff[seat_id], now=self.now)
        return offer.ticket_id

    def hang_up(self, ticket_id: int) -> None:
        """The caller of a ticket has talked to its agent."""
        with self.runtime.transaction() as tx:
            self.router.call_ended(tx, tx.get_one(Ticket, ticket_id), now=self.now)

    def decline(self, seat_id: int, reason: str = "busy") -> int:
        offer = self.offer(seat_id)
        assert offer is not None
        with self.runtime.transaction() as tx:
            self.router.decline(tx, offer.id, self.staff[seat_id], reason, now=self.now)
        return offer.ticket_id

    def resolve(self, ticket_id: int, seat_id: int) -> None:
        with self.runtime.transaction() as tx:
            ticket = tx.get_one(Ticket, ticket_id)
            self.router.resolve(tx, ticket, "done", None, self.actor(seat_id), now=self.now)

    def pass_time(self, seconds: float) -> dict[str, int]:
        """Move the clock and let the router do what that brings."""
        self.clock.advance(timedelta(seconds=seconds))
        return self.router.tick(self.now)

    def ticket(self, ticket_id: int) -> Ticket:
        with self.runtime.transaction() as tx:
            return tx.get_one(Ticket, ticket_id)

    def shown(self, seat_id: int) -> queries.ShownSeat:
        with self.runtime.transaction() as tx:
            return queries.seat_view(tx, tx.get_one(Seat, seat_id), self.now)


def make_office(tx: Tx) -> Estate:
    """An estate with two queues, a result code and the reasons for a break."""
    estate = make_estate(tx, "HY")
    make_category(tx, "water", "home_repairs")
    make_category(tx, "lift", "emergency", "P0")
    make_category(tx, "other", "general", "P3")
    tx.add(Disposition(code="done", name="Done"))
    setup.install_defaults(tx)
    return estate


@pytest.fixture
def office(runtime: Runtime, clock: FakeClock) -> Office:
    """An office without seats and tickets, its index whole."""
    with runtime.transaction() as tx:
        estate = make_office(tx)
    router = Router(runtime)
    router.rebuild(clock.now())
    return Office(runtime, clock, estate, router, RoutingIndex(runtime.valkey))
