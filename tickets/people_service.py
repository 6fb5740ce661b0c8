"""Residents and property as people change them. Every change stands in the audit list.

Merging and forgetting are `tickets.people_erasure`; loading files is `tickets.imports`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from infra.database import Tx
from tickets.actors import Actor
from tickets.audit import note_act
from tickets.errors import FieldError, NotFound, Refused
from tickets.lifecycle import OPEN_STATES
from tickets.models import Building, Estate, Residency, Resident, ResidentClass, ResidentPhone, Ticket, Unit
from tickets.people_phones import checked, region_of
from tickets.phones import takes_texts
from tickets.words import CustomerType

ROLES = ("owner", "tenant", "family", "shop", "contractor", "other")
_OPEN = tuple(state.value for state in OPEN_STATES)


class UnitInUse(Refused):
    """The unit has tickets that are not over, so it cannot be taken away."""

    code = "unit_in_use"

    def __init__(self, numbers: Sequence[str]) -> None:
        self.numbers = tuple(numbers)
        super().__init__(f"Open tickets name this unit: {', '.join(numbers)}.", numbers=list(numbers))


@dataclass(frozen=True, kw_only=True)
class Home:
    """A unit that somebody belongs to: from a day, until the first day no longer (None: still)."""

    unit_id: int
    role: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ResidentDraft:
    """A resident as somebody wants them; numbers as typed."""

    name: str
    language: str | None = None
    customer_type: str = CustomerType.OWNER
    is_vulnerable: bool = False
    classes: Sequence[str] = ()
    notes: str = ""
    phones: Sequence[str] = ()
    homes: Sequence[Home] = field(default_factory=tuple)


def create_resident(tx: Tx, estate: Estate, draft: ResidentDraft, actor: Actor, *, now: datetime) -> Resident:
    """Write a new resident of the estate down. Raises FieldError and BadNumber."""
    resident = Resident(name=draft.name, created_at=now)
    _fill(tx, estate, resident, draft)
    tx.add(resident)
    tx.flush()
    _set_phones(tx, estate, resident, draft.phones)
    _set_homes(tx, estate, resident, draft.homes)
    note_act(tx, actor, "resident.created", f"resident:{resident.id}", now=now, estate_id=estate.id)
    return resident


def update_resident(
    tx: Tx, estate: Estate, resident: Resident, draft: ResidentDraft, actor: Actor, *, now: datetime
) -> None:
    """Make a resident what the draft says; homes in other estates stay. Raises FieldError and BadNumber."""
    before = _fields(resident)
    _fill(tx, estate, resident, draft)
    _set_phones(tx, estate, resident, draft.phones)
    _set_homes(tx, estate, resident, draft.homes)
    changed = sorted(name for name, value in _fields(resident).items() if value != before[name])
    note_act(
        tx, actor, "resident.changed", f"resident:{resident.id}", now=now, estate_id=estate.id, fields=changed
    )


def add_unit(
    tx: Tx, estate: Estate, building_code: str, floor: int, door: str, actor: Actor, *, now: datetime
) -> Unit:
    """A new unit, its building made on first use; one that was taken away comes back. Raises FieldError."""
    code, door = building_code.strip(), door.strip()
    if not code or not door or not -20 <= floor <= 200:
        raise FieldError("unit", "Building, floor and door are needed.")
    known = select(Building).where(Building.estate_id == estate.id, Building.code == code)
    building = tx.scalar(known)
    if building is None:
        building = Building(estate_id=estate.id, code=code)
        tx.add(building)
        tx.flush()
    unit = tx.scalar(select(Unit).where(Unit.building_id == building.id, Unit.code == f"{floor}{door}"))
    if unit is not None and unit.removed_at is None:
        raise FieldError("unit", "This unit is there already.")
    if unit is None:
        unit = Unit(building_id=building.id, code=f"{floor}{door}", floor=floor, door=door)
        tx.add(unit)
    unit.removed_at = None
    tx.flush()
    note_act(tx, actor, "unit.added", f"unit:{unit.id}", now=now, estate_id=estate.id)
    return unit


def remove_unit(tx: Tx, estate: Estate, unit_id: int, actor: Actor, *, now: datetime) -> None:
    """Take a unit away; old tickets still name it. Raises UnitInUse while a ticket of it is open, NotFound."""
    unit = get_unit(tx, estate, unit_id, lock=True)
    named = select(Ticket.number).where(Ticket.unit_id == unit.id, Ticket.state.in_(_OPEN))
    numbers = tx.scalars(named.order_by(Ticket.id).limit(20)).all()
    if numbers:
        raise UnitInUse(numbers)
    unit.removed_at = now
    note_act(tx, actor, "unit.removed", f"unit:{unit.id}", now=now, estate_id=estate.id)


def get_unit(tx: Tx, estate: Estate, unit_id: int, *, lock: bool = False) -> Unit:
    """A unit of the estate that is there. Raises NotFound."""
    query = select(Unit).join(Unit.building).where(Unit.id == unit_id, Building.estate_id == estate.id)
    unit = tx.scalar(query.with_for_update(of=Unit) if lock else query)
    if unit is None or unit.removed_at is not None:
        raise NotFound("unit", unit_id)
    return unit


def add_class(tx: Tx, code: str, name: str, actor: Actor, *, now: datetime) -> ResidentClass:
    """A new class of residents. Raises FieldError for an empty name and for a code that is taken."""
    code, name = code.strip().lower().replace(" ", "_"), name.strip()
    if not code or not name or len(code) > 40 or len(name) > 80:
        raise FieldError("class", "A class needs a code and a name.")
    if tx.get(ResidentClass, code) is not None:
        raise FieldError("class", "This class is there already.")
    made = ResidentClass(code=code, name=name)
    tx.add(made)
    note_act(tx, actor, "class.added", f"class:{code}", now=now)
    return made


def list_classes(tx: Tx) -> Sequence[ResidentClass]:
    """Every class that the office has made up, by name."""
    return tx.scalars(select(ResidentClass).order_by(ResidentClass.name)).all()


def _fields(resident: Resident) -> dict[str, object]:
    names = ("name", "language", "customer_type", "is_vulnerable", "classes", "notes")
    return {name: getattr(resident, name) for name in names}


def _fill(tx: Tx, estate: Estate, resident: Resident, draft: ResidentDraft) -> None:
    if not draft.name.strip() or len(draft.name) > 120:
        raise FieldError("name", "A name is needed.")
    if draft.customer_type not in set(CustomerType):
        raise FieldError("customer_type", "Choose one from the list.")
    if draft.language and not (draft.language in estate.languages or draft.language == resident.language):
        raise FieldError("language", "The estate does not speak this language.")
    known = {one.code for one in list_classes(tx)}
    if unknown := set(draft.classes) - known:
        raise FieldError("classes", f"There is no class {min(unknown)}.")
    resident.name, resident.language = draft.name.strip(), draft.language or None
    resident.customer_type, resident.is_vulnerable = str(draft.customer_type), draft.is_vulnerable
    resident.classes, resident.notes = sorted(set(draft.classes)), draft.notes.strip()[:4000]


def _set_phones(tx: Tx, estate: Estate, resident: Resident, typed: Sequence[str]) -> None:
    region = region_of(estate.hotline_e164)
    wanted = {checked(text, region) for text in typed if text.strip()}
    rows = select(ResidentPhone).where(ResidentPhone.resident_id == resident.id)
    known = {row.e164: row for row in tx.scalars(rows)}
    for e164, row in known.items():
        if e164 not in wanted:
            tx.delete(row)
    for e164 in sorted(wanted - set(known)):
        tx.add(ResidentPhone(resident_id=resident.id, e164=e164, takes_texts=takes_texts(e164)))
    tx.flush()
    tx.expire(resident, ["phones"])


def _set_homes(tx: Tx, estate: Estate, resident: Resident, homes: Sequence[Home]) -> None:
    here = (
        select(Residency)
        .join(Residency.unit)
        .join(Unit.building)
        .where(Residency.resident_id == resident.id, Building.estate_id == estate.id)
    )
    known = {(row.unit_id, row.from_on): row for row in tx.scalars(here)}
    for home in homes:
        if home.role not in ROLES:
            raise FieldError("role", "Choose one from the list.")
        if home.until_on is not None and home.until_on < home.from_on:
            raise FieldError("until_on", "The last day must not come before the first.")
        row = known.pop((home.unit_id, home.from_on), None)
        if row is None:
            get_unit(tx, estate, home.unit_id)
            row = Residency(resident_id=resident.id, unit_id=home.unit_id, from_on=home.from_on)
            tx.add(row)
        row.role, row.until_on = home.role, home.until_on
    for row in known.values():
        tx.delete(row)
    tx.flush()
    tx.expire(resident, ["residencies"])
