"""One trouble of a whole building: offered, heard before the menu, joined by key, ended for all who joined."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr import incidents, queries
from ivr.incident_models import Incident, IncidentJoin
from ivr.models import Message
from ivr.news import until_daytime
from tests import factories as make
from tests.phone.conftest import Town
from tests.phone.test_repeats import Tape
from tickets.models import Building, Estate

PEOPLE = {"+886912000001": "zh-TW", "+886912000002": "yue", "+886912000003": "en", "+886912000004": "en"}
LAND_LINE = "+886222345678"


@pytest.fixture
def block(town: Town) -> Town:
    """A building with five households, and one resident in another building."""
    with town.runtime.transaction() as tx:
        estate = tx.get_one(Estate, town.estate_id)
        for floor, (number, language) in enumerate({**PEOPLE, LAND_LINE: "en"}.items(), start=1):
            make.make_resident(tx, make.make_unit(tx, estate, "3", floor, "A"), number, language)
        make.make_resident(tx, make.make_unit(tx, estate, "5", 1, "A"), "+886912000009", "en")
    return town


def reports(town: Town, *numbers: str) -> None:
    """These numbers report a leak at home, one after another."""
    for number in numbers:
        town.dial(number).press("1").press("1").press("2").hangs_up()


def live(town: Town) -> list[Incident]:
    with town.runtime.transaction() as tx:
        return list(tx.scalars(select(Incident).where(Incident.state.in_(("offered", "open")))))


def joins(town: Town) -> list[IncidentJoin]:
    with town.runtime.transaction() as tx:
        return list(tx.scalars(select(IncidentJoin).order_by(IncidentJoin.id)))


def begin(town: Town, **texts: str) -> Incident:
    """The supervisor opens an incident of building 3 by hand."""
    now, boss = town.runtime.clock.now(), town.staff["supervisor"]
    words = {tag.replace("_", "-"): text for tag, text in texts.items()}
    with town.runtime.transaction() as tx:
        building = tx.scalars(select(Building.id).where(Building.code == "3")).one()
        return incidents.open_by_hand(tx, town.estate_id, building, "home.water", words, boss, now)


def end(town: Town, row: Incident, **texts: str) -> int:
    now, words = town.runtime.clock.now(), {tag.replace("_", "-"): text for tag, text in texts.items()}
    with town.runtime.transaction() as tx:
        locked = incidents.lock(tx, row.id, frozenset({town.estate_id}))
        return incidents.close(tx, locked, words, town.staff["supervisor"], now)


def test_many_callers_of_one_building_and_category_are_offered_once(block: Town) -> None:
    numbers = list(PEOPLE)
    reports(block, numbers[0], numbers[0], numbers[1])
    assert incidents.offer_due(block.runtime, block.runtime.clock.now()) == 0

    reports(block, numbers[2])
    now = block.runtime.clock.now()

    assert [incidents.offer_due(block.runtime, now) for _ in range(2)] == [1, 0]
    (offered,) = live(block)
    assert (offered.state, offered.callers, offered.category_code) == ("offered", 3, "home.water")


def test_what_was_dismissed_is_not_offered_again_soon(block: Town) -> None:
    reports(block, *PEOPLE)
    now = block.runtime.clock.now()
    incidents.offer_due(block.runtime, now)
    with block.runtime.transaction() as tx:
        row = incidents.lock(tx, live(block)[0].id, frozenset({block.estate_id}))
        incidents.dismiss(tx, row, block.staff["supervisor"], now)

    assert incidents.offer_due(block.runtime, now + timedelta(minutes=1)) == 0


def test_who_reported_it_before_is_told_as_well(block: Town) -> None:
    reports(block, *list(PEOPLE)[:3])
    incidents.offer_due(block.runtime, block.runtime.clock.now())
    with block.runtime.transaction() as tx:
        row = incidents.lock(tx, live(block)[0].id, frozenset({block.estate_id}))
        incidents.begin(tx, row, {}, block.staff["supervisor"], block.runtime.clock.now())

    assert [each.phone_e164 for each in joins(block)] == list(PEOPLE)[:3]


def test_a_later_caller_hears_it_and_joins_without_a_ticket(block: Town) -> None:
    begin(block, en="The pump of block 3 has failed.")

    caller = block.dial("+886912000003").hears("The pump of block 3 has failed").press("1")

    caller.hears("tell you as soon as it is over")
    assert block.tickets() == []
    assert [each.phone_e164 for each in joins(block)] == ["+886912000003"]
    with block.runtime.transaction() as tx:
        caller.hangs_up()
        assert (
            queries.missed_calls(tx, [block.estate_id], block.runtime.clock.now() - timedelta(hours=1)) == []
        )


def test_another_building_and_a_closed_incident_are_not_spoken_of(block: Town) -> None:
    row = begin(block, en="The pump of block 3 has failed.")
    block.dial("+886912000009").does_not_hear("pump").hears("What is it about").hangs_up()

    end(block, row)

    block.dial("+886912000003").does_not_hear("pump").hears("What is it about")


def test_two_goes_on_to_a_ticket_of_one_s_own(block: Town) -> None:
    begin(block)

    caller = block.dial("+886912000003").hears("We know of a problem in your building").press("2")
    caller.hears("What is it about").press("1").press("1").press("2").says("something else").hears(
        "ticket number"
    )

    assert joins(block) == []
    assert len(block.tickets()) == 1


def test_its_end_is_told_to_each_once_in_their_own_language(block: Town) -> None:
    row = begin(block)
    for number in PEOPLE:
        block.dial(number).press("1").hangs_up()
        block.dial(number).press("1").hangs_up()  # joining again changes nothing

    told = end(block, row, zh_TW="水已恢復供應。")
    block.deliver()
    block.deliver()

    texts = {number: [each.body for each in block.exchange.phone(number).texts] for number in PEOPLE}
    assert told == len(PEOPLE)
    assert all(len(bodies) == 1 for bodies in texts.values())
    assert "處理好了" in texts["+886912000001"][0]
    assert texts["+886912000001"][0].endswith("水已恢復供應。")
    assert "另一種語言" in texts["+886912000002"][0]
    assert "搞掂" in texts["+886912000002"][0]
    assert "is over" in texts["+886912000003"][0]
    assert "another language" in texts["+886912000003"][0]


def test_a_land_line_is_rung_by_day(block: Town) -> None:
    row = begin(block)
    block.dial(LAND_LINE).press("1").hangs_up()

    end(block, row)
    block.deliver()

    block.phone_of(LAND_LINE).answers().hears("is over", "Thank you for your patience")


def test_nobody_is_rung_at_night(block: Town) -> None:
    night = block.runtime.clock.now().replace(hour=17)  # one in the morning in Taipei

    assert until_daytime(night, "Asia/Taipei") == timedelta(hours=7)
    assert until_daytime(night.replace(hour=2), "Asia/Taipei") is None


@pytest.mark.parametrize("with_token", [True, False])
def test_callbacks_of_joining_doubled_and_shuffled_join_once(block: Town, with_token: bool) -> None:
    tape = Tape(block.exchange.courier.transport)
    block.exchange.courier.transport = tape
    begin(block)
    block.dial("+886912000003").press("1").hangs_up()
    places = [place for place in range(len(tape.kept)) for _ in range(2)]
    random.Random(1).shuffle(places)

    for place in places:
        first, again = tape.again(place, with_token=with_token)
        assert again.body == first.body

    assert len(joins(block)) == 1
    with block.runtime.transaction() as tx:
        assert tx.scalars(select(Message)).all() == []
