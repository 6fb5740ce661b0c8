"""The routing index in Valkey: one typed method per script, and the reads of the wall.

The index knows tickets, seats and pools (`routing/keys.py` lists every key); PostgreSQL is the truth and
`routing/rebuild.py` makes the index anew from it. Every method raises `IndexMissing` when the index is gone.
A hold is claimed here first and then written to PostgreSQL; whoever cannot write it settles it as cancelled.
Instants are Unix milliseconds, given by the caller. What to do next (offer the ticket on, open the seat
again) is the caller's decision, not made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import redis

from routing import keys
from routing.scripting import IndexMissing, run_script
from routing.selection import FULL, Preference, SeatView, WaitingTicket
from tickets.words import ReservationState

__all__ = ["Hold", "IndexMissing", "Place", "PlaceState", "QueueFigures", "RoutingIndex"]


_SEAT_FIELDS = ("open", "capacity", "load", "idle", "pools", "ticket", "calls", "turn")


class PlaceState(StrEnum):
    """Where the index has a ticket: always in exactly one of these."""

    WAITING = "waiting"
    HELD = "held"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class Hold:
    """A ticket held for a seat until an instant. The three together name it: a later hold is another one.

    `told`: what the choice was made from (`routing.explaining`), only where a script has just made it.
    """

    ticket_id: int
    seat_id: int
    expires_at_ms: int
    told: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket stands; `seat_id` is the seat that holds it or works on it, None while it waits."""

    state: PlaceState
    seat_id: int | None


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Tickets of one queue that nobody has accepted yet, and when the oldest of them began to wait."""

    waiting: int
    oldest_entered_at_ms: int | None


class RoutingIndex:
    """The live state of tickets, seats and pools. `client` is a decoded client that does not resend."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    # What enters and leaves

    def offer_ticket(
        self, ticket: WaitingTicket, now_ms: int, preference: Preference | None = None
    ) -> Hold | None:
        """Put `ticket` into the index, or renew its facts, and hold it for the best free seat.

        None: no seat is free for it, or it is already held or worked on, and then nothing was changed.
        """
        first = (preference.seat_id, preference.hold_ms) if preference else ()
        return _hold(self._run("offer_ticket", ticket_row(ticket), now_ms, *first))

    def match_ticket(self, ticket_id: int, now_ms: int) -> Hold | None:
        """Hold a ticket that waits in the index for the best free seat. None: it does not wait, or no seat."""
        return _hold(self._run("match_ticket", ticket_id, now_ms))

    def widen_ticket(
        self, ticket_id: int, pools: Sequence[str], now_ms: int, step_at_ms: int | None = None
    ) -> Hold | None:
        """Let a ticket wait in `pools` too and hold it if that finds a seat. They must have its weight.

        `step_at_ms`: when to look at its requirements next; None: never again.
        """
        return _hold(self._run("widen_ticket", ticket_id, " ".join(pools), _text(step_at_ms), now_ms))

    def list_steps(self, now_ms: int, limit: int = 200) -> list[int]:
        """The waiting tickets whose next step is due at `now_ms`, longest due first."""
        return [int(ticket_id) for ticket_id in self._run("list_steps", now_ms, limit)]

    def rerank_ticket(self, ticket_id: int, rank: int) -> bool:
        """Give a waiting or held ticket another rank (`routing.rank`). False: it is neither."""
        return bool(self._run("rerank_ticket", ticket_id, rank))

    def remove_ticket(self, ticket_id: int, now_ms: int) -> Place | None:
        """Take a ticket out of the index; returns where it stood, or None if the index did not know it.

        If it was held, the caller cancels that reservation; a seat named in the answer may be free now.
        """
        return _place(self._run("remove_ticket", ticket_id, now_ms))

    def offer_seat(self, seat: SeatView, now_ms: int) -> Hold | None:
        """Open `seat` with its facts, or renew them, and hold the best waiting ticket for it.

        Of `seat` load, calls and hold are not taken: they are the index's own. None:
        nothing fits, or it is full or already has a hold.
        """
        facts = (seat.id, seat.capacity, seat.idle_since_ms, " ".join(seat.pools), seat.turn_ms)
        return _hold(self._run("offer_seat", *facts, now_ms))

    def match_seat(self, seat_id: int, now_ms: int) -> Hold | None:
        """Hold the best waiting ticket for a seat that the index knows. None: nothing fits, or no room."""
        return _hold(self._run("match_seat", seat_id, now_ms))

    def close_seat(self, seat_id: int) -> Hold | None:
        """Hold nothing more for a seat; returns the hold withdrawn from it: its ticket is back in place."""
        return _hold(self._run("close_seat", seat_id))

    # What becomes of a hold, and of work

    def settle_reservation(self, hold: Hold, outcome: ReservationState) -> bool:
        """End `hold` as `outcome`. False: it is over already and nothing was changed.

        Accepted: the seat works on the ticket. Otherwise the ticket waits at its old place and the seat is
        free; who declined is never asked again, who let it lapse only for want of others. Raises ValueError
        for an outcome that ends nothing.
        """
        if outcome is ReservationState.PENDING:
            raise ValueError("a hold does not end as pending")
        hold_id = (hold.ticket_id, hold.seat_id, hold.expires_at_ms)
        return bool(self._run("settle_reservation", *hold_id, outcome.value))

    def take_ticket(
        self, ticket_id: int, seat_id: int, weight: int, now_ms: int, *, is_live: bool = False
    ) -> Place | None:
        """Make a ticket the work of a seat by hand, even above its capacity; returns where it stood before.

        If it was held, the caller cancels that reservation; a seat named in the answer may be free now.
        """
        return _place(self._run("take_ticket", ticket_id, seat_id, weight, now_ms, int(is_live)))

    def weigh_work(self, ticket_id: int, seat_id: int, weight: int, *, is_live: bool = False) -> bool:
        """Let a seat's work take `weight` units: 0 while it is paused; of its place for calls if `is_live`.

        False: the seat does not have it.
        """
        return bool(self._run("weigh_work", ticket_id, seat_id, weight, int(is_live)))

    def release_work(self, ticket_id: int, seat_id: int, now_ms: int, *, closes: bool = False) -> bool:
        """A seat is done with a ticket and idle from now. False: it does not work on it, nothing was changed.

        `closes`: a wrap-up begins, so the seat is closed in the same act and opened later by `offer_seat`.
        """
        return bool(self._run("release_work", ticket_id, seat_id, now_ms, int(closes)))

    def list_expired(self, now_ms: int, limit: int = 200) -> list[Hold]:
        """The holds whose time is over at `now_ms`, longest over first; settle each as lapsed."""
        return self._holds(str(now_ms), limit)

    # Reads

    def is_whole(self) -> bool:
        """Whether the index stands; if not, it must be rebuilt before anything is routed."""
        return bool(self.client.exists(keys.WHOLE))

    def list_holds(self, limit: int = 1000) -> list[Hold]:
        """All holds, the next to expire first."""
        return self._holds("+inf", limit)

    def queue_figures(self, queues: Sequence[str]) -> dict[str, QueueFigures]:
        """Waiting and oldest of each queue named (`routing.pools.queue_name`), by its name."""
        pipe = self.client.pipeline(transaction=False)
        for name in queues:
            pipe.zcard(keys.queue(name))
            pipe.zrange(keys.queue(name), 0, 0, withscores=True)
        replies = self._read(pipe)
        figures = zip(queues, replies[::2], replies[1::2], strict=True)
        return {
            name: QueueFigures(waiting, int(oldest[0][1]) if oldest else None)
            for name, waiting, oldest in figures
        }

    def find_ticket(self, ticket_id: int) -> Place | None:
        """Where a ticket stands, or None if the index does not know it."""
        pipe = self.client.pipeline(transaction=False)
        pipe.hmget(keys.ticket(ticket_id), "state", "seat")
        [facts] = self._read(pipe)
        return _place(facts if facts[0] else None)

    def find_seats(self, seat_ids: Sequence[int]) -> dict[int, SeatView]:
        """What the index knows of each seat named, by its id; seats that it does not know are left out."""
        pipe = self.client.pipeline(transaction=False)
        for seat_id in seat_ids:
            pipe.hmget(keys.seat(seat_id), *_SEAT_FIELDS)
        views = map(_seat, seat_ids, self._read(pipe))
        return {view.id: view for view in views if view}

    def list_free_seats(self, pool: str, limit: int = 100) -> list[int]:
        """The seats that may be chosen for a ticket in `pool` now, best first (equals in no particular order)."""
        pipe = self.client.pipeline(transaction=False)
        pipe.zrangebyscore(keys.seats(pool), "-inf", f"({FULL}", 0, limit)
        [members] = self._read(pipe)
        return [int(member) for member in members]

    def list_queue(self, name: str) -> list[int]:
        """All tickets of one queue (`routing.pools.queue_name`) that nobody has accepted yet, oldest first."""
        return self._members(keys.queue(name), 0)

    def list_waiting(self, pool: str, limit: int = 100) -> list[int]:
        """The tickets that wait in `pool`, next first."""
        return self._members(keys.waiting(pool), limit)

    def _members(self, key: str, limit: int) -> list[int]:
        pipe = self.client.pipeline(transaction=False)
        pipe.zrange(key, 0, limit - 1)
        [members] = self._read(pipe)
        return [int(member) for member in members]

    def _holds(self, until: str, limit: int) -> list[Hold]:
        reply = [int(number) for number in self._run("list_expired", until, limit)]
        return [Hold(reply[i], reply[i + 1], reply[i + 2]) for i in range(0, len(reply), 3)]

    def _run(self, script: str, *args: str | int) -> Any:
        return run_script(self.client, script, keys.WHOLE, args)

    def _read(self, pipe: Any) -> list[Any]:
        """The replies of `pipe`, read together with the marker: a lost index would look like an empty one."""
        pipe.exists(keys.WHOLE)
        replies: list[Any] = pipe.execute()
        is_whole = replies.pop()
        if not is_whole:
            raise IndexMissing("the routing index must be rebuilt")
        return replies


