"""The live stream of a page: which topics one may follow, and the sign of life of an agent's desk.

What the stream carries is names of things that changed; the page then fetches the parts that show them.
"""

import json
import re
import time
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request

from console.access import Visit, page
from console.hub import Hub
from infra.clock import to_ms
from infra.runtime import Runtime
from routing.queries import work_of
from routing.service import Router
from tickets.queries import find_by_number

bp = Blueprint("live", __name__)

STREAM_ID = re.compile(r"\d{1,15}-\d{1,10}")
SIGN_OF_LIFE_S = 15.0


@bp.get("/events")
@page()
def events(visit: Visit) -> Response:
    """The server-sent events of one page: `?seat=1`, `?wall=1`, `?ticket=10000012` say what it shows."""
    topics = _topics(visit)
    after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    if after and not STREAM_ID.fullmatch(after):
        abort(400)
    watched = visit.seat.id if visit.seat and request.args.get("seat") else None
    stream = hub().events(topics, after, _beat(visit.runtime, watched))
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return Response(stream, mimetype="text/event-stream", headers=headers)


def hub() -> Hub:
    """Return the hub of this process."""
    found: Hub = current_app.extensions["hotline_hub"]
    return found


def newest() -> str:
    """Return where the stream stands. Read it before the rows of a page, and give it to the page."""
    return hub().newest()


def _topics(visit: Visit) -> frozenset[str]:
    topics = set()
    if request.args.get("seat") and visit.seat:
        topics.add(f"seat:{visit.seat.id}")
        topics |= {f"ticket:{ticket.number}" for ticket in work_of(visit.tx, visit.seat.id)}
    if request.args.get("wall"):
        if not visit.is_overseeing:
            abort(403)
        topics.add("wall")
    number = request.args.get("ticket", "")
    if number and find_by_number(visit.tx, number, visit.estate_ids):
        topics.add(f"ticket:{number}")
    return frozenset(topics)


def _beat(runtime: Runtime, seat_id: int | None) -> Callable[[], str]:
    """Return what makes the data of a beat; it also keeps the seat's desk known as open."""
    last_sign = [0.0]

    def beat() -> str:
        now = runtime.clock.now()
        if seat_id is not None and time.monotonic() - last_sign[0] >= SIGN_OF_LIFE_S:
            last_sign[0] = time.monotonic()
            with runtime.transaction() as tx:
                Router(runtime).seen(tx, seat_id, now=now)
        return json.dumps({"now": to_ms(now)})

    return beat
