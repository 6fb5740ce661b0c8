"""One process of the race test: agents, residents and a router at work on stores shared with others.

Run as `python -m tests.integration.routing.racer SEED`, with the addresses in the environment, until SIGTERM. Prints
what it did as JSON. Everything that the desk may refuse is refused now and then here; anything else ends the process.
"""

import json
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from infra.config import load_config
from infra.database import Tx, is_race
from infra.runtime import Runtime, build_runtime
from routing.models import Assignment, Reservation, Seat
from routing.reconcile import Reconciler
from routing.service import Router
from tickets import service as desk
from tickets.actors import Actor
from tickets.errors import Refused
from tickets.models import Estate, Staff, Ticket
from tickets.words import ReservationState, Source, TicketState

T = TypeVar("T")


class Racer:
    """Acts at random, as fast as it can."""

    def __init__(self, runtime: Runtime, seed: int) -> None:
        self.runtime = runtime
        self.router = Router(runtime)
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        with runtime.transaction() as tx:
            self.estate_id = tx.scalars(select(Estate.id)).one()
            self.seats = list(tx.scalars(select(Seat.id)))

    def step(self) -> None:
        """Do one thing; what is refused or lost in a race is counted and forgotten, as a page would do."""
        acts = {"open": 3, "answer": 6, "finish": 4, "declare": 2, "pause": 1, "tick": 2}
        name = self.random.choices(list(acts), list(acts.values()))[0]
        try:
            with self.runtime.transaction() as tx:
                getattr(self, name)(tx)
            self.done[name] += 1
        except Refused as refusal:
            self.done[f"refused {refusal.code}"] += 1
        except OperationalError:  # a deadlock, or a row that somebody holds for too long on a busy machine
            self.done["race"] += 1
        except DBAPIError as error:
            if not is_race(error):
                raise
            self.done["race"] += 1

    def open(self, tx: Tx) -> None:
        new = desk.NewTicket(
            estate_id=self.estate_id, category_code="water", language="zh-TW", source=Source.API
        )
        self.router.open_and_queue(tx, new, now=self.runtime.clock.now())

    def answer(self, tx: Tx) -> None:
        offers = select(Reservation).where(Reservation.state == ReservationState.PENDING)
        offer = self._one_of(list(tx.scalars(offers)))
        if offer is None:
            return
        staff = tx.get_one(Staff, tx.get_one(Seat, offer.seat_id).staff_id)
        now = self.runtime.clock.now()
        if self.random.random() < 0.8:
            self.router.accept(tx, offer.id, staff, now=now)
        else:
            self.router.decline(tx, offer.id, staff, "busy", now=now)

    def finish(self, tx: Tx) -> None:
        work = self._one_of(list(tx.scalars(select(Assignment).where(Assignment.ended_at.is_(None)))))
        if work is not None:
            ticket = tx.get_one(Ticket, work.ticket_id)
            self.router.resolve(tx, ticket, "done", None, Actor.SYSTEM, now=self.runtime.clock.now())

    def pause(self, tx: Tx) -> None:
        held = select(Ticket).where(Ticket.state.in_((TicketState.ASSIGNED, TicketState.WAITING)))
        ticket = self._one_of(list(tx.scalars(held)))
        if ticket is None:
            return
        now = self.runtime.clock.now()
        if ticket.state == TicketState.ASSIGNED:
            self.router.wait(tx, ticket, "parts", None, Actor.SYSTEM, now=now)
        else:
            self.router.resume(tx, ticket, Actor.SYSTEM, now=now)

    def declare(self, tx: Tx) -> None:
        seat = tx.get_one(Seat, self.random.choice(self.seats))
        state, reason = self.random.choice((("available", None), ("available", None), ("on_break", "break")))
        self.router.set_state(tx, seat, state, reason, Actor.SYSTEM, now=self.runtime.clock.now())

    def tick(self, tx: Tx) -> None:
        self.router.tick(self.runtime.clock.now())

    def _one_of(self, things: Sequence[T]) -> T | None:
        return self.random.choice(things) if things else None


def main(seed: int) -> None:
    """Race until SIGTERM, then print the counts."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    runtime = build_runtime(load_config(), pool_size=4)
    racer, reconciler = Racer(runtime, seed), Reconciler(runtime)
    while not stop.is_set():
        racer.step()
        try:
            reconciler.run_due(runtime.clock.now())
        except OperationalError:
            racer.done["race"] += 1
    print(json.dumps(racer.done))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
