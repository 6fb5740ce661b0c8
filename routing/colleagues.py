"""Who works for an estate and what each can do, for explanations; read again after some seconds.

A roster changes seldom and an offer is written often, so what is told of seats that lack something may be
`STALE_AFTER` old. Who could be chosen and who was full is told by the index, of the very moment.
"""

import weakref
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from infra.database import Tx
from infra.runtime import Runtime
from routing.explaining import Colleague, Roster
from routing.models import Seat, SeatSkill
from tickets.models import Estate, Staff, StaffEstate
from tickets.words import SeatState

STALE_AFTER = timedelta(seconds=10)

_kept: weakref.WeakKeyDictionary[Engine, dict[str, tuple[datetime, Roster]]] = weakref.WeakKeyDictionary()


def roster_of(runtime: Runtime, estate: str, now: datetime) -> Roster:
    """The seats of an estate, given by its code, at most `STALE_AFTER` old."""
    rosters = _kept.setdefault(runtime.engine, {})
    known = rosters.get(estate)
    if known is not None and known[0] <= now < known[0] + STALE_AFTER:
        return known[1]
    with runtime.transaction() as tx:
        roster = read(tx, estate)
    rosters[estate] = (now, roster)
    return roster


def forget(runtime: Runtime) -> None:
    """Read every roster anew when it is needed next: a seat was edited here."""
    _kept.pop(runtime.engine, None)


def read(tx: Tx, estate: str) -> Roster:
    """The seats of active staff of an estate, with trades and languages."""
    rows = tx.execute(
        select(Seat.id, Seat.state, SeatSkill.kind, SeatSkill.code, SeatSkill.level)
        .join(Staff, Staff.id == Seat.staff_id)
        .join(StaffEstate, StaffEstate.staff_id == Staff.id)
        .join(Estate, Estate.id == StaffEstate.estate_id)
        .outerjoin(SeatSkill, SeatSkill.seat_id == Seat.id)
        .where(Staff.is_active, Estate.code == estate)
    )
    skills: dict[int, dict[str, int]] = defaultdict(dict)
    languages: dict[int, set[str]] = defaultdict(set)
    available: set[int] = set()
    for seat_id, state, kind, code, level in rows:
        if state == SeatState.AVAILABLE:
            available.add(seat_id)
        skills[seat_id], languages[seat_id] = skills[seat_id], languages[seat_id]
        if kind == "queue":
            skills[seat_id][code] = level
        elif kind == "language":
            languages[seat_id].add(code)
    return {
        seat_id: Colleague(own, frozenset(languages[seat_id]), seat_id in available)
        for seat_id, own in skills.items()
    }
