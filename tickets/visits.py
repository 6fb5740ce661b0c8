"""Visits agreed with a resident: from–to within the bookable hours, nobody in two places at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from infra.database import Tx
from tickets import notices, promises
from tickets.actors import Actor
from tickets.acts import lock, lock_open, required
from tickets.errors import FieldError
from tickets.history import EventKind, record
from tickets.models import Staff, StaffEstate, Ticket, Visit
from tickets.working_time import Calendars, WorkingTime

BOOKABLE = ("visits", "office_evening")
"""The calendars that say when a visit can be booked, the first that the estate has; else its office hours."""

LONGEST = timedelta(hours=8)
FURTHEST = timedelta(days=90)


def set_visit(
    tx: Tx,
    ticket: Ticket,
    from_at: datetime,
    until_at: datetime,
    staff_id: int | None,
    actor: Actor,
    *,
    now: datetime,
) -> Visit:
    """Agree a visit, in the place of one agreed before; the resident is told. `staff_id`: who comes, if known.

    FieldError for a visit that is past, reversed, longer than a working day, outside the bookable hours, or of
    somebody who is elsewhere then.
    """
    if from_at <= now:
        raise FieldError("from", "The visit is in the past.")
    if until_at <= from_at or until_at - from_at > LONGEST or from_at > now + FURTHEST:
        raise FieldError("until", "The visit ends before it begins, or is too long or too far ahead.")
    lock_open(tx, ticket)
    hours = bookable(promises.load(tx).calendars(ticket.estate_id))
    if hours.between(from_at, until_at) != until_at - from_at:
        raise FieldError("from", "The visit is outside the bookable hours.")
    before = visit_of(tx, ticket.id)
    if staff_id is not None:
        _check_free(tx, ticket, staff_id, from_at, until_at)
    if before is not None:
        before.cancelled_at = now
        tx.flush()
    visit = Visit(ticket_id=ticket.id, staff_id=staff_id, from_at=from_at, until_at=until_at, created_at=now)
    tx.add(visit)
    tx.flush()
    old = [before.from_at.isoformat(), before.until_at.isoformat()] if before else None
    told = {"visit": [old, [from_at.isoformat(), until_at.isoformat()]], "staff_id": staff_id}
    record(tx, ticket.id, EventKind.VISIT_SET, actor, told, now=now)
    notices.announce(tx, ticket, notices.Notice.VISIT, visit.id, now=now)
    return visit


def cancel_visit(tx: Tx, ticket: Ticket, reason: str, actor: Actor, *, now: datetime) -> None:
    """The visit does not take place. FieldError for no reason, or when none is agreed."""
    reason = required("reason", reason, "A reason for calling the visit off")
    lock(tx, ticket)
    visit = visit_of(tx, ticket.id)
    if visit is None:
        raise FieldError("visit", "No visit is agreed.")
    visit.cancelled_at = now
    record(tx, ticket.id, EventKind.VISIT_CANCELLED, actor, {"reason": reason}, now=now)


def visit_of(tx: Tx, ticket_id: int) -> Visit | None:
    """The visit that is agreed for a ticket; None if there is none."""
    query = select(Visit).where(Visit.ticket_id == ticket_id, Visit.cancelled_at.is_(None))
    return tx.execute(query).scalar_one_or_none()


def visits_of_staff(tx: Tx, staff_id: int, from_at: datetime, until_at: datetime) -> Sequence[Visit]:
    """A person's visits that meet a stretch of time, in order."""
    query = select(Visit).where(
        Visit.staff_id == staff_id,
        Visit.cancelled_at.is_(None),
        Visit.from_at < until_at,
        Visit.until_at > from_at,
    )
    return tx.execute(query.order_by(Visit.from_at)).scalars().all()


def bookable(calendars: Calendars) -> WorkingTime:
    """The hours in which a visit of that estate can be booked."""
    return next((calendars[code] for code in BOOKABLE if code in calendars.by_code), calendars.pausing)


def _check_free(tx: Tx, ticket: Ticket, staff_id: int, from_at: datetime, until_at: datetime) -> None:
    # The person's row is the lock: of two who book the same person at once, the second sees the first.
    who = tx.get(Staff, staff_id, with_for_update={"key_share": True}, populate_existing=True)
    belongs = select(StaffEstate.staff_id).where(
        StaffEstate.staff_id == staff_id, StaffEstate.estate_id == ticket.estate_id
    )
    if who is None or not who.is_active or tx.execute(belongs).first() is None:
        raise FieldError("staff", "There is no such member of staff on this estate.")
    others = [
        each for each in visits_of_staff(tx, staff_id, from_at, until_at) if each.ticket_id != ticket.id
    ]
    if others:
        raise FieldError("staff", f"{who.name} is at another visit then.")
