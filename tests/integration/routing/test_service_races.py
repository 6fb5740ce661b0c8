"""Many processes, one truth: exactly one reservation, no seat above its capacity, nothing stuck."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from infra.clock import Clock, to_ms
from infra.config import Config
from infra.runtime import Runtime, build_runtime
from routing.facts import hold_of, work_held
from routing.live import Place, PlaceState, RoutingIndex
from routing.matching import Round
from routing.models import Assignment, Reservation, Seat
from routing.reconcile import Reconciler
from routing.service import Router
from tests.factories import make_seat, make_staff
from tests.integration.routing.conftest import Office, make_office
from tickets import service as desk
from tickets.errors import Refused
from tickets.models import Ticket
from tickets.words import ReservationState, Source, TicketState


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Start all of `acts` at one moment, each in a thread; returns their results or their refusals."""
    start = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = act()
        except Refused as refusal:
            results[place] = refusal

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_that_offer_the_same_ticket_leave_one_reservation(office: Office, config: Config) -> None:
    seats = [office.seat(capacity=1000) for _ in range(4)]
    runtimes = [build_runtime(config, office.clock, pool_size=2) for _ in range(2)]
    for n in range(60):
        with office.runtime.transaction() as tx:
            new = desk.NewTicket(
                estate_id=office.estate.id, category_code="water", language="zh-TW", source=Source.API
            )
            ticket_id = desk.open_ticket(tx, new, now=office.now).ticket.id
        with office.runtime.transaction() as tx:
            ticket = office.router.facts.entering(tx, ticket_id).ticket

        def offer(runtime: Runtime) -> None:
            round_ = Round(runtime, office.now)
            round_.ticket_entered(ticket)  # noqa: B023 (the threads end within the turn)
            round_.finish()

        at_once(*(lambda r=runtime: offer(r) for runtime in runtimes))

        with office.runtime.transaction() as tx:
            made = tx.scalars(select(Reservation).where(Reservation.ticket_id == ticket_id)).all()
        assert [reservation.state for reservation in made] == [ReservationState.PENDING]
        office.accept(made[0].seat_id)
        if n % 4 == 3:
            assert len({office.shown(seat).held for seat in seats}) == 1
    for runtime in runtimes:
        runtime.close()


def test_an_acceptance_and_a_lapse_at_one_moment_have_one_winner(office: Office, config: Config) -> None:
    seat = office.seat()
    other = build_runtime(config, office.clock, pool_size=2)
    outcomes: Counter[str] = Counter()
    for _ in range(20):
        office.set_state(seat, "available")
        office.open()
        offer = office.offer(seat)
        assert offer is not None
        late = offer.expires_at + timedelta(milliseconds=1)
        in_time = offer.expires_at - timedelta(milliseconds=1)

        def accept() -> None:
            with office.runtime.transaction() as tx:
                office.router.accept(tx, offer.id, office.staff[seat], now=in_time)  # noqa: B023

        at_once(accept, lambda: Router(other).lapse_due(late))  # noqa: B023

        with office.runtime.transaction() as tx:
            state = tx.get_one(Reservation, offer.id).state
            ticket = tx.get_one(Ticket, offer.ticket_id)
        outcomes[state] += 1
        assert (state == ReservationState.ACCEPTED) == (ticket.state == TicketState.ASSIGNED)
        if state == ReservationState.LAPSED:
            office.accept(seat)
        office.resolve(offer.ticket_id, seat)
    assert set(outcomes) <= {ReservationState.ACCEPTED, ReservationState.LAPSED}
    other.close()


def test_who_goes_on_break_while_a_ticket_comes_is_left_alone(office: Office, config: Config) -> None:
    seat = office.seat()
    other = build_runtime(config, office.clock, pool_size=2)
    for _ in range(20):
        office.set_state(seat, "available")
        tickets: list[int] = []

        def come() -> None:
            with other.transaction() as tx:
                new = desk.NewTicket(
                    estate_id=office.estate.id, category_code="water", language="zh-TW", source=Source.API
                )
                tickets.append(Router(other).open_and_queue(tx, new, now=office.now).ticket.id)  # noqa: B023

        at_once(come, lambda: office.set_state(seat, "on_break", "break"))

        assert office.offered(seat) is None
        assert office.ticket(tickets[0]).state == TicketState.QUEUED
        office.set_state(seat, "available")
        assert office.accept(seat) == tickets[0]
        office.resolve(tickets[0], seat)
    other.close()


