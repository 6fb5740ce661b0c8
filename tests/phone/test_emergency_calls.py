"""The emergency key: stored first, rung in rounds, taken only by pressing 1, told to nobody in silence."""

import pytest

from tests.phone.conftest import Town, add_resident

NUMBER = "+886912000001"
# Ways to each step of the day's flow (language known): star must work after each.
STEPS = ["", "1", "11", "112", "2", "21", "9", "7", "0"]


@pytest.fixture
def known(town: Town) -> Town:
    """The town with a resident whose language and home are known."""
    add_resident(town, NUMBER, "en")
    return town


def kinds(town: Town) -> list[str]:
    """The kinds of history lines, in order."""
    return [kind for kind, _ in town.history()]


@pytest.mark.parametrize("keys", STEPS)
def test_star_works_at_every_step(known: Town, keys: str) -> None:
    caller = known.dial(NUMBER)
    for key in keys:
        caller.press(key)

    caller.press("*").hears("Emergency")

    assert known.ticket().priority_class == "P0"


@pytest.mark.parametrize("digits", ["", "1"])
def test_star_works_within_a_number_entry(town: Town, digits: str) -> None:
    caller = town.dial(NUMBER).press("3").hears("Which building")

    caller.press(digits + "*").hears("Emergency")

    assert town.ticket().priority_class == "P0"


def test_star_works_before_a_language_is_chosen(town: Town) -> None:
    town.dial(NUMBER).press("*")

    assert town.ticket().priority_class == "P0"


def test_the_ticket_is_stored_before_the_first_ring(known: Town) -> None:
    known.dial(NUMBER).press("*").press("1").hears("Stay inside the lift")

    assert known.phone("lead").is_rung
    assert kinds(known).index("opened") < kinds(known).index("ringing")
    assert known.ticket().category_code == "emergency.lift"


def test_only_the_key_joins_them(known: Town) -> None:
    caller = known.dial(NUMBER).press("*").press("1")
    lead = known.phone("lead").answers()

    lead.hears("Emergency at Garden: Somebody trapped in a lift", "block 3, 12th floor, flat A")
    assert not caller.talks_with(lead)
    lead.press("1")

    assert caller.talks_with(lead)
    ticket = known.ticket()
    assert ticket.acknowledged_by_id == known.staff["lead"].id
    assert "answered" in kinds(known)


def test_a_voicemail_does_not_take_the_call(known: Town) -> None:
    caller = known.dial(NUMBER).press("*").press("1")
    known.phone("lead").answers().waits().waits()

    caller.settles()

    assert known.ticket().acknowledged_by_id is None
    assert known.phone("security").is_rung or known.phone("supervisor").is_rung


def test_nobody_answers_and_the_caller_hears_number_and_public_number(known: Town) -> None:
    caller = known.dial(NUMBER).press("*").press("4")
    for _ in range(3):
        caller.waits()

    caller.hears("Nobody has answered yet", "ticket number", "1, 1, 9")
    rounds = [data["round"] for kind, data in known.history() if kind == "ringing"]
    assert rounds == sorted(rounds)
    assert set(rounds) == {1, 2, 3}
    assert known.ticket().state in ("queued", "reserved")


def test_after_all_rounds_the_caller_can_ring_again(known: Town) -> None:
    caller = known.dial(NUMBER).press("*").press("4")
    for _ in range(3):
        caller.waits()

    caller.press("1")

    assert known.phone("lead").is_rung


def test_a_slip_of_the_finger_is_taken_back_and_logged(known: Town) -> None:
    caller = known.dial(NUMBER).press("1").press("*").hears("by mistake")

    caller.press("#").hears("no emergency")
    caller.press("1").press("2").says("drip").hears("ticket number")

    first, second = known.tickets()
    assert first.state == "cancelled"
    assert (second.state, second.category_code) == ("queued", "home.water")
    assert "emergency_withdrawn" in kinds(known)


def test_an_open_ticket_becomes_the_emergency_and_goes_back(known: Town) -> None:
    caller = known.dial(NUMBER).press("1").press("1").press("2").says("drip").hears("ticket number")

    caller.press("*")
    assert (known.ticket().priority_class, known.ticket().category_code) == ("P0", "emergency")
    caller.press("#")

    assert (known.ticket().priority_class, known.ticket().category_code) == ("P2", "home.water")


def test_somebody_inside_the_lift_is_an_emergency(known: Town) -> None:
    known.dial(NUMBER).press("2").press("1").hears("Is anyone inside").press("1").hears(
        "Stay inside the lift"
    )

    assert known.ticket().category_code == "emergency.lift"
    assert known.phone("lead").is_rung


def test_words_of_an_emergency_are_asked_about_once(known: Town) -> None:
    caller = known.dial(NUMBER).press("1").press("1").press("2")

    caller.says("help, there is fire in the kitchen").hears("sounds like an emergency")
    caller.waits().hears("Get out now")

    assert known.ticket().category_code == "emergency.fire"


def test_hanging_up_while_it_rings_leaves_the_emergency(known: Town) -> None:
    caller = known.dial(NUMBER).press("*").press("1")

    caller.hangs_up()

    assert known.ticket().priority_class == "P0"
    assert not known.phone("lead").is_rung
