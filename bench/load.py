"""A small HTTP load: many kept connections in one process, requests prepared before the clock starts."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Outcome:
    """What a load came to. Rates are answers a second, latencies milliseconds."""

    rate: float
    p50_ms: float
    p99_ms: float
    answers: int
    bad: int  # other than 200


@dataclass
class _Connection:
    sock: socket.socket
    buffer: bytes = b""
    need: int = -1  # bytes of the answer under way, -1 before its head is complete
    sent_at: float = 0.0


def prepare(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return the bytes of one form POST."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    fields = {
        "Host": parts.netloc,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def run_load(
    base: str, requests: Sequence[bytes], *, connections: int, seconds: float | None = None
) -> Outcome:
    """Send `requests` over `connections` kept connections, each once, or again and again for `seconds`."""
    parts = urlsplit(base)
    selector = selectors.DefaultSelector()
    opened = []
    for _ in range(connections):
        sock = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 80))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(sock)
        selector.register(sock, selectors.EVENT_READ, connection)
        opened.append(connection)
    total = len(requests)
    latencies: list[float] = []
    bad = sent = 0
    started = time.perf_counter()
    ends = started + seconds if seconds else float("inf")

    def send_next(connection: _Connection) -> bool:
        nonlocal sent
        if (seconds is None and sent >= total) or time.perf_counter() >= ends:
            return False
        connection.sent_at = time.perf_counter()
        connection.sock.sendall(requests[sent % total])
        sent += 1
        return True

    busy = sum(send_next(connection) for connection in opened)
    while busy:
        for key, _ in selector.select(timeout=30):
            connection = key.data
            connection.buffer += connection.sock.recv(65536)
            status = _complete(connection)
            if status is None:
                continue
            latencies.append(time.perf_counter() - connection.sent_at)
            bad += status != 200
            if not send_next(connection):
                busy -= 1
    elapsed = time.perf_counter() - started
    for connection in opened:
        connection.sock.close()
    latencies.sort()
    p50, p99 = (
        latencies[min(len(latencies) - 1, int(len(latencies) * share))] * 1000 for share in (0.5, 0.99)
    )
    return Outcome(len(latencies) / elapsed, p50, p99, len(latencies), bad)


def _complete(connection: _Connection) -> int | None:
    """Return the status of a complete answer and forget it; None while more is to come."""
    if connection.need < 0:
        head, found, _ = connection.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        connection.need = len(head) + 4 + length
    if len(connection.buffer) < connection.need:
        return None
    status = int(connection.buffer[9:12])
    connection.buffer, connection.need = connection.buffer[connection.need :], -1
    return status
