"""Makes the routing index anew from the truth in PostgreSQL.

One builder at a time, by a lock that expires. The marker falls first and stands again last, so nobody routes
on half an index; whatever changes in between is refused with `IndexMissing`, remembered, and handed back.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import redis

from routing import keys
from routing.live import Hold, ticket_row
from routing.scripting import run_script
from routing.selection import SeatView, WaitingTicket

BATCH = 1000

T = TypeVar("T")
Row = list[str]


class RebuildRunning(Exception):
    """Somebody else rebuilds the index now; it will be whole in a moment."""


@dataclass(frozen=True, slots=True)
class Work:
    """A ticket that a seat works on, and the units it takes (0 while paused): of its capacity, or if `is_live`,
    with a caller on the line, of its place for calls."""

    ticket_id: int
    seat_id: int
    weight: int
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the index must hold; each part may be a generator, read once, tickets before seats.

    `seats`: also closed ones, with their facts; load and hold follow from `work` and `held`. `held`: tickets
    with a pending reservation, even one that is over by now: the sweep settles it.
    """

    seats: Iterable[SeatView]
    waiting: Iterable[WaitingTicket]
    held: Iterable[tuple[WaitingTicket, Hold]]
    work: Iterable[Work]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What changed while the index was missing: read these again from PostgreSQL and tell the index."""

    late_tickets: frozenset[int]
    late_seats: frozenset[int]


def rebuild(client: redis.Redis, read: Callable[[], Snapshot], now_ms: int) -> Rebuilt:
    """Throw the index away and make it from what `read` returns. Raises RebuildRunning.

    `read` is called after the index fell, so that what it does not see yet is remembered as late. Nothing is
    matched here: afterwards call `match_seat` for every open seat. If `read` fails, the index stays missing.
    """
    token = secrets.token_hex(8)
    if not client.set(keys.BUILDER, token, nx=True, px=keys.BUILDER_EXPIRY_MS):
        raise RebuildRunning
    try:
        client.delete(keys.WHOLE)
        _clear(client)
        _load(client, token, read())
        done, late = run_script(client, "finish_rebuild", keys.BUILDER, [token, now_ms])
    except BaseException:
        with suppress(redis.RedisError):  # else the lock ends by itself
            if client.get(keys.BUILDER) == token:
                client.delete(keys.BUILDER)
        raise
    if not done:
        raise RebuildRunning
    return Rebuilt(_ids(late, "ticket"), _ids(late, "seat"))


def _clear(client: redis.Redis) -> None:
    kept = {keys.BUILDER, keys.LATE}
    found: Iterator[Any] = client.scan_iter(match=keys.EVERYTHING, count=BATCH)
    for names in _batches((name for name in found if name not in kept), BATCH):
        client.unlink(*names)


def _load(client: redis.Redis, token: str, snapshot: Snapshot) -> None:
    parts: tuple[Iterable[Row | str], ...] = (
        (ticket_row(ticket) for ticket in snapshot.waiting),
        ([ticket_row(t), str(hold.seat_id), str(hold.expires_at_ms)] for t, hold in snapshot.held),
        (_work_row(work) for work in snapshot.work),
        (_seat_row(seat) for seat in snapshot.seats),
    )
    for place, rows in enumerate(parts):
        for batch in _batches(rows, BATCH):
            columns = ["[]"] * len(parts)
            columns[place] = json.dumps(batch)
            args: list[str | int] = [token, keys.BUILDER_EXPIRY_MS, *columns]
            if not run_script(client, "load_rows", keys.BUILDER, args):
                raise RebuildRunning


def _seat_row(seat: SeatView) -> Row:
    pools = " ".join(seat.pools)
    facts = (seat.id, int(seat.is_open), seat.capacity, seat.idle_since_ms, pools, seat.turn_ms)
    return [str(fact) for fact in facts]


def _work_row(work: Work) -> Row:
    return [str(fact) for fact in (work.ticket_id, work.seat_id, work.weight, int(work.is_live))]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _ids(late: list[str], kind: str) -> frozenset[int]:
    subjects = (subject.split() for subject in late)
    return frozenset(int(subject[1]) for subject in subjects if subject[0] == kind)
