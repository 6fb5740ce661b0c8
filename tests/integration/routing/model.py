"""A slow, obvious routing index in plain Python, and what every key of the real one must then hold.

Each method does in full view what one Lua script does; the choices are those of `routing.selection`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import redis

from routing.live import Hold, Place, PlaceState, RoutingIndex
from routing.pools import weight_of
from routing.rebuild import Snapshot, Work, rebuild
from routing.selection import Preference, SeatView, WaitingTicket, choose_seat, choose_ticket, seat_score
from tickets.words import ReservationState

NOW_MS = 1_800_000_000_000
HOLD_MS = 20_000
QUEUE = "HA/lifts"
POOL = "HA/lifts/en"
ANY = "HA/lifts/any"


def make_ticket(ticket_id: int, *, pools: tuple[str, ...] = (POOL,), rank: int = 0) -> WaitingTicket:
    """A ticket that entered at NOW_MS; its rank is its id unless given."""
    return WaitingTicket(
        ticket_id, rank or ticket_id, NOW_MS, QUEUE, pools, HOLD_MS, weight=weight_of(pools[0])
    )


def make_seat(
    seat_id: int, *, capacity: int = 3, idle_since_ms: int = NOW_MS, pools: tuple[str, ...] = (ANY, POOL)
) -> SeatView:
    """An open seat without work."""
    return SeatView(seat_id, capacity, idle_since_ms, pools)


def make_index(client: redis.Redis, model: "IndexModel | None" = None) -> RoutingIndex:
    """A whole index: empty, or rebuilt from what `model` holds."""
    rebuild(client, (model or IndexModel()).snapshot, NOW_MS)
    return RoutingIndex(client)


@dataclass
class IndexModel:
    """Seats and tickets by id; a ticket is in exactly one of waiting, held and work."""

    seats: dict[int, SeatView] = field(default_factory=dict)
    waiting: dict[int, WaitingTicket] = field(default_factory=dict)
    held: dict[int, tuple[WaitingTicket, Hold]] = field(default_factory=dict)
    work: dict[int, Work] = field(default_factory=dict)
    turn_ms: int = 0
    told: str = ""

    def offer_ticket(
        self, ticket: WaitingTicket, now_ms: int, preference: Preference | None = None
    ) -> Hold | None:
        if ticket.id in self.held or ticket.id in self.work:
            return None
        self.waiting[ticket.id] = ticket
        return self.match_ticket(ticket.id, now_ms, preference)

    def match_ticket(self, ticket_id: int, now_ms: int, preference: Preference | None = None) -> Hold | None:
        ticket = self.waiting.get(ticket_id)
        seat = ticket and choose_seat(ticket, self.seats.values(), preference)
        if not ticket or not seat:
            return None
        is_preferred = preference is not None and preference.seat_id == seat.id
        hold_ms = preference.hold_ms if preference and is_preferred else ticket.hold_ms
        return self._hold(ticket, seat, now_ms, hold_ms)

    def widen_ticket(
        self, ticket_id: int, pools: tuple[str, ...], now_ms: int, step_at_ms: int | None = None
    ) -> Hold | None:
        def widen(old: WaitingTicket) -> WaitingTicket:
            return replace(old, pools=tuple(dict.fromkeys(old.pools + pools)), step_at_ms=step_at_ms)

        self._change(ticket_id, widen)
        return self.match_ticket(ticket_id, now_ms)

    def list_steps(self, now_ms: int) -> list[int]:
        due = [t for t in self.waiting.values() if t.step_at_ms is not None and t.step_at_ms <= now_ms]
        return [t.id for t in sorted(due, key=lambda t: (t.step_at_ms, str(t.id)))]

    def rerank_ticket(self, ticket_id: int, rank: int) -> bool:
        return self._change(ticket_id, lambda old: replace(old, rank=rank))

    def remove_ticket(self, ticket_id: int, now_ms: int) -> Place | None:
        if self.waiting.pop(ticket_id, None):
            return Place(PlaceState.WAITING, None)
        if ticket_id in self.held:
            hold = self._end_hold(ticket_id)
            del self.waiting[ticket_id]
            return Place(PlaceState.HELD, hold.seat_id)
        if ticket_id in self.work:
            seat_id = self.work[ticket_id].seat_id
            self.release_work(ticket_id, seat_id, now_ms)
            return Place(PlaceState.ASSIGNED, seat_id)
        return None

    def offer_seat(self, seat: SeatView, now_ms: int) -> Hold | None:
        known = self.seats.get(seat.id, seat)
        turn_ms = max(known.turn_ms, seat.turn_ms)
        own = {"load": known.load, "held_ticket": known.held_ticket, "calls": known.calls, "turn_ms": turn_ms}
        self.seats[seat.id] = replace(seat, is_open=True, **own)  # type: ignore[arg-type]
        return self.match_seat(seat.id, now_ms)

    def match_seat(self, seat_id: int, now_ms: int) -> Hold | None:
        seat = self.seats.get(seat_id)
        ticket = seat and choose_ticket(seat, self.waiting.values())
        return self._hold(ticket, seat, now_ms, ticket.hold_ms) if ticket and seat else None

    def close_seat(self, seat_id: int) -> Hold | None:
        if seat_id not in self.seats:
            return None
        self._seat(seat_id, is_open=False)
        ticket_id = self.seats[seat_id].held_ticket
        return self._end_hold(ticket_id) if ticket_id else None

    def settle_reservation(self, hold: Hold, outcome: ReservationState) -> bool:
        if hold.ticket_id not in self.held or self.held[hold.ticket_id][1] != hold:
            return False
        self._end_hold(hold.ticket_id)
        ticket, seats = self.waiting[hold.ticket_id], {hold.seat_id}
        if outcome is ReservationState.ACCEPTED:
            del self.waiting[ticket.id]
            self._assign(ticket.id, hold.seat_id, ticket.weight, ticket.is_live)
        elif outcome is ReservationState.DECLINED:
            self.waiting[ticket.id] = replace(ticket, declined=ticket.declined | seats)
        elif outcome is ReservationState.LAPSED:
            self.waiting[ticket.id] = replace(ticket, missed=ticket.missed | seats)
        return True

    def take_ticket(
        self, ticket_id: int, seat_id: int, weight: int, now_ms: int, *, is_live: bool = False
    ) -> Place | None:
        work = self.work.get(ticket_id)
        if work and work.seat_id == seat_id:
            return Place(PlaceState.ASSIGNED, seat_id)
        before = self.remove_ticket(ticket_id, now_ms)
        self._assign(ticket_id, seat_id, weight, is_live)
        return before

    def weigh_work(self, ticket_id: int, seat_id: int, weight: int, *, is_live: bool = False) -> bool:
        work = self.work.get(ticket_id)
        if not work or work.seat_id != seat_id:
            return False
        self._release(ticket_id)
        self._assign(ticket_id, seat_id, weight, is_live)
        return True

    def release_work(self, ticket_id: int, seat_id: int, now_ms: int, *, closes: bool = False) -> bool:
        work = self.work.get(ticket_id)
        if not work or work.seat_id != seat_id:
            return False
        self._release(ticket_id)
        self._seat(seat_id, idle_since_ms=now_ms)
        if closes:
            self._seat(seat_id, is_open=False)
        return True

    def list_expired(self, now_ms: int) -> list[Hold]:
        over = [hold for _, hold in self.held.values() if hold.expires_at_ms <= now_ms]
        return sorted(over, key=lambda hold: (hold.expires_at_ms, str(hold.ticket_id)))

    def snapshot(self) -> Snapshot:
        """What PostgreSQL would say, for a rebuild."""
        parts = (self.seats, self.waiting, self.held, self.work)
        return Snapshot(*(list(part.values()) for part in parts))  # type: ignore[arg-type]

    def _hold(self, ticket: WaitingTicket, seat: SeatView, now_ms: int, hold_ms: int) -> Hold:
        hold = Hold(ticket.id, seat.id, now_ms + hold_ms)
        self.told = self._tell(ticket)
        self.held[ticket.id] = (self.waiting.pop(ticket.id), hold)
        if any("~r" in pool for pool in seat.pools):
            self.turn_ms = max(now_ms, self.turn_ms) + 1
            self._seat(seat.id, turn_ms=self.turn_ms)
        self._seat(seat.id, held_ticket=ticket.id)
        return hold

    def _end_hold(self, ticket_id: int) -> Hold:
        self.waiting[ticket_id], hold = self.held.pop(ticket_id)
        self._seat(hold.seat_id, held_ticket=None)
        return hold

    def _tell(self, ticket: WaitingTicket) -> str:
        """What the choice is made from: the seats of up to three pools with their scores, best first."""
        parts = []
        for pool in ticket.pools:
            there = [s for s in self.seats.values() if pool in s.pools and s.held_ticket is None]
            scores = sorted((seat_score(s, pool), str(s.id)) for s in there)
            if scores:
                seats = " ".join(f"{seat} {score}" for score, seat in scores)
                parts.append(f"{pool}\n{len(scores)} -1\n{seats}")
        return "\n".join(parts[:3])

    def _assign(self, ticket_id: int, seat_id: int, weight: int, is_live: bool) -> None:
        self.work[ticket_id] = Work(ticket_id, seat_id, weight, is_live)
        self._count(seat_id, weight, is_live)

    def _release(self, ticket_id: int) -> None:
        work = self.work.pop(ticket_id)
        self._count(work.seat_id, -work.weight, work.is_live)

    def _count(self, seat_id: int, weight: int, is_live: bool) -> None:
        seat = self.seats[seat_id]
        if is_live:
            self._seat(seat_id, calls=seat.calls + weight)
        else:
            self._seat(seat_id, load=seat.load + weight)

    def _change(self, ticket_id: int, change: Callable[[WaitingTicket], WaitingTicket]) -> bool:
        if ticket_id in self.waiting:
            self.waiting[ticket_id] = change(self.waiting[ticket_id])
        elif ticket_id in self.held:
            ticket, hold = self.held[ticket_id]
            self.held[ticket_id] = (change(ticket), hold)
        else:
            return False
        return True

    def _seat(self, seat_id: int, **facts: object) -> None:
        self.seats[seat_id] = replace(self.seats[seat_id], **facts)  # type: ignore[arg-type]
