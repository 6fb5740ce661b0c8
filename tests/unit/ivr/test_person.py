"""Waiting for a person: the queue, its wait document, being joined, and every way out."""

from dataclasses import replace

import pytest

from ivr.flow.effects import AskCallback, EnterQueue, LeaveQueue, OpenTicket
from ivr.flow.events import DialEnded, Digits, PersonFound, QueueLeft, Silence, Started, Waiting
from ivr.flow.instructions import Dial, Enqueue, Leave, Route
from tests.unit.ivr.talk import HOME, LANGUAGES, LEAD, NUMBER, Talk


def waiting(**settings: object) -> Talk:
    return Talk(**settings).starts("en", HOME).press("1", "6", "0")  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_zero_opens_a_live_ticket_and_joins_the_queue(language: str) -> None:
    talk = Talk().starts(language, HOME).press("1", "6", "0").at("person").hears("person.hold")

    opened, entered = talk.last
    assert isinstance(opened, OpenTicket)
    assert (opened.category, opened.is_live) == ("paint", True)
    assert entered == EnterQueue("")
    assert talk.has(Enqueue)
    assert talk.state.ticket == NUMBER


def test_zero_without_a_category_opens_a_ticket_without_one() -> None:
    (opened, _) = Talk().starts("en", HOME).press("0").last

    assert isinstance(opened, OpenTicket)
    assert opened.category == ""


def test_with_nobody_on_duty_a_message_is_asked_for() -> None:
    talk = waiting(is_anyone_on_duty=False).at("voicemail").hears("person.nobody")

    assert not talk.state.is_live


@pytest.mark.parametrize(
    ("position", "minutes", "heard"),
    [
        (1, None, ["person.next"]),
        (3, 4, ["person.before_you", "person.minutes"]),
        (3, 25, ["person.before_you", "person.long"]),
        (None, None, []),
        (2, 0, ["person.before_you"]),
    ],
)
def test_the_wait_document_tells_only_what_is_known(
    position: int | None, minutes: int | None, heard: list[str]
) -> None:
    talk = waiting()
    talk.facts = replace(talk.facts, position=position, wait_minutes=minutes)

    talk.happens(Waiting(12))

    assert talk.prompts == [*heard, "person.leave_message"]
    assert talk.answer.route is Route.WAIT
    assert talk.last == ()


def test_one_leaves_the_queue_for_a_message() -> None:
    talk = waiting().happens(Waiting()).press("1")
    assert talk.last == (LeaveQueue(NUMBER, "message"),)
    assert talk.has(Leave)

    talk.happens(QueueLeft("leave")).at("voicemail").hears("voicemail.ask")


def told(talk: Talk, waited: int, position: int | None, minutes: int | None = None) -> list[str]:
    """What the next round of the wait document says beside the keys."""
    talk.facts = replace(talk.facts, position=position, wait_minutes=minutes)
    talk.happens(Waiting(waited))
    return [key for key in talk.prompts if key not in ("person.leave_message", "person.call_back")]


def test_place_and_wait_are_told_only_when_better_and_at_most_every_half_minute() -> None:
    talk = waiting()

    assert told(talk, 0, 3, 5) == ["person.before_you", "person.minutes"]
    assert told(talk, 20, 2, 3) == []
    assert told(talk, 40, 3, 10) == []
    assert told(talk, 60, 3, 3) == ["person.minutes"]
    assert told(talk, 100, 1, 3) == ["person.next"]


def test_back_in_the_queue_nothing_worse_is_told() -> None:
    talk = waiting()
    told(talk, 50, 2, 3)
    talk.facts = replace(talk.facts, ring=(LEAD,))
    talk.happens(PersonFound()).happens(DialEnded(is_talk=False))

    assert told(talk, 2, 3, 5) == []
    assert told(talk, 35, 1, 2) == ["person.next", "person.minutes"]


def test_when_the_last_agent_goes_the_caller_is_asked_for_a_message() -> None:
    talk = waiting()
    talk.facts = replace(talk.facts, is_anyone_on_duty=False)

    talk.happens(Waiting(30)).hears("person.nobody")
    assert talk.has(Leave)
    talk.happens(QueueLeft("leave")).at("voicemail")
    assert talk.last == (LeaveQueue(NUMBER, "nobody"),)


def test_a_call_back_is_offered_after_a_minute_or_from_place_four() -> None:
    talk = waiting()
    told(talk, 0, 2)
    talk.does_not_hear("person.call_back")
    told(talk, 61, 2)
    talk.hears("person.call_back")

    early = waiting()
    told(early, 0, 4)
    early.hears("person.call_back")


