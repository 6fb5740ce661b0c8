"""Incidents, who joined them, and the news that went out about them."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Id, Json, Moment, Str
from infra.database import Base

Nullable = DateTime(timezone=True)


class Incident(Base):
    """Trouble of a whole building (null: of the estate). At most one is offered or open per building and category."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "uq_incidents_live",
            "estate_id",
            "building_id",
            "category_code",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state IN ('offered', 'open')"),
        ),
    )

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    building_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("buildings.id"))
    category_code: Mapped[str] = mapped_column(Text, ForeignKey("categories.code"))
    state: Mapped[Str]  # offered | open | dismissed | closed
    callers: Mapped[int] = mapped_column(Integer, server_default="0")  # how many made it be offered
    texts: Mapped[Json] = mapped_column(server_default="{}")  # the office's words by BCP 47 tag
    created_at: Mapped[Moment]
    opened_at: Mapped[datetime | None] = mapped_column(Nullable)
    opened_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)  # closed or dismissed
    ended_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class IncidentJoin(Base):
    """Somebody who is to be told. One per number, and one per call of a withheld number."""

    __tablename__ = "incident_joins"
    __table_args__ = (
        UniqueConstraint("incident_id", "phone_e164"),
        UniqueConstraint("incident_id", "call_sid"),
    )

    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("incidents.id"))
    phone_e164: Mapped[str | None] = mapped_column(Text)
    call_sid: Mapped[str | None] = mapped_column(Text)
    language: Mapped[Str]
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    ticket_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    joined_at: Mapped[Moment]


class IncidentNews(Base):
    """One piece of news, told once to everybody who has joined by then."""

    __tablename__ = "incident_news"
    __table_args__ = (Index("ix_incident_news_incident", "incident_id", "id"),)

    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("incidents.id"))
    is_end: Mapped[bool] = mapped_column(Boolean, server_default="false")
    texts: Mapped[Json] = mapped_column(server_default="{}")
    at: Mapped[Moment]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
