"""Whatever is killed, lost or away: the index comes back to the truth, and nothing stays stuck."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from infra.clock import to_ms
from infra.config import Config
from infra.database import Tx
from infra.runtime import Runtime, build_runtime
from routing import keys, offers
from routing.facts import hold_of
from routing.live import Hold, Place, PlaceState
from routing.models import Reservation, Seat
from routing.rebuild import RebuildRunning
from routing.reconcile import PATIENCE, Reconciler
from routing.service import Router
from tests.integration.routing.conftest import Office
from tickets import service as desk
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.words import ReservationState, Source, TicketState


@contextmanager
def killed_after_commit(runtime: Runtime) -> Iterator[Tx]:
    """A transaction of a process that dies the moment it has committed."""
    with Tx(runtime.engine, expire_on_commit=False) as tx, tx.begin():
        yield tx


@pytest.fixture
def reconcile(office: Office) -> Callable[[], int]:
    """Two passes, as a router makes them within ten seconds; returns what was mended."""
    reconciler = Reconciler(office.runtime)

    def passes() -> int:
        mended = 0
        for _ in range(2):
            mended += reconciler.run(office.now)
            office.clock.advance(timedelta(seconds=5))
        return mended

    return passes


def new_ticket(office: Office) -> desk.NewTicket:
    return desk.NewTicket(
        estate_id=office.estate.id, category_code="water", language="zh-TW", source=Source.API
    )


def test_nothing_is_mended_while_all_is_well(office: Office, reconcile: Callable[[], int]) -> None:
    seats = [office.seat() for _ in range(3)]
    tickets = [office.open() for _ in range(6)]
    office.accept(seats[0])
    office.decline(seats[1])
    office.resolve(office.accept(seats[2]), seats[2])
    before = {ticket: office.index.find_ticket(ticket) for ticket in tickets}

    assert reconcile() == 0

    assert {ticket: office.index.find_ticket(ticket) for ticket in tickets} == before


def test_a_lost_index_is_rebuilt_by_the_next_act(office: Office) -> None:
    seat = office.seat()
    worked = office.open()
    office.accept(seat)
    offered = office.open()
    office.runtime.valkey.flushdb()

    waiting = office.open()

    assert office.index.find_ticket(worked) == Place(PlaceState.ASSIGNED, seat)
    assert office.index.find_ticket(offered) == Place(PlaceState.HELD, seat)
    assert office.index.find_ticket(waiting) == Place(PlaceState.WAITING, None)
    office.accept(seat)
    assert office.offered(seat) == waiting


def test_an_index_lost_in_silence_is_rebuilt_by_the_pass(
    office: Office, reconcile: Callable[[], int]
) -> None:
    seat = office.seat()
    ticket = office.open()
    office.runtime.valkey.flushdb()

    reconcile()

    assert office.index.find_ticket(ticket) == Place(PlaceState.HELD, seat)


def test_a_rebuild_counts_what_it_put_in(office: Office) -> None:
    seat = office.seat()
    office.open()
    office.accept(seat)
    for _ in range(3):
        office.open()

    built = office.router.rebuild(office.now)

    assert (built.seats, built.tickets) == (1, 4)


def test_two_rebuilds_at_once_are_one(office: Office) -> None:
    office.runtime.valkey.set(keys.BUILDER, "another process")

    with pytest.raises(RebuildRunning):
        office.router.rebuild(office.now)


def test_a_claim_without_a_reservation_is_taken_back(office: Office, reconcile: Callable[[], int]) -> None:
    seat = office.seat()
    with killed_after_commit(office.runtime) as tx:
        ticket = desk.open_ticket(tx, new_ticket(office), now=office.now).ticket.id
    with office.runtime.transaction() as tx:
        entering = office.router.facts.entering(tx, ticket)
    claim = office.index.offer_ticket(entering.ticket, to_ms(office.now))
    assert claim == Hold(ticket, seat, to_ms(office.now) + 120_000)

    assert reconcile() == 1

    assert office.offered(seat) == ticket


def test_a_ticket_whose_process_died_before_telling_is_offered(
    office: Office, reconcile: Callable[[], int]
) -> None:
    seat = office.seat()
    with killed_after_commit(office.runtime) as tx:
        ticket = office.router.open_and_queue(tx, new_ticket(office), now=office.now).ticket.id
    assert office.offered(seat) is None

    reconcile()

    assert office.offered(seat) == ticket


def test_an_acceptance_whose_process_died_frees_nothing_twice(
    office: Office, reconcile: Callable[[], int]
) -> None:
    seat = office.seat(capacity=1)
    ticket = office.open()
    waiting = office.open()
    offer = office.offer(seat)
    assert offer is not None
    with killed_after_commit(office.runtime) as tx:
        office.router.accept(tx, offer.id, office.staff[seat], now=office.now)
    assert office.index.find_ticket(ticket) == Place(PlaceState.HELD, seat)

    reconcile()

    assert office.index.find_ticket(ticket) == Place(PlaceState.ASSIGNED, seat)
    assert office.index.find_seats([seat])[seat].load == 1
    assert office.ticket(waiting).state == TicketState.QUEUED


def test_work_finished_by_a_process_that_died_gives_the_seat_back(
    office: Office, reconcile: Callable[[], int]
) -> None:
    seat = office.seat(capacity=1)
    office.open()
    ticket = office.accept(seat)
    waiting = office.open()
    with killed_after_commit(office.runtime) as tx:
        office.router.resolve(
            tx, tx.get_one(Ticket, ticket), "done", None, office.actor(seat), now=office.now
        )
    assert office.pass_time(30)["wrapped_up"] == 1
    assert office.offered(seat) is None

    reconcile()

    assert office.offered(seat) == waiting
    assert office.index.find_ticket(ticket) is None


def test_a_pause_whose_process_died_gives_room(office: Office, reconcile: Callable[[], int]) -> None:
    seat = office.seat(capacity=1)
    office.open()
    ticket = office.accept(seat)
    waiting = office.open()
    with killed_after_commit(office.runtime) as tx:
        stored = tx.get_one(Ticket, ticket)
        office.router.wait(tx, stored, "parts", None, office.actor(seat), now=office.now)

    reconcile()

    assert office.offered(seat) == waiting


def test_a_declaration_whose_process_died_is_obeyed(office: Office, reconcile: Callable[[], int]) -> None:
    coming, leaving = office.seat(available=False), office.seat()
    for seat, state, reason in ((coming, "available", None), (leaving, "on_break", "lunch")):
        with killed_after_commit(office.runtime) as tx:
            stored = tx.get_one(Seat, seat)
            office.router.set_state(tx, stored, state, reason, office.actor(seat), now=office.now)

    ticket = office.open()  # the index still thinks that `leaving` is there
    assert office.offered(leaving) is None
    reconcile()

    assert office.offered(coming) == ticket


def test_an_offer_the_index_forgot_is_made_anew(office: Office, reconcile: Callable[[], int]) -> None:
    seat = office.seat()
    ticket = office.open()
    offer = office.offer(seat)
    assert offer is not None
    office.index.settle_reservation(hold_of(offer), ReservationState.CANCELLED)

    reconcile()

    renewed = office.offer(seat)
    assert renewed is not None
    assert (renewed.ticket_id, renewed.id != offer.id) == (ticket, True)
    assert office.index.find_ticket(ticket) == Place(PlaceState.HELD, seat)
    with office.runtime.transaction() as tx:
        assert tx.get_one(Reservation, offer.id).state == ReservationState.CANCELLED


def test_a_finished_ticket_left_in_the_index_leaves_it(office: Office, reconcile: Callable[[], int]) -> None:
    ticket = office.open()
    with killed_after_commit(office.runtime) as tx:
        office.router.cancel(tx, tx.get_one(Ticket, ticket), "mistake", Actor.CALLER, now=office.now)

    reconcile()

    assert office.index.find_ticket(ticket) is None


def test_a_claim_that_cannot_be_written_is_given_back_and_offered_later(
    office: Office, reconcile: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = office.seat()

    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the database is away"))

    with monkeypatch.context() as patched:
        patched.setattr(offers, "write", fail)
        ticket = office.open()
    assert office.index.find_ticket(ticket) == Place(PlaceState.WAITING, None)

    reconcile()

    assert office.offered(seat) == ticket


def test_a_ticket_opened_while_the_index_is_away_is_offered_when_it_is_back(
    office: Office, config: Config, reconcile: Callable[[], int]
) -> None:
    seat = office.seat()
    cut_off = build_runtime(config.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}), office.clock)
    with cut_off.transaction() as tx:
        ticket = Router(cut_off).open_and_queue(tx, new_ticket(office), now=office.now).ticket.id
    cut_off.close()
    assert office.ticket(ticket).state == TicketState.QUEUED

    reconcile()

    assert office.offered(seat) == ticket


def test_a_load_that_stays_wrong_makes_everything_new(office: Office) -> None:
    seat = office.seat(capacity=1)
    office.runtime.valkey.hset(keys.seat(seat), "load", 5)
    reconciler = Reconciler(office.runtime)

    for _ in range(2 * PATIENCE):
        reconciler.run(office.now)

    assert office.index.find_seats([seat])[seat].load == 0


def test_one_process_at_a_time_compares(office: Office) -> None:
    first, second = Reconciler(office.runtime), Reconciler(office.runtime)

    assert first.run_due(office.now) is not None
    assert second.run_due(office.now) is None
    assert first.run_due(office.now) is None  # not yet
    office.clock.advance(timedelta(seconds=5))
    assert first.run_due(office.now) is not None
