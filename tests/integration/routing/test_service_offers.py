"""From a ticket to the seat that takes it: offers, answers, lapses."""

import json
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from infra.live import STREAM
from infra.outbox import OutboxItem
from routing.errors import NoLongerYours, NotYourReservation
from routing.live import Place, PlaceState
from routing.models import Assignment, Reservation, SeatEvent
from routing.seats import MISSED
from tests.factories import make_estate, make_ticket
from tests.integration.routing.conftest import Office
from tickets.errors import NotFound
from tickets.models import Ticket, TicketEvent
from tickets.priority import lane_of
from tickets.words import PriorityClass, ReservationState, SeatState, TicketState


def test_an_opened_ticket_is_offered_at_once_to_the_free_seat(office: Office) -> None:
    seat = office.seat()

    ticket = office.open()

    offer = office.offer(seat)
    assert offer is not None
    assert offer.ticket_id == ticket
    assert offer.expires_at == office.now + timedelta(seconds=120)
    assert office.ticket(ticket).state == TicketState.RESERVED
    assert office.shown(seat).state is SeatState.RESERVED


def test_a_seat_that_comes_is_offered_what_waits_in_order(office: Office) -> None:
    first = office.open()
    office.clock.advance(timedelta(seconds=1))
    office.open()

    seat = office.seat()

    assert office.offered(seat) == first


def test_the_same_origin_again_opens_and_offers_nothing_new(office: Office) -> None:
    seat = office.seat()
    ticket = office.open(origin="call:CA1")
    office.decline(seat)

    again = office.open(origin="call:CA1")

    assert again == ticket
    assert office.offered(seat) is None