@pytest.fixture
def busy(config: Config) -> Iterator[Runtime]:
    """A runtime on real time, with six seats of capacity two and offers of ten seconds."""
    runtime = build_runtime(config.model_copy(update={"hotline_offer_seconds": 10}), Clock())
    with runtime.transaction() as tx:
        estate = make_office(tx)
        for _ in range(6):
            make_seat(tx, make_staff(tx, estates=(estate,)), capacity=2, state="available")
    Router(runtime).rebuild(runtime.clock.now())
    yield runtime
    runtime.close()


def racer(runtime: Runtime, seed: int) -> subprocess.Popen[bytes]:
    """Start one process of the race."""
    config = runtime.config
    environ = os.environ | {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "HOTLINE_OFFER_SECONDS": "10",
        "HOTLINE_DATA": os.environ["TEST_DATA"],
        "PYTHONPATH": os.getcwd(),
    }
    command = [sys.executable, "-m", "tests.integration.routing.racer", str(seed)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_until(is_so: Callable[[], bool], within_s: float) -> None:
    """Look again and again until `is_so`, or fail after `within_s`."""
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until, "not in time"
        threading.Event().wait(0.05)


@pytest.mark.timeout(300)
def test_processes_that_race_are_killed_and_lose_the_index_leave_everything_in_one_place(
    busy: Runtime,
) -> None:
    processes = [racer(busy, seed) for seed in range(3)]

    def assignments() -> int:
        with busy.transaction() as tx:
            return tx.scalar(select(func.count()).select_from(Assignment)) or 0

    try:
        wait_until(lambda: assignments() >= 10, within_s=100)
        processes[0].kill()
        busy.valkey.flushdb()
        wait_until(lambda: assignments() >= 30, within_s=100)
    finally:
        for process in processes:
            process.terminate()
        outputs = [process.communicate(timeout=60) for process in processes][1:]

    for process, (_, errors) in zip(processes[1:], outputs, strict=True):
        assert process.returncode == 0, errors.decode()
    counts = sum((Counter(json.loads(out)) for out, _ in outputs), Counter())
    assert counts["answer"] > 0
    assert counts["finish"] > 0
    reconciler = Reconciler(busy)
    later = busy.clock.now() + timedelta(minutes=1)
    for _ in range(4):
        Router(busy).tick(later)
        reconciler.run(later)
        later += timedelta(seconds=5)
    assert_in_one_place(busy)


def assert_in_one_place(runtime: Runtime) -> None:
    """Index and truth agree about every ticket and seat, and no offer has outlived its time."""
    index = RoutingIndex(runtime.valkey)
    with runtime.transaction() as tx:
        pending = tx.scalars(select(Reservation).where(Reservation.state == ReservationState.PENDING)).all()
        tickets = tx.scalars(select(Ticket)).all()
        work = {ticket_id: (seat_id, weight) for ticket_id, seat_id, weight, _ in tx.execute(work_held())}
        seats = tx.scalars(select(Seat)).all()
    held = {reservation.ticket_id: reservation.seat_id for reservation in pending}
    places: dict[str, Callable[[int], Place | None]] = {
        TicketState.QUEUED: lambda _: Place(PlaceState.WAITING, None),
        TicketState.RESERVED: lambda ticket_id: Place(PlaceState.HELD, held[ticket_id]),
        TicketState.ASSIGNED: lambda ticket_id: Place(PlaceState.ASSIGNED, work[ticket_id][0]),
        TicketState.WAITING: lambda ticket_id: Place(PlaceState.ASSIGNED, work[ticket_id][0]),
        TicketState.RESOLVED: lambda _: None,
    }
    for ticket in tickets:
        assert index.find_ticket(ticket.id) == places[ticket.state](ticket.id), (ticket.id, ticket.state)
    assert {hold_of(reservation) for reservation in pending} == set(index.list_holds())
    views = index.find_seats([seat.id for seat in seats])
    for seat in seats:
        load = sum(weight for seat_id, weight in work.values() if seat_id == seat.id)
        assert views[seat.id].load == load
        if views[seat.id].held_ticket is not None:
            assert load < seat.capacity
    assert all(to_ms(reservation.expires_at) > 0 for reservation in pending)
