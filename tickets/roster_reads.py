"""The roster as people look at it: a week of it, and who answers at any instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from infra.database import Tx
from tickets.duty import Roster
from tickets.models import DutySlot, Staff
from tickets.roster import spells_at
from tickets.roster_cover import NIGHT, Uncovered, uncovered
from tickets.windows import to_utc
from tickets.words import Role
from tickets.working_time import from_us

ORDER = (Role.LEAD, Role.SECURITY, Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR, Role.AGENT, Role.ADMIN)


@dataclass(frozen=True)
class Answering:
    """Who answers for `asked` at an instant: a person and the role in which they do.

    `since` and `until` bound that spell of duty; None where no line of the roster says so. `skipped` are the roles
    that nobody held.
    """

    asked: Role
    role: Role
    staff: Staff
    since: datetime | None
    until: datetime | None
    skipped: tuple[Role, ...]


@dataclass(frozen=True)
class Spell:
    """One duty of one day as the week shows it; `is_away`: its holder is not there for a part of it."""

    slot: DutySlot
    staff: Staff
    starts_at: datetime
    ends_at: datetime
    is_away: bool


@dataclass(frozen=True)
class RosterRow:
    """A role (and trade) with its spells by day of the week, Monday first."""

    role: Role
    trade: str | None
    days: tuple[tuple[Spell, ...], ...]


def answering(book: Roster, role: Role, at: datetime) -> Answering:
    """The one person who answers for `role` at `at`; at night the control room stands in for the duty lead.

    Raises NobodyToTell for an estate without a single active member of staff.
    """
    if role is Role.LEAD and book.holder(Role.LEAD, at) is None and _is_night(book, at):
        guard = book.holder(Role.SECURITY, at)
        if guard is not None and guard.phone_e164 is not None:
            return _answer(book, role, Role.SECURITY, guard, at, (Role.LEAD,))
    found = book.recipient(role, at)
    return _answer(book, role, found.role, found.staff, at, found.skipped)


def gaps_ahead(book: Roster, now: datetime, length: timedelta) -> tuple[Uncovered, ...]:
    """When nobody answers as the roster demands, from now on; none for an estate without a roster."""
    if not any(slot.role in (Role.LEAD, Role.SECURITY) for slot in book.slots):
        return ()
    return uncovered(book.slots, now, now + length, book.zone)


def week_of(tx: Tx, book: Roster, monday: date) -> list[RosterRow]:
    """The roster of the seven days from `monday`, a row for each role and trade that has a line in force then."""
    end = monday + timedelta(days=7)
    lines = (
        select(DutySlot, Staff)
        .join(DutySlot.staff)
        .where(
            DutySlot.estate_id == book.estate_id,
            DutySlot.valid_from < end,
            DutySlot.valid_until.is_(None) | (DutySlot.valid_until > monday),
        )
        .order_by(DutySlot.start_minute, DutySlot.id)
    )
    rows: dict[tuple[Role, str | None], list[tuple[DutySlot, Staff]]] = {}
    for line, person in tx.execute(lines):
        rows.setdefault((Role(line.role), line.trade), []).append((line, person))
    dates = [monday + timedelta(days=n) for n in range(7)]
    return [
        RosterRow(role, trade, tuple(_spells(book, rows[role, trade], on) for on in dates))
        for role, trade in sorted(rows, key=lambda key: (ORDER.index(key[0]), key[1] or ""))
    ]


def _spells(book: Roster, lines: Sequence[tuple[DutySlot, Staff]], on: date) -> tuple[Spell, ...]:
    known = {slot.id: slot for slot in book.slots}
    found = []
    for line, person in lines:
        slot = known.get(line.id)
        if slot is None or not slot.starts_on(on):
            continue
        whole = slot.span(on, book.zone)
        is_away = slot.held(on, book.zone) != (whole,)
        found.append(Spell(line, person, from_us(whole[0]), from_us(whole[1]), is_away))
    return tuple(found)


def _answer(
    book: Roster, asked: Role, role: Role, staff: Staff, at: datetime, skipped: tuple[Role, ...]
) -> Answering:
    spells = (spell for spell in spells_at(book.slots, role, at, book.zone) if spell[0] == staff.id)
    _, since, until = next(spells, (staff.id, None, None))
    return Answering(asked, role, staff, since, until, skipped)


def _is_night(book: Roster, at: datetime) -> bool:
    local = at.astimezone(book.zone).date()
    for on in (local, local - timedelta(days=1)):
        start = to_utc(book.zone, on.toordinal(), NIGHT[0] * 60, is_end=False)
        end = to_utc(book.zone, on.toordinal(), NIGHT[1] * 60, is_end=True)
        if from_us(start) <= at < from_us(end):
            return True
    return False
