"""The live stream's hub: one reader of the Valkey stream per process, a bounded inbox per open page.

A page that falls behind, or that was away, catches up from the stream itself. No Flask here; see `console.live`.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import redis

from infra.live import STREAM
from infra.valkey import connect

INBOX = 200
BLOCK_MS = 5000
BEAT_S = 5.0
LONGEST_S = 600.0
"""After so long a stream ends and the browser opens it anew, so that the log-in is checked again."""
BEGINNING = "0-0"
RETRY = "retry: 1000\n\n"
RELOAD = "event: reload\ndata: {}\n\n"

Entry = tuple[str, dict[str, str]]

log = logging.getLogger(__name__)


class Client:
    """One open page: the topics it follows and what it has not been sent yet.

    A page that follows a seat also follows each ticket that the seat is told of, from that moment on: what an
    agent has just taken must move on the desk like what was there when it was opened.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = set(topics)
        self.inbox: queue.Queue[Entry] = queue.Queue(maxsize=INBOX)
        self.is_lost = False

    def wants(self, fields: dict[str, str]) -> bool:
        """Whether the page follows the topic of an entry."""
        topic = fields.get("topic", "")
        if topic not in self.topics:
            return False
        if topic.startswith("seat:"):
            ticket = json.loads(fields.get("data", "{}")).get("ticket")
            if ticket:
                self.topics.add(f"ticket:{ticket}")
        return True


class Hub:
    """Hands every entry of the live stream to the pages that follow its topic."""

    def __init__(self, valkey_url: str, stream: str = STREAM) -> None:
        self.valkey = connect(valkey_url, socket_timeout=None)
        self.stream = stream
        self.clients: set[Client] = set()
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None

    def newest(self) -> str:
        """Return the id of the newest entry: what a page must remember before it reads its rows."""
        try:
            entries = cast(list[Entry], self.valkey.xrevrange(self.stream, count=1))
        except redis.RedisError:
            return BEGINNING
        return entries[0][0] if entries else BEGINNING

    def events(
        self, topics: Iterable[str], after: str, beat: Callable[[], str], longest_s: float = LONGEST_S
    ) -> Iterator[str]:
        """Yield server-sent events of `topics` behind the entry `after` ("": from now on), for ten minutes.

        Every 5 s comes a `beat` event with what `beat` returns: the page's proof that it is not cut off.
        """
        client, seen = Client(topics), order(after)
        ends = time.monotonic() + longest_s
        self.clients.add(client)  # first listen, then replay: nothing falls between
        try:
            self._ensure_reader()
            yield RETRY
            for id_, fields in self._behind(after):
                seen = order(id_)
                if not fields:
                    yield RELOAD
                elif client.wants(fields):
                    yield message(id_, fields)
            next_beat = 0.0
            while not client.is_lost and time.monotonic() < ends:
                if time.monotonic() >= next_beat:
                    yield named("beat", beat())
                    next_beat = time.monotonic() + BEAT_S
                try:
                    id_, fields = client.inbox.get(timeout=max(0.0, next_beat - time.monotonic()))
                except queue.Empty:
                    continue
                if order(id_) > seen:
                    yield message(id_, fields)
        finally:
            self.clients.discard(client)

    def _behind(self, after: str) -> list[Entry]:
        """What a page missed. An entry without fields first: more than the stream still has."""
        if not after:
            return []
        try:
            oldest = cast(list[Entry], self.valkey.xrange(self.stream, count=1))
            missed = cast(list[Entry], self.valkey.xrange(self.stream, min=f"({after}"))
        except redis.RedisError:
            return []
        if after != BEGINNING and oldest and order(oldest[0][0]) > order(after):
            missed.insert(0, (after, {}))
        return missed

    def _ensure_reader(self) -> None:
        """Start the reader with the first page, so after the fork and in the server's own kind of thread."""
        with self._lock:
            if self._reader is None:
                # From a real id: "$" would lose what comes between two reads.
                self._reader = threading.Thread(target=self._read, args=(self.newest(),), daemon=True)
                self._reader.start()

    def _read(self, last: str) -> None:
        while True:
            try:
                answer: Any = self.valkey.xread({self.stream: last}, block=BLOCK_MS, count=200)
            except redis.RedisError as error:
                log.warning("live stream not read", extra={"error": type(error).__name__})
                time.sleep(0.5)
                continue
            for id_, fields in answer[0][1] if answer else ():
                last = id_
                self._hand_out(id_, fields)

    def _hand_out(self, id_: str, fields: dict[str, str]) -> None:
        for client in list(self.clients):
            if not client.is_lost and client.wants(fields):
                try:
                    client.inbox.put_nowait((id_, fields))
                except queue.Full:
                    client.is_lost = True  # its stream ends; the browser comes back and replays


def order(id_: str) -> tuple[int, int]:
    """Return a stream id as numbers that sort; (0, 0) for none."""
    ms, _dash, number = id_.partition("-")
    return int(ms or 0), int(number or 0)


def message(id_: str, fields: dict[str, str]) -> str:
    """Return one entry as a server-sent event: its topic is the event's name, its data one line of JSON."""
    return f"id: {id_}\nevent: {fields['topic']}\ndata: {fields['data']}\n\n"


def named(event: str, data: str) -> str:
    """Return an event without an id, which a page need not catch up with."""
    return f"event: {event}\ndata: {data}\n\n"
