"""Looks a week ahead for times in which nobody would answer, and has the manager told of each, once."""

from datetime import datetime, timedelta

from sqlalchemy import select

from infra.database import Tx
from infra.outbox import post
from tickets import duty
from tickets.models import Estate
from tickets.roster_cover import Uncovered
from tickets.roster_reads import gaps_ahead
from tickets.words import Role

AHEAD = timedelta(days=7)
BACK = timedelta(days=2)  # a gap that has begun keeps its beginning, and with it its key


def watch_rosters(tx: Tx, *, now: datetime) -> int:
    """Post one outbox row (`roster.gap`) for each gap of the coming week not told yet; returns how many are new.

    A gap that begins earlier than two days ago is told again each week, until somebody mends it.
    """
    estates = {e.id: e for e in tx.scalars(select(Estate).where(Estate.is_active).order_by(Estate.id))}
    told = 0
    for estate_id, book in duty.rosters(tx, list(estates)).items():
        for gap in gaps_ahead(book, now - BACK, BACK + AHEAD):
            if gap.ends_at > now and book.staff:
                told += _tell(tx, estates[estate_id], book, gap, now)
    return told


def _tell(tx: Tx, estate: Estate, book: duty.Roster, gap: Uncovered, now: datetime) -> int:
    is_old = gap.starts_at <= now - BACK
    start = f"week {now:%G-%V}" if is_old else gap.starts_at.isoformat()
    payload = {
        "estate_id": estate.id,
        "starts_at": max(gap.starts_at, now).isoformat(),
        "ends_at": gap.ends_at.isoformat(),
        "manager_id": book.recipient(Role.MANAGER, now).staff.id,
        "stand_in_id": book.recipient(Role.SUPERVISOR, max(gap.starts_at, now)).staff.id,
    }
    return post(tx, "roster.gap", f"roster:{estate.id}:gap:{start}", payload, now=now) is not None
