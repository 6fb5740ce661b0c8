"""Where benchmarks run: stores of their own in a temporary folder, with the demo company."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from infra import stores
from infra.config import ROOT, Config, load_config
from infra.migrate import migrate
from infra.runtime import Runtime, build_runtime

WEB_PORT = 18_700
CEILING_PORT = 18_701


@dataclass(frozen=True)
class Place:
    """Fresh stores, their settings as variables, and a runtime on them."""

    environ: dict[str, str]
    config: Config
    runtime: Runtime

    @contextlib.contextmanager
    def server(self, argv: list[str], url: str) -> Iterator[None]:
        """Run a server until the block ends; entered once `url` answers."""
        process = subprocess.Popen(
            argv, cwd=ROOT, env={**os.environ, **self.environ}, stdout=subprocess.DEVNULL, process_group=0
        )
        try:
            _wait_for(url)
            yield
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(12)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    @contextlib.contextmanager
    def web(self) -> Iterator[str]:
        """Run `hotline web` as in production; yields its address."""
        url = self.config.web_url
        script = str(ROOT / ".venv" / "bin" / "hotline")
        with self.server([sys.executable, script, "web"], f"{url}/readyz"):
            yield url


def _wait_for(url: str) -> None:
    ends = time.monotonic() + 30
    while True:
        try:
            requests.get(url, timeout=2).raise_for_status()
            return
        except requests.RequestException:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def open_place() -> Iterator[Place]:
    """Start stores in a temporary folder, write the demo company, and clear all away afterwards."""
    from workers.demo.seed import seed_demo

    data = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    environ = {
        "HOTLINE_DATA": str(data),
        "WEB_PORT": str(WEB_PORT),
        "HOTLINE_LIMITS": "off",
        "DATABASE_URL": stores.postgres_url(data),
        "REDIS_URL": stores.valkey_url(data),
        "HOTLINE_LOG": "json",
    }
    postgres, valkey = stores.start_postgres(data), stores.start_valkey(data)
    config = load_config(environ)
    runtime = build_runtime(config, pool_size=4)
    try:
        migrate(config.database_url)
        seed_demo(runtime)
        yield Place(environ, config, runtime)
    finally:
        runtime.close()
        postgres.send_signal(signal.SIGINT)
        valkey.terminate()
        postgres.wait(20)
        valkey.wait(20)
        for folder in {data, stores.home(data)}:
            shutil.rmtree(folder, ignore_errors=True)
