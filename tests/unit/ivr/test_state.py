"""The state in a URL: every state comes back as it went, and anything else is refused by name."""

import base64
import json
from string import ascii_letters, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.state import LONGEST_TOKEN, VERSION, CallState, Dwelling, StateError, decode

short = st.text(max_size=12)
number = st.integers(min_value=0, max_value=10**9)
dwellings = st.tuples(
    st.builds(Dwelling, number, short, st.integers(-5, 150), st.text(min_size=1, max_size=3))
) | st.just(())
states = st.builds(
    CallState, flow=short, estate=short, step=short, turn=number, language=short, stage=short, resume=short,
    silences=number, wrong=number, resident_id=number, dwellings=dwellings, unit_id=st.integers(-1, 10**9),
    is_unit_confirmed=st.booleans(), place=short, category=short, answer=short, ticket=short, suspect=short,
    kind=short, is_emergency=st.booleans(), round=number, cycle=number, wait_key=short, other=short,
    promise=number, is_texted=st.booleans(), is_withheld=st.booleans(), is_live=st.booleans(),
)  # fmt: skip


@given(states)
def test_a_state_comes_back_as_it_went(state: CallState) -> None:
    token = state.encode()

    assert decode(token) == state
    assert set(token) <= set(ascii_letters + digits + "-_")


@settings(max_examples=300)
@given(
    st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: VERSION + base64.b64encode(raw).decode())
)
def test_anything_else_is_refused_by_name(token: str) -> None:
    try:
        state = decode(token)
    except StateError:
        return
    assert isinstance(state, CallState)


def packed(value: object) -> str:
    return VERSION + base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "0abc",
        "1",
        packed(3),
        packed([[0], []]),
        packed([[0, 1], ["a", "b"], []]),
        packed([[0, 99], ["a", "b"]]),
        packed([[0, 1, 3], ["a", "b", "three"]]),
        packed([[0, 1, 3], ["a", "b", True]]),
        packed([[0, 1, 10], ["a", "b", [["1", "3", 12, "A"]]]]),
        packed([[0, 1, 10], ["a", "b", [[1, "3"]]]]),
        VERSION + "x" * LONGEST_TOKEN,
    ],
)
def test_a_damaged_token_is_refused(token: str) -> None:
    with pytest.raises(StateError):
        decode(token)


def test_the_token_of_a_usual_call_is_short_and_says_nothing_of_the_person() -> None:
    home = Dwelling(12, "3", 12, "A")
    state = CallState(
        "0123456789ab", "GH", "category", 4, "zh-TW", resident_id=5, dwellings=(home,), unit_id=12
    )

    assert len(state.encode()) < 200


def test_going_forward_forgets_slips_and_the_place_inside_the_step() -> None:
    state = CallState("f", "GH", "words", stage="record", silences=2, wrong=1, category="water")

    assert state.forward("ticket") == CallState("f", "GH", "ticket", category="water")


@pytest.mark.parametrize(("door", "keyed"), [("A", "121"), ("03", "1203"), ("J", "1210"), ("b2", "1222")])
def test_a_door_is_keyed_as_digits(door: str, keyed: str) -> None:
    assert Dwelling(1, "3", 12, door).keypad() == keyed
