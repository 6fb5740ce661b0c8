"""Every place that a call can come to, times everything that can happen there: it always ends well.

The places are found by walking, so a new step or choice is covered by itself.
"""

from collections import deque
from dataclasses import replace
from functools import cache

import pytest

from ivr import twiml
from ivr.flow import engine
from ivr.flow.effects import OpenTicket
from ivr.flow.engine import Turn
from ivr.flow.events import (
    DialEnded,
    Digits,
    Event,
    HungUp,
    PersonFound,
    QueueLeft,
    Recorded,
    Silence,
    Speech,
    Started,
    Waiting,
)
from ivr.flow.instructions import Gather, Hangup, Route
from ivr.flow.kinds import KINDS
from ivr.flow.kinds.base import Keys
from ivr.flow.model import shipped_names
from ivr.flow.script import Script
from ivr.state import CallState
from tests.unit.ivr.talk import DRY, HOME, LEAD, SHOP, Talk, TicketFacts, ends, make_script

FLOWS = shipped_names()
PASSING = {"say", "notice", "open_ticket"}
KEYS = tuple("0123456789*#")
EVENTS: tuple[Event, ...] = (
    *(Digits(key) for key in KEYS),
    Digits("312"),
    Silence(),
    Speech("a tap drips", 0.8),
    Speech("smoke", 0.8),
    Recorded("https://x/RE1", "RE1", 5),
    Recorded("https://x/RE1", "RE1", 0, "*"),
    DialEnded(True, 9),
    DialEnded(False),
    *(QueueLeft(result) for result in ("leave", "hangup", "redirected", "queue-full")),
    Waiting(5),
    Waiting(90),
    PersonFound(),
)
STARTS = (
    Started(),
    Started("en", 5, (HOME,)),
    Started("yue", 5, (HOME, SHOP)),
    Started("en", 5, (DRY,)),
    Started("en", 5, (HOME,), is_slow=True),
    Started(is_withheld=True),
)
LONGEST_SILENCE = 30  # turns of silence after which a call must have ended


def shape(state: CallState) -> tuple[object, ...]:
    """What makes two places different; counts that only delay, and which leaf it is, are left out."""
    desk = make_script().desk
    is_leaf = bool(state.category) and not desk.choices(state.category)
    is_below = bool(state.category) and state.step == "category"
    emergency = (state.is_emergency, state.round if state.step == "ring" else 0)
    waits = (state.can_call_back, state.wait_key)
    place = (state.step, state.stage, bool(state.ticket), is_leaf, is_below, state.is_slow)
    return (*place, *emergency, *waits)


def advance(
    script: Script, state: CallState, event: Event, is_on: bool = True
) -> tuple[Turn, CallState, str]:
    talk = Talk(is_anyone_on_duty=is_on, dwelling=SHOP, found=TicketFacts("10000015", "queued"))
    turn = engine.step(script, state, event)
    facts = replace(talk.found_by(turn.effects), ring=(LEAD,))
    answer = engine.answer(script, turn, facts)
    assert turn.is_over or answer.instructions == () or ends(answer), (state, event, answer)
    return turn, answer.state, twiml.render(answer)


@cache
def places(flow: str) -> tuple[CallState, ...]:
    script = make_script(flow)
    seen: dict[tuple[object, ...], CallState] = {}
    waiting = deque(advance(script, engine.new_call(script), start)[1] for start in STARTS)
    while waiting:
        state = waiting.popleft()
        if shape(state) in seen:
            continue
        seen[shape(state)] = state
        waiting += [advance(script, state, event)[1] for event in EVENTS]
    return tuple(seen.values())


def places_with(flow: str, *keys: Keys) -> list[CallState]:
    script = make_script(flow)
    listening = []
    for state in places(flow):
        at, kind = engine.place_in(script, state)
        if kind.keys_at(at) in keys:
            listening.append(state)
    return listening


@pytest.mark.parametrize("flow", FLOWS)
def test_every_step_of_the_flow_is_reached(flow: str) -> None:
    script = make_script(flow)
    reached = {state.step for state in places(flow)}

    assert reached == {name for name, step in script.flow.steps.items() if step.kind not in PASSING}


@pytest.mark.parametrize("flow", FLOWS)
def test_every_key_silence_and_report_gives_a_document_that_goes_on(flow: str) -> None:
    assert len(places(flow)) > 40  # walking them is the test: `advance` checks each answer


@pytest.mark.parametrize("flow", FLOWS)
def test_silence_from_every_place_ends_the_call(flow: str) -> None:
    script = make_script(flow)

    for place in places(flow):
        state, xml = place, ""
        for _ in range(LONGEST_SILENCE):
            kind = script.flow.steps[state.step].kind
            event: Event = Silence()
            if kind == "ring_duty" and not state.stage:
                event = DialEnded(is_talk=False)
            if kind == "wait_for_person":
                event = QueueLeft("queue-full")
            _, state, xml = advance(script, state, event)
            if "<Hangup/>" in xml:
                break
        assert "<Hangup/>" in xml, place


