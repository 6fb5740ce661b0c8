"""An estate with its people, the telephone side over it, and a telephone network around both.

The carrier plays Twilio's part by Twilio's rules, makes time instead of waiting for it, and moves the clock of the
product along; the real `twilio` client speaks to it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from infra.clock import FakeClock
from infra.outbox import OutboxItem, claim, finish
from infra.runtime import Runtime
from ivr.carrier.app import create_carrier
from ivr.carrier.caller import Caller, make_exchange
from ivr.carrier.exchange import Exchange
from ivr.carrier.loopback import LoopbackAdapter, loopback_client
from ivr.setup import install_flows
from ivr.webhooks import create_blueprint
from ivr.webhooks.sounds import create_sounds
from routing.models import Seat
from routing.service import Router
from tests import factories as make
from tests.conftest import TOKEN
from tickets.actors import Actor
from tickets.models import Estate, Residency, Staff, Ticket, TicketEvent
from tickets.setup import install_defaults
from tickets.words import Role
from workers.handlers import HANDLERS

SID = "AC" + "0" * 32


@dataclass
class Town:
    """One estate, its people on duty, and the network that they are reached by."""

    runtime: Runtime
    app: Flask
    exchange: Exchange
    hotline: str
    estate_id: int
    staff: dict[str, Staff] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)

    def dial(self, number: str = "+886912000001") -> Caller:
        """Somebody rings the hotline and listens to the greeting."""
        return Caller(exchange=self.exchange).dial(number, self.hotline)

    def dial_to(self, line: str, number: str) -> Caller:
        """Somebody rings another number of the estate."""
        return Caller(exchange=self.exchange).dial(number, line)

    def phone(self, login: str) -> Caller:
        """The phone of a member of staff."""
        return Caller(exchange=self.exchange, number=self.staff[login].phone_e164 or "")

    def phone_of(self, number: str) -> Caller:
        """The phone with this number, which may be rung."""
        return Caller(exchange=self.exchange, number=number)

    def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        with self.runtime.transaction() as tx:
            return list(tx.scalars(select(Ticket).order_by(Ticket.id)))

    def ticket(self) -> Ticket:
        """The only ticket there is."""
        (ticket,) = self.tickets()
        return ticket

    def history(self) -> list[tuple[str, dict[str, object]]]:
        """Every line of every ticket's history: kind and data."""
        with self.runtime.transaction() as tx:
            return [(e.kind, e.data) for e in tx.scalars(select(TicketEvent).order_by(TicketEvent.id))]

    def deliver(self) -> list[str]:
        """Deliver what is due in the outbox, in order, until nothing is left; returns what came of each."""
        outcomes = []
        while True:
            now = self.runtime.clock.now()
            with self.runtime.transaction() as tx:
                due = select(OutboxItem.id).where(OutboxItem.done_at.is_(None), OutboxItem.due_at <= now)
                item_id = tx.scalar(due.order_by(OutboxItem.id).limit(1))
                item = claim(tx, item_id, now=now) if item_id else None
            if item is None:
                self.exchange.advance(self.exchange.now + 2)
                return outcomes
            outcomes.append(HANDLERS[item.kind](self.runtime, item))
            with self.runtime.transaction() as tx:
                finish(tx, item.id, outcomes[-1], now=now)

    def seat(self, login: str, queues: tuple[str, ...], languages: tuple[str, ...]) -> Seat:
        """A seat that takes work from now on."""
        now = self.runtime.clock.now()
        with self.runtime.transaction() as tx:
            seat = make.make_seat(tx, self.staff[login], skills=queues, languages=languages)
            Router(self.runtime).set_state(tx, seat, "available", None, Actor.SYSTEM, now=now)
        return seat


@pytest.fixture
def town(runtime: Runtime, clock: FakeClock) -> Town:
    """An estate in Taipei, open for business, with a full duty chain and no seat yet."""
    now = clock.now()
    with runtime.transaction() as tx:
        install_defaults(tx, now=now)
        install_flows(tx, now=now)
        estate = make.make_estate(
            tx, "TOWN", language="zh-TW", languages=["zh-TW", "yue", "en"], names=["en=Garden"]
        )
        staff = {role.value: make.make_staff(tx, role, (estate,), login=role.value) for role in Role}
        for role in (Role.LEAD, Role.SECURITY, Role.SUPERVISOR, Role.MANAGER):
            make.make_duty(tx, estate, staff[role.value])
    app = Flask("hotline")
    app.register_blueprint(create_blueprint(runtime))
    app.register_blueprint(create_sounds(runtime))
    numbers = [estate.hotline_e164]
    exchange = make_exchange(
        app,
        account_sid=SID,
        auth_token=TOKEN,
        public_url=runtime.config.web_url,
        owned=numbers,
        now=now,
        on_time=clock.set,
    )
    carrier = create_carrier(exchange)
    runtime.telephony.client = loopback_client(carrier, SID, TOKEN)
    runtime.media.session.mount(runtime.config.twilio_api_base, LoopbackAdapter(carrier))
    return Town(runtime, app, exchange, estate.hotline_e164, estate.id, staff, numbers)


def add_resident(town: Town, number: str, language: str | None = None, homes: int = 1) -> None:
    """A resident with this number and so many homes."""
    with town.runtime.transaction() as tx:
        estate = tx.get_one(Estate, town.estate_id)
        first = make.make_unit(tx, estate, "3", 12, "A")
        resident = make.make_resident(tx, first, phone=number, language=language)
        for floor in range(1, homes):
            home = make.make_unit(tx, estate, "5", floor, "B")
            tx.add(Residency(resident=resident, unit=home, from_on=date(2021, 1, 1)))


def at(town: Town) -> datetime:
    """The present."""
    return town.runtime.clock.now()
