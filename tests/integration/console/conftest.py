"""Two estates with people of every role, the console on real stores, and clients that are somebody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from console.access import stamp_of
from console.passwords import hash_password
from console.setup import make_app
from console.tokens import create_token
from infra.clock import FakeClock
from infra.database import Tx
from infra.runtime import Runtime
from routing import setup as routing_setup
from routing.models import Seat
from routing.service import Router
from tests.factories import (
    make_category,
    make_estate,
    make_resident,
    make_seat,
    make_staff,
    make_unit,
)
from tickets import service as desk
from tickets.actors import Actor
from tickets.models import Disposition, Estate, Policy, PolicyVersion, Staff, Ticket
from tickets.words import Role, Source

PASSWORD = "correct horse battery"
PHONE = "+886912345678"


@cache
def password_hash() -> str:
    """One hash for everybody: it takes 80 ms."""
    return hash_password(PASSWORD)


@dataclass
class World:
    """The company of a test: people and seats by login, tokens by login."""

    runtime: Runtime
    clock: FakeClock
    router: Router
    estate: Estate
    other_estate: Estate
    staff: dict[str, Staff] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    caller: dict[str, Any] = field(default_factory=dict)  # what a known number says about a new ticket

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def open(self, **values: Any) -> str:
        """Open a ticket as if by phone and route it; returns its number."""
        new = {
            "estate_id": self.estate.id,
            "category_code": "water",
            "language": "zh-TW",
            "source": Source.CALL,
            "text": "廚房水管漏水",
            "phone_e164": PHONE,
            **(self.caller if "estate_id" not in values else {}),
        } | values
        with self.runtime.transaction() as tx:
            return self.router.open_and_queue(tx, desk.NewTicket(**new), now=self.now).ticket.number

    def set_state(self, login: str, state: str, reason: str | None = None) -> None:
        with self.runtime.transaction() as tx:
            seat = tx.get_one(Seat, self.seats[login])
            actor = Actor.staff(self.staff[login])
            self.router.set_state(tx, seat, state, reason, actor, now=self.now)

    def ticket(self, number: str) -> Ticket:
        with self.runtime.transaction() as tx:
            return tx.query(Ticket).filter_by(number=number).one()


def make_policy(tx: Tx, estate: Estate, now: datetime) -> None:
    """One line for all that is ordinary: an answer in half an hour, else the lead, then the supervisor."""
    policy = Policy(code="p2", rank=400, priority_class="P2", estate_id=estate.id)
    tx.add(policy)
    tx.flush()
    targets = [{"kind": "first_response", "seconds": 1800, "calendar": "always", "warn": {"percent": 75}}]
    levels = [{"after": 0, "role": "lead"}, {"after": 900, "role": "supervisor"}]
    tx.add(PolicyVersion(policy_id=policy.id, version=1, targets=targets, levels=levels, created_at=now))
    tx.flush()


def build_world(tx: Tx, runtime: Runtime, clock: FakeClock) -> World:
    """Fill a fresh database."""
    estate, other = make_estate(tx, "HY"), make_estate(tx, "LK", timezone="Asia/Hong_Kong")
    for code, queue, priority in (("water", "home_repairs", "P2"), ("lift", "emergency", "P0")):
        make_category(tx, code, queue, priority, names={"en": code.title(), "zh-TW": "水管漏水"})
    tx.add(Disposition(code="done", name="Done"))
    routing_setup.install_defaults(tx)
    unit = make_unit(tx, estate)
    resident = make_resident(tx, unit, phone=PHONE, language="zh-TW", name="王小明")
    make_policy(tx, estate, clock.now())
    world = World(runtime, clock, Router(runtime), estate, other)
    world.caller = {"resident_id": resident.id, "unit_id": unit.id, "is_unit_confirmed": True}
    people = {
        "mei": (Role.AGENT, (estate,)),
        "lin": (Role.AGENT, (estate,)),
        "chan": (Role.AGENT, (other,)),
        "lead": (Role.LEAD, (estate,)),
        "boss": (Role.SUPERVISOR, (estate,)),
        "guard": (Role.SECURITY, (estate,)),
        "root": (Role.ADMIN, ()),
    }
    for login, (role, estates) in people.items():
        person = make_staff(tx, role, estates, login, name=login.title(), password_hash=password_hash())
        world.staff[login] = person
        world.tokens[login] = create_token(tx, person, "test", clock.now())
        if role is Role.AGENT:
            world.seats[login] = make_seat(tx, person, at=clock.now()).id
    return world


@pytest.fixture
def world(runtime: Runtime, clock: FakeClock) -> World:
    """The company, committed."""
    with runtime.transaction() as tx:
        return build_world(tx, runtime, clock)


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    """The console on the company's stores; forms need no CSRF token here (`test_security` is about that)."""
    made = make_app(world.runtime)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    made.extensions["hotline_hub"].valkey.close()


class Browser:
    """A browser of one person who is logged in; `htmx` sends what htmx would."""

    def __init__(self, app: Flask, staff: Staff | None) -> None:
        self.client: FlaskClient = app.test_client()
        if staff is not None:
            with self.client.session_transaction() as session:
                session.update(staff=staff.id, stamp=stamp_of(staff))

    def get(self, path: str, *, htmx: bool = False) -> TestResponse:
        return self.client.get(path, headers={"HX-Request": "true"} if htmx else {})

    def post(self, path: str, *, htmx: bool = True, **form: str) -> TestResponse:
        return self.client.post(path, data=form, headers={"HX-Request": "true"} if htmx else {})


class Program:
    """A program with somebody's bearer token."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers | names)

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("POST", path, body if body is not None else {}, **headers)

    def put(self, path: str, body: Any) -> TestResponse:
        return self.send("PUT", path, body)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.send("PATCH", path, body)


@pytest.fixture
def browser(app: Flask, world: World) -> Any:
    """`browser("mei")`: the browser of that person; `browser(None)`: of nobody."""
    return lambda login: Browser(app, world.staff[login] if login else None)


@pytest.fixture
def program(app: Flask, world: World) -> Any:
    """`program("mei")`: a program with that person's token; `program(None)`: without one."""
    return lambda login: Program(app, world.tokens[login] if login else None)
