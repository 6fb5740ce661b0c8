"""Calendars and deadline policies: what is promised, in whose hours."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Json, JsonList, Moment, Str
from infra.database import Base


class Calendar(Base):
    """Business hours: weekly windows as JSON, see `tickets.calendars`. Null `timezone`: the estate's own."""

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("estate_id", "code"),)

    id: Mapped[Id]
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))  # null: company-wide
    code: Mapped[Str]
    name: Mapped[Str]
    timezone: Mapped[str | None] = mapped_column(Text)
    weekly: Mapped[JsonList]

    exceptions: Mapped[list["CalendarException"]] = relationship(
        back_populates="calendar", cascade="all, delete-orphan"
    )


class CalendarException(Base):
    """One date that differs: closed, works like a weekday, or own windows."""

    __tablename__ = "calendar_exceptions"

    calendar_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("calendars.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[Str]  # closed | like_weekday | windows
    weekday: Mapped[int | None] = mapped_column(Integer)
    windows: Mapped[JsonList] = mapped_column(server_default="[]")
    note: Mapped[str] = mapped_column(Text, server_default="")
    source: Mapped[str] = mapped_column(Text, server_default="")  # who or what entered it

    calendar: Mapped[Calendar] = relationship(back_populates="exceptions")


class CalendarVersion(Base):
    """A calendar as it was saved by somebody, as JSON of `tickets.calendars`. The highest version is in force."""

    __tablename__ = "calendar_versions"

    calendar_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[Json]
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class PromiseStamp(Base):
    """One row whose value changes with every calendar, category, policy or estate (by triggers).

    Processes keep those in memory and read them again when the stamp is another; see `tickets.promises`.
    """

    __tablename__ = "promise_stamp"

    only_row: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default="true")
    value: Mapped[int] = mapped_column(BigInteger)


class Policy(Base):
    """A line of the promise: which tickets it covers. Null columns match anything; the lowest `rank` wins.

    What it promises stands in its versions, so that an edit never changes a promise already made.
    """

    __tablename__ = "policies"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(Text, unique=True)
    rank: Mapped[int] = mapped_column(Integer)
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    category_code: Mapped[str | None] = mapped_column(Text)
    priority_class: Mapped[str | None] = mapped_column(Text)
    customer_type: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # the one in force
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    versions: Mapped[list["PolicyVersion"]] = relationship(
        back_populates="policy", order_by="PolicyVersion.version"
    )


class PolicyVersion(Base):
    """Targets and escalation levels as they were promised from `created_at` on."""

    __tablename__ = "policy_versions"

    policy_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("policies.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    targets: Mapped[JsonList]  # see tickets.deadlines.Target
    levels: Mapped[JsonList]  # see tickets.escalation.Level
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    policy: Mapped[Policy] = relationship(back_populates="versions")


class Storm(Base):
    """A time of bad weather in which ordinary answers may take `percent` longer; see `tickets.storms`."""

    __tablename__ = "storms"

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"), index=True)
    from_at: Mapped[Moment]
    until_at: Mapped[Moment]
    percent: Mapped[int] = mapped_column(Integer, server_default="50")
    reason: Mapped[Str]
    created_at: Mapped[Moment]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
