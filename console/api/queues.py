"""Queues: what waits now."""

from console.access import Visit
from console.api.entry import endpoint
from console.api.fields import Listing, Out, Time
from console.search import list_queues as all_queues
from routing import queries as reads


class QueueOut(Out):
    """One queue of one estate. `waiting` tickets nobody has accepted, `live` of them with a caller on the line."""

    code: str
    name: str
    estate: str
    waiting: int
    live: int
    oldest_entered_at: Time | None
    longest_wait_seconds: float


class QueueListing(Listing[QueueOut]):
    """Every queue of one's estates, empty ones too."""


@endpoint("GET", "/queues", answer=QueueListing)
def list_queues(visit: Visit) -> QueueListing:
    """Live figures of every queue of one's estates."""
    found = {
        (each.estate, each.queue): each for each in reads.queue_figures(visit.tx, visit.estate_ids, visit.now)
    }
    queues = [(estate.code, queue) for estate in visit.estates for queue in all_queues(visit.tx)]
    items = []
    for estate, queue in queues:
        figures = found.get((estate, queue.code))
        items.append(
            QueueOut(
                code=queue.code,
                name=queue.name,
                estate=estate,
                waiting=figures.waiting if figures else 0,
                live=figures.live if figures else 0,
                oldest_entered_at=figures.oldest_entered_at if figures else None,
                longest_wait_seconds=figures.longest_wait.total_seconds() if figures else 0.0,
            )
        )
    return QueueListing(items=items)
