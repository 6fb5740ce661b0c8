"""State and chase of a ticket that the caller has already."""

from datetime import timedelta

import pytest

from ivr.flow.effects import AddRecording, CancelTicket, Chase, FindTicket, RecordingRef, ReopenTicket
from ivr.flow.events import Recorded
from tests.unit.ivr.talk import HOME, LANGUAGES, NOW, NUMBER, Talk, TicketFacts


def ticket(state: str = "queued") -> TicketFacts:
    return TicketFacts(NUMBER, state, "water", NOW + timedelta(minutes=20))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_state_is_told_by_number(language: str) -> None:
    talk = Talk(found=ticket()).starts(language, HOME).press("7", "1", NUMBER)

    talk.hears("tickets.number", "tickets.state_queued", "ticket.promise")
    assert talk.last == (FindTicket(NUMBER),)
    assert "1, 0, 0, 0, 0, 0, 1, 5" in talk.text
    assert talk.waits().is_over


def test_silence_asks_for_the_newest_ticket() -> None:
    assert Talk(found=ticket()).starts("en", HOME).press("7", "1").waits().last == (FindTicket(""),)


@pytest.mark.parametrize(
    ("state", "prompt"),
    [("assigned", "assigned"), ("waiting", "waiting"), ("resolved", "resolved"), ("cancelled", "closed")],
)
def test_each_state_has_its_sentence_and_no_promise_once_somebody_has_it(state: str, prompt: str) -> None:
    talk = Talk(found=ticket(state)).starts("en", HOME).press("7", "1").waits()

    talk.hears(f"tickets.state_{prompt}").does_not_hear("ticket.promise")


def test_a_number_that_does_not_exist_is_refused_twice_and_the_menu_follows() -> None:
    talk = Talk().starts("en", HOME).press("7", "1", "12345678").hears("tickets.not_found").at("mine")

    talk.press("12345678").at("category").hears("tickets.not_found")


def test_a_chase_is_stored_after_the_state_was_told() -> None:
    talk = Talk(found=ticket("assigned")).starts("en", HOME).press("7", "2", NUMBER)
    assert talk.hears("tickets.state_assigned").did(Chase) == []

    talk.waits().hears("tickets.chased")

    assert talk.last == (Chase(NUMBER),)
    assert talk.is_over


def test_a_second_chase_is_answered_differently() -> None:
    from dataclasses import replace

    talk = Talk(found=ticket()).starts("en", HOME).press("7", "2", NUMBER)
    talk.facts = replace(talk.facts, is_chase_sent=False)

    talk.waits().hears("tickets.chased_again")


def test_hash_looks_the_ticket_up_again() -> None:
    talk = Talk(found=ticket()).starts("en", HOME).press("7", "1", NUMBER, "#").hears("tickets.number")

    assert talk.last == (FindTicket(NUMBER),)


def test_eight_goes_back_and_a_wrong_key_is_answered() -> None:
    talk = Talk().starts("en", HOME).press("7", "5").hears("menu.not_a_choice", "tickets.choices")

    talk.press("8").at("category")


def told(state: str = "queued", **settings: object) -> Talk:
    return Talk(found=ticket(state), **settings).starts("en", HOME).press("7", "1").waits()  # type: ignore[arg-type]


def test_a_caller_who_is_not_found_is_offered_a_person() -> None:
    talk = Talk().starts("en", HOME).press("7", "1", "12345678").hears("tickets.not_found", "tickets.person")

    assert talk.press("0").state.step in ("person", "voicemail")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_ticket_is_chased_after_it_was_heard(language: str) -> None:
    talk = Talk(found=ticket()).starts(language, HOME).press("7", "1").waits().hears("tickets.more")

    talk.press("2").hears("tickets.chased")
    assert talk.last == (Chase(NUMBER),)


def test_a_voice_note_is_added() -> None:
    talk = told().press("3").hears("tickets.add")

    talk.happens(Recorded("https://x/RE1", "RE1", 5)).hears("tickets.added")

    assert talk.last == (AddRecording(NUMBER, RecordingRef("https://x/RE1", "RE1", 5), is_note=True),)
    assert talk.is_over


def test_nothing_said_adds_nothing() -> None:
    talk = told().press("3").waits().hears("tickets.nothing_added")

    assert talk.did(AddRecording) == []


def test_only_a_clear_yes_calls_it_off() -> None:
    assert told().press("4", "2").hears("tickets.kept").did(CancelTicket) == []

    talk = told().press("4").hears("tickets.cancel_sure").press("1").hears("tickets.cancelled")
    assert talk.last == (CancelTicket(NUMBER),)


def test_what_has_moved_on_cannot_be_called_off() -> None:
    told(is_done=False).press("4", "1").hears("tickets.not_done")


@pytest.mark.parametrize("state", ["resolved", "closed"])
def test_a_finished_ticket_is_opened_again_with_a_reason(state: str) -> None:
    talk = told(state).hears("tickets.more_over").press("5").hears("tickets.reopen")

    talk.happens(Recorded("https://x/RE1", "RE1", 5)).hears("tickets.reopened")

    assert talk.last == (ReopenTicket(NUMBER, RecordingRef("https://x/RE1", "RE1", 5)),)


def test_keys_that_do_not_fit_the_state_are_answered_and_it_is_told_again() -> None:
    talk = told("closed").press("4").hears("menu.not_a_choice", "tickets.state_closed")

    assert talk.did(CancelTicket) == []