def test_two_before_it_is_offered_means_nothing() -> None:
    talk = waiting().happens(Waiting(5))

    assert talk.press("2").last == ()
    assert talk.answer.route is Route.WAIT


def called_back(**settings: object) -> Talk:
    talk = waiting(**settings).happens(Waiting(70)).press("2")
    return talk.happens(QueueLeft("leave"))


def test_two_leaves_the_queue_with_the_place_kept() -> None:
    talk = waiting().happens(Waiting(70)).press("2")
    assert talk.last == (AskCallback(NUMBER, "en"),)
    assert talk.has(Leave)

    talk.happens(QueueLeft("leave")).at("callback").hears("callback.asked")
    assert talk.waits().is_over
    assert talk.did(LeaveQueue) == []


def test_hanging_up_after_asking_keeps_the_place() -> None:
    talk = waiting().happens(Waiting(70)).press("2").hangs_up()

    assert talk.did(LeaveQueue) == []


def test_another_number_is_keyed_and_read_back() -> None:
    talk = called_back().press("1").hears("callback.ask_number").press("0912345678")

    assert talk.last == (AskCallback(NUMBER, "en", "0912345678"),)
    assert "0, 9, 1, 2, 3, 4, 5, 6, 7, 8" in talk.text
    assert talk.is_over


def test_an_impossible_number_is_asked_for_once_more() -> None:
    talk = called_back().press("1")
    talk.callback = None

    talk.press("12345").hears("callback.impossible", "callback.ask_number")
    talk.press("12345").hears("callback.kept")


def test_a_withheld_caller_has_to_name_a_number() -> None:
    talk = Talk().happens(Started(is_withheld=True)).press("4")
    talk = talk.waits().press("1", "6", "0").happens(Waiting(70)).press("2")
    assert talk.last == ()

    talk.happens(QueueLeft("leave")).at("callback").hears("callback.ask_number")
    talk.waits().waits().at("voicemail")


def test_leaving_is_a_message_even_if_the_key_was_not_kept() -> None:
    waiting().happens(QueueLeft("leave")).at("voicemail")


def test_other_keys_and_silence_go_on_waiting() -> None:
    talk = waiting().happens(Waiting())

    assert talk.happens(Digits("7")).answer.route is Route.WAIT
    assert talk.happens(Silence()).answer.route is Route.WAIT


def test_an_agent_is_joined_by_ringing_with_a_whisper() -> None:
    talk = waiting()
    talk.facts = replace(talk.facts, ring=(LEAD,))

    talk.happens(PersonFound()).hears("person.connecting")

    dial = talk.answer.instructions[-1]
    assert isinstance(dial, Dial)
    assert (dial.targets, dial.whisper) == ((LEAD,), "agent")
    talk.happens(DialEnded(is_talk=True, seconds=60))
    assert talk.is_over
    assert talk.last == (LeaveQueue(NUMBER, "talked", 60),)


def test_an_agent_who_does_not_answer_puts_the_caller_back() -> None:
    talk = waiting()
    talk.facts = replace(talk.facts, ring=(LEAD,))

    talk.happens(PersonFound()).happens(DialEnded(is_talk=False)).at("person").hears("person.again")

    assert talk.last == (EnterQueue(NUMBER),)
    assert talk.has(Enqueue)


def test_hanging_up_while_the_agents_phone_rings_ends_the_wait() -> None:
    talk = waiting().happens(DialEnded(is_talk=False, is_hung_up=True))

    assert talk.last == (LeaveQueue(NUMBER, "hangup"),)


@pytest.mark.parametrize("result", ["bridged", "redirected", "bridging-in-process"])
def test_a_call_that_went_elsewhere_is_left_alone(result: str) -> None:
    talk = waiting().happens(QueueLeft(result))

    assert talk.answer.instructions == ()
    assert talk.last == ()


@pytest.mark.parametrize("result", ["queue-full", "error", "system-error"])
def test_a_broken_queue_asks_for_a_message(result: str) -> None:
    talk = waiting().happens(QueueLeft(result)).at("voicemail").hears("person.nobody")

    assert talk.last == (LeaveQueue(NUMBER, "error"),)


def test_hanging_up_in_the_queue_is_told_once() -> None:
    talk = waiting().happens(QueueLeft("hangup"))
    assert talk.last == (LeaveQueue(NUMBER, "hangup"),)

    assert talk.hangs_up().last == ()


def test_hanging_up_while_waiting_ends_the_wait() -> None:
    assert waiting().hangs_up().last == (LeaveQueue(NUMBER, "hangup"),)
