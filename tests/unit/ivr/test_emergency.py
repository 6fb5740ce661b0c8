"""The emergency: star and words, stored before the first ring, rounds, standby, and a slip taken back."""

import pytest

from ivr.flow.effects import (
    AddRecording,
    DeclareEmergency,
    EndRound,
    OpenTicket,
    RecordingRef,
    RingDuty,
    WithdrawEmergency,
)
from ivr.flow.events import DialEnded, Digits, Recorded, Silence, Speech
from ivr.flow.instructions import Dial, Gather, Record
from tests.unit.ivr.talk import HOME, LANGUAGES, LEAD, NUMBER, SHOP, Talk, make_category

NO_ANSWER = DialEnded(is_talk=False)
TALK = DialEnded(is_talk=True, seconds=40)


def kinds(talk: Talk) -> list[str]:
    return [type(effect).__name__ for effect in talk.effects]


@pytest.mark.parametrize("language", LANGUAGES)
def test_star_stores_the_emergency_then_asks_one_question_then_rings(language: str) -> None:
    talk = Talk().starts(language, HOME).press("*").at("emergency").hears("emergency.menu")
    (declared,) = talk.last
    assert isinstance(declared, DeclareEmergency)
    assert (declared.category, declared.ticket, declared.unit_id) == ("emergency", "", 7)

    talk.press("1").at("ring").hears("safety.lift", "emergency.ringing")

    assert kinds(talk) == ["DeclareEmergency", "DeclareEmergency", "RingDuty"]
    assert talk.effects[1].category == "emergency_lift"  # type: ignore[union-attr]
    assert talk.effects[1].ticket == NUMBER  # type: ignore[union-attr]
    dial = talk.answer.instructions[-1]
    assert isinstance(dial, Dial)
    assert (dial.targets, dial.whisper, dial.ring_s) == ((LEAD,), "duty", 20)
    assert all(say.language == language for say in talk.says)


def test_the_question_waits_five_seconds_and_silence_rings_for_an_unknown_kind() -> None:
    talk = Talk().starts("en", HOME).press("*")
    gather = talk.answer.instructions[0]
    assert isinstance(gather, Gather)
    assert gather.timeout == 5

    talk.waits().at("ring").hears("safety.unknown")

    assert [type(effect) for effect in talk.last] == [RingDuty]


@pytest.mark.parametrize("key", ["0", "4", "7", "8", "9", "*"])
def test_a_key_without_a_kind_rings_at_once(key: str) -> None:
    Talk().starts("en", HOME).press("*", key).at("ring")


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], "category"),
        ([Digits("1")], "category"),
        ([Digits("1"), Digits("1")], "question"),
        ([Digits("5")], "words"),
        ([Digits("5"), Silence()], "words"),
        ([Digits("8")], "place"),
        ([Digits("8"), Digits("3")], "place"),
        ([Digits("7")], "mine"),
        ([Digits("7"), Digits("1")], "mine"),
        ([Digits("5"), Speech("x")], "number"),
        ([Digits("5"), Speech("there is smoke")], "confirm"),
    ],
)
def test_star_works_at_every_step_and_hash_goes_back_to_it(before: list[object], step: str) -> None:
    talk = Talk().starts("en", HOME)
    for event in before:
        talk.happens(event)  # type: ignore[arg-type]
    had_ticket = bool(talk.state.ticket)

    talk.at(step).press("*").at("emergency").press("#").hears("emergency.withdrawn").at(step)

    (effect,) = talk.last
    assert effect == WithdrawEmergency(NUMBER, "fees" if had_ticket else "")
    assert not talk.state.is_emergency
    assert bool(talk.state.ticket) is had_ticket


def test_a_slip_in_the_language_menu_goes_back_to_where_it_was_called_from() -> None:
    Talk().starts("en", HOME).press("5", "9", "*").at("emergency").press("#").at("words")
    Talk().starts(None).press("*").at("emergency").press("#").at("language")


def test_star_at_the_keys_of_a_number_is_heard_among_figures() -> None:
    Talk().starts("en").at("place").happens(Digits("12*")).at("emergency")


def test_star_that_ends_a_recording_is_an_emergency() -> None:
    talk = Talk().starts("en", HOME).press("5").waits()

    talk.happens(Recorded("https://x/RE1", "RE1", 3, key="*")).at("emergency")


def test_no_answer_rings_round_after_round_and_then_stands_by() -> None:
    talk = Talk().starts("en", HOME).press("*", "2").at("ring")

    talk.happens(NO_ANSWER).at("ring").hears("emergency.still_ringing")
    assert talk.last == (EndRound(NUMBER, 1, False), RingDuty(NUMBER, 2))
    talk.happens(NO_ANSWER).happens(NO_ANSWER).at("standby")

    talk.hears("emergency.nobody", "ticket.number", "ticket.number_again", "emergency.public")
    assert "call 1, 1, 9 yourself" in talk.text
    assert talk.last == (EndRound(NUMBER, 3, False),)


def test_a_talk_ends_the_ringing_with_the_number() -> None:
    talk = Talk().starts("en", HOME).press("*", "2").happens(TALK).at("number").hears("ticket.number")

    assert talk.last == (EndRound(NUMBER, 1, True, 40),)


def test_nobody_on_duty_is_told_at_once_and_the_safety_sentence_is_still_spoken() -> None:
    talk = Talk(rounds=0).starts("en", HOME).press("*", "2").at("standby")

    talk.hears("safety.fire", "emergency.nobody", "emergency.public").does_not_hear("emergency.ringing")


