"""Telling open pages of changes that the router does not know of: notes, corrections, acknowledgements."""

from console.access import Visit
from infra.live import publish
from tickets.models import Ticket


def ticket_changed(visit: Visit, ticket: Ticket, event: str) -> None:
    """After the commit, tell the pages that show this ticket, and the wall."""
    valkey, data = visit.runtime.valkey, {"event": event, "ticket": ticket.number, "state": ticket.state}
    topics = (f"ticket:{ticket.number}", "wall")

    def tell() -> None:
        for topic in topics:
            publish(valkey, topic, data)

    visit.tx.after_commit(tell)
