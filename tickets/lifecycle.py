"""The legal moves of a ticket: one table (state, move) → state, the same for page, phone and interface.

Who may make a move, and what else happens with it (events, clocks, queue), is not here.
"""

from collections.abc import Mapping

from tickets.words import TicketMove as Move
from tickets.words import TicketState as State

OPEN_STATES = frozenset({State.QUEUED, State.RESERVED, State.ASSIGNED, State.WAITING})
"""States in which somebody still owes work."""

HELD_STATES = frozenset({State.ASSIGNED, State.WAITING})
"""States in which the ticket has an agent."""

# From anywhere open, a person may finish the ticket or the resident may call it off; a reserved one can also
# be taken by somebody else than the seat it is offered to (an acknowledging lead), which cancels the offer.
# Waiting again while waiting changes the reason. Reopened work goes back through the queue, so that it is
# never left with somebody who went home.
TABLE: Mapping[tuple[State, Move], State] = {
    (State.QUEUED, Move.RESERVE): State.RESERVED,
    (State.QUEUED, Move.TAKE): State.ASSIGNED,
    (State.QUEUED, Move.RESOLVE): State.RESOLVED,
    (State.QUEUED, Move.CANCEL): State.CANCELLED,
    (State.RESERVED, Move.ACCEPT): State.ASSIGNED,
    (State.RESERVED, Move.DECLINE): State.QUEUED,
    (State.RESERVED, Move.LAPSE): State.QUEUED,
    (State.RESERVED, Move.WITHDRAW): State.QUEUED,
    (State.RESERVED, Move.TAKE): State.ASSIGNED,
    (State.RESERVED, Move.RESOLVE): State.RESOLVED,
    (State.RESERVED, Move.CANCEL): State.CANCELLED,
    (State.ASSIGNED, Move.TAKE): State.ASSIGNED,
    (State.ASSIGNED, Move.WAIT): State.WAITING,
    (State.ASSIGNED, Move.RETURN_TO_QUEUE): State.QUEUED,
    (State.ASSIGNED, Move.RESOLVE): State.RESOLVED,
    (State.ASSIGNED, Move.CANCEL): State.CANCELLED,
    (State.WAITING, Move.WAIT): State.WAITING,
    (State.WAITING, Move.RESUME): State.ASSIGNED,
    (State.WAITING, Move.TAKE): State.ASSIGNED,
    (State.WAITING, Move.RETURN_TO_QUEUE): State.QUEUED,
    (State.WAITING, Move.RESOLVE): State.RESOLVED,
    (State.WAITING, Move.CANCEL): State.CANCELLED,
    (State.RESOLVED, Move.CLOSE): State.CLOSED,
    (State.RESOLVED, Move.REOPEN): State.QUEUED,
    (State.CLOSED, Move.REOPEN): State.QUEUED,
    (State.CANCELLED, Move.REOPEN): State.QUEUED,
}


class NotAllowed(Exception):
    """A move that the table does not have; `allowed` names the moves it has from that state."""

    def __init__(self, state: State, move: Move, allowed: tuple[Move, ...]) -> None:
        self.state = state
        self.move = move
        self.allowed = allowed
        super().__init__(f"{move} is not possible while {state}; possible: {', '.join(allowed)}")


def next_state(state: State, move: Move) -> State:
    """The state after `move`; raises `NotAllowed` for a pair that is not in the table."""
    try:
        return TABLE[state, move]
    except KeyError:
        raise NotAllowed(state, move, allowed_moves(state)) from None


def allowed_moves(state: State) -> tuple[Move, ...]:
    """The moves possible from `state`, in the order of the table."""
    return tuple(move for (start, move) in TABLE if start == state)