@pytest.mark.parametrize("flow", FLOWS)
def test_star_leads_to_the_emergency_from_every_place_that_listens(flow: str) -> None:
    script = make_script(flow)

    for state in places_with(flow, Keys.MENU, Keys.ENTRY, Keys.EMERGENCY_ONLY):
        after = advance(script, state, Digits("*"))[1]
        assert after.step in ("emergency", "ring"), state
        assert after.is_emergency


@pytest.mark.parametrize("flow", FLOWS)
def test_zero_leads_to_a_person_or_a_message(flow: str) -> None:
    script = make_script(flow)

    def asked(state: CallState, is_on: bool) -> CallState:
        after = advance(script, state, Digits("0"), is_on)[1]
        is_asked_first = script.flow.steps[after.step].kind == "choice"
        return advance(script, after, Digits("0"), is_on)[1] if is_asked_first else after

    for state in places_with(flow, Keys.MENU, Keys.ENTRY):
        assert script.flow.steps[asked(state, True).step].kind in ("wait_for_person", "voicemail"), state
        assert asked(state, False).step == "voicemail", state


@pytest.mark.parametrize("flow", FLOWS)
def test_nine_leads_to_the_language_menu_and_back(flow: str) -> None:
    script = make_script(flow)

    for state in places_with(flow, Keys.MENU):
        if state.step == "language":
            continue
        asked = advance(script, state, Digits("9"))[1]
        assert asked.step == "language", state
        assert advance(script, asked, Digits("4"))[1].step in (state.step, "category"), state
        assert advance(script, asked, Digits("8"))[1].step in (state.step, "category"), state


@pytest.mark.parametrize("flow", FLOWS)
def test_hash_repeats_or_goes_on_and_never_counts_as_a_slip(flow: str) -> None:
    script = make_script(flow)

    for state in places_with(flow, Keys.MENU, Keys.ENTRY):
        after = advance(script, state, Digits("#"))[1]
        assert after.step == state.step or state.stage == "record", state
        assert after.wrong <= state.wrong, state


@pytest.mark.parametrize("flow", FLOWS)
def test_eight_never_loses_the_call(flow: str) -> None:
    script = make_script(flow)

    for state in places_with(flow, Keys.MENU):
        after = advance(script, state, Digits("8"))[1]
        assert after.step in ("category", "place", "language", "mine", state.step, state.resume), state


@pytest.mark.parametrize("flow", FLOWS)
def test_hanging_up_leaves_a_ticket_wherever_a_matter_was_chosen(flow: str) -> None:
    script = make_script(flow)

    for state in places(flow):
        turn = engine.step(script, state, HungUp())
        answer = engine.answer(script, turn)
        is_matter = bool(state.category) and not script.desk.choices(state.category)
        has_ticket = bool(state.ticket) or any(isinstance(e, OpenTicket) for e in turn.effects)
        assert has_ticket or not is_matter, state
        assert answer.instructions == ()


@pytest.mark.parametrize("flow", FLOWS)
def test_menus_count_every_key_and_entries_end_by_the_star(flow: str) -> None:
    script = make_script(flow)

    for state in places(flow):
        answer = engine.answer(script, Turn(state))
        at, kind = engine.place_in(script, state)
        for gather in answer.instructions:
            if isinstance(gather, Gather) and answer.route is Route.STEP:
                entry = kind.keys_at(at) is Keys.ENTRY and state.stage != "pick"
                assert gather.finish_on == ("*" if entry else ""), state
                assert entry or gather.digits == 1


@pytest.mark.parametrize("flow", FLOWS)
def test_the_same_event_gives_the_same_answer(flow: str) -> None:
    script = make_script(flow)

    for state in places(flow)[:200]:
        for event in (Digits("1"), Silence(), Speech("smoke")):
            assert advance(script, state, event) == advance(script, state, event)


def test_a_step_that_the_flow_does_not_know_leads_to_a_person() -> None:
    script = make_script()
    lost = replace(engine.new_call(script), step="removed", language="en")

    assert advance(script, lost, Silence())[1].step == "person"


def test_every_kind_of_step_is_used_by_a_flow_that_ships() -> None:
    used = {step.kind for flow in FLOWS for step in make_script(flow).flow.steps.values()}

    assert used == set(KINDS)


def test_an_ended_call_only_says_goodbye_again() -> None:
    script = make_script()
    over = replace(engine.new_call(script), step="goodbye", language="en")

    for event in EVENTS:
        answer = engine.answer(script, engine.step(script, over, event))
        assert isinstance(answer.instructions[-1], Hangup)
