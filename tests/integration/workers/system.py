"""A whole running system for tests: `hotline run` on free ports and a data folder of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests

from workers.supervisor import running

ROOT = Path(__file__).resolve().parents[3]
HOTLINE = [sys.executable, str(ROOT / ".venv" / "bin" / "hotline")]
T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def poll(what: Callable[[], T | None], seconds: float = 20.0) -> T:
    """Return the first answer of `what` that is not None or False; fail after `seconds`."""
    ends = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


@dataclass
class System:
    """One running `hotline run`."""

    process: "subprocess.Popen[bytes]"
    environ: dict[str, str]
    log: Path
    _info: dict[str, Any] | None = None

    def command(self, *arguments: str) -> str:
        """Run a `hotline` command beside the system and return what it printed."""
        done = subprocess.run(
            [*HOTLINE, *arguments], env=self.environ, capture_output=True, check=True, cwd=ROOT, timeout=60
        )
        return done.stdout.decode()

    def info(self) -> dict[str, Any]:
        """Return `demo-info`, as it was first printed: it stays valid."""
        if self._info is None:
            self._info = json.loads(self.command("demo-info", "--json"))
        return self._info

    def api(
        self, login: str, method: str, path: str, body: object = None, **headers: str
    ) -> requests.Response:
        """Call the JSON API as `login`."""
        token = next(p["token"] for p in self.info()["staff"] if p["login"] == login)
        return requests.request(
            method,
            f"{self.info()['console_url']}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}", **headers},
            timeout=15,
        )

    def pids(self) -> dict[str, int]:
        """Return the running processes by name, as `hotline ps` reads them."""
        return {row["name"]: row["pid"] for row in running(Path(self.environ["HOTLINE_DATA"]))}

    def is_ready(self) -> bool:
        """True when both servers say that their stores answer."""
        for port in ("WEB_PORT", "CONSOLE_PORT"):
            with contextlib.suppress(requests.RequestException):
                url = f"http://127.0.0.1:{self.environ[port]}/readyz"
                if requests.get(url, timeout=2).status_code == 200:
                    continue
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Stop it and return how many seconds that took."""
        started = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(25)
        return time.monotonic() - started


@contextlib.contextmanager
def running_system(data: Path, **variables: str) -> Iterator[System]:
    """Run the whole system on `data`; entered when it is ready."""
    web, console, carrier = free_ports(3)
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("TEST_", "PYTEST_"))},
        "HOTLINE_DATA": str(data),
        "WEB_PORT": str(web),
        "CONSOLE_PORT": str(console),
        "CARRIER_PORT": str(carrier),
        "HOTLINE_LIMITS": "off",
        **variables,
    }
    data.mkdir(parents=True, exist_ok=True)
    log = data / "run.log"
    with open(log, "ab") as out:
        process = subprocess.Popen([*HOTLINE, "run"], env=environ, cwd=ROOT, stdout=out, stderr=out)
    system = System(process, environ, log)
    try:
        poll(lambda: system.is_ready() or process.poll() is not None, 150)
        assert process.poll() is None, log.read_text()[-3000:]
        yield system
    finally:
        if process.poll() is None:
            system.stop()