def test_a_round_without_anybody_left_ends_the_ringing() -> None:
    talk = Talk(rounds=1).starts("en", HOME).press("*", "2").happens(NO_ANSWER).at("standby")

    talk.does_not_hear("emergency.still_ringing")


def test_a_caller_who_hangs_up_while_it_rings_is_not_rung_for_again() -> None:
    talk = Talk().starts("en", HOME).press("*", "2")

    talk.happens(DialEnded(is_talk=False, is_hung_up=True))

    assert talk.last == (EndRound(NUMBER, 1, False),)


def test_an_unknown_place_is_asked_once_between_the_first_rounds() -> None:
    talk = Talk().starts("en").press("*", "2").happens(NO_ANSWER).hears("emergency.where")
    assert talk.has(Record)

    talk.happens(Recorded("https://x/RE1", "RE1", 4)).at("ring").hears("emergency.still_ringing")

    place = RecordingRef("https://x/RE1", "RE1", 4)
    assert talk.last == (AddRecording(NUMBER, place, is_place=True), RingDuty(NUMBER, 2))


def test_silence_about_the_place_rings_on() -> None:
    talk = Talk().starts("en").press("*", "2").happens(NO_ANSWER).waits().at("ring")

    assert talk.last == (RingDuty(NUMBER, 2),)


def test_the_standby_rings_again_by_key_and_by_itself_and_comes_to_an_end() -> None:
    talk = Talk(rounds=0).starts("en", HOME).press("*", "2", "1").at("standby")
    assert talk.state.cycle == 1

    talk.waits(2).at("standby")
    assert not talk.is_over
    talk.waits().hears("emergency.public", "goodbye")

    assert talk.is_over


def test_the_standby_takes_the_place_and_another_language() -> None:
    talk = Talk(rounds=0).starts("en", HOME).press("*", "2", "2").hears("emergency.where")

    talk.happens(Recorded("https://x/RE1", "RE1", 4)).at("standby").hears("emergency.place_kept")
    talk.press("9").at("language").press("3").at("standby")

    assert talk.state.language == "yue"


def test_silence_about_the_place_comes_back_to_the_standby() -> None:
    Talk(rounds=0).starts("en", HOME).press("*", "2", "2").waits().at("standby").press("#").at("standby")


def test_words_that_sound_like_an_emergency_open_the_ticket_and_ask_once() -> None:
    talk = Talk().starts("zh-TW", HOME).press("5").happens(Speech("樓梯間在冒煙", 0.8)).at("confirm")
    (opened,) = talk.last
    assert isinstance(opened, OpenTicket)

    talk.waits().at("ring").hears("safety.fire")

    declared = talk.last[0]
    assert isinstance(declared, DeclareEmergency)
    assert (declared.category, declared.ticket, declared.trigger) == ("emergency_fire", NUMBER, "words")


@pytest.mark.parametrize("event", [Digits("1"), Speech("yes"), Speech("er, what?"), Silence()])
def test_anything_but_a_no_is_a_yes(event: Digits | Speech | Silence) -> None:
    Talk().starts("en", HOME).press("5").happens(Speech("smoke")).happens(event).at("ring")


@pytest.mark.parametrize("event", [Digits("2"), Speech("No."), Speech("no, it's not")])
def test_a_no_leads_to_the_number(event: Digits | Speech) -> None:
    talk = Talk().starts("en", HOME).press("5").happens(Speech("smoke")).happens(event).at("number")

    assert talk.did(DeclareEmergency) == []


def test_a_fire_drill_is_no_emergency() -> None:
    Talk().starts("en", HOME).press("5").happens(Speech("when is the fire drill")).at("number")


def test_somebody_inside_the_lift_is_an_emergency_without_a_further_question() -> None:
    talk = Talk().starts("en", HOME).press("2", "1").at("question").press("1").at("ring")

    talk.hears("safety.lift")
    declared = talk.last[0]
    assert isinstance(declared, DeclareEmergency)
    assert (declared.category, declared.trigger) == ("emergency_lift", "question")


def test_star_while_waiting_for_a_person_leaves_the_queue_for_the_emergency() -> None:
    from ivr.flow.events import QueueLeft, Waiting

    talk = Talk().starts("en", HOME).press("0").happens(Waiting()).press("*")

    talk.happens(QueueLeft("leave")).at("emergency")

    declared = talk.last[0]
    assert isinstance(declared, DeclareEmergency)
    assert declared.ticket == NUMBER


def test_an_emergency_is_declared_once() -> None:
    talk = Talk(rounds=0).starts("en", HOME).press("*", "2").at("standby").press("*").at("standby")

    assert len(talk.did(DeclareEmergency)) == 2  # the star, then the kind


def test_a_caller_of_several_homes_reaches_the_emergency_too() -> None:
    Talk().starts("en", HOME, SHOP).press("*").at("emergency")


def test_kinds_are_found_by_the_word_that_ends_their_code() -> None:
    desk = Talk().script.desk

    assert desk.emergency_kind("fire") == "emergency_fire"
    assert desk.emergency_kind("danger") == "emergency"
    assert desk.is_emergency("emergency_gas")
    assert not desk.is_emergency("water")
    assert not desk.is_emergency("nothing")


def test_a_tree_without_emergency_still_declares_one() -> None:
    from dataclasses import replace

    talk = Talk()
    plain = replace(talk.script.desk, categories=(make_category("fees", "1"),))
    talk.script = replace(talk.script, desk=plain)

    talk.starts("en", HOME).press("*").waits().at("ring").hears("safety.unknown")
