"""`hotline run`: the stores, then every process, watched over until a signal.

Order: stores → migrations → demo company → processes → ready → links. What ends is started again after growing
pauses, stores included. A signal stops the processes in reverse order, the stores last, within 20 s.
"""

import contextlib
import ctypes
import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypedDict

import requests

from infra import stores
from infra.config import ROOT, Config

log = logging.getLogger(__name__)

PROCESSES = ("web", "console", "router", "clock", "worker urgent", "worker default", "worker low")
READY_S = 120.0
STOP_S = 12.0
STEADY_S = 30.0  # up this long: the next crash starts with a short pause again
LONGEST_PAUSE_S = 30.0
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Row(TypedDict):
    """One line of `hotline ps --json`."""

    name: str
    pid: int


@dataclass
class Child:
    """One watched process and how often it ended lately."""

    name: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    stop_signal: int = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    crashes: int = 0
    retry_at: float = field(default=0.0)

    def launch(self) -> None:
        """Start it now."""
        self.process = self.start()
        self.started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        """True while its main process lives."""
        return self.process is not None and self.process.poll() is None


def state_file(data: Path) -> Path:
    """Return where the running processes are written down."""
    return data / "ps.json"


def running(data: Path) -> list[Row]:
    """Return the processes of the system that runs on `data`; empty when none does."""
    try:
        rows: list[Row] = json.loads(state_file(data).read_text())
    except (OSError, ValueError):
        return []
    return [row for row in rows if _lives(row["pid"])]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


class Supervisor:
    """Runs everything on one machine."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.children: list[Child] = []
        self.asked_to_stop = False
        self.environ = {
            **os.environ,
            "DATABASE_URL": config.database_url,
            "REDIS_URL": config.redis_url,
            "HOTLINE_DATA": str(config.hotline_data),
        }

    def run(self) -> int:
        """Start, watch, stop; returns the exit code."""
        self.config.hotline_data.mkdir(parents=True, exist_ok=True)
        with open(self.config.hotline_data / "run.lock", "w") as lock:
            if not _locked(lock):
                print(f"hotline: already running on {self.config.hotline_data}", file=sys.stderr)  # noqa: T201
                return 2
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, self._on_signal)
            try:
                return self._run()
            finally:
                self.stop()
                state_file(self.config.hotline_data).unlink(missing_ok=True)

    def _run(self) -> int:
        self.start_stores()
        self.prepare()
        self.start_processes()
        if not self.wait_until_ready():
            return 0 if self.asked_to_stop else 1
        self.announce()
        while not self.asked_to_stop:
            self.watch()
            time.sleep(0.1)
        return 0

    def _on_signal(self, *_: object) -> None:
        self.asked_to_stop = True

    def start_stores(self) -> None:
        """Start the embedded servers for which no address was given, and wait until they answer."""
        data = self.config.hotline_data
        if self.config.embeds_database:
            self.children.append(Child("postgres", lambda: stores.start_postgres(data), signal.SIGINT))
        if self.config.embeds_valkey:
            self.children.append(Child("valkey", lambda: stores.start_valkey(data)))
        for child in self.children:
            child.launch()
        self.write_state()

    def prepare(self) -> None:
        """Bring the schema up to date; on embedded stores also write the demo company (repeatable)."""
        from infra.migrate import migrate
        from infra.runtime import build_runtime
        from workers.demo.seed import seed_demo

        migrate(self.config.database_url)
        if self.config.embeds_database:
            runtime = build_runtime(self.config, pool_size=1)
            try:
                seed_demo(runtime)
            finally:
                runtime.close()

    def start_processes(self) -> None:
        """Start every process, each in a group of its own."""
        names = [*PROCESSES, *(["carrier"] if self.config.uses_carrier else [])]
        for name in names:
            child = Child(name, lambda name=name: self._spawn(name))  # type: ignore[misc]
            self.children.append(child)
            child.launch()
        self.write_state()

    def _spawn(self, name: str) -> "subprocess.Popen[bytes]":
        script = ROOT / ".venv" / "bin" / "hotline"
        return subprocess.Popen(
            [sys.executable, str(script), *name.split()],
            cwd=ROOT,
            env=self.environ,
            process_group=0,
            preexec_fn=(lambda: LIBC.prctl(1, signal.SIGTERM)) if LIBC else None,  # 1 = PR_SET_PDEATHSIG
        )

    def wait_until_ready(self) -> bool:
        """Poll the readiness of the servers; False after a minute or when asked to stop."""
        urls = [f"{self.config.console_url}/readyz", f"http://127.0.0.1:{self.config.web_port}/readyz"]
        if self.config.uses_carrier:
            urls.append(f"{self.config.carrier_url}/healthz")
        ends = time.monotonic() + READY_S
        while urls and not self.asked_to_stop:
            if time.monotonic() > ends:
                log.error("not ready", extra={"urls": urls})
                return False
            self.watch()
            urls = [url for url in urls if not _answers(url)]
            time.sleep(0.05)
        return not self.asked_to_stop

    def watch(self) -> None:
        """Start again what has ended, after a pause that grows with each crash."""
        now = time.monotonic()
        for child in self.children:
            if child.is_running or self.asked_to_stop:
                continue
            if child.process is not None:
                code = child.process.returncode
                _kill_group(child.process.pid)  # what a killed server left behind holds its port
                child.crashes = 1 if now - child.started_at > STEADY_S else child.crashes + 1
                pause = min(LONGEST_PAUSE_S, 0.25 * 2 ** (child.crashes - 1))
                child.retry_at = now + pause
                child.process = None
                log.warning("process ended", extra={"child": child.name, "code": code, "again_in_s": pause})
            if now >= child.retry_at:
                self._relaunch(child)

    def _relaunch(self, child: Child) -> None:
        try:
            child.launch()
        except (stores.StoreError, OSError) as error:
            child.retry_at = time.monotonic() + LONGEST_PAUSE_S / 10
            log.error("process did not start", extra={"child": child.name, "error": str(error)})
            return
        log.info("process started again", extra={"child": child.name, "crashes": child.crashes})
        self.write_state()

    def write_state(self) -> None:
        """Write down who runs, for `hotline ps`."""
        rows = [{"name": c.name, "pid": c.process.pid} for c in self.children if c.process is not None]
        path = state_file(self.config.hotline_data)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(rows))
        draft.replace(path)

    def announce(self) -> None:
        """Print the links, and for the demo company who may log in."""
        from workers.demo.info import welcome

        print(welcome(self.config), flush=True)  # noqa: T201

    def stop(self) -> None:
        """Stop the processes in reverse order, all within `STOP_S`, then the stores."""
        self.asked_to_stop = True
        is_store = {"postgres", "valkey"}
        self._stop_all([c for c in reversed(self.children) if c.name not in is_store], STOP_S)
        self._stop_all([c for c in reversed(self.children) if c.name in is_store], 6.0)

    def _stop_all(self, children: list[Child], seconds: float) -> None:
        for child in children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(child.stop_signal)
        ends = time.monotonic() + seconds
        for child in children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process killed", extra={"child": child.name})
            _kill_group(child.process.pid)
            child.process.wait(5)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
