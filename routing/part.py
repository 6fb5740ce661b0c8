"""What the parts of the router share: the runtime, and matching after a commit."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from infra.database import Tx, is_disconnect
from infra.live import publish_all
from infra.runtime import Runtime
from routing.facts import Facts
from routing.matching import Round
from routing.models import Seat, SeatEvent
from tickets.actors import Actor
from tickets.words import SeatState

log = logging.getLogger(__name__)


class Part:
    """One family of the router's acts. Acts write in the caller's transaction; the index hears after the commit."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.facts = Facts(runtime.config.hotline_offer_seconds)

    def afterwards(self, tx: Tx, now: datetime, *acts: Callable[[Round], None]) -> None:
        """After the commit of `tx`, tell the index by `acts`, in order, and make the offers that follow."""

        def match() -> None:
            round_ = Round(self.runtime, now)
            for act in acts:
                act(round_)
            round_.finish()

        tx.after_commit(match)

    def tell(self, tx: Tx, topics: tuple[str, ...], **data: object) -> None:
        """After the commit of `tx`, publish `data` under each of `topics`."""
        tx.after_commit(lambda: publish_all(self.runtime.valkey, topics, data))


def one_by_one(ids: Iterable[int], act: Callable[[int], bool]) -> int:
    """How many of `ids` the act did something for. One that fails is logged and does not hold up the others."""
    done = 0
    for id_ in ids:
        try:
            done += act(id_)
        except Exception as error:
            if is_disconnect(error):
                raise
            log.exception("left for the next turn", extra={"subject": id_})
    return done


def record(tx: Tx, seat: Seat, kind: str, actor: Actor, *, now: datetime, **data: Any) -> None:
    """Write one line of a seat's history."""
    tx.add(SeatEvent(seat_id=seat.id, at=now, kind=kind, actor=str(actor), data=data))


def change_declared(
    tx: Tx, seat: Seat, state: SeatState, reason: str | None, actor: Actor, *, now: datetime, **data: object
) -> None:
    """Write a seat's declared state and the line of history with how long the last one was."""
    lasted = (now - seat.state_since).total_seconds()
    change = {"from": seat.state, "was": seat.reason, "to": str(state), "reason": reason, "lasted_s": lasted}
    record(tx, seat, "state", actor, now=now, **change, **data)
    seat.state, seat.reason, seat.state_since = str(state), reason, now
