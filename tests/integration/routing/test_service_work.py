"""What happens to work in hand, and what seat and queue feel of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from routing.errors import AboveCapacity
from routing.live import Place, PlaceState
from routing.models import Assignment, Reservation, Seat
from tests.integration.routing.conftest import Office
from tickets.actors import Actor
from tickets.errors import FieldError, NotAllowed
from tickets.models import Ticket
from tickets.words import ReservationState, SeatState, TicketState


def work(office: Office, **values: object) -> tuple[int, int]:
    """A seat and the ticket it has accepted."""
    seat = office.seat(**values)
    office.open()
    return seat, office.accept(seat)


def test_waiting_work_takes_no_capacity_until_it_goes_on(office: Office) -> None:
    seat, ticket = work(office, capacity=1)
    waiting = office.open()
    until = office.now + timedelta(hours=1)

    with office.runtime.transaction() as tx:
        office.router.wait(tx, tx.get_one(Ticket, ticket), "parts", until, office.actor(seat), now=office.now)

    assert office.offered(seat) == waiting
    assert office.shown(seat).held == 0
    office.accept(seat)
    assert office.pass_time(3600)["resumed"] == 1
    assert office.ticket(ticket).state == TicketState.ASSIGNED
    assert office.shown(seat).held == 2  # above its capacity: the work is not new
    assert office.index.find_seats([seat])[seat].load == 2
    assert office.pass_time(1)["resumed"] == 0


def test_resolving_frees_the_seat_and_the_next_is_offered_after_wrap_up(office: Office) -> None:
    seat, ticket = work(office, capacity=1)
    waiting = office.open()
    assert office.offered(seat) is None

    office.resolve(ticket, seat)
    office.pass_time(30)

    assert office.offered(seat) == waiting
    assert office.index.find_ticket(ticket) is None
    with office.runtime.transaction() as tx:
        assignment = tx.scalars(select(Assignment)).one()
        assert (assignment.outcome, assignment.ended_at is not None) == ("resolved", True)


def test_a_ticket_resolved_while_it_is_offered_leaves_the_seat_free(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    offer = office.offer(seat)
    assert offer is not None
    waiting = office.open()

    with office.runtime.transaction() as tx:
        office.router.resolve(
            tx, tx.get_one(Ticket, ticket), "done", None, office.actor(seat), now=office.now
        )

    assert office.offered(seat) == waiting
    with office.runtime.transaction() as tx:
        assert tx.get_one(Reservation, offer.id).state == ReservationState.CANCELLED


def test_a_cancelled_ticket_is_offered_to_nobody(office: Office) -> None:
    ticket = office.open()
    with office.runtime.transaction() as tx:
        office.router.cancel(tx, tx.get_one(Ticket, ticket), "mistake", Actor.CALLER, now=office.now)

    seat = office.seat()

    assert office.offered(seat) is None
    assert office.index.find_ticket(ticket) is None


def test_reopened_work_goes_through_the_queue_again(office: Office) -> None:
    seat, ticket = work(office)
    office.resolve(ticket, seat)
    office.clock.advance(timedelta(hours=1))
    office.set_state(seat, "offline")
    with office.runtime.transaction() as tx:
        office.router.reopen(tx, tx.get_one(Ticket, ticket), "still leaks", Actor.CALLER, now=office.now)
    assert office.ticket(ticket).state == TicketState.QUEUED

    other = office.seat()

    assert office.offered(other) == ticket


def test_who_declined_is_asked_again_after_a_reopening(office: Office) -> None:
    first = office.seat()
    office.clock.advance(timedelta(seconds=1))
    second = office.seat()
    office.open()
    office.decline(first)
    ticket = office.accept(second)
    office.resolve(ticket, second)
    office.clock.advance(timedelta(minutes=5))

    with office.runtime.transaction() as tx:
        office.router.reopen(tx, tx.get_one(Ticket, ticket), "still leaks", Actor.CALLER, now=office.now)

    assert office.offered(first) == ticket


def test_returned_work_keeps_its_place(office: Office) -> None:
    seat, ticket = work(office)
    entered_at = office.ticket(ticket).entered_at
    office.clock.advance(timedelta(minutes=10))
    later = office.open()
    office.decline(seat)

    with office.runtime.transaction() as tx:
        office.router.return_to_queue(
            tx, tx.get_one(Ticket, ticket), "no tools", office.actor(seat), now=office.now
        )

    assert office.ticket(ticket).entered_at == entered_at
    assert office.offered(seat) == ticket
    assert office.ticket(later).state == TicketState.QUEUED


def test_a_transferred_ticket_goes_to_a_seat_of_the_other_queue(office: Office) -> None:
    seat, ticket = work(office)
    general = office.seat(skills=("general",))
    due = office.ticket(ticket).entered_at

    with office.runtime.transaction() as tx:
        stored = tx.get_one(Ticket, ticket)
        office.router.transfer(tx, stored, "other", "wrong desk", office.actor(seat), now=office.now)

    assert office.offered(general) == ticket
    assert office.shown(seat).held == 0
    assert office.ticket(ticket).entered_at == due


def test_an_offered_ticket_that_needs_another_trade_leaves_the_seat(office: Office) -> None:
    seat = office.seat()
    general = office.seat(skills=("general",))
    ticket = office.open()

    with office.runtime.transaction() as tx:
        stored = tx.get_one(Ticket, ticket)
        changes = {"category_code": "other"}
        office.router.edit(tx, stored, changes, stored.version, office.actor(seat), now=office.now)

    assert office.offered(seat) is None
    assert office.offered(general) == ticket


def test_a_queued_ticket_made_an_emergency_goes_first(office: Office) -> None:
    office.open()
    urgent = office.open()
    with office.runtime.transaction() as tx:
        stored = tx.get_one(Ticket, urgent)
        changes = {"priority_class": "P0"}
        office.router.edit(tx, stored, changes, stored.version, Actor.SYSTEM, now=office.now)

    seat = office.seat()

    assert office.offered(seat) == urgent


def test_work_above_capacity_is_assigned_by_hand_only_if_it_is_meant_and_then_marked(office: Office) -> None:
    full, first = work(office, capacity=1)
    ticket = office.open()

    with office.runtime.transaction() as tx:
        seat, giver = tx.get_one(Seat, full), office.actor(full)
        with pytest.raises(AboveCapacity):
            office.router.assign(tx, tx.get_one(Ticket, ticket), seat, giver, now=office.now)
        office.router.assign(tx, tx.get_one(Ticket, ticket), seat, giver, now=office.now, may_exceed=True)

    with office.runtime.transaction() as tx:
        made = tx.scalars(select(Assignment).order_by(Assignment.id)).all()
        assert [(a.ticket_id, a.is_over) for a in made] == [(first, False), (ticket, True)]
    assert office.ticket(ticket).seat_id == full
    assert office.shown(full).held == 2
    assert office.index.find_ticket(ticket) == Place(PlaceState.ASSIGNED, full)
    assert first != ticket


def test_work_is_handed_from_seat_to_seat_with_one_assignment_open(office: Office) -> None:
    giver, ticket = work(office)
    taker = office.seat(available=False)

    with office.runtime.transaction() as tx:
        seat = tx.get_one(Seat, taker)
        office.router.assign(tx, tx.get_one(Ticket, ticket), seat, office.actor(giver), now=office.now)

    assert office.shown(giver).held == 0
    assert office.shown(giver).state is SeatState.AVAILABLE
    with office.runtime.transaction() as tx:
        made = tx.scalars(select(Assignment).order_by(Assignment.id)).all()
        assert [(a.seat_id, a.outcome) for a in made] == [(giver, "transferred"), (taker, None)]
    assert office.index.find_seats([giver])[giver].load == 0


def test_an_offered_ticket_taken_by_another_seat_leaves_the_first_free(office: Office) -> None:
    seat, taker = office.seat(), office.seat(available=False)
    ticket = office.open()

    with office.runtime.transaction() as tx:
        to = tx.get_one(Seat, taker)
        office.router.assign(tx, tx.get_one(Ticket, ticket), to, office.actor(taker), now=office.now)

    assert office.offered(seat) is None
    assert office.shown(seat).state is SeatState.AVAILABLE
    waiting = office.open()
    assert office.offered(seat) == waiting


def test_resolving_twice_is_refused_and_changes_nothing(office: Office) -> None:
    seat, ticket = work(office)
    office.resolve(ticket, seat)

    with pytest.raises(NotAllowed):
        office.resolve(ticket, seat)

    assert office.index.find_seats([seat])[seat].load == 0


def test_what_a_sweep_moved_forward_is_taken_first(office: Office) -> None:
    first = office.open()
    office.clock.advance(timedelta(minutes=1))
    late = office.open()
    with office.runtime.transaction() as tx:
        stored = tx.get_one(Ticket, late)
        stored.rank_at -= timedelta(hours=2)  # as after a breach
        office.router.rerank_all(tx, [first, late], office.now)

    seat = office.seat()

    assert office.offered(seat) == late


def test_a_chase_moves_a_ticket_forward(office: Office) -> None:
    office.open()
    office.clock.advance(timedelta(minutes=10))
    chased = office.open()
    with office.runtime.transaction() as tx:
        office.router.chase(tx, tx.get_one(Ticket, chased), Actor.CALLER, now=office.now)

    seat = office.seat()

    assert office.offered(seat) == chased


@pytest.mark.parametrize("code", ["", "nonsense"])
def test_finishing_without_a_result_code_is_refused_and_the_work_stays(office: Office, code: str) -> None:
    seat, ticket = work(office)

    with pytest.raises(FieldError) as refusal, office.runtime.transaction() as tx:
        stored = tx.get_one(Ticket, ticket)
        office.router.resolve(tx, stored, code, None, office.actor(seat), now=office.now)

    assert refusal.value.field == "disposition"
    assert office.shown(seat).state is SeatState.BUSY
    assert office.index.find_ticket(ticket) == Place(PlaceState.ASSIGNED, seat)
