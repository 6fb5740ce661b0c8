"""Tickets of earlier calls, by phone: heard, chased, added to, called off and opened again; never somebody else's."""

import random

import pytest
from sqlalchemy import select

from ivr.carrier.caller import Caller
from ivr.models import Recording
from routing.service import Router
from tests import factories as make
from tests.phone.conftest import Town, add_resident
from tests.phone.test_repeats import Tape, counts
from tickets.actors import Actor
from tickets.models import Estate, Ticket

NUMBER, STRANGER = "+886912000001", "+886912000009"


@pytest.fixture
def home(town: Town) -> Town:
    """A resident who has reported a leak."""
    add_resident(town, NUMBER, "en")
    town.dial(NUMBER).press("1").press("1").press("2").says("it drips").hangs_up()
    town.deliver()
    return town


def hear(town: Town, number: str = NUMBER) -> Caller:
    """The state of the newest ticket of this number."""
    return town.dial(number).press("7").press("1").waits()


def finish(town: Town) -> None:
    now = town.runtime.clock.now()
    with town.runtime.transaction() as tx:
        ticket = tx.scalars(select(Ticket)).one()
        router, boss = Router(town.runtime), Actor.staff(town.staff["supervisor"])
        seat = make.make_seat(tx, town.staff["agent"], skills=("home_repairs",), languages=("en",))
        router.assign(tx, ticket, seat, boss, now=now)
        router.resolve(tx, ticket, "done", None, boss, now=now)


def test_the_number_of_the_caller_alone_finds_the_ticket(home: Town) -> None:
    hear(home).hears("Ticket", "waiting for the next person", "answer you by")


def test_a_ticket_of_another_unit_is_never_read_out_and_a_person_is_offered(home: Town) -> None:
    with home.runtime.transaction() as tx:
        other = make.make_unit(tx, tx.get_one(Estate, home.estate_id), "5", 1, "A")
        make.make_resident(tx, other, STRANGER, "en")

    caller = home.dial(STRANGER).press("7").press("1").press(home.ticket().number)

    caller.hears("cannot find that ticket", "ask somebody").does_not_hear("waiting", "drips")


def test_a_chase_is_stored_and_its_handler_told_once_in_half_an_hour(home: Town) -> None:
    hear(home).press("2").hears("have told the person")
    hear(home).press("2").hears("a short while ago")

    assert home.deliver().count("sent") == 1
    assert home.ticket().chase_count == 2
    lead = home.exchange.phone(home.staff["lead"].phone_e164 or "")
    assert "asks us to hurry" in lead.texts[-1].body
    assert len(home.tickets()) == 1


def test_a_voice_note_goes_to_the_ticket(home: Town) -> None:
    hear(home).press("3").waits().records(6).hears("added it to your ticket")

    with home.runtime.transaction() as tx:
        note = tx.scalars(select(Recording)).one()
    assert note.ticket_id == home.ticket().id
    assert len(home.tickets()) == 1


def test_it_is_called_off_only_after_a_yes(home: Town) -> None:
    hear(home).press("4").press("2").hears("stays as it is")
    assert home.ticket().state == "queued"

    hear(home).press("4").press("1").hears("called off")

    assert home.ticket().state == "cancelled"


def test_a_finished_ticket_is_opened_again_with_what_is_still_wrong(home: Town) -> None:
    finish(home)

    hear(home).hears("It is done", "not right yet").press("5").waits().records(6).hears("open again")

    assert (home.ticket().state, home.ticket().reopened_count) == ("queued", 1)


def test_after_a_week_it_cannot_be_opened_again(home: Town) -> None:
    number = home.ticket().number
    finish(home)
    home.exchange.advance(home.exchange.now + 8 * 86400)

    caller = home.dial(NUMBER).press("7").press("1").press(number)
    caller.press("5").waits().records(6).hears("not possible any more")

    assert home.ticket().reopened_count == 0


@pytest.mark.parametrize("way", ["chase", "note", "cancel", "reopen"])
def test_every_request_doubled_and_shuffled_changes_nothing(home: Town, way: str) -> None:
    if way == "reopen":
        finish(home)
    tape = Tape(home.exchange.courier.transport)
    home.exchange.courier.transport = tape
    caller = hear(home)
    if way == "chase":
        caller.press("2")
    elif way == "note":
        caller.press("3").waits().records(6)
    elif way == "cancel":
        caller.press("4").press("1")
    else:
        caller.press("5").waits().records(6)
    before = counts(home)
    places = [place for place in range(len(tape.kept)) for _ in range(2)]
    random.Random(way).shuffle(places)

    for place in places:
        first, again = tape.again(place, with_token=False)
        assert again.body == first.body

    assert counts(home) == before
