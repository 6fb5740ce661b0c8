"""The router: the one door for everything that touches a seat or a queue.

Acts take the caller's transaction and `now`, write the truth, and after the commit tell the index and make the
offers that follow (`routing.matching`). Refusals: `routing.errors`, `tickets.errors`. Reads: `routing.queries`.
"""

from datetime import datetime

from infra.database import Tx
from routing import route_service
from routing.answers import Answers
from routing.finish import TicketLife
from routing.matching import Rebuilt, Round
from routing.rule_service import QueueRules
from routing.seat_service import SeatLife
from routing.stepping import Stepping
from tickets import service as desk

__all__ = ["Rebuilt", "Router"]


class Router(Answers, SeatLife, TicketLife, Stepping, QueueRules):
    """All acts of routing on one runtime; cheap to make, safe to share between threads."""

    def open_and_queue(self, tx: Tx, new: desk.NewTicket, *, now: datetime) -> desk.Opened:
        """Open a ticket and, once it is committed, offer it to the best seat.

        The same origin again gives the ticket that exists, and offers nothing anew.
        """
        opened = desk.open_ticket(tx, route_service.with_queue(tx, new, now), now=now)
        if opened.is_new:
            self.enter(tx, opened.ticket, now, is_new=True)
            self.tell(tx, ("wall",), event="opened", ticket=opened.ticket.number, state=opened.ticket.state)
        return opened

    def tick(self, now: datetime) -> dict[str, int]:
        """Do what only time brings, and return how much of each: `lapsed`, `wrapped_up`, `resumed`,
        `stepped`.

        Any number of processes may do this at once; each piece of work is done once.
        """
        return {
            "lapsed": self.lapse_due(now),
            "wrapped_up": self.end_wrap_ups(now),
            "resumed": self.resume_due(now),
            "stepped": self.take_steps(now),
        }

    def rebuild(self, now: datetime) -> Rebuilt:
        """Make the routing index anew from PostgreSQL and offer what can be offered. Raises RebuildRunning."""
        return Round(self.runtime, now).rebuild()
