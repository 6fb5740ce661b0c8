"""Who is ill, on leave or away otherwise. An absence is a fact and never refused, whatever gap it makes.

What gap that is, the page shows at once, and `tickets.roster_watch` tells the manager.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from infra.database import Tx
from tickets import roster_checks as checks
from tickets.actors import Actor
from tickets.audit import note_act
from tickets.errors import FieldError, NotFound
from tickets.models import DutyAbsence, Staff, StaffEstate

REASONS = ("sick", "leave", "training", "other")
LONGEST = timedelta(days=400)


def record_absence(
    tx: Tx,
    staff: Staff,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    note: str,
    actor: Actor,
    *,
    now: datetime,
) -> DutyAbsence:
    """Write down that a person holds no duty from `starts_at` to `ends_at`. Raises FieldError."""
    if reason not in REASONS:
        raise FieldError("reason", "There is no such reason.")
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise FieldError("ends_at", "The end must come after the beginning.")
    checks.lock(tx)
    absence = DutyAbsence(
        staff_id=staff.id, starts_at=starts_at, ends_at=ends_at, reason=reason, note=note.strip()[:400],
        created_at=now, created_by=actor.staff_id,
    )  # fmt: skip
    tx.add(absence)
    tx.flush()
    note_act(tx, actor, "roster.absence", f"staff:{staff.login}", now=now, absence=absence.id, reason=reason)
    return absence


def end_absence(tx: Tx, absence: DutyAbsence, actor: Actor, *, now: datetime) -> None:
    """The person is back: the rest of the absence no longer counts. Raises DoubleBooked."""
    checks.lock(tx)
    if absence.starts_at < now:
        absence.ends_at = min(absence.ends_at, now)
    else:
        absence.ended_at = now
    tx.flush()
    checks.refuse_clash(tx, {absence.staff_id}, now)
    note_act(tx, actor, "roster.absence_ended", f"staff:{absence.staff.login}", now=now, absence=absence.id)


def list_absences(tx: Tx, estate_ids: Collection[int], *, now: datetime) -> Sequence[DutyAbsence]:
    """Absences of the people of these estates that are not over, by their beginning; swaps are not among them."""
    here = select(StaffEstate.staff_id).where(StaffEstate.estate_id.in_(estate_ids))
    query = select(DutyAbsence).where(
        DutyAbsence.staff_id.in_(here),
        DutyAbsence.slot_id.is_(None),
        DutyAbsence.ended_at.is_(None),
        DutyAbsence.ends_at > now,
    )
    query = query.options(joinedload(DutyAbsence.staff)).order_by(DutyAbsence.starts_at, DutyAbsence.id)
    return tx.scalars(query).all()


def get_absence(tx: Tx, absence_id: int, estate_ids: Collection[int]) -> DutyAbsence:
    """One absence of somebody of these estates. Raises NotFound."""
    absence = tx.get(DutyAbsence, absence_id)
    if absence is None or absence.slot_id is not None:
        raise NotFound("absence", absence_id)
    here = select(StaffEstate.staff_id).where(
        StaffEstate.staff_id == absence.staff_id, StaffEstate.estate_id.in_(estate_ids)
    )
    if tx.scalar(here.limit(1)) is None:
        raise NotFound("absence", absence_id)
    return absence
