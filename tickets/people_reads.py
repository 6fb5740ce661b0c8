"""Residents and property as people look for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from infra.database import Tx
from tickets.lifecycle import OPEN_STATES
from tickets.models import Building, Estate, Residency, Resident, ResidentPhone, Ticket, Unit

_OPEN = tuple(state.value for state in OPEN_STATES)


@dataclass(frozen=True)
class ResidentFilter:
    """Which residents a list shows; empty values match anything."""

    text: str = ""
    customer_type: str = ""
    class_code: str = ""
    is_vulnerable: bool = False
    with_past: bool = False
    unit_id: int | None = None


@dataclass(frozen=True)
class UnitLine:
    """A unit of the tree with how many live there today and how many of its tickets are open."""

    unit: Unit
    people: int
    open_tickets: int


def list_residents(
    tx: Tx, estate: Estate, wanted: ResidentFilter, on: date, after: int = 0, limit: int = 50
) -> Sequence[Resident]:
    """Residents of the estate by id, from after that id, at most `limit`, with numbers and homes.

    Found by name, number or unit ("3-12A"); those who have moved out only with `with_past`.
    """
    query = whole(select(Resident)).where(
        Resident.id > after, Resident.erased_at.is_(None), Resident.id.in_(_lives(estate, wanted, on))
    )
    if wanted.text.strip():
        query = query.where(_matches(wanted.text.strip()))
    if wanted.customer_type:
        query = query.where(Resident.customer_type == wanted.customer_type)
    if wanted.class_code:
        query = query.where(Resident.classes.contains([wanted.class_code]))
    if wanted.is_vulnerable:
        query = query.where(Resident.is_vulnerable)
    return tx.scalars(query.order_by(Resident.id).limit(limit)).all()


def find_resident(tx: Tx, resident_id: int, estate_ids: Collection[int]) -> Resident | None:
    """A resident who lives or lived in one of these estates, with numbers and homes; None else."""
    theirs = (
        select(Residency.resident_id)
        .join(Residency.unit)
        .join(Unit.building)
        .where(Building.estate_id.in_(estate_ids))
    )
    query = whole(select(Resident)).where(Resident.id == resident_id, Resident.id.in_(theirs))
    return tx.scalars(query).one_or_none()


def estate_of(tx: Tx, resident: Resident, estates: Sequence[Estate]) -> Estate | None:
    """The first of `estates` that the resident belongs to."""
    ids = {home.unit.building.estate_id for home in resident.residencies}
    return next((estate for estate in estates if estate.id in ids), None)


def tree(tx: Tx, estate: Estate, on: date) -> dict[Building, dict[int, list[UnitLine]]]:
    """The property of an estate: buildings, their floors from below, and the units of each floor."""
    people = (
        select(Residency.unit_id, func.count().label("n"))
        .where(Residency.from_on <= on, or_(Residency.until_on.is_(None), Residency.until_on > on))
        .group_by(Residency.unit_id)
        .subquery()
    )
    tickets = (
        select(Ticket.unit_id, func.count().label("n"))
        .where(Ticket.estate_id == estate.id, Ticket.state.in_(_OPEN), Ticket.unit_id.is_not(None))
        .group_by(Ticket.unit_id)
        .subquery()
    )
    query = (
        select(Building, Unit, func.coalesce(people.c.n, 0), func.coalesce(tickets.c.n, 0))
        .join(Unit, Unit.building_id == Building.id)
        .outerjoin(people, people.c.unit_id == Unit.id)
        .outerjoin(tickets, tickets.c.unit_id == Unit.id)
        .where(Building.estate_id == estate.id, Unit.removed_at.is_(None))
        .order_by(Building.code, Unit.floor, Unit.door)
    )
    found: dict[Building, dict[int, list[UnitLine]]] = {}
    for building, unit, residents, open_tickets in tx.execute(query):
        line = UnitLine(unit, residents, open_tickets)
        found.setdefault(building, {}).setdefault(unit.floor, []).append(line)
    return found


def find_unit_by_name(tx: Tx, estate: Estate, name: str) -> Unit | None:
    """The unit called "3-12A": building, hyphen, unit; letters may be small or capital. None if there is none."""
    building, _, code = name.strip().rpartition("-")
    query = (
        select(Unit)
        .join(Unit.building)
        .where(
            Building.estate_id == estate.id,
            func.lower(Building.code) == building.strip().lower(),
            func.lower(Unit.code) == code.strip().lower(),
            Unit.removed_at.is_(None),
        )
    )
    return tx.scalars(query).one_or_none()


def whole(query: Select[Resident]) -> Select[Resident]:
    """With numbers and homes, in a fixed number of queries."""
    homes = selectinload(Resident.residencies).joinedload(Residency.unit).joinedload(Unit.building)
    return query.options(selectinload(Resident.phones), homes.joinedload(Building.estate))


def _lives(estate: Estate, wanted: ResidentFilter, on: date) -> Select[int]:
    query = (
        select(Residency.resident_id)
        .join(Residency.unit)
        .join(Unit.building)
        .where(Building.estate_id == estate.id)
    )
    if not wanted.with_past:
        query = query.where(or_(Residency.until_on.is_(None), Residency.until_on > on))
    if wanted.unit_id is not None:
        query = query.where(Residency.unit_id == wanted.unit_id)
    return query


def _matches(text: str) -> ColumnElement[bool]:
    plain = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    digits = "".join(c for c in text if c.isdigit()).lstrip("0")
    found: ColumnElement[bool] = Resident.name.ilike(f"%{plain}%")
    if len(digits) >= 4:
        found = found | Resident.phones.any(ResidentPhone.e164.like(f"%{digits}%"))
    unit = (
        select(Residency.resident_id)
        .join(Residency.unit)
        .join(Unit.building)
        .where(func.lower(func.concat(Building.code, "-", Unit.code)) == text.lower())
    )
    return found | Resident.id.in_(unit)
