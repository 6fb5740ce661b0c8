"""Names of the routing index in Valkey: every key is built here and nowhere else.

All names share the hash tag `{routing}`, so that one script may touch any of them on a cluster too. Instants
are Unix milliseconds; a member `id` is a decimal number, the primary key of the ticket or seat.

| key | type | member or field | score or value | unit | expiry | written by |
|---|---|---|---|---|---|---|
| `whole` | string | – | instant of the last rebuild | ms | none | end of a rebuild; missing = index lost |
| `builder` | string | – | token of whoever rebuilds now | – | 20 s, renewed | rebuild |
| `reconciler` | string | – | token of the process that compares | – | 12 s, renewed | `routing/reconcile.py` |
| `late` | set | `ticket ID`, `seat ID` | – | – | 1 h | any script refused because `whole` is missing |
| `ticket:ID` | hash | `state` | `waiting`, `held` or `assigned` | – | none | tickets' scripts |
| | | `seat` | who holds it or works on it | id | | hold, take |
| | | `expires` | end of the hold | ms | | hold; part of its identity |
| | | `rank` | order among waiting tickets, smallest first | `routing/rank.py` | | offer, rerank |
| | | `queue`, `pools` | queue; pools, one blank between | – | | offer, widen |
| | | `weight` | capacity that it takes, once assigned | units | | settle, take, weigh |
| | | `hold_ms` | how long a seat has to answer | ms | | offer |
| | | `declined`, `missed` | seats, each with a blank on both sides | ids | | settle |
| | | `live` | `1`: a caller is on the line | – | | offer, settle, weigh |
| | | `step_at` | when its next step is due | ms | | offer, widen |
| `seat:ID` | hash | `open` | `1`: on duty, available, not in wrap-up | – | none | offer, close, release |
| | | `capacity`, `load` | what it can take; sum of its assigned weights | units | | seats' scripts |
| | | `calls` | the same of callers on the line | units | | seats' scripts |
| | | `turn` | its last turn in a pool `~r`, not before it came on duty | ms | | offer, hold |
| | | `idle` | last release or return, the later | ms | | offer, release |
| | | `pools` | pools that it serves, one blank between | – | | offer |
| | | `ticket` | ticket held for it, empty if none | id | | hold, settle |
| `waiting:POOL` | zset | waiting ticket | its rank | `routing/rank.py` | none | tickets' scripts |
| `seats:POOL` | zset | seat that serves the pool | `selection.seat_score` | – | none | seats' scripts |
| `steps` | zset | waiting ticket | when its next step is due | ms | none (swept) | tickets' scripts |
| `turn` | string | – | the last turn taken in a pool `~r` | ms, at least one apart | none | hold |
| `queue:QUEUE` | zset | ticket waiting or held | when it began to wait | ms | none | tickets' scripts |
| `holds` | zset | held ticket | end of the hold | ms | none (swept) | hold, settle, take, remove |

A held ticket is absent from `waiting:` and its seat from `seats:`; a full, closed or talking seat stands behind
all others there, its reason in its score: whoever chooses never has to skip over one. The score of others is
load in thousandths × 2^40 + idle ms since 2020, or as the pool's name says. The index is thrown away and rebuilt
as a whole; no single key of it may be edited by hand.
"""

ROOT = "hotline:{routing}:"

WHOLE = f"{ROOT}whole"
BUILDER = f"{ROOT}builder"
RECONCILER = f"{ROOT}reconciler"
LATE = f"{ROOT}late"
HOLDS = f"{ROOT}holds"
STEPS = f"{ROOT}steps"
TURN = f"{ROOT}turn"
EVERYTHING = f"{ROOT}*"

LATE_EXPIRY_S = 3600
BUILDER_EXPIRY_MS = 20_000

_TICKET = f"{ROOT}ticket:"
_SEAT = f"{ROOT}seat:"
_WAITING = f"{ROOT}waiting:"
_SEATS = f"{ROOT}seats:"
_QUEUE = f"{ROOT}queue:"


def ticket(ticket_id: int) -> str:
    """The hash of one ticket."""
    return f"{_TICKET}{ticket_id}"


def seat(seat_id: int) -> str:
    """The hash of one seat."""
    return f"{_SEAT}{seat_id}"


def waiting(pool: str) -> str:
    """The sorted set of the tickets that wait in `pool`."""
    return f"{_WAITING}{pool}"


def seats(pool: str) -> str:
    """The sorted set of the seats that may be chosen in `pool`."""
    return f"{_SEATS}{pool}"


def queue(name: str) -> str:
    """The sorted set of the tickets of queue `name` that nobody has accepted yet."""
    return f"{_QUEUE}{name}"


def as_lua() -> str:
    """The same names as Lua locals: the first line of every script.

    A script learns ticket, seat and pools from the data, so it must join prefix and name itself; this keeps
    both sides on one spelling.
    """
    names = {
        "WHOLE": WHOLE,
        "BUILDER": BUILDER,
        "LATE": LATE,
        "HOLDS": HOLDS,
        "STEPS": STEPS,
        "TURN": TURN,
        "TICKET": _TICKET,
        "SEAT": _SEAT,
        "WAITING": _WAITING,
        "SEATS": _SEATS,
        "QUEUE": _QUEUE,
    }
    values = ", ".join(f"'{value}'" for value in names.values())
    return f"local {', '.join(names)} = {values}"
