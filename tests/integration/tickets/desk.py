"""A company at work, for the tests of this room: one estate, people on duty, and a few short cuts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from infra.clock import FakeClock
from infra.database import Tx
from infra.runtime import Runtime
from tests.factories import make_company, make_duty, make_staff, make_ticket
from tickets import sweep
from tickets.history import EventKind
from tickets.models import Escalation, Estate, Staff, Ticket, TicketEvent, TicketTarget
from tickets.words import Role


@dataclass
class Desk:
    """The estate with its people, and the clock that the test moves."""

    runtime: Runtime
    clock: FakeClock
    estate: Estate
    agent: Staff
    lead: Staff
    supervisor: Staff
    manager: Staff

    @contextmanager
    def work(self) -> Iterator[tuple[Tx, datetime]]:
        """One transaction, and the present."""
        with self.runtime.transaction() as tx:
            yield tx, self.clock.now()

    def open(self, category: str = "home.water", **values: object) -> Ticket:
        """A ticket opened now, and committed."""
        with self.work() as (tx, now):
            return make_ticket(tx, self.estate, category, opened_at=now, **values)

    def sweep(self, limit: int = sweep.PAGE) -> sweep.SweepResult:
        """One page of the sweep, now."""
        with self.work() as (tx, now):
            return sweep.sweep_page(tx, now, limit)


def make_desk(runtime: Runtime, clock: FakeClock) -> Desk:
    """A committed estate in Taipei with a lead, a supervisor and a manager on duty round the clock."""
    with runtime.transaction() as tx:
        estate = make_company(tx)
        people = {
            role: make_staff(tx, role, (estate,)) for role in ("agent", "lead", "supervisor", "manager")
        }
        for role in (Role.LEAD, Role.SUPERVISOR, Role.MANAGER):
            make_duty(tx, estate, people[role])
    return Desk(runtime, clock, estate, **people)


def read(tx: Tx, ticket: Ticket) -> Ticket:
    """The ticket as this transaction sees it."""
    return tx.get_one(Ticket, ticket.id)


def target(tx: Tx, ticket: Ticket, kind: str) -> TicketTarget:
    """The newest clock of that kind."""
    query = select(TicketTarget).where(TicketTarget.ticket_id == ticket.id, TicketTarget.kind == kind)
    return tx.execute(query.order_by(TicketTarget.id.desc()).limit(1)).scalar_one()


def lines(tx: Tx, ticket: Ticket, kind: EventKind | None = None) -> list[TicketEvent]:
    """The ticket's history, or its lines of one kind."""
    query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    found = tx.execute(query).scalars().all()
    return [line for line in found if kind is None or line.kind == kind.value]


def levels(desk: Desk) -> list[tuple[str, int, int]]:
    """(target, level, recipient) of every escalation, in order."""
    with desk.work() as (tx, _):
        rows = tx.execute(
            select(Escalation.target_kind, Escalation.level, Escalation.recipient_id).order_by(Escalation.id)
        )
        return [tuple(row) for row in rows]