def test_an_accepted_ticket_is_the_seats_work_and_answered(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()

    office.accept(seat)

    stored = office.ticket(ticket)
    assert (stored.state, stored.seat_id) == (TicketState.ASSIGNED, seat)
    assert stored.assignee_id == office.staff[seat].id
    assert stored.acknowledged_at == office.now
    assert office.index.find_ticket(ticket) == Place(PlaceState.ASSIGNED, seat)
    shown = office.shown(seat)
    assert (shown.state, shown.held, shown.load) == (SeatState.BUSY, 1, 0.333)


def test_accepting_twice_is_one_assignment(office: Office) -> None:
    seat = office.seat()
    office.open()
    offer = office.offer(seat)
    assert offer is not None
    for _ in range(2):
        with office.runtime.transaction() as tx:
            office.router.accept(tx, offer.id, office.staff[seat], now=office.now)

    with office.runtime.transaction() as tx:
        assert len(tx.scalars(select(Assignment)).all()) == 1


def test_accepting_too_late_changes_nothing(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    offer = office.offer(seat)
    assert offer is not None
    office.clock.advance(timedelta(seconds=120))

    with pytest.raises(NoLongerYours, match="lapsed"), office.runtime.transaction() as tx:
        office.router.accept(tx, offer.id, office.staff[seat], now=office.now)

    assert office.ticket(ticket).state == TicketState.RESERVED
    assert office.pass_time(0)["lapsed"] == 1


def test_a_foreign_or_unknown_offer_is_refused(office: Office) -> None:
    seat, other = office.seat(), office.seat(skills=("general",))
    office.open()
    offer = office.offer(seat)
    assert offer is not None

    with pytest.raises(NotYourReservation), office.runtime.transaction() as tx:
        office.router.accept(tx, offer.id, office.staff[other], now=office.now)
    with pytest.raises(NotFound), office.runtime.transaction() as tx:
        office.router.accept(tx, 999_999, office.staff[other], now=office.now)


def test_a_declined_ticket_goes_to_the_next_seat_in_its_old_place(office: Office) -> None:
    first = office.seat()
    office.clock.advance(timedelta(seconds=1))
    second = office.seat()
    ticket = office.open()
    entered_at = office.ticket(ticket).entered_at
    assert office.offered(first) == ticket

    office.decline(first, "no tools")

    assert office.offered(first) is None
    assert office.offered(second) == ticket
    assert office.ticket(ticket).entered_at == entered_at


def test_who_declined_is_not_asked_again(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()
    office.decline(seat)

    office.set_state(seat, "on_break", "lunch")
    office.set_state(seat, "available")
    office.pass_time(600)
    office.router.rebuild(office.now)

    assert office.offered(seat) is None
    assert office.ticket(ticket).state == TicketState.QUEUED


def test_a_lapsed_ticket_goes_to_the_next_seat(office: Office) -> None:
    first = office.seat()
    office.clock.advance(timedelta(seconds=1))
    second = office.seat()
    ticket = office.open()

    assert office.pass_time(119)["lapsed"] == 0
    assert office.pass_time(1)["lapsed"] == 1

    assert office.offered(second) == ticket
    assert office.shown(first).misses == 1
    assert office.shown(first).state is SeatState.AVAILABLE


def test_two_misses_in_a_row_set_a_seat_aside(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()

    office.pass_time(120)
    assert office.offered(seat) == ticket  # nobody else is there
    office.pass_time(120)

    shown = office.shown(seat)
    assert (shown.state, shown.reason) == (SeatState.ON_BREAK, MISSED)
    assert office.offered(seat) is None
    assert office.ticket(ticket).state == TicketState.QUEUED
    with office.runtime.transaction() as tx:
        events = tx.scalars(select(SeatEvent).where(SeatEvent.seat_id == seat, SeatEvent.kind == "missed"))
        assert [event.data["in_a_row"] for event in events] == [1, 2]

    office.set_state(seat, "available")

    assert office.shown(seat).misses == 0
    assert office.offered(seat) == ticket


def test_an_answer_between_two_misses_keeps_a_seat_on(office: Office) -> None:
    seat = office.seat()
    office.open()
    office.pass_time(120)
    office.accept(seat)
    office.open()

    office.pass_time(120)

    assert office.shown(seat).misses == 1
    assert office.shown(seat).declared is SeatState.AVAILABLE


def test_a_ticket_is_offered_only_where_trade_language_and_estate_fit(office: Office) -> None:
    with office.runtime.transaction() as tx:
        elsewhere = make_estate(tx)
    wrong = [
        office.seat(skills=("general",)),
        office.seat(languages=("en",)),
        office.seat(estate=elsewhere),
    ]
    right = office.seat(available=False)

    office.open()

    assert [office.offered(seat) for seat in wrong] == [None, None, None]
    office.set_state(right, "available")
    assert office.offered(right) is not None


def test_a_language_that_nobody_speaks_is_relaxed_at_once_on_record(office: Office) -> None:
    office.seat(languages=("zh-CN",))
    english = office.seat(languages=("en",))

    ticket = office.open(language="vi")

    assert office.offered(english) == ticket
    with office.runtime.transaction() as tx:
        event = tx.scalars(
            select(TicketEvent).where(
                TicketEvent.ticket_id == ticket, TicketEvent.kind == "requirements_relaxed"
            )
        ).one()
        assert event.data["relaxed"] == ["language"]


def test_a_language_spoken_by_somebody_away_is_waited_for(office: Office) -> None:
    office.seat(available=False, languages=("vi",))
    office.seat(languages=("en",))

    ticket = office.open(language="vi")

    assert office.ticket(ticket).state == TicketState.QUEUED


def test_the_least_loaded_then_longest_idle_seat_is_asked(office: Office) -> None:
    busy = office.seat()
    office.open()
    office.accept(busy)
    office.clock.advance(timedelta(seconds=1))
    idle_long = office.seat()
    office.clock.advance(timedelta(seconds=1))
    idle_short = office.seat()

    tickets = [office.open() for _ in range(3)]

    assert [office.offered(seat) for seat in (idle_long, idle_short, busy)] == tickets


def test_no_seat_is_filled_above_its_capacity(office: Office) -> None:
    seat = office.seat(capacity=2)
    tickets = [office.open() for _ in range(3)]

    accepted = [office.accept(seat), office.accept(seat)]

    assert sorted(accepted) == sorted(tickets[:2])
    assert office.offered(seat) is None
    assert office.shown(seat).load == 1.0


def test_an_emergency_goes_before_callers_and_those_before_tickets(office: Office) -> None:
    ticket = office.open()
    caller = office.open(is_live=True, call_sid="CA1", origin="call:CA1")
    emergency = office.open(category_code="lift", priority_class="P0")

    seat = office.seat(skills=("home_repairs", "emergency"))

    order = []
    for _ in range(3):
        order.append(office.accept(seat))
        office.hang_up(order[-1])
    assert order == [emergency, caller, ticket]


def test_a_caller_on_the_line_is_offered_for_twenty_seconds_and_connected(office: Office) -> None:
    seat = office.seat()
    ticket = office.open(is_live=True, call_sid="CA1")
    offer = office.offer(seat)
    assert offer is not None
    assert offer.expires_at - offer.created_at == timedelta(seconds=20)

    office.accept(seat)

    with office.runtime.transaction() as tx:
        item = tx.scalars(select(OutboxItem).where(OutboxItem.kind == "seat.connect_call")).one()
    assert item.payload == {"ticket_id": ticket, "seat_id": seat, "call_sid": "CA1"}
    assert item.queue == "urgent"


def test_an_offer_says_why(office: Office) -> None:
    first = office.seat()
    office.clock.advance(timedelta(seconds=1))
    second = office.seat()

    office.open()

    offer = office.offer(first)
    assert offer is not None
    told = offer.explanation
    assert told["pools"] == ["HY/home_repairs/zh-TW"]
    assert told["sought_by"] == "ticket"
    assert [(line["seat"], line["chosen"]) for line in told["considered"]] == [(first, True), (second, False)]
    assert told["considered"][0]["load"] == 0.0
    assert told["rule"] == "least_loaded"
    assert (told["serving"], told["free"], told["tied"]) == (2, 2, [])
    assert told["rank"]["lane"] == "ticket"


def test_an_offer_says_who_was_left_out_and_why(office: Office) -> None:
    reasons = {
        office.seat(available=False): "closed",
        office.seat(skills=("general",)): "skill",
        office.seat(languages=("en",)): "language",
    }
    busy = office.seat(capacity=1)
    reasons[busy] = "full"
    office.open()
    office.accept(busy)
    decliner = office.seat()
    office.open()
    ticket = office.decline(decliner)
    reasons[decliner] = "declined"

    taker = office.seat()

    offer = office.offer(taker)
    assert offer is not None
    assert offer.ticket_id == ticket
    assert {out["seat"]: out["reason"] for out in offer.explanation["left_out"]} == reasons
    assert [line["seat"] for line in offer.explanation["considered"]] == [taker]


def test_a_caller_rings_a_seat_full_of_tickets_but_not_one_that_talks(office: Office) -> None:
    seat = office.seat(capacity=1)
    office.open()
    office.accept(seat)
    office.open()
    assert office.offered(seat) is None

    caller = office.open(is_live=True, call_sid="CA1", origin="call:CA1")
    other = office.open(is_live=True, call_sid="CA2", origin="call:CA2")

    assert office.accept(seat) == caller
    assert office.offered(seat) is None
    office.hang_up(caller)
    assert office.offered(seat) == other


def test_pages_hear_of_an_offer(office: Office) -> None:
    seat = office.seat()
    ticket = office.open()

    entries = [fields for _, fields in office.runtime.valkey.xrange(STREAM)]

    told = [entry for entry in entries if entry["topic"] == f"seat:{seat}"][-1]
    assert json.loads(told["data"])["event"] == "offered"
    number = office.ticket(ticket).number
    assert {f"ticket:{number}", "wall"} <= {entry["topic"] for entry in entries}


def test_a_caller_who_hung_up_waits_on_as_a_ticket(office: Office) -> None:
    caller = office.open(is_live=True, call_sid="CA1")

    with office.runtime.transaction() as tx:
        office.router.caller_left(tx, tx.get_one(Ticket, caller), now=office.now)

    seat = office.seat()
    offer = office.offer(seat)
    assert offer is not None
    assert offer.ticket_id == caller
    assert offer.expires_at - offer.created_at == timedelta(seconds=120)


def test_every_reservation_ends_once(office: Office) -> None:
    seat = office.seat()
    office.open()
    offer = office.offer(seat)
    assert offer is not None
    office.decline(seat)

    with pytest.raises(NoLongerYours), office.runtime.transaction() as tx:
        office.router.accept(tx, offer.id, office.staff[seat], now=office.now)

    with office.runtime.transaction() as tx:
        assert tx.get_one(Reservation, offer.id).state == ReservationState.DECLINED


def test_two_hundred_mixed_tickets_are_taken_in_the_order_of_their_rank(office: Office) -> None:
    mix = random.Random(7)
    seat = office.seat(
        available=False,
        capacity=200,
        skills=("home_repairs", "general", "emergency"),
        languages=("zh-TW", "en"),
    )
    with office.runtime.transaction() as tx:
        for _ in range(200):
            code, priority = mix.choice((("water", "P1"), ("water", "P2"), ("other", "P3"), ("lift", "P0")))
            make_ticket(
                tx,
                office.estate,
                code,
                priority_class=priority,
                language=mix.choice(("zh-TW", "en")),
                is_live=mix.random() < 0.3,
                opened_at=office.now - timedelta(seconds=mix.randrange(86_400)),
            )
    office.router.rebuild(office.now)

    with office.runtime.transaction() as tx:
        stored = {ticket.id: ticket for ticket in tx.scalars(select(Ticket))}
    lanes = {id_: lane_of(PriorityClass(t.priority_class), t.is_live) for id_, t in stored.items()}
    keys_of = {id_: (lanes[id_], t.rank_at, t.entered_at) for id_, t in stored.items()}

    office.set_state(seat, "available")
    taken = []
    for _ in range(200):
        taken.append(office.accept(seat))
        office.hang_up(taken[-1])

    keys = [keys_of[id_] for id_ in taken]
    assert len(set(taken)) == 200
    assert keys == sorted(keys)
    assert len(set(lanes.values())) == 3
    assert office.offered(seat) is None
