"""Who is calling, and from where: reads of residents, dwellings, estates and remembered languages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from infra.database import Tx
from tickets.models import (
    Building,
    CallerPreference,
    Estate,
    Residency,
    Resident,
    ResidentPhone,
    Ticket,
    Unit,
)


@dataclass(frozen=True)
class Dwelling:
    """A unit with its building, and the resident through whom the number belongs to it."""

    unit: Unit
    building: Building
    resident: Resident


@dataclass(frozen=True)
class Caller:
    """What a number says about who is calling. `resident` None: nobody of ours has this number."""

    resident: Resident | None
    dwellings: tuple[Dwelling, ...]


def caller_by_phone(tx: Tx, e164: str, on: date, estate_id: int | None = None) -> Caller:
    """The person with this number and their dwellings on that day (in one estate, if one is named).

    Several people with one number: the dwellings of all, each once, and the person of the first dwelling.
    """
    lives = (
        select(Residency)
        .join(Residency.resident)
        .join(Resident.phones)
        .join(Residency.unit)
        .join(Unit.building)
        .where(
            ResidentPhone.e164 == e164,
            Unit.removed_at.is_(None),
            Residency.from_on <= on,
            or_(Residency.until_on.is_(None), Residency.until_on > on),
        )
        .options(joinedload(Residency.resident), joinedload(Residency.unit).joinedload(Unit.building))
        .order_by(Building.code, Unit.floor, Unit.code, Residency.id)
    )
    if estate_id is not None:
        lives = lives.where(Building.estate_id == estate_id)
    by_unit: dict[int, Dwelling] = {}
    for one in tx.execute(lives).scalars():
        by_unit.setdefault(one.unit_id, Dwelling(one.unit, one.unit.building, one.resident))
    dwellings = tuple(by_unit.values())
    if dwellings:
        return Caller(dwellings[0].resident, dwellings)
    person = (
        select(Resident)
        .join(Resident.phones)
        .where(ResidentPhone.e164 == e164)
        .order_by(Resident.id)
        .limit(1)
    )
    return Caller(tx.execute(person).scalar_one_or_none(), ())


def is_from(e164: str, on: date) -> ColumnElement[bool]:
    """Whether a ticket came from this number, and not from a unit whose people with this number have all left by
    that day: who moved out no longer hears of it."""
    left = (
        select(Residency.unit_id)
        .join(ResidentPhone, ResidentPhone.resident_id == Residency.resident_id)
        .where(ResidentPhone.e164 == e164)
        .group_by(Residency.unit_id)
        .having(func.bool_and(Residency.until_on.is_not(None) & (Residency.until_on <= on)))
    )
    return (Ticket.phone_e164 == e164) & (Ticket.unit_id.is_(None) | Ticket.unit_id.not_in(left))


def find_unit(tx: Tx, estate_id: int, building_code: str, unit_code: str) -> Unit | None:
    """The unit with these codes as keyed in, or None; letters may be small or capital."""
    return tx.execute(
        select(Unit)
        .join(Unit.building)
        .where(
            Building.estate_id == estate_id,
            Building.code.ilike(_literal(building_code)),
            Unit.code.ilike(_literal(unit_code)),
            Unit.removed_at.is_(None),
        )
        .options(joinedload(Unit.building))
    ).scalar_one_or_none()


def estate_by_hotline(tx: Tx, e164: str) -> Estate | None:
    """The active estate that is reached by this number."""
    return tx.execute(
        select(Estate).where(Estate.hotline_e164 == e164, Estate.is_active)
    ).scalar_one_or_none()


def estate_by_code(tx: Tx, code: str, estate_ids: Collection[int] | None = None) -> Estate | None:
    """The estate with this code, if it is one of `estate_ids` (None: any)."""
    found = tx.execute(select(Estate).where(Estate.code == code)).scalar_one_or_none()
    return found if found and (estate_ids is None or found.id in estate_ids) else None


def language_of(tx: Tx, e164: str | None) -> str | None:
    """The language this number last chose, else its resident's; None: never asked yet, or number withheld."""
    if e164 is None:
        return None
    chosen = tx.get(CallerPreference, e164)
    if chosen is not None:
        return chosen.language
    known = (
        select(Resident.language)
        .join(Resident.phones)
        .where(ResidentPhone.e164 == e164, Resident.language.is_not(None))
        .order_by(Resident.id)
        .limit(1)
    )
    return tx.execute(known).scalar_one_or_none()


def remember_language(tx: Tx, e164: str, language: str, *, now: datetime) -> None:
    """Keep the language that this number chose."""
    values = {"language": language, "updated_at": now}
    tx.execute(
        insert(CallerPreference)
        .values(e164=e164, **values)
        .on_conflict_do_update(index_elements=["e164"], set_=values)
    )


def _literal(code: str) -> str:
    return code.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
