"""Why a seat got a ticket: the words of a script about its choice, turned into what is stored and shown. Pure.

The script tells pools, seats and scores of the very moment (`scripts/parts/why.lua`); who does not serve the ticket's
pools at all follows from the roster of the estate. Kept for 30 days with the reservation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from infra.clock import from_ms
from routing.pools import ANY_LANGUAGE, Strategy, parts_of, strategy_of, tier_of
from routing.selection import FULL, IDLE_EPOCH_MS, LOAD_STEP, OUT, REASON_STEP, OutReason

KEPT = timedelta(days=30)
MOST_LEFT_OUT = 60
"""So many seats are named as left out; of more only the number for each reason is kept."""

_OUT = {OutReason.NO_ROOM: "full", OutReason.CLOSED: "closed", OutReason.ON_CALL: "on_call"}
_STRATEGIES = {"i": Strategy.LONGEST_IDLE, "r": Strategy.ROUND_ROBIN, "s": Strategy.MOST_SKILLED}


@dataclass(frozen=True, slots=True)
class Colleague:
    """What a seat of the estate can do: level by trade, and languages; whether it has declared itself available."""

    skills: Mapping[str, int]
    languages: frozenset[str]
    is_available: bool = True


Roster = Mapping[int, Colleague]
"""The seats of one estate by id, whatever their state."""


@dataclass(frozen=True, slots=True)
class ToldSeat:
    """A seat as a pool had it. `share`: load in thousandths; `idle_since_ms`: None where its score does not tell;
    `out`: why it could not be chosen, or None."""

    seat_id: int
    score: int
    share: int | None
    idle_since_ms: int | None
    out: str | None


@dataclass(frozen=True, slots=True)
class ToldPool:
    """One pool as it was: how many seats served it, how many were free, and those that are named."""

    name: str
    serving: int
    free: int
    seats: tuple[ToldSeat, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every seat of the pool is named."""
        return len(self.seats) >= self.serving


def read(told: str, *, is_live: bool) -> list[ToldPool]:
    """The pools that a script told of a choice; empty if it told nothing."""
    lines = told.split("\n") if told else []
    pools = []
    for name, counts, listed in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        words = listed.split()
        pairs = dict(zip(map(int, words[::2]), map(int, words[1::2]), strict=True))
        seats = tuple(_seat(name, seat_id, score, is_live) for seat_id, score in pairs.items())
        serving, free = map(int, counts.split())
        pools.append(ToldPool(name, serving, _count_free(seats) if free < 0 else free, seats))
    return pools


def explain(
    chosen: int,
    pools: Sequence[ToldPool],
    roster: Roster,
    refused: Mapping[str, Iterable[int]],
    *,
    is_preferred: bool = False,
) -> dict[str, Any]:
    """What is stored of one choice.

    `rule`: strategy; `pools`: where ticket and seats met; `considered`: free seats, the next best first, with load
    and idle time; `tied`: seats with the very same score; `left_out`: seats with the reason, `left_out_counts` all
    of them by reason; `serving`, `free`: how many seats there were. `refused`: seats by `declined` and `missed`.
    """
    free: dict[int, ToldSeat] = {}
    out: dict[int, str] = {}
    named = {seat_id: reason for reason, seat_ids in refused.items() for seat_id in seat_ids}
    for told in pools:
        for seat in told.seats:
            if seat.out is None:
                free.setdefault(seat.seat_id, seat)
            else:
                out.setdefault(seat.seat_id, seat.out)
    for seat_id, reason in named.items():
        if seat_id != chosen and seat_id in free:
            del free[seat_id]
            out[seat_id] = reason
    for seat_id, colleague in roster.items():
        if seat_id not in free and seat_id not in out and (why := _lack(colleague, pools)):
            out[seat_id] = why
    best = free.get(chosen)
    tied = [s.seat_id for s in free.values() if best and s.score == best.score]
    counts: dict[str, int] = {}
    for reason in out.values():
        counts[reason] = counts.get(reason, 0) + 1
    return {
        "rule": "preferred" if is_preferred else _rule(pools),
        "pools": [told.name for told in pools],
        "serving": max((told.serving for told in pools), default=0),
        "free": max((told.free for told in pools), default=0),
        "considered": [_as_json(seat, chosen) for seat in free.values()],
        "tied": sorted(tied) if len(tied) > 1 else [],
        "left_out": [{"seat": s, "reason": r} for s, r in list(out.items())[:MOST_LEFT_OUT]],
        "left_out_counts": counts,
    }


def _seat(pool: str, seat_id: int, score: int, is_live: bool) -> ToldSeat:
    if score >= OUT:
        reason, share = divmod(score - OUT, REASON_STEP)
        return ToldSeat(seat_id, score, share, None, _OUT[OutReason(reason)])
    load, since = divmod(score, LOAD_STEP)
    idle = since + IDLE_EPOCH_MS
    if score >= FULL:
        return ToldSeat(seat_id, score, load, idle, None if is_live else "full")
    strategy = strategy_of(pool)
    if strategy == "r":
        return ToldSeat(seat_id, score, None, None, None)
    return ToldSeat(seat_id, score, None if strategy == "i" else load, idle, None)


def _count_free(seats: Iterable[ToldSeat]) -> int:
    return sum(seat.out is None for seat in seats)


def _lack(colleague: Colleague, pools: Sequence[ToldPool]) -> str | None:
    """Why a seat that no pool names was not there: what it lacks of the pool that it comes closest to, or an
    offer that it has to answer. None if the pool is too large to name all."""
    order = ("skill", "level", "language", "closed", "offered")
    found = [why for told in pools if (why := _lacks(colleague, told))]
    if any(_lacks(colleague, told) is None for told in pools):
        return None
    return max(found, key=order.index, default=None)


def _lacks(colleague: Colleague, told: ToldPool) -> str | None:
    _, skill, language = parts_of(told.name)
    code, _, level = skill.partition("@")
    own = colleague.skills.get(code)
    if own is None:
        return "skill"
    if own < int(level or 1):
        return "level"
    if language not in (ANY_LANGUAGE, *colleague.languages):
        return "language"
    tier = tier_of(told.name)
    if tier.startswith("s") and tier != f"s{own}":
        return "level"
    if not told.is_whole:
        return None
    return "offered" if colleague.is_available else "closed"


def _rule(pools: Sequence[ToldPool]) -> str:
    first = strategy_of(pools[0].name) if pools else ""
    return str(_STRATEGIES.get(first, Strategy.LEAST_LOADED))


def _as_json(seat: ToldSeat, chosen: int) -> dict[str, Any]:
    since = None if seat.idle_since_ms is None else from_ms(seat.idle_since_ms).isoformat()
    load = None if seat.share is None else seat.share / 1000
    return {"seat": seat.seat_id, "chosen": seat.seat_id == chosen, "load": load, "idle_since": since}
