"""What is asked of a roster after each change; see `tickets.roster_cover` for the rules as such."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from infra.database import Tx
from tickets import duty
from tickets.errors import FieldError
from tickets.models import DutySlot, Estate, Staff, StaffEstate
from tickets.roster import EVERY_DAY
from tickets.roster_cover import HORIZON, Booked, Uncovered, clash, opened, uncovered
from tickets.roster_errors import DoubleBooked, RosterGap
from tickets.words import Role

_LOCK = 7_240_411  # one change of any roster at a time: people stand on several


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a roster as somebody wants it. `id`: the line it replaces; `end_minute` may pass midnight."""

    staff_id: int
    start_minute: int
    end_minute: int
    valid_from: date
    valid_until: date | None = None
    weekdays: int = EVERY_DAY
    id: int | None = None


@dataclass(frozen=True)
class Standing:
    """Whether an estate has a roster of those who answer, and where it has a gap within a year.

    Without one, everybody of the role answers.
    """

    has_roster: bool
    gaps: tuple[Uncovered, ...]


def lock(tx: Tx) -> None:
    """Wait until no other transaction is changing a roster."""
    tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def before(tx: Tx, estate: Estate, now: datetime) -> Standing:
    """How the estate stands before a change, with the roster locked for it."""
    lock(tx)
    return _standing(tx, estate, now)


def check(tx: Tx, estate: Estate, before: Standing, people: set[int], now: datetime) -> None:
    """Refuse the changes made since `before`: RosterGap for new gaps, DoubleBooked for `people` wanted twice."""
    tx.expire_all()
    refuse_clash(tx, people, now)
    after = _standing(tx, estate, now)
    if before.has_roster and not after.has_roster:
        raise RosterGap(now, now + HORIZON, estate.timezone)
    for gap in opened(before.gaps, after.gaps):
        raise RosterGap(gap.starts_at, gap.ends_at, estate.timezone)


def refuse_clash(tx: Tx, people: Iterable[int], now: datetime) -> None:
    """Raise DoubleBooked if one of these people is wanted twice at the same time within a year."""
    absent = duty.absences(tx, list(people))
    lines = (
        select(DutySlot, Estate)
        .join(Estate, Estate.id == DutySlot.estate_id)
        .where(DutySlot.staff_id.in_(people))
    )
    booked: dict[int, list[Booked[int]]] = {}
    names: dict[int, str] = {}
    for line, estate in tx.execute(lines):
        slot = duty.without(duty.slot_of(line), absent.get(line.staff_id, ()))
        booked.setdefault(line.staff_id, []).append(Booked(estate.id, ZoneInfo(estate.timezone), slot))
        names[estate.id] = estate.name
    for staff_id, held in booked.items():
        found = clash(held, now, now + HORIZON)
        if found is not None:
            other = found.first
            raise DoubleBooked(
                tx.get_one(Staff, staff_id).name,
                names[other.estate_id],
                other.slot.role,
                found.starts_at,
                other.zone.key,
            )


def _standing(tx: Tx, estate: Estate, now: datetime) -> Standing:
    book = duty.roster(tx, estate.id)
    if not any(slot.role in (Role.LEAD, Role.SECURITY) for slot in book.slots):
        return Standing(False, ())
    return Standing(True, uncovered(book.slots, now, now + HORIZON, book.zone))


def check_line(tx: Tx, estate: Estate, line: Line) -> None:
    """Raise FieldError for a line that is none."""
    check_works_here(tx, estate, line.staff_id)
    if not (
        0 <= line.start_minute < 1440 and line.start_minute < line.end_minute <= line.start_minute + 1440
    ):
        raise FieldError("until", "A duty lasts from one minute to 24 hours.")
    if not 0 < line.weekdays <= EVERY_DAY:
        raise FieldError("weekdays", "Choose at least one day of the week.")
    if line.valid_until is not None and line.valid_until <= line.valid_from:
        raise FieldError("valid_until", "The last day must not come before the first.")


def check_works_here(tx: Tx, estate: Estate, staff_id: int) -> None:
    """Raise FieldError unless the person is active and works for the estate."""
    works_here = select(Staff.id).join(StaffEstate, StaffEstate.staff_id == Staff.id)
    here = works_here.where(Staff.id == staff_id, StaffEstate.estate_id == estate.id, Staff.is_active)
    if tx.scalar(here) is None:
        raise FieldError("staff", "This person does not work for the estate.")
