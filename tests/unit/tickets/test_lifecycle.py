import pytest

from tickets.lifecycle import HELD_STATES, OPEN_STATES, TABLE, NotAllowed, allowed_moves, next_state
from tickets.words import TicketMove, TicketState


def test_offer_accepted_worked_and_closed():
    state = TicketState.QUEUED
    for move in ("reserve", "accept", "wait", "resume", "resolve", "close"):
        state = next_state(state, TicketMove(move))

    assert state is TicketState.CLOSED


@pytest.mark.parametrize("move", [TicketMove.DECLINE, TicketMove.LAPSE, TicketMove.WITHDRAW])
def test_offer_that_is_not_accepted_goes_back_to_the_queue(move: TicketMove):
    assert next_state(TicketState.RESERVED, move) is TicketState.QUEUED


def test_every_pair_outside_the_table_is_refused_and_the_allowed_moves_are_named():
    for state in TicketState:
        for move in TicketMove:
            if (state, move) in TABLE:
                continue
            with pytest.raises(NotAllowed) as refusal:
                next_state(state, move)
            assert refusal.value.state is state
            assert refusal.value.move is move
            assert set(refusal.value.allowed) == {m for (s, m) in TABLE if s is state}
            assert all(name in str(refusal.value) for name in refusal.value.allowed)


def test_every_state_can_be_reached_and_can_be_left():
    assert {state for (state, _) in TABLE} == set(TicketState)
    assert set(TABLE.values()) == set(TicketState)


def test_open_work_can_always_be_resolved_and_cancelled():
    for state in OPEN_STATES:
        assert {TicketMove.RESOLVE, TicketMove.CANCEL} <= set(allowed_moves(state))


def test_only_work_that_somebody_holds_can_wait():
    assert {state for (state, move) in TABLE if move is TicketMove.WAIT} == HELD_STATES


def test_ended_tickets_come_back_only_by_reopening():
    for state in set(TicketState) - OPEN_STATES:
        backs = {move for move in allowed_moves(state) if next_state(state, move) in OPEN_STATES}
        assert backs == {TicketMove.REOPEN}
