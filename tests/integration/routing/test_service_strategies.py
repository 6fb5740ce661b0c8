"""Strategies of a queue, and who is asked before all others."""

from collections import Counter
from datetime import timedelta

import pytest

from routing.rule_service import rule_of
from tests.integration.routing.conftest import Office
from tests.integration.routing.test_service_steps import give_level, set_rule
from tickets.actors import Actor
from tickets.errors import FieldError
from tickets.models import Ticket


def deal(office: Office, seats: list[int], tickets: int) -> list[int]:
    """Open tickets one after the other; each is accepted at once. Returns who got them."""
    taken = []
    for _ in range(tickets):
        office.open()
        [taker] = [seat for seat in seats if office.offered(seat)]
        office.accept(taker)
        taken.append(taker)
    return taken


def test_round_robin_gives_each_of_four_seats_five_of_twenty(office: Office) -> None:
    set_rule(office, strategy="round_robin")
    seats = [office.seat(capacity=20) for _ in range(4)]

    taken = deal(office, seats, 20)

    assert set(Counter(taken).values()) == {5}


def test_round_robin_does_not_flood_a_seat_that_joins_late(office: Office) -> None:
    set_rule(office, strategy="round_robin")
    seats = [office.seat(capacity=40) for _ in range(3)]
    deal(office, seats, 12)
    office.clock.advance(timedelta(minutes=1))
    late = office.seat(capacity=40)

    taken = deal(office, [*seats, late], 8)

    assert set(Counter(taken).values()) == {2}


def test_the_one_idle_longest_is_asked_whatever_its_load(office: Office) -> None:
    set_rule(office, strategy="longest_idle")
    loaded = office.seat()
    office.open()
    office.accept(loaded)
    office.clock.advance(timedelta(seconds=5))
    empty = office.seat()

    ticket = office.open()

    assert office.offered(loaded) == ticket
    assert office.offered(empty) is None


def test_the_most_skilled_is_asked_first_and_the_least_loaded_among_equals(office: Office) -> None:
    set_rule(office, strategy="most_skilled")
    levels = {office.seat(): 2, office.seat(): 5, office.seat(): 5}
    for seat, level in levels.items():
        give_level(office, seat, level)
    weak, *strong = levels

    tickets = [office.open() for _ in range(3)]

    offered = {office.offered(seat): seat for seat in levels}
    taken = [offered[ticket] for ticket in tickets]

    assert set(taken[:2]) == set(strong)
    assert taken[2] == weak


def test_a_sticky_queue_asks_who_last_worked_for_the_resident(office: Office) -> None:
    set_rule(office, strategy="sticky")
    seats = [office.seat(), office.seat()]
    first = office.open(phone_e164="+886911111111", origin="a")
    [knows] = [seat for seat in seats if office.offered(seat)]
    office.accept(knows)

    again = office.open(phone_e164="+886911111111", origin="b")

    assert office.offered(knows) == again
    offer = office.offer(knows)
    assert offer is not None
    assert offer.explanation["rule"] == "preferred"
    assert first != again


def reopen(office: Office, ticket: int) -> None:
    with office.runtime.transaction() as tx:
        office.router.reopen(tx, tx.get_one(Ticket, ticket), "still drips", Actor.CALLER, now=office.now)


def test_a_reopened_ticket_is_held_for_its_former_handler_for_a_minute(office: Office) -> None:
    handler = office.seat()
    ticket = office.open()
    office.accept(handler)
    idle = office.seat()
    office.resolve(ticket, handler)
    office.pass_time(31)

    reopen(office, ticket)

    offer = office.offer(handler)
    assert offer is not None
    assert offer.ticket_id == ticket
    assert offer.expires_at - offer.created_at == timedelta(seconds=60)
    office.pass_time(61)
    assert office.offered(idle) == ticket


def test_a_reopened_ticket_whose_handler_is_away_takes_its_place_in_the_queue(office: Office) -> None:
    handler = office.seat()
    ticket = office.open()
    office.accept(handler)
    office.resolve(ticket, handler)
    office.set_state(handler, "offline")
    other = office.seat()

    reopen(office, ticket)

    assert office.offered(other) == ticket


def test_a_rule_is_saved_from_now_on_and_warns_of_what_nobody_meets(office: Office) -> None:
    office.seat()

    def save(**settings: object) -> list[str]:
        with office.runtime.transaction() as tx:
            return office.router.set_rule(
                tx, office.estate.id, "home_repairs", settings, Actor.SYSTEM, now=office.now
            )

    assert save(level=2) == []
    assert save(level=4, steps=[{"add": "queue", "queue": "general", "after_s": 60}]) == [
        "level:4",
        "queue:general",
    ]
    with office.runtime.transaction() as tx:
        assert rule_of(tx, "HY", "home_repairs", office.now).level == 4
        assert rule_of(tx, "HY", "home_repairs", office.now - timedelta(seconds=1)).level == 1
    for wrong in ({"level": 0}, {"level": 6}, {"strategy": "mine"}, {"steps": [{"add": "level"}]}):
        with pytest.raises(FieldError):
            save(**wrong)


@pytest.mark.parametrize("level", [0, 6])
def test_a_skill_has_a_level_from_one_to_five(office: Office, level: int) -> None:
    seat = office.seat()

    with pytest.raises(FieldError):
        give_level(office, seat, level)
