"""What agents declare, and what the clock does to seats."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from routing import queries
from routing.errors import WrapUpNotExtended
from routing.models import Reservation, Seat, SeatEvent, SeatSkill
from routing.reconcile import Reconciler
from tests.factories import make_duty
from tests.integration.routing.conftest import Office
from tickets.errors import FieldError
from tickets.models import Ticket
from tickets.words import ReservationState, SeatState, TicketState


@pytest.mark.parametrize(
    ("state", "reason", "field"),
    [
        ("busy", None, "state"),
        ("gone", None, "state"),
        ("on_break", None, "reason"),
        ("on_break", "x", "reason"),
    ],
)
def test_only_declared_states_with_a_listed_reason_are_taken(
    office: Office, state: str, reason: str | None, field: str
) -> None:
    seat = office.seat()

    with pytest.raises(FieldError) as refusal:
        office.set_state(seat, state, reason)

    assert refusal.value.field == field
    assert office.shown(seat).state is SeatState.AVAILABLE


@pytest.mark.parametrize(("state", "reason"), [("on_break", "lunch"), ("offline", None)])
def test_who_leaves_loses_the_offer_at_once_to_the_next(
    office: Office, state: str, reason: str | None
) -> None:
    first = office.seat()
    office.clock.advance(timedelta(seconds=1))
    second = office.seat()
    ticket = office.open()
    offer = office.offer(first)
    assert offer is not None

    office.set_state(first, state, reason)

    assert office.offered(first) is None
    assert office.offered(second) == ticket
    with office.runtime.transaction() as tx:
        stored = tx.get_one(Reservation, offer.id)
        assert (stored.state, stored.reason) == (ReservationState.CANCELLED, state)
    assert office.shown(first).state == state
    assert office.shown(first).misses == 0


def test_a_break_keeps_accepted_work_and_the_end_of_duty_lists_it(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    office.accept(seat)

    office.set_state(seat, "on_break", "lunch")
    assert office.shown(seat).state is SeatState.ON_BREAK
    office.set_state(seat, "offline")

    assert office.ticket(ticket).state == TicketState.ASSIGNED
    with office.runtime.transaction() as tx:
        events = tx.scalars(select(SeatEvent).where(SeatEvent.seat_id == seat).order_by(SeatEvent.id)).all()
    assert [event.data["to"] for event in events if event.kind == "state"] == [
        "available",
        "on_break",
        "offline",
    ]
    assert events[-1].data["still_held"] == [office.ticket(ticket).number]
    assert events[-1].data["from"] == "on_break"


def test_a_seat_on_break_is_offered_nothing(office: Office) -> None:
    seat = office.seat()
    office.set_state(seat, "on_break", "break")

    ticket = office.open()

    assert office.ticket(ticket).state == TicketState.QUEUED
    office.set_state(seat, "available")
    assert office.offered(seat) == ticket


def test_a_long_break_puts_nobody_first(office: Office) -> None:
    rested = office.seat()
    office.set_state(rested, "on_break", "lunch")
    office.clock.advance(timedelta(hours=2))
    waiting = office.seat()
    office.clock.advance(timedelta(seconds=1))
    office.set_state(rested, "available")

    ticket = office.open()

    assert office.offered(waiting) == ticket


def test_wrap_up_holds_offers_back_and_ends_by_itself(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    office.accept(seat)
    office.resolve(ticket, seat)
    waiting = office.open()

    shown = office.shown(seat)
    assert (shown.state, shown.held) == (SeatState.WRAP_UP, 0)
    assert shown.wrap_up_until == office.now + timedelta(seconds=30)
    assert office.ticket(waiting).state == TicketState.QUEUED

    assert office.pass_time(29)["wrapped_up"] == 0
    assert office.pass_time(1)["wrapped_up"] == 1
    assert office.offered(seat) == waiting
    assert office.pass_time(0)["wrapped_up"] == 0


def test_wrap_up_is_extended_once(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    office.accept(seat)
    with pytest.raises(WrapUpNotExtended), office.runtime.transaction() as tx:
        office.router.extend_wrap_up(tx, tx.get_one(Seat, seat), office.actor(seat), now=office.now)
    office.resolve(ticket, seat)
    end = office.now + timedelta(seconds=60)

    with office.runtime.transaction() as tx:
        until = office.router.extend_wrap_up(tx, tx.get_one(Seat, seat), office.actor(seat), now=office.now)

    assert until == end
    assert not office.shown(seat).can_extend_wrap_up
    with pytest.raises(WrapUpNotExtended), office.runtime.transaction() as tx:
        office.router.extend_wrap_up(tx, tx.get_one(Seat, seat), office.actor(seat), now=office.now)
    assert office.pass_time(59)["wrapped_up"] == 0
    assert office.pass_time(1)["wrapped_up"] == 1


def test_available_ends_a_wrap_up_early(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    office.accept(seat)
    office.resolve(ticket, seat)
    waiting = office.open()

    office.set_state(seat, "available")

    assert office.offered(seat) == waiting
    assert office.shown(seat).state is SeatState.RESERVED


def test_work_finished_by_a_supervisor_frees_the_seat_without_wrap_up(office: Office) -> None:
    seat, supervisor = office.seat(), office.seat(available=False, skills=())
    ticket = office.open()
    office.accept(seat)

    office.resolve(ticket, supervisor)

    assert office.shown(seat).state is SeatState.AVAILABLE


def test_a_silent_page_shows_offline_and_loses_its_offer(office: Office) -> None:
    reconciler = Reconciler(office.runtime)
    seat = office.seat()
    with office.runtime.transaction() as tx:
        office.router.seen(tx, seat, now=office.now)
    office.clock.advance(timedelta(seconds=50))
    ticket = office.open()
    assert office.offered(seat) == ticket
    office.clock.advance(timedelta(seconds=11))

    reconciler.run(office.now)

    assert office.shown(seat).state is SeatState.OFFLINE
    assert office.ticket(ticket).state == TicketState.QUEUED
    with office.runtime.transaction() as tx:
        office.router.seen(tx, seat, now=office.now)
    assert office.offered(seat) == ticket


def test_a_short_drop_shows_nothing(office: Office) -> None:
    seat = office.seat()
    with office.runtime.transaction() as tx:
        office.router.seen(tx, seat, now=office.now)

    office.clock.advance(timedelta(seconds=60))

    assert office.shown(seat).state is SeatState.AVAILABLE


def test_the_wall_counts_what_waits_and_who_is_there(office: Office) -> None:
    seat = office.seat(capacity=1)
    office.seat(available=False)
    office.open()
    office.accept(seat)
    office.open()
    office.clock.advance(timedelta(seconds=90))
    office.open(is_live=True)
    office.decline(seat)  # a caller rings a full seat too

    with office.runtime.transaction() as tx:
        wall = queries.wall(tx, [office.estate.id], office.now)
        assert queries.wall(tx, [], office.now).waiting == 0

    [queue] = wall.queues
    assert (queue.queue, queue.waiting, queue.live) == ("home_repairs", 2, 1)
    assert wall.waiting == 2
    assert wall.longest_wait == timedelta(seconds=90)
    assert wall.seats_by_state[SeatState.BUSY] == 1
    assert wall.seats_by_state[SeatState.OFFLINE] == 1


def test_a_seat_knows_its_work_and_a_ticket_its_former_handler(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    office.accept(seat)
    with office.runtime.transaction() as tx:
        assert [held.id for held in queries.work_of(tx, seat)] == [ticket]
        assert queries.former_handler(tx, ticket) is None

    office.resolve(ticket, seat)

    with office.runtime.transaction() as tx:
        former = queries.former_handler(tx, ticket)
        assert former is not None
        assert former.id == office.staff[seat].id
        assert tx.get_one(Ticket, ticket).seat_id is None


def test_an_answer_is_a_sign_of_life(office: Office) -> None:
    seat = office.seat()
    with office.runtime.transaction() as tx:
        office.router.seen(tx, seat, now=office.now)
    office.clock.advance(timedelta(seconds=50))
    office.open()
    office.accept(seat)

    office.clock.advance(timedelta(seconds=50))

    assert office.shown(seat).state is SeatState.BUSY


def test_a_seat_whose_skills_were_edited_is_read_again(office: Office) -> None:
    seat = office.seat(skills=("general",))
    office.seat(available=False)
    ticket = office.open()
    assert office.ticket(ticket).state == TicketState.QUEUED

    with office.runtime.transaction() as tx:
        tx.add(SeatSkill(seat_id=seat, kind="queue", code="home_repairs"))
        office.router.seat_changed(tx, seat, now=office.now)

    assert office.offered(seat) == ticket


def test_who_comes_outside_the_roster_takes_work_and_is_marked(office: Office) -> None:
    seat, colleague = office.seat(available=False), office.seat(available=False)
    with office.runtime.transaction() as tx:
        make_duty(tx, office.estate, office.staff[colleague])

    office.set_state(seat, "available")
    office.clock.advance(timedelta(seconds=1))
    office.set_state(colleague, "available")

    assert office.shown(seat).is_off_roster
    assert not office.shown(colleague).is_off_roster
    assert office.open() == office.offered(seat)


def test_without_a_roster_everybody_is_on_it(office: Office) -> None:
    assert not office.shown(office.seat()).is_off_roster
