"""A call from greeting to ticket number: languages, homes, and what is kept of it."""

import pytest

from ivr import speech
from ivr.models import Call
from tests.phone.conftest import Town, add_resident
from tickets.models import CallerPreference, Resident

NUMBER = "+886912000001"
# Key in the first menu, the provider's code for the voice, words of the category menu, and of the number.
LANGUAGES = [
    ("zh-TW", "1", "cmn-TW", "水龍頭", "案件編號"),
    ("yue", "2", "yue-HK", "水喉", "個案編號"),
    ("en", "3", "en-US", "Water, leak or tap", "ticket number"),
]


@pytest.mark.parametrize(("language", "key", "voice", "category", "number"), LANGUAGES)
def test_a_caller_leaves_with_a_number_in_their_language(
    town: Town, language: str, key: str, voice: str, category: str, number: str
) -> None:
    add_resident(town, NUMBER)
    caller = town.dial(NUMBER)
    assert caller.languages == {"cmn-TW", "yue-HK", "en-US"}  # each language is offered in its own voice

    caller.press(key).press("1").hears(category)
    caller.press("1").press("2").says("drip, drip").hears(number)

    ticket = town.ticket()
    assert caller.languages == {voice}
    assert speech.words(speech.Digits(ticket.number), language) in caller.heard
    assert (ticket.language, ticket.category_code, ticket.text) == (language, "home.water", "drip, drip")
    assert (ticket.source, ticket.phone_e164, ticket.call_sid) == ("call", NUMBER, caller.call_sid)
    assert ticket.is_unit_confirmed
    assert caller.waits().is_over


def test_the_number_goes_out_by_text_once(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    caller = town.dial(NUMBER).press("1").press("1").press("2").says("drip").hears("text message")

    town.deliver()
    town.deliver()

    (text,) = caller.messages
    assert town.ticket().number in text.body
    assert text.other == town.hotline


def test_the_promise_is_told_in_words(town: Town) -> None:
    add_resident(town, NUMBER, "en")

    town.dial(NUMBER).press("1").press("1").press("2").says("drip").hears("somebody will answer you by 10:31")


def test_a_yes_to_the_extra_question_raises_the_class(town: Town) -> None:
    add_resident(town, NUMBER, "en")

    town.dial(NUMBER).press("1").press("1").press("1").says("it runs")

    assert town.ticket().priority_class == "P1"


def test_the_language_chosen_opens_the_next_call(town: Town) -> None:
    add_resident(town, NUMBER)
    town.dial(NUMBER).press("3").hangs_up()

    town.dial(NUMBER).hears("What is it about")

    with town.runtime.transaction() as tx:
        assert tx.get_one(CallerPreference, NUMBER).language == "en"
        assert [r.language for r in tx.query(Resident)] == ["en"]


def test_another_language_is_one_key_away_and_kept(town: Town) -> None:
    add_resident(town, NUMBER, "zh-TW")
    caller = town.dial(NUMBER).press("9").press("3").hears("What is it about")
    caller.hangs_up()

    town.dial(NUMBER).hears("What is it about")


@pytest.mark.parametrize("withheld", ["anonymous", "+266696687", "+86282452253", "Restricted"])
def test_a_withheld_number_is_asked_every_time_and_never_kept(town: Town, withheld: str) -> None:
    for _ in range(2):
        caller = town.dial(withheld).hears("For English, press 3")
        caller.press("3").hears("Which building").waits()
        caller.press("1").press("1").press("2").says("drip").hears("ticket number").does_not_hear(
            "text message"
        )
        caller.hangs_up()

    assert {ticket.phone_e164 for ticket in town.tickets()} == {None}
    with town.runtime.transaction() as tx:
        assert tx.query(CallerPreference).count() == 0


def test_a_single_home_is_spoken_without_a_name_and_stands(town: Town) -> None:
    add_resident(town, NUMBER, "en")

    caller = town.dial(NUMBER).hears("block 3, 12th floor, flat A").does_not_hear("Resident")
    caller.press("1").press("1").press("2").says("drip")

    assert town.ticket().unit_id is not None


def test_several_homes_are_picked_by_key(town: Town) -> None:
    add_resident(town, NUMBER, "en", homes=2)

    caller = town.dial(NUMBER).hears(
        "For block 3", "press 1", "For block 5", "press 2", "none of these, press 3"
    )
    caller.press("2").press("1").press("1").press("2").says("drip")

    with town.runtime.transaction() as tx:
        ticket = tx.merge(town.ticket())
        assert ticket.unit is not None
        assert ticket.unit.building.code == "5"


def test_an_unknown_caller_keys_building_and_unit(town: Town) -> None:
    add_resident(town, "+886912999999")
    caller = town.dial(NUMBER).press("3").hears("Which building")

    caller.press("3").waits().hears("floor and the flat")
    caller.press("121").waits().hears("That is block 3, 12th floor, flat A")
    caller.press("1").press("1").press("2").says("drip")

    ticket = town.ticket()
    assert ticket.unit_id is not None
    assert ticket.resident_id is None


def test_an_unknown_unit_still_gets_a_ticket(town: Town) -> None:
    caller = town.dial(NUMBER).press("3")

    caller.press("77").waits().press("999").waits().hears("cannot find that home")
    caller.press("77").waits().press("999").waits().hears("We go on")
    caller.press("1").press("1").press("2").says("drip").hears("ticket number")

    ticket = town.ticket()
    assert (ticket.unit_id, ticket.is_unit_confirmed, ticket.place_text) == (None, False, "77/999")


def test_a_number_that_is_no_estates_ends_politely(town: Town) -> None:
    town.hotline = "+886200000000"

    caller = town.dial(NUMBER).hears("not in service")

    assert caller.is_over
    assert town.tickets() == []


def test_every_call_leaves_a_row_with_its_way(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    caller = town.dial(NUMBER).press("1").press("1").press("2").says("drip").hangs_up()

    with town.runtime.transaction() as tx:
        call = tx.get_one(Call, caller.call_sid)
    assert (call.status, call.direction, call.language) == ("completed", "inbound", "en")
    assert call.ended_at is not None
    assert call.ticket_id == town.ticket().id
    assert [line[2] for line in call.trail] == ["NoteCategory", "OpenTicket"]
