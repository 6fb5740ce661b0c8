"""The console as its server process runs it, on stores of its own, seen by a real Chromium.

One server and one company for a test run; each test has people and tickets of its own. Without a Chromium these
tests are left out and the run says so, unless HOTLINE_NEED_BROWSER is set: then they fail.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page

from console.passwords import hash_password
from infra.config import load_config
from infra.runtime import Runtime, build_runtime
from infra.valkey import connect
from routing import setup as routing_setup
from routing.service import Router
from tests.factories import make_estate, make_resident, make_seat, make_staff, make_unit
from tickets import service as desk
from tickets import setup as tickets_setup
from tickets.models import Estate, Staff, Ticket
from tickets.words import Role, Source

HAS_CHROMIUM = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
collect_ignore_glob = [] if HAS_CHROMIUM or os.environ.get("HOTLINE_NEED_BROWSER") else ["test_*.py"]

ROOT = Path(__file__).parents[2]
SHOTS = Path(__file__).parent / "shots"
PASSWORD = "correct horse battery"
QUEUES = ("home_repairs", "common_repairs", "general", "emergency")
NOTED = ("Failed to load resource", "htmx: htmx:error: Failed to fetch", "htmx: htmx:sse:error")
PATIENCE_MS = 40_000
_next = count(1)


@dataclass
class House:
    """The running console and its company. Each act is committed at once, in real time."""

    url: str
    runtime: Runtime
    router: Router
    estate: Estate
    caller: dict[str, Any]
    hash: str
    server: subprocess.Popen[bytes]
    people: dict[str, Staff] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)

    def person(self, role: Role, language: str = "xx", name: str = "陳美玲") -> str:
        """A new member of staff; an agent's seat takes only tickets in `language`. Returns the login."""
        login = f"{role}{next(_next)}"
        with self.runtime.transaction() as tx:
            estate = tx.merge(self.estate, load=False)
            staff = make_staff(tx, role, (estate,), login, name=name, password_hash=self.hash)
            if role is Role.AGENT:
                at = self.runtime.clock.now()
                make_seat(tx, staff, at=at, skills=QUEUES, languages=(language,))
                self.spoken.add(language)
            self.people[login] = staff
        return login

    def open(self, language: str = "xx", **values: Any) -> str:
        """A new ticket, offered at once to a free seat of that language and to no other; returns its number."""
        if language not in self.spoken:
            self.person(Role.AGENT, language, name="Nobody")  # or seats of other tests would be asked instead
        new = {
            "estate_id": self.estate.id,
            "category_code": "home.water",
            "language": language,
            "source": Source.CALL,
            "text": "廚房水槽下面一直漏水，地板都濕了。",
            "phone_e164": "+886912345678",
            **self.caller,
        } | values
        with self.runtime.transaction() as tx:
            now = self.runtime.clock.now()
            return self.router.open_and_queue(tx, desk.NewTicket(**new), now=now).ticket.number

    def ticket(self, number: str) -> Ticket:
        """The ticket as it is stored now."""
        with self.runtime.transaction() as tx:
            return tx.query(Ticket).filter_by(number=number).one()

    def pass_time(self, seconds: float) -> None:
        """Let the router do what would be due so many seconds from now."""
        self.router.tick(self.runtime.clock.now() + timedelta(seconds=seconds))


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The company and the server that shows it."""
    settings = _settings()
    runtime = build_runtime(load_config(settings), pool_size=4)
    connect(settings["REDIS_URL"]).flushdb()
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        estate = make_estate(tx, "HY", name="花園社區", names=["en=Garden Estate", "zh-CN=花园小区"])
        tickets_setup.install_defaults(tx, now=now)
        routing_setup.install_defaults(tx)
        unit = make_unit(tx, estate)
        resident = make_resident(tx, unit, phone="+886912345678", language="zh-TW", name="王小明")
    caller = {"resident_id": resident.id, "unit_id": unit.id, "is_unit_confirmed": True}
    server, url = _serve(settings)
    yield House(url, runtime, Router(runtime), estate, caller, hash_password(PASSWORD), server)
    server.terminate()
    server.wait(10)
    runtime.close()


@pytest.fixture
def enter(house: House, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`enter("agent1")`: the page of that person, logged in. At the end no page may have complained."""
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        # A refusal and a lost connection are told to the person; the browser notes them here as well.
        if message.type == "error" and not message.text.startswith(NOTED):
            complaints.append(message.text)

    def open_page(login: str, path: str = "/", **context: Any) -> Page:
        context.setdefault("viewport", {"width": 1360, "height": 900})
        contexts.append(chromium.new_context(base_url=house.url, **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/login?next={path}")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login" not in address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """`shot(page, "desk")` keeps a picture for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    return lambda page, name: page.screenshot(path=SHOTS / f"{name}.png", full_page=True) and None


def _settings() -> dict[str, str]:
    """A database and a Valkey database for the browser tests of this worker alone."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    name = f"browser_{worker}"
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template_app STRATEGY file_copy")
    number = 32 + (0 if worker == "master" else int(worker.removeprefix("gw")) + 1)
    return {
        "DATABASE_URL": os.environ["TEST_DATABASE_URL"].replace("/postgres?", f"/{name}?"),
        "REDIS_URL": f"{os.environ['TEST_REDIS_URL']}?db={number}",
        "SECRET_KEY": "a-secret-key-for-browser-tests",
        "HOTLINE_DATA": tempfile.mkdtemp(prefix="hotline-browser-"),
        "HOTLINE_LIMITS": "off",
    }


def _serve(settings: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1", "--worker-connections", "200",
        "--graceful-timeout", "1", "--no-control-socket", "-b", f"127.0.0.1:{port}",
        "tests.browser.serve:application()",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, process_group=0)
    url, ends = f"http://127.0.0.1:{port}", time.monotonic() + 100
    while time.monotonic() < ends and server.poll() is None:
        try:
            requests.get(f"{url}/login", timeout=5).raise_for_status()
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)  # polled with a deadline: the server says by no other way that it is up
        else:
            return server, url
    server.kill()
    server.wait()
    raise RuntimeError("the console did not come up")
