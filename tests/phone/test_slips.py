"""Silence, wrong keys and hang-ups: every call ends well, and a matter that was chosen is never lost."""

import pytest

from ivr.models import Call, Recording
from ivr.queries import missed_calls
from tests.phone.conftest import Town, add_resident, at

NUMBER = "+886912000001"
# Ways into a call with nothing chosen yet, and with a category chosen.
BEFORE = ["", "3", "1", "2"]
AFTER = ["11", "112", "21", "22", "62"]


@pytest.fixture
def known(town: Town) -> Town:
    """The town with a resident whose language is known, so that the first key is the category's."""
    add_resident(town, NUMBER, "en")
    return town


def missed(town: Town) -> list[Call]:
    """The missed-call list of today."""
    with town.runtime.transaction() as tx:
        return missed_calls(tx, [town.estate_id], at(town).replace(hour=0))


def test_a_key_that_stands_for_nothing_is_told_and_asked_again(known: Town) -> None:
    known.dial(NUMBER).press("1").press("7").hears("not a choice", "water, leak or tap")


def test_the_third_wrong_key_leads_to_a_message_when_nobody_is_on_duty(known: Town) -> None:
    caller = known.dial(NUMBER).press("1")

    caller.press("7").press("7").press("7").hears("find somebody to help", "leave a message")


def test_the_third_silence_leads_to_a_message_when_nobody_is_on_duty(known: Town) -> None:
    caller = known.dial(NUMBER)

    caller.waits().hears("did not hear anything").waits().waits().hears("find somebody", "leave a message")
    caller.waits().records(5)

    assert known.ticket().category_code == "services.other"
    assert caller.hears("ticket number")


@pytest.mark.parametrize("keys", BEFORE)
def test_hanging_up_before_a_category_leaves_a_missed_call(town: Town, keys: str) -> None:
    caller = town.dial(NUMBER)
    for key in keys:
        caller.press(key)

    caller.hangs_up()

    assert town.tickets() == []
    assert [call.sid for call in missed(town)] == [caller.call_sid]


@pytest.mark.parametrize("keys", AFTER)
def test_hanging_up_after_a_category_leaves_a_ticket(known: Town, keys: str) -> None:
    caller = known.dial(NUMBER)
    for key in keys:
        caller.press(key)

    caller.hangs_up()

    assert known.ticket().tags == ["hung_up"]
    assert missed(known) == []


def test_hanging_up_after_the_ticket_changes_nothing(known: Town) -> None:
    known.dial(NUMBER).press("1").press("1").press("2").says("drip").hangs_up()

    assert known.ticket().tags == []


def test_hanging_up_after_speaking_keeps_the_recording(known: Town) -> None:
    caller = known.dial(NUMBER).press("0").hears("leave a message").waits()
    known.exchange.phone(NUMBER).say("please come", 8)
    known.exchange.advance(known.exchange.now + 5)

    caller.hangs_up()

    ticket = known.ticket()
    assert ticket.state == "queued"
    with known.runtime.transaction() as tx:
        (recording,) = tx.query(Recording)
    assert recording.ticket_id == ticket.id


def test_a_recording_is_heard_on_the_ticket(known: Town) -> None:
    caller = known.dial(NUMBER).press("1").press("1").press("2").waits().hears("recorded").waits()

    caller.records(6).hears("ticket number")

    with known.runtime.transaction() as tx:
        (recording,) = tx.query(Recording)
    assert (recording.ticket_id, recording.duration_s) == (known.ticket().id, 6)
    assert recording.url.startswith("http")


def test_less_than_two_seconds_of_sound_is_a_missed_call(known: Town) -> None:
    caller = known.dial(NUMBER).press("1").press("0")

    caller.waits().records(1).hears("did not hear a message").waits().hangs_up()

    assert known.tickets() == [] or known.ticket().state == "queued"
