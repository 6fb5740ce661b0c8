"""Estates and residents, as far as one may see them."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import selectinload

from console.access import PHONING, Visit
from console.api.entry import endpoint
from console.api.fields import Code, Listing, Out, Paged, Phone
from console.cursors import id_after
from tickets.errors import NotFound
from tickets.models import Building, Estate, Residency, Resident, ResidentPhone, Unit
from tickets.words import Role

READERS_OF_PEOPLE = PHONING | {Role.DIRECTOR, Role.ADMIN}


class EstateOut(Out):
    """A housing estate: unit of roster, calendar, hotline number and permission."""

    code: str
    name: str
    hotline: str = Field(validation_alias="hotline_e164")
    timezone: str
    language: str
    languages: list[str]


class EstateListing(Listing[EstateOut]):
    """One's estates, by code."""


class DwellingOut(Out):
    """A flat that somebody belongs to."""

    estate: str
    unit: str
    role: str


class ResidentOut(Out):
    """A person of an estate, with numbers and flats there."""

    id: int
    name: str
    language: str | None
    customer_type: str
    is_vulnerable: bool
    phones: list[str]
    dwellings: list[DwellingOut]


class ResidentListing(Listing[ResidentOut]):
    """A part of the residents, by id."""


class ResidentFilters(Paged):
    """Which residents a list shows."""

    phone: Phone | None = None
    estate: Code | None = None
    unit: Annotated[str, Field(pattern=r"^[^\x00]{1,40}$")] | None = None


@endpoint("GET", "/estates", answer=EstateListing)
def list_estates(visit: Visit) -> EstateListing:
    """One's estates."""
    return EstateListing(items=[EstateOut.model_validate(each) for each in visit.estates])


@endpoint("GET", "/estates/{code}", answer=EstateOut)
def get_estate(visit: Visit, code: str) -> EstateOut:
    """One estate."""
    found = next((each for each in visit.estates if each.code == code), None)
    if found is None:
        raise NotFound("estate", code)
    return EstateOut.model_validate(found)


@endpoint("GET", "/residents", answer=ResidentListing, query=ResidentFilters, roles=READERS_OF_PEOPLE)
def list_residents(visit: Visit, query: ResidentFilters) -> ResidentListing:
    """Residents of one's estates, by id."""
    lives = [_here(visit), *_limits(query)]
    chosen = _whole(select(Resident)).where(
        Resident.id > id_after(query.cursor), Resident.id.in_(_people().where(*lives))
    )
    if query.phone:
        chosen = chosen.where(Resident.phones.any(ResidentPhone.e164 == query.phone))
    found = visit.tx.scalars(chosen.order_by(Resident.id).limit(query.limit + 1)).all()
    items = found[: query.limit]
    more = str(items[-1].id) if len(found) > query.limit else None
    return ResidentListing(items=[_resident_out(visit, each) for each in items], next=more)


@endpoint("GET", "/residents/{id}", answer=ResidentOut, roles=READERS_OF_PEOPLE)
def get_resident(visit: Visit, id: int) -> ResidentOut:
    """One resident of one's estates."""
    chosen = _whole(select(Resident)).where(Resident.id == id, Resident.id.in_(_people().where(_here(visit))))
    found = visit.tx.scalars(chosen).one_or_none()
    if found is None:
        raise NotFound("resident", id)
    return _resident_out(visit, found)


def _people() -> Select[int]:
    """Ids of residents by where they belong; to be narrowed by conditions on `Residency` and `Building`."""
    return select(Residency.resident_id).join(Residency.unit).join(Unit.building)


def _here(visit: Visit) -> ColumnElement[bool]:
    """Belongs to a flat of one's estates today."""
    today = visit.now.astimezone(visit.zone).date()
    is_over = Residency.until_on.is_not(None) & (Residency.until_on <= today)
    return Building.estate_id.in_(visit.estate_ids) & (Residency.from_on <= today) & ~is_over


def _limits(query: ResidentFilters) -> list[ColumnElement[bool]]:
    limits = []
    if query.estate:
        limits.append(Building.estate.has(Estate.code == query.estate))
    if query.unit:
        limits.append(func.concat(Building.code, "-", Unit.code) == query.unit)
    return limits


def _whole(chosen: Select[Resident]) -> Select[Resident]:
    homes = selectinload(Resident.residencies).joinedload(Residency.unit).joinedload(Unit.building)
    return chosen.options(selectinload(Resident.phones), homes.joinedload(Building.estate))


def _resident_out(visit: Visit, resident: Resident) -> ResidentOut:
    homes = [each for each in resident.residencies if each.unit.building.estate_id in visit.estate_ids]
    return ResidentOut(
        id=resident.id,
        name=resident.name,
        language=resident.language,
        customer_type=resident.customer_type,
        is_vulnerable=resident.is_vulnerable,
        phones=sorted(phone.e164 for phone in resident.phones),
        dwellings=[
            DwellingOut(
                estate=each.unit.building.estate.code,
                unit=f"{each.unit.building.code}-{each.unit.code}",
                role=each.role,
            )
            for each in homes
        ],
    )
