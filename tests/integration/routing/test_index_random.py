"""Long random runs: the real scripts on a real Valkey against the plain model, compared key by key."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis

from routing.live import Hold, RoutingIndex
from routing.pools import weight_of
from routing.selection import Preference, SeatView, WaitingTicket
from tests.integration.routing.contents import check_invariants, expected_contents, read_contents
from tests.integration.routing.model import HOLD_MS, NOW_MS, IndexModel, make_index
from tickets.words import ReservationState

STEPS = 500
TICKETS, SEATS = range(5, 31), range(1, 9)
SINGLE = ("HA/lifts/en", "HA/lifts/yue", "HA/lifts/any", "MP/lifts/en")
DOUBLE = ("HA/lifts/en#2", "HA/lifts/yue~i#2")
ORDERED = ("HA/lifts/en~r", "HA/lifts@4/en~i", "HA/lifts/en~s5", "HA/lifts/en~s3")
TICKET_LANE = 2 << 50
OUTCOMES = [outcome for outcome in ReservationState if outcome is not ReservationState.PENDING]


class Run:
    """Does one random act after another on the model and on the index alike."""

    def __init__(self, seed: int, index: RoutingIndex) -> None:
        self.dice = random.Random(seed)
        self.index, self.model = index, IndexModel()
        self.now_ms = NOW_MS
        self.answers: Counter[tuple[str, str, bool]] = Counter()
        self.last_holds: list[Hold] = []
        for seat_id in SEATS:
            self.both("offer_seat", SeatView(seat_id, 3, NOW_MS, SINGLE), NOW_MS)
        self.acts: list[tuple[int, Callable[[], tuple[Any, ...]]]] = [
            (6, self.offer_ticket),
            (5, self.offer_seat),
            (3, self.match_ticket),
            (3, self.match_seat),
            (9, self.settle),
            (6, self.release),
            (2, self.close_seat),
            (2, self.weigh),
            (1, self.remove),
            (1, self.take),
            (1, self.rerank),
            (3, self.widen),
            (1, self.expired),
            (1, self.steps),
        ]

    def step(self) -> None:
        """Move the clock, sometimes not at all so that idle times tie, and do one act on both."""
        self.now_ms += self.dice.choice((0, 0, 1, 1000))
        weights = [weight for weight, _ in self.acts]
        [(_, act)] = self.dice.choices(self.acts, weights)
        name, args, *named = act()
        answer = self.both(name, *args, **(named[0] if named else {}))
        if isinstance(answer, Hold) and name != "close_seat":
            self.last_holds = [*self.last_holds[-5:], answer]

    def both(self, name: str, *args: Any, **named: bool) -> Any:
        """Do one act on model and index; they must answer the same."""
        wanted, answer = getattr(self.model, name)(*args, **named), getattr(self.index, name)(*args, **named)
        assert answer == wanted, (name, args)
        if isinstance(answer, Hold) and name != "close_seat":
            assert answer.told == self.model.told, (name, args)
        self.answers[name, str(getattr(args[-1], "value", "")), bool(answer)] += 1
        return answer

    def offer_ticket(self) -> tuple[str, Any]:
        kinds = ((SINGLE, 1), (SINGLE, 2), (DOUBLE, 1), (ORDERED, 2), (SINGLE + ORDERED, 2))
        pools = tuple(self.dice.sample(*self.dice.choice(kinds)))
        is_live = weight_of(pools[0]) == 1 and self.dice.random() < 0.3
        entered = self.now_ms - self.dice.randrange(5000)
        ticket = WaitingTicket(
            self.dice.choice(TICKETS),
            rank=self.dice.randrange(20) + (0 if is_live else self.dice.choice((0, TICKET_LANE))),
            entered_at_ms=entered,
            queue=self.dice.choice(("HA/lifts", "MP/lifts")),
            pools=pools,
            hold_ms=self.dice.choice((HOLD_MS, 120_000)),
            weight=weight_of(pools[0]),
            is_live=is_live,
            step_at_ms=self.dice.choice((None, entered + 3000)),
        )
        if self.dice.random() < 0.2:
            return "offer_ticket", (ticket, self.now_ms, Preference(self.seat(), 60_000))
        return "offer_ticket", (ticket, self.now_ms)

    def offer_seat(self) -> tuple[str, Any]:
        known = SINGLE + DOUBLE + ORDERED
        pools = tuple(sorted(self.dice.sample(known, self.dice.randint(1, len(known)))))
        seat = SeatView(self.seat(), self.dice.randint(1, 4), self.now_ms, pools, turn_ms=self.now_ms - 2000)
        return "offer_seat", (seat, self.now_ms)

    def match_ticket(self) -> tuple[str, Any]:
        return "match_ticket", (self.dice.choice([*self.model.waiting, *TICKETS[:3]]), self.now_ms)

    def match_seat(self) -> tuple[str, Any]:
        return "match_seat", (self.seat(), self.now_ms)

    def settle(self) -> tuple[str, Any]:
        now_held = [hold for _, hold in self.model.held.values()]
        hold = self.dice.choice(now_held * 3 + self.last_holds or [Hold(1, 1, 1)])
        return "settle_reservation", (hold, self.dice.choice(OUTCOMES))

    def release(self) -> tuple[str, Any]:
        ticket_id, seat_id = self.some_work()
        return "release_work", (ticket_id, seat_id, self.now_ms)

    def weigh(self) -> tuple[Any, ...]:
        return (
            "weigh_work",
            (*self.some_work(), self.dice.randrange(3)),
            {"is_live": self.dice.random() < 0.3},
        )

    def close_seat(self) -> tuple[str, Any]:
        return "close_seat", (self.seat(),)

    def remove(self) -> tuple[str, Any]:
        return "remove_ticket", (self.dice.choice(TICKETS), self.now_ms)

    def take(self) -> tuple[Any, ...]:
        act = (self.dice.choice(TICKETS), self.seat(), 1, self.now_ms)
        return "take_ticket", act, {"is_live": self.dice.random() < 0.3}

    def rerank(self) -> tuple[str, Any]:
        return "rerank_ticket", (self.dice.choice(TICKETS), self.dice.randrange(20))

    def widen(self) -> tuple[str, Any]:
        ticket_id = self.dice.choice(TICKETS)
        ticket = self.model.waiting.get(ticket_id) or next(
            (held for held, _ in self.model.held.values() if held.id == ticket_id), None
        )
        pools = DOUBLE if ticket and ticket.weight == 2 else SINGLE[:2] + ORDERED[:1]
        return "widen_ticket", (ticket_id, pools, self.now_ms, self.dice.choice((None, self.now_ms + 2000)))

    def steps(self) -> tuple[str, Any]:
        return "list_steps", (self.now_ms,)

    def expired(self) -> tuple[str, Any]:
        return "list_expired", (self.now_ms + HOLD_MS - 500,)

    def seat(self) -> int:
        return self.dice.choice(SEATS)

    def some_work(self) -> tuple[int, int]:
        if self.model.work and self.dice.random() < 0.9:
            work = self.dice.choice(list(self.model.work.values()))
            return work.ticket_id, work.seat_id
        return self.dice.choice(TICKETS), self.seat()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scripts_and_model_agree_on_every_answer_and_every_key(valkey: redis.Redis, seed: int) -> None:
    run = Run(seed, make_index(valkey))
    for _ in range(STEPS):
        run.step()
        check_invariants(run.model, valkey)

    happened = {(name, outcome) for name, outcome, changed in run.answers if changed}
    assert {("settle_reservation", outcome.value) for outcome in OUTCOMES} <= happened
    assert {name for name, _ in happened} == {name for name, _, _ in run.answers}


def test_a_rebuild_gives_the_index_that_history_gave(valkey: redis.Redis) -> None:
    run = Run(4, make_index(valkey))
    for _ in range(10):
        for _ in range(40):
            run.step()
        by_history = read_contents(valkey)

        make_index(valkey, run.model)

        assert read_contents(valkey) == by_history == expected_contents(run.model)