def ticket_row(ticket: WaitingTicket) -> str:
    """`ticket` as the scripts take it, a line for each fact: one argument is packed faster than ten."""
    return (
        f"{ticket.id}\n{ticket.entered_at_ms}\n{ticket.rank}\n{ticket.queue}\n{' '.join(ticket.pools)}\n"
        f"{ticket.hold_ms}\n{_padded(ticket.declined)}\n{_padded(ticket.missed)}\n"
        f"{'1' if ticket.is_live else ''}\n{_text(ticket.step_at_ms)}"
    )


def _text(moment_ms: int | None) -> str:
    return "" if moment_ms is None else str(moment_ms)


def _padded(seats: frozenset[int]) -> str:
    return "".join(f" {seat} " for seat in sorted(seats))


def _hold(reply: list[str] | None) -> Hold | None:
    if not reply:
        return None
    told = reply[3] if len(reply) > 3 else ""
    return Hold(int(reply[0]), int(reply[1]), int(reply[2]), told)


def _place(reply: list[str] | None) -> Place | None:
    return Place(PlaceState(reply[0]), int(reply[1]) if reply[1] else None) if reply else None


def _seat(seat_id: int, facts: list[str | None]) -> SeatView | None:
    is_open, capacity, load, idle, pools, ticket, calls, turn = facts
    if pools is None:
        return None
    return SeatView(
        id=seat_id,
        capacity=int(capacity or 0),
        idle_since_ms=int(idle or 0),
        pools=tuple(pools.split()),
        is_open=is_open == "1",
        load=int(load or 0),
        held_ticket=int(ticket) if ticket else None,
        calls=int(calls or 0),
        turn_ms=int(turn or 0),
    )
