"""Text messages that come in, and what becomes of those that go out."""

import pytest

from ivr.carrier.caller import Caller
from ivr.models import Message, OptOut
from tests.phone.conftest import Town, add_resident

NUMBER = "+886912000001"


@pytest.fixture
def sender(town: Town) -> Caller:
    """A resident with a phone, who speaks English."""
    add_resident(town, NUMBER, "en")
    return Caller(exchange=town.exchange, number=NUMBER)


def last(sender: Caller) -> str:
    """The newest text on the phone."""
    return sender.messages[-1].body


def test_a_text_becomes_a_ticket_and_is_answered_once_with_its_number(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "The lamp on the stairs is broken")
    town.deliver()

    ticket = town.ticket()
    assert (ticket.source, ticket.text, ticket.language) == ("sms", "The lamp on the stairs is broken", "en")
    assert ticket.is_unit_confirmed
    (answer,) = sender.messages
    assert ticket.number in answer.body


def test_more_words_belong_to_the_open_ticket(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "The lamp on the stairs is broken")

    sender.texts(town.hotline, "On the third floor")

    assert len(town.tickets()) == 1
    assert ("noted", {"text": "On the third floor"}) in town.history()
    assert town.ticket().number in last(sender)


def test_a_ticket_number_asks_for_its_state(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "The lamp on the stairs is broken")

    sender.texts(town.hotline, town.ticket().number)

    assert "waiting for the next person" in last(sender)
    assert "Somebody will answer you by" in last(sender)
    assert len(town.tickets()) == 1


def test_the_ticket_of_somebody_else_is_not_told(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "The lamp on the stairs is broken")
    stranger = sender.someone("+886912777777")

    stranger.texts(town.hotline, town.ticket().number)

    assert "查不到" in last(stranger)


@pytest.mark.parametrize("word", ["STOP", "stop.", "退訂", "Unsubscribe"])
def test_stop_ends_all_texts(town: Town, sender: Caller, word: str) -> None:
    sender.texts(town.hotline, word)
    town.exchange.messages.opted_out.clear()  # the provider's own list: here it is ours that counts
    answered = len(sender.messages)

    town.dial(NUMBER).press("1").press("1").press("2").says("drip").does_not_hear("text message")
    town.deliver()

    assert len(sender.messages) == answered
    with town.runtime.transaction() as tx:
        assert tx.get(OptOut, NUMBER) is not None


def test_start_allows_them_again(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "退訂")

    sender.texts(town.hotline, "START")

    with town.runtime.transaction() as tx:
        assert tx.get(OptOut, NUMBER) is None


@pytest.mark.parametrize("word", ["HELP", "?", "幫助", " "])
def test_help_says_how_it_works(town: Town, sender: Caller, word: str) -> None:
    sender.texts(town.hotline, word)

    assert "ticket number" in last(sender)
    assert town.tickets() == []


def test_words_of_an_emergency_make_it_one(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "we are stuck in the lift")

    assert (town.ticket().priority_class, town.ticket().category_code) == ("P0", "emergency.lift")


def test_pictures_are_kept_with_the_ticket(town: Town, sender: Caller) -> None:
    sender.texts(town.hotline, "look", media=("http://127.0.0.1:8002/picture.jpg",))

    assert [data["urls"] for kind, data in town.history() if kind == "media"]


def test_the_answer_is_in_the_senders_language(town: Town) -> None:
    add_resident(town, NUMBER, "yue")
    sender = Caller(exchange=town.exchange, number=NUMBER)

    sender.texts(town.hotline, "樓梯盞燈壞咗")

    assert "多謝" in last(sender)


def test_the_fate_of_a_text_is_kept(town: Town, sender: Caller) -> None:
    town.dial(NUMBER).press("1").press("1").press("2").says("drip").hangs_up()

    town.deliver()
    town.exchange.advance(town.exchange.now + 30)

    with town.runtime.transaction() as tx:
        (message,) = tx.query(Message)
    assert message.status == "delivered"
