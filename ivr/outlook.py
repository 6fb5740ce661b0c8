"""What a waiting caller may be promised: the place in line and the expected wait, from the queue as it is now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import func, or_, select

from infra.database import Tx
from ivr.flow.facts import Facts
from ivr.models import Call
from routing.models import Seat, SeatSkill
from routing.seats import CONNECTION_GRACE, WRAP_UP
from tickets.models import Staff, StaffEstate, Ticket
from tickets.words import SeatState, TicketState

# What may be said: nobody believes "seven minutes", and whoever hears five is glad about four.
SPOKEN_MINUTES = (1, 2, 3, 5, 10)
LONGER = 11  # more than ten minutes
USUAL_TALK_S = 180  # until the day has shown how long talks are
FEW = 3  # so many talks show nothing yet
LOOKED_AT, SINCE = 30, timedelta(hours=24)


def expected_minutes(place: int, seats: int, talks_s: Sequence[int]) -> int | None:
    """The wait of the caller at `place` (1 is next) when `seats` serve the line, rounded up to what may be said.

    Each seat is free again after a talk and its wrap-up; `talks_s` are the lengths of late talks in seconds. 11 means
    more than ten minutes; None that nobody serves the line, so nothing can be promised.
    """
    if seats <= 0:
        return None
    talk_s = sum(talks_s) / len(talks_s) if len(talks_s) >= FEW else USUAL_TALK_S
    minutes = ceil(place * (talk_s + WRAP_UP.total_seconds()) / seats / 60)
    return next((spoken for spoken in SPOKEN_MINUTES if minutes <= spoken), LONGER)


def of_waiting(tx: Tx, number: str, facts: Facts) -> Facts:
    """The facts with place, wait and whether anybody is on duty, for the caller of this ticket."""
    ticket = tx.execute(select(Ticket).where(Ticket.number == number)).scalar_one_or_none()
    place = place_of(tx, ticket) if ticket is not None else None
    if ticket is None or place is None or facts.now is None:
        return facts
    seats = seats_on(tx, ticket.estate_id, ticket.queue_code, ticket.language, facts.now)
    minutes = expected_minutes(place, seats, late_talks(tx, ticket.estate_id, facts.now))
    return replace(facts, position=place, wait_minutes=minutes, is_anyone_on_duty=seats > 0)


def place_of(tx: Tx, ticket: Ticket) -> int | None:
    """How many callers are to be answered before this ticket's, plus one; None if it is not waiting."""
    if not ticket.is_live or ticket.state not in (TicketState.QUEUED, TicketState.RESERVED):
        return None
    before = (Ticket.rank_at < ticket.rank_at) | (
        (Ticket.rank_at == ticket.rank_at) & (Ticket.id < ticket.id)
    )
    ahead = select(func.count()).where(
        Ticket.estate_id == ticket.estate_id,
        Ticket.queue_code == ticket.queue_code,
        Ticket.state.in_((TicketState.QUEUED, TicketState.RESERVED)),
        Ticket.is_live,
        before,
    )
    return (tx.scalar(ahead) or 0) + 1


def seats_on(tx: Tx, estate_id: int, queue_code: str, language: str, now: datetime) -> int:
    """How many seats that could take such a caller have declared themselves available, busy or not.

    Where nobody of the estate's trade speaks the language at all, anybody of the trade counts: the router relaxes the
    language then, too. A seat whose page has gone silent does not count.
    """
    speaks = select(SeatSkill.seat_id).where(
        SeatSkill.seat_id == Seat.id, SeatSkill.kind == "language", SeatSkill.code == language
    )
    has_trade = select(SeatSkill.seat_id).where(
        SeatSkill.seat_id == Seat.id, SeatSkill.kind == "queue", SeatSkill.code == queue_code
    )
    is_there = (Seat.state == SeatState.AVAILABLE) & or_(
        Seat.seen_at.is_(None), Seat.seen_at >= now - CONNECTION_GRACE
    )
    rows = tx.execute(
        select(is_there, speaks.exists())
        .join(Staff, Staff.id == Seat.staff_id)
        .join(StaffEstate, StaffEstate.staff_id == Staff.id)
        .where(Staff.is_active, StaffEstate.estate_id == estate_id, has_trade.exists())
    ).all()
    is_spoken = any(speaks_it for _, speaks_it in rows)
    return sum(is_on and (speaks_it or not is_spoken) for is_on, speaks_it in rows)


def late_talks(tx: Tx, estate_id: int, now: datetime) -> list[int]:
    """How long the last talks with callers of this estate were, in seconds, newest first; one day back at most."""
    talks = (
        select(Call.talk_s)
        .where(Call.started_at > now - SINCE, Call.estate_id == estate_id, Call.talk_s > 0)
        .order_by(Call.started_at.desc())
        .limit(LOOKED_AT)
    )
    return [seconds for seconds in tx.scalars(talks) if seconds]
