"""The duty roster as people change it: lines that repeat, single duties and swaps.

Every change is made first and then looked at as a whole; one that leaves the estate without anybody who answers, or
wants a person twice at the same time, is refused and undone with its transaction. Absences are
`tickets.roster_absences`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from infra.database import Tx
from tickets import duty
from tickets import roster_checks as checks
from tickets.actors import Actor
from tickets.audit import note_act
from tickets.errors import FieldError, NotFound
from tickets.models import DutyAbsence, DutySlot, Estate
from tickets.roster_checks import Line
from tickets.words import Role
from tickets.working_time import from_us

REPEATING, ONE_OFF, SWAP = "repeating", "one_off", "swap"
_FIELDS = ("staff_id", "weekdays", "start_minute", "end_minute", "valid_from", "valid_until")


def save_lines(
    tx: Tx,
    estate: Estate,
    role: Role,
    trade: str | None,
    lines: Sequence[Line],
    actor: Actor,
    *,
    now: datetime,
) -> None:
    """Make `lines` the repeating roster of a role (and trade) from today on; what was on duty before stays told.

    Raises RosterGap, DoubleBooked, and FieldError for a line that is none.
    """
    before = checks.before(tx, estate, now)
    today = now.astimezone(ZoneInfo(estate.timezone)).date()
    kept = {line.id: line for line in lines if line.id is not None}
    for slot in list_lines(tx, estate, role, trade, today):
        line = kept.pop(slot.id, None)
        if line is None:
            _end(tx, slot, today)
        elif not _is_same(slot, line):
            checks.check_line(tx, estate, line)
            _replace(tx, slot, line, today)
    if kept:
        raise NotFound("roster line", min(kept, key=str))
    for line in lines:
        if line.id is None:
            checks.check_line(tx, estate, line)
            tx.add(_slot(estate.id, role, trade, line, REPEATING))
    tx.flush()
    checks.check(tx, estate, before, {line.staff_id for line in lines}, now)
    subject, facts = f"roster:{estate.code}:{role}", {"trade": trade, "lines": len(lines)}
    note_act(tx, actor, "roster.saved", subject, now=now, estate_id=estate.id, **facts)


def add_one_off(
    tx: Tx, estate: Estate, role: Role, trade: str | None, line: Line, actor: Actor, *, now: datetime
) -> DutySlot:
    """Put a person on duty once, on `line.valid_from`, before the repeating line. Raises as `save_lines`."""
    before = checks.before(tx, estate, now)
    checks.check_line(tx, estate, line)
    slot = _once(estate, role, trade, line.staff_id, line, line.valid_from, ONE_OFF)
    tx.add(slot)
    tx.flush()
    checks.check(tx, estate, before, {line.staff_id}, now)
    facts = {"staff": line.staff_id, "on": str(line.valid_from)}
    note_act(
        tx, actor, "roster.one_off", f"roster:{estate.code}:{role}", now=now, estate_id=estate.id, **facts
    )
    return slot


def swap(
    tx: Tx,
    estate: Estate,
    duties: Sequence[tuple[int, date]],
    people: Sequence[int],
    actor: Actor,
    *,
    now: datetime,
) -> list[DutySlot]:
    """Give each of `duties` (line and day) to the person at the same place of `people`, all or none.

    One duty is a cover; two, each given to the other's holder, are a swap. Raises as `save_lines`, and NotFound for
    a line that is not on duty that day.
    """
    before = checks.before(tx, estate, now)
    pairs = zip(duties, people, strict=True)
    made = [_hand_over(tx, estate, taken, to, actor, now) for taken, to in pairs]
    tx.flush()
    checks.check(tx, estate, before, set(people), now)
    facts = {"duties": [[i, str(on)] for i, on in duties], "people": list(people)}
    note_act(tx, actor, "roster.swapped", f"roster:{estate.code}", now=now, estate_id=estate.id, **facts)
    return made


def remove_single(tx: Tx, estate: Estate, slot_id: int, actor: Actor, *, now: datetime) -> None:
    """Take a single duty or a swap back; whose duty was swapped out has it again.

    Raises RosterGap, DoubleBooked, and NotFound for a line that repeats or is none.
    """
    before = checks.before(tx, estate, now)
    slot = tx.get(DutySlot, slot_id)
    if slot is None or slot.estate_id != estate.id or slot.kind == REPEATING:
        raise NotFound("duty", slot_id)
    people = _give_back(tx, estate, slot, now) if slot.kind == SWAP else set()
    tx.delete(slot)
    tx.flush()
    checks.check(tx, estate, before, people, now)
    note_act(tx, actor, "roster.removed", f"roster:{estate.code}", now=now, estate_id=estate.id, slot=slot_id)


def holder_of(tx: Tx, slot_id: int) -> int:
    """Who holds a line of the roster. Raises NotFound."""
    slot = tx.get(DutySlot, slot_id)
    if slot is None:
        raise NotFound("duty", slot_id)
    return slot.staff_id


def list_lines(tx: Tx, estate: Estate, role: Role, trade: str | None, today: date) -> Sequence[DutySlot]:
    """The repeating lines of a role and trade that are in force on `today` or later."""
    lines = select(DutySlot).where(
        DutySlot.estate_id == estate.id,
        DutySlot.role == str(role),
        DutySlot.trade.is_not_distinct_from(trade),
        DutySlot.kind == REPEATING,
        DutySlot.valid_until.is_(None) | (DutySlot.valid_until > today),
    )
    return tx.scalars(lines.order_by(DutySlot.id)).all()


def _give_back(tx: Tx, estate: Estate, slot: DutySlot, now: datetime) -> set[int]:
    """End the absences that a swap made; returns whose they were."""
    start, end = _span(slot, slot.valid_from, estate)
    of_role = select(DutySlot.id).where(DutySlot.estate_id == estate.id, DutySlot.role == slot.role)
    given = update(DutyAbsence).where(
        DutyAbsence.reason == SWAP,
        DutyAbsence.starts_at == start,
        DutyAbsence.ends_at == end,
        DutyAbsence.ended_at.is_(None),
        DutyAbsence.slot_id.in_(of_role),
    )
    return set(tx.scalars(given.values(ended_at=now).returning(DutyAbsence.staff_id)))


def _slot(estate_id: int, role: Role, trade: str | None, line: Line, kind: str) -> DutySlot:
    values = {name: getattr(line, name) for name in _FIELDS}
    return DutySlot(estate_id=estate_id, role=str(role), trade=trade, kind=kind, **values)


def _once(
    estate: Estate,
    role: Role,
    trade: str | None,
    staff_id: int,
    times: Line | DutySlot,
    on: date,
    kind: str,
) -> DutySlot:
    line = Line(
        staff_id=staff_id,
        start_minute=times.start_minute,
        end_minute=times.end_minute,
        valid_from=on,
        valid_until=on + timedelta(days=1),
    )
    return _slot(estate.id, role, trade, line, kind)


def _is_same(slot: DutySlot, line: Line) -> bool:
    return all(getattr(slot, name) == getattr(line, name) for name in _FIELDS)


def _replace(tx: Tx, slot: DutySlot, line: Line, today: date) -> None:
    if slot.valid_from < today:  # what was on duty until yesterday stays as it was
        fresh = _slot(slot.estate_id, Role(slot.role), slot.trade, line, REPEATING)
        fresh.valid_from = max(today, line.valid_from)
        _end(tx, slot, today)
        tx.add(fresh)
        return
    for name in _FIELDS:
        setattr(slot, name, getattr(line, name))


def _end(tx: Tx, slot: DutySlot, today: date) -> None:
    if slot.valid_from >= today:
        tx.delete(slot)
    else:
        slot.valid_until = today


def _hand_over(
    tx: Tx, estate: Estate, taken: tuple[int, date], staff_id: int, actor: Actor, now: datetime
) -> DutySlot:
    slot_id, on = taken
    slot = tx.get(DutySlot, slot_id)
    if slot is None or slot.estate_id != estate.id or not duty.slot_of(slot).starts_on(on):
        raise NotFound("duty", f"{slot_id} on {on}")
    if slot.staff_id == staff_id:
        raise FieldError("to", "This person has that duty already.")
    start, end = _span(slot, on, estate)
    if end <= now:
        raise FieldError("duty", "That duty is over.")
    made = _once(estate, Role(slot.role), slot.trade, staff_id, slot, on, SWAP)
    checks.check_works_here(tx, estate, staff_id)
    away = DutyAbsence(
        staff_id=slot.staff_id,
        slot_id=slot.id,
        starts_at=start,
        ends_at=end,
        reason=SWAP,
        created_at=now,
        created_by=actor.staff_id,
    )
    tx.add_all([away, made])
    return made


def _span(slot: DutySlot, on: date, estate: Estate) -> tuple[datetime, datetime]:
    start, end = duty.slot_of(slot).span(on, ZoneInfo(estate.timezone))
    return from_us(start), from_us(end)
