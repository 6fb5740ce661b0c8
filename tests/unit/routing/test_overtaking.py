"""A long random day: whoever takes from the line, nobody is overtaken by what came later by more than the cap."""

import random
from datetime import UTC, datetime, timedelta

from infra.clock import to_ms
from routing.rank import rank
from routing.selection import SeatView, WaitingTicket, choose_ticket
from tickets.priority import LIVE_CAP, TICKET_CAP, Lane

POOLS = ("HA/lifts/en", "HA/water/en")
START = datetime(2027, 1, 4, tzinfo=UTC)
STEPS = 6000
CAPS = {Lane.LIVE: LIVE_CAP, Lane.TICKET: TICKET_CAP}


def test_in_a_long_random_run_overtaking_stays_within_the_cap_and_nothing_starves() -> None:
    dice = random.Random(11)
    now = START
    waiting: dict[int, tuple[WaitingTicket, Lane, datetime]] = {}
    seat = SeatView(1, 1, 0, POOLS)
    longest = {lane: timedelta(0) for lane in CAPS}
    taken = 0
    for number in range(STEPS):
        now += timedelta(seconds=dice.expovariate(1 / 60))
        lane = dice.choices((Lane.LIVE, Lane.TICKET), (1, 3))[0]
        head_start = CAPS[lane] * dice.choice((0.0, 0.0, 0.2, 0.7, 1.0))
        ticket = WaitingTicket(
            number, rank(now, head_start, lane), to_ms(now), "HA/all", (dice.choice(POOLS),), 20_000
        )
        waiting[number] = (ticket, lane, now)
        while waiting and dice.random() < 0.52:
            chosen = choose_ticket(seat, (ticket for ticket, _, _ in waiting.values()))
            assert chosen is not None
            _, own_lane, entered = waiting.pop(chosen.id)
            taken += 1
            for _, lane, earlier in waiting.values():
                if lane is own_lane:
                    longest[lane] = max(longest[lane], entered - earlier)

    assert taken > STEPS / 2
    assert timedelta(0) < longest[Lane.LIVE] <= LIVE_CAP
    assert timedelta(0) < longest[Lane.TICKET] <= TICKET_CAP
