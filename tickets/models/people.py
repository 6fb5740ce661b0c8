"""Residents with their numbers and dwellings; staff with roles, estates and duty."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Moment, Str, StrList
from infra.database import Base
from tickets.models.places import Estate, Unit


class Resident(Base):
    """A person who lives, works or owns in an estate. `language` null: never asked yet."""

    __tablename__ = "residents"

    id: Mapped[Id]
    name: Mapped[Str]
    language: Mapped[str | None] = mapped_column(Text)
    customer_type: Mapped[str] = mapped_column(Text, server_default="owner")
    is_vulnerable: Mapped[bool] = mapped_column(Boolean, server_default="false")
    created_at: Mapped[Moment]
    classes: Mapped[StrList] = mapped_column(server_default="{}")  # codes of `ResidentClass`
    notes: Mapped[str] = mapped_column(Text, server_default="")
    erased_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True)
    )  # forgotten; the row is a stump

    phones: Mapped[list["ResidentPhone"]] = relationship(back_populates="resident")
    residencies: Mapped[list["Residency"]] = relationship(back_populates="resident")


class ResidentClass(Base):
    """A class of residents that the office made up: elderly, key customer, under warranty …"""

    __tablename__ = "resident_classes"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[Str]


class ResidentPhone(Base):
    """One number of one resident; a number may belong to several people."""

    __tablename__ = "resident_phones"
    __table_args__ = (UniqueConstraint("resident_id", "e164"), Index("ix_resident_phones_e164", "e164"))

    id: Mapped[Id]
    resident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("residents.id", ondelete="CASCADE"))
    e164: Mapped[Str]
    takes_texts: Mapped[bool] = mapped_column(Boolean, server_default="true")

    resident: Mapped[Resident] = relationship(back_populates="phones")


class Residency(Base):
    """Who belongs to which unit, in which role, from when until when (dates in the estate's zone)."""

    __tablename__ = "residencies"
    __table_args__ = (
        UniqueConstraint("resident_id", "unit_id", "from_on"),
        Index("ix_residencies_unit", "unit_id"),
    )

    id: Mapped[Id]
    resident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("residents.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(Text, server_default="owner")
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)  # first day no longer there

    resident: Mapped[Resident] = relationship(back_populates="residencies")
    unit: Mapped[Unit] = relationship()


class CallerPreference(Base):
    """The language a number last chose, kept also for callers who are nobody's resident."""

    __tablename__ = "caller_preferences"

    e164: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[Str]
    updated_at: Mapped[Moment]


class Staff(Base):
    """A member of staff: login, role, estates, phone for duty calls."""

    __tablename__ = "staff"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Str]
    password_hash: Mapped[Str]
    role: Mapped[Str]
    phone_e164: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, server_default="en")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    created_at: Mapped[Moment]

    estates: Mapped[list[Estate]] = relationship(secondary="staff_estates", order_by=Estate.code)


class StaffEstate(Base):
    """The estates that a member of staff may see and serve."""

    __tablename__ = "staff_estates"

    staff_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    estate_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("estates.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ApiToken(Base):
    """A bearer token of the JSON API; only its SHA-256 is stored."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    label: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    staff: Mapped[Staff] = relationship()


class DutySlot(Base):
    """A repeating line of the duty roster in the estate's local time.

    `weekdays` is a bit mask, Monday = 1. `end_minute` may pass 1440: the slot then runs past midnight and belongs
    to the day it starts on. `valid_until` is the first day on which it no longer starts.
    """

    __tablename__ = "duty_slots"
    __table_args__ = (Index("ix_duty_slots_estate_role", "estate_id", "role"),)

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    role: Mapped[Str]
    trade: Mapped[str | None] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    weekdays: Mapped[int] = mapped_column(SmallInteger)
    start_minute: Mapped[int] = mapped_column(Integer)
    end_minute: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(Text, server_default="repeating")  # repeating | one_off | swap

    staff: Mapped[Staff] = relationship()


class DutyAbsence(Base):
    """A time in which a person holds no duty; with `slot_id`, not that line of the roster only (a swap).

    Taken back by `ended_at`; the row stays, so that what the roster was can still be told.
    """

    __tablename__ = "duty_absences"
    __table_args__ = (Index("ix_duty_absences_staff", "staff_id", "ends_at"),)

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    slot_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("duty_slots.id", ondelete="CASCADE"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    reason: Mapped[Str]  # sick | leave | training | swap | other
    note: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
