"""What can be done to a ticket. Everything takes `(tx, …, *, now)`, writes history and clocks, never commits.

Whatever touches a seat or a queue goes through `routing.service`, which calls this room. Each act lives in a
module of its own; import from here.
"""

from tickets.acceptance import accept_work
from tickets.answers import heard, reply, set_due
from tickets.edits import EDITABLE, Chase, acknowledge, arrive, chase, edit, note
from tickets.ending import CLOSE_AFTER, REOPEN_DAYS, cancel, close, reopen, resolve
from tickets.links import complain, follow_up
from tickets.moves import (
    move_accepted,
    move_declined,
    move_lapsed,
    move_reserved,
    move_returned,
    move_taken,
    move_withdrawn,
)
from tickets.opening import NewTicket, Opened, open_ticket
from tickets.visits import cancel_visit, set_visit
from tickets.waiting import resume, wait

__all__ = [
    "CLOSE_AFTER",
    "EDITABLE",
    "REOPEN_DAYS",
    "Chase",
    "NewTicket",
    "Opened",
    "accept_work",
    "acknowledge",
    "arrive",
    "cancel",
    "cancel_visit",
    "chase",
    "close",
    "complain",
    "edit",
    "follow_up",
    "heard",
    "move_accepted",
    "move_declined",
    "move_lapsed",
    "move_reserved",
    "move_returned",
    "move_taken",
    "move_withdrawn",
    "note",
    "open_ticket",
    "reopen",
    "reply",
    "resolve",
    "resume",
    "set_due",
    "set_visit",
    "wait",
]
