"""Every key of the routing index, as it is and as a model says it must be."""

from collections.abc import Iterable

import redis

from routing import keys
from routing.live import Hold
from routing.selection import WaitingTicket, seat_score
from tests.integration.routing.model import IndexModel

Contents = dict[str, dict[str, str] | list[tuple[str, float]]]
SEAT_DEFAULTS = {"load": "0", "ticket": "", "calls": "0", "turn": "0"}


def read_contents(client: redis.Redis) -> Contents:
    """All tickets, seats, pools, queues and holds; a seat without load or hold says so in either way."""
    names = sorted(set(client.scan_iter(keys.EVERYTHING, count=1000)) - {keys.WHOLE, keys.LATE, keys.TURN})
    pipe = client.pipeline(transaction=False)
    hashes = (keys.ticket(0)[:-1], keys.seat(0)[:-1])
    for name in names:
        if name.startswith(hashes):
            pipe.hgetall(name)
        else:
            pipe.zrange(name, 0, -1, withscores=True)
    contents = dict(zip(names, pipe.execute(), strict=True))
    for name, value in contents.items():
        if name.startswith(hashes[1]):
            contents[name] = SEAT_DEFAULTS | value
        elif name.startswith(hashes[0]):
            lists = {"declined", "missed"} & set(value)
            contents[name] = value | {key: _padded(map(int, value[key].split())) for key in lists}
        elif isinstance(value, list):
            contents[name] = [(member, score) for member, score in value]
    return contents


def expected_contents(model: IndexModel) -> Contents:
    """The same, worked out from the model alone."""
    contents: Contents = {}
    sets: dict[str, dict[str, float]] = {}

    def add(key: str, member: int, score: int) -> None:
        sets.setdefault(key, {})[str(member)] = float(score)

    for ticket in model.waiting.values():
        contents[keys.ticket(ticket.id)] = _facts(ticket)
        add(keys.queue(ticket.queue), ticket.id, ticket.entered_at_ms)
        for pool in ticket.pools:
            add(keys.waiting(pool), ticket.id, ticket.rank)
        if ticket.step_at_ms is not None:
            add(keys.STEPS, ticket.id, ticket.step_at_ms)
    for ticket, hold in model.held.values():
        contents[keys.ticket(ticket.id)] = _facts(ticket, hold)
        add(keys.queue(ticket.queue), ticket.id, ticket.entered_at_ms)
        add(keys.HOLDS, ticket.id, hold.expires_at_ms)
    for work in model.work.values():
        contents[keys.ticket(work.ticket_id)] = {
            "state": "assigned",
            "seat": str(work.seat_id),
            "weight": str(work.weight),
        } | ({"live": "1"} if work.is_live else {})
    for seat in model.seats.values():
        contents[keys.seat(seat.id)] = {
            "open": str(int(seat.is_open)),
            "capacity": str(seat.capacity),
            "load": str(seat.load),
            "idle": str(seat.idle_since_ms),
            "pools": " ".join(seat.pools),
            "ticket": str(seat.held_ticket or ""),
            "calls": str(seat.calls),
            "turn": str(seat.turn_ms),
        }
        for pool in seat.pools:
            if seat.held_ticket is None:
                add(keys.seats(pool), seat.id, seat_score(seat, pool))
    for key, members in sets.items():
        contents[key] = sorted(members.items(), key=lambda item: (item[1], item[0]))
    return contents


def check_invariants(model: IndexModel, client: redis.Redis) -> None:
    """The index holds what the model says; a ticket is in one place; what is held has an end."""
    found, wanted = read_contents(client), expected_contents(model)
    names = sorted(found | wanted)
    differing = {
        name: (found.get(name), wanted.get(name)) for name in names if found.get(name) != wanted.get(name)
    }
    assert not differing, differing
    places = [*model.waiting, *model.held, *model.work]
    assert len(places) == len(set(places))
    holding = [hold.seat_id for _, hold in model.held.values()]
    assert len(holding) == len(set(holding))
    assert client.zcard(keys.HOLDS) == len(model.held)


def _padded(seats: Iterable[int]) -> str:
    return "".join(f" {seat} " for seat in sorted(seats))


def _facts(ticket: WaitingTicket, hold: Hold | None = None) -> dict[str, str]:
    facts = {
        "state": "held" if hold else "waiting",
        "rank": str(ticket.rank),
        "queue": ticket.queue,
        "pools": " ".join(ticket.pools),
        "hold_ms": str(ticket.hold_ms),
    }
    if ticket.declined:
        facts["declined"] = _padded(ticket.declined)
    if ticket.missed:
        facts["missed"] = _padded(ticket.missed)
    if ticket.is_live:
        facts["live"] = "1"
    if ticket.step_at_ms is not None:
        facts["step_at"] = str(ticket.step_at_ms)
    if hold:
        facts |= {"seat": str(hold.seat_id), "expires": str(hold.expires_at_ms)}
    return facts
