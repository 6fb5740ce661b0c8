"""Waiting for a person: the queue, its wait document, being joined, and every way out."""

import pytest

from ivr.flow.effects import EnterQueue, LeaveQueue, OpenTicket
from ivr.flow.events import DialEnded, Digits, PersonFound, QueueLeft, Silence, Waiting
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
    from dataclasses import replace

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


def test_leaving_is_a_message_even_if_the_key_was_not_kept() -> None:
    waiting().happens(QueueLeft("leave")).at("voicemail")


def test_other_keys_and_silence_go_on_waiting() -> None:
    talk = waiting().happens(Waiting())

    assert talk.happens(Digits("7")).answer.route is Route.WAIT
    assert talk.happens(Silence()).answer.route is Route.WAIT


def test_an_agent_is_joined_by_ringing_with_a_whisper() -> None:
    from dataclasses import replace

    talk = waiting()
    talk.facts = replace(talk.facts, ring=(LEAD,))

    talk.happens(PersonFound()).hears("person.connecting")

    dial = talk.answer.instructions[-1]
    assert isinstance(dial, Dial)
    assert (dial.targets, dial.whisper) == ((LEAD,), "agent")
    talk.happens(DialEnded(is_talk=True, seconds=60))
    assert talk.is_over
    assert talk.last == (LeaveQueue(NUMBER, "talked"),)


def test_an_agent_who_does_not_answer_puts_the_caller_back() -> None:
    from dataclasses import replace

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
