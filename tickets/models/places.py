"""Estate → building → unit."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Json, Str, StrList
from infra.database import Base


class Estate(Base):
    """A housing estate: the unit of roster, calendar, hotline number and permission."""

    __tablename__ = "estates"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Str]  # in the estate's main language
    names: Mapped[StrList] = mapped_column(server_default="{}")  # "tag=name" for other languages
    hotline_e164: Mapped[str] = mapped_column(Text, unique=True)
    timezone: Mapped[Str]
    language: Mapped[Str]  # main language, BCP 47
    languages: Mapped[StrList]  # offered by phone, in menu order
    office_calendar: Mapped[str] = mapped_column(Text, server_default="office")
    emergency_number: Mapped[str] = mapped_column(Text, server_default="119")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    wording: Mapped[Json] = mapped_column(
        server_default="{}"
    )  # English words swapped in speech: lift → elevator
    recording_days: Mapped[int] = mapped_column(Integer, server_default="90")  # then deleted at both ends

    buildings: Mapped[list["Building"]] = relationship(back_populates="estate")


class Building(Base):
    """A tower or block; its code is what people say and key in."""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("estate_id", "code"),)

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    code: Mapped[Str]
    name: Mapped[str] = mapped_column(Text, server_default="")

    estate: Mapped[Estate] = relationship(back_populates="buildings")
    units: Mapped[list["Unit"]] = relationship(back_populates="building")


class Unit(Base):
    """A dwelling or shop. `floor` and `door` are spoken apart: building 3, floor 12, flat A."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("building_id", "code"),)

    id: Mapped[Id]
    building_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("buildings.id"), index=True)
    code: Mapped[Str]  # "12A": unique within the building
    floor: Mapped[int] = mapped_column(Integer)
    door: Mapped[Str]
    removed_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True)
    )  # gone, but old tickets name it

    building: Mapped[Building] = relationship(back_populates="units")
