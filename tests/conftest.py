"""Real stores for every test: one PostgreSQL and one Valkey for the run, own databases per xdist worker.

Fixtures: `runtime` (fresh database with the company's defaults, clean Valkey, a clock that stands still),
`tx` (a transaction on it that is rolled back), `valkey` (the clean decoded client), `clock`.
"""

import functools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Browser, expect, sync_playwright

from infra import stores
from infra.clock import FakeClock
from infra.config import Config, load_config
from infra.database import Tx
from infra.migrate import migrate
from infra.runtime import Runtime, build_runtime
from infra.valkey import connect
from tests.proof import Proof

FAST = (
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=200",
)
NOW = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Taipei
TOKEN = "a-token-for-tests"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RUNNING: list[tuple[subprocess.Popen[bytes], int]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the stores in the controller, before its workers start; they inherit the addresses."""
    if hasattr(config, "workerinput") or "TEST_DATABASE_URL" in os.environ:
        return
    config.pluginmanager.register(Proof(), "proof")
    data = Path(os.environ.get("HOTLINE_TEST_DATA") or Path(__file__).parents[1] / ".run" / "tests")
    data.mkdir(parents=True, exist_ok=True)
    RUNNING.append((stores.start_postgres(data, "pg-test", FAST), signal.SIGINT))
    no_log = ("--databases", "64", "--appendonly", "no")
    RUNNING.append((stores.start_valkey(data, "kv-test", no_log), signal.SIGTERM))
    os.environ["TEST_DATABASE_URL"] = stores.postgres_url(data, "pg-test")
    os.environ["TEST_REDIS_URL"] = stores.valkey_url(data, "kv-test")
    os.environ["TEST_DATA"] = tempfile.mkdtemp(prefix="hotline-test-")
    with _admin() as admin:
        admin.execute("DROP DATABASE IF EXISTS template_app WITH (FORCE)")
        admin.execute("CREATE DATABASE template_app")
    migrate(_database_url("template_app"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly that the page tests were left out."""
    if CHROMIUM is None and "HOTLINE_NEED_BROWSER" not in os.environ:
        terminalreporter.write_line("No Chromium found: the page tests were left out.", yellow=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    while RUNNING:
        process, how = RUNNING.pop()
        process.send_signal(how)
        process.wait(20)


def _admin() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True)


def _database_url(name: str) -> str:
    return os.environ["TEST_DATABASE_URL"].replace("/postgres?", f"/{name}?")


@functools.cache
def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "master")


def _redis_url() -> str:
    number = int(_worker().removeprefix("gw")) + 1 if _worker() != "master" else 0
    return f"{os.environ['TEST_REDIS_URL']}?db={number}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all page tests of this worker; each test opens contexts of its own."""
    if CHROMIUM is None:
        pytest.fail("HOTLINE_NEED_BROWSER is set and no Chromium was found")
    expect.set_options(timeout=40_000)  # a machine that runs all tests at once is slow
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at `NOW` until the test moves it."""
    return FakeClock(NOW)


@pytest.fixture
def database_url() -> str:
    """A fresh copy of the migrated database, for this test alone."""
    name = f"test_{_worker()}"
    with _admin() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template_app STRATEGY file_copy")
    return _database_url(name)


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    """A decoded client on this worker's own, empty database."""
    client = connect(_redis_url())
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def config(database_url: str, valkey: redis.Redis) -> Config:
    """Settings as a process of the product would have them."""
    return load_config(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": _redis_url(),
            "SECRET_KEY": "a-secret-key-for-tests",
            "PUBLIC_URL": "http://hotline.test",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "HOTLINE_DATA": os.environ["TEST_DATA"],
            "HOTLINE_LIMITS": "off",
        }
    )


@pytest.fixture
def runtime(config: Config, clock: FakeClock) -> Iterator[Runtime]:
    """Everything a process has, on real stores."""
    made = build_runtime(config, clock, pool_size=4)
    yield made
    made.close()


@pytest.fixture
def tx(runtime: Runtime) -> Iterator[Tx]:
    """A transaction that is rolled back; for services and queries that need no commit."""
    with Tx(runtime.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()
