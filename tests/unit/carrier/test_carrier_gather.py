"""`<Gather>` against Twilio's documented behaviour (TwiML Voice: Gather)."""

import pytest

from tests.unit.carrier.desk import Desk

MENU = '<Gather numDigits="1" action="/next"><Say>Press two for repairs</Say></Gather><Say>nothing came</Say>'


def test_number_of_digits_ends_input_and_posts_to_action(desk: Desk) -> None:
    caller = desk.dialled(MENU, next="<Say>repairs</Say>").hears("press two")

    caller.press("2").hears("repairs").does_not_hear("nothing came")

    assert desk.forms("/next")[0]["Digits"] == "2"
    assert caller.status == "completed"


def test_no_input_falls_through_without_a_request(desk: Desk) -> None:
    caller = desk.dialled(MENU)

    caller.waits().hears("nothing came")

    assert desk.forms("/next") == []


def test_timeout_is_counted_after_the_prompt_and_after_each_key(desk: Desk) -> None:
    page = '<Gather timeout="3" action="/next"><Say>ten or more characters of prompt</Say></Gather>'
    caller = desk.dialled(page)
    prompt_over = caller.exchange.now

    caller.press("4").waits(2.5).press("2").waits()

    assert caller.exchange.now == pytest.approx(prompt_over + 2.5 + 3)
    assert desk.forms("/next")[0]["Digits"] == "42"


def test_first_key_stops_the_prompt(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = '<Gather numDigits="1" action="/next"><Say>one</Say><Say>two</Say></Gather>'
    desk.pages["/next"] = "<Say>done</Say>"
    caller = desk.caller()
    caller.number = "+886912000001"
    caller.exchange.dial(caller.number, "+886225550100")

    caller.press("1").does_not_hear("two").hears("done")


def test_finish_key_is_not_sent_as_a_digit(desk: Desk) -> None:
    desk.dialled('<Gather action="/next"/>').press("12#")

    form = desk.forms("/next")[0]
    assert (form["Digits"], form["FinishedOnKey"]) == ("12", "#")


def test_finish_key_alone_is_no_input(desk: Desk) -> None:
    caller = desk.dialled('<Gather action="/next"/><Say>went on</Say>').press("#")

    caller.hears("went on")
    assert desk.forms("/next") == []


def test_empty_finish_key_counts_every_key(desk: Desk) -> None:
    desk.dialled('<Gather action="/next" finishOnKey="" numDigits="3"/>').press("1#*")

    assert desk.forms("/next")[0]["Digits"] == "1#*"


def test_action_on_empty_result_sends_empty_digits(desk: Desk) -> None:
    desk.dialled('<Gather action="/next" actionOnEmptyResult="true" timeout="2"/>').waits()

    assert desk.forms("/next")[0]["Digits"] == ""


def test_missing_action_asks_the_same_document_again(desk: Desk) -> None:
    answers = iter(['<Gather numDigits="1"/>', "<Say>second round</Say>"])

    desk.dialled(lambda form: next(answers)).press("5").hears("second round")

    assert [form.get("Digits") for form in desk.forms("/ivr/voice")] == [None, "5"]


def test_speech_gives_result_and_confidence(desk: Desk) -> None:
    desk.dialled('<Gather input="speech" speechTimeout="auto" action="/next"/>').says("water leaks")

    form = desk.forms("/next")[0]
    assert form["SpeechResult"] == "water leaks"
    assert 0 <= float(form["Confidence"]) <= 1
    assert "Digits" not in form


def test_speech_is_not_heard_where_only_keys_are_asked_for(desk: Desk) -> None:
    desk.dialled(MENU).says("hello").waits().hears("nothing came")


def test_keys_no_longer_count_once_speech_began(desk: Desk) -> None:
    caller = desk.dialled('<Gather input="dtmf speech" finishOnKey="#" action="/next"/>')

    caller.phone.say("a long story", 4)
    caller.press("#")

    form = desk.forms("/next")[0]
    assert form["SpeechResult"] == "a long story"
    assert "Digits" not in form


def test_whichever_comes_first_wins(desk: Desk) -> None:
    desk.dialled('<Gather input="dtmf speech" numDigits="1" action="/next"/>').press("3").says("too late")

    assert desk.forms("/next")[0]["Digits"] == "3"
    assert len(desk.forms("/next")) == 1


def test_keys_outside_a_gather_are_lost(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = '<Say>first the news</Say><Gather numDigits="1" action="/next" timeout="2"/>'
    caller = desk.caller()
    caller.number = "+886912000001"
    caller.exchange.dial(caller.number, "+886225550100")
    caller.phone.press("1")

    caller.settles().waits()

    assert desk.forms("/next") == []
