"""Seats, what they can take, reservations and assignments."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Json, Moment, Str
from infra.database import Base
from tickets.models import Staff, Ticket

Nullable = DateTime(timezone=True)


class Seat(Base):
    """A place that takes work, one per member of staff. Its estates are its staff's.

    `state` is what was declared (available, on_break, offline); the shown state is derived from it, the pending
    reservation, the work held and `wrap_up_until` (`routing.seats`).
    """

    __tablename__ = "seats"

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), unique=True)
    state: Mapped[str] = mapped_column(Text, server_default="offline")
    reason: Mapped[str | None] = mapped_column(Text)
    state_since: Mapped[Moment]
    capacity: Mapped[int] = mapped_column(Integer, server_default="3")
    idle_since: Mapped[Moment]  # the later of last release and last return to available
    wrap_up_until: Mapped[datetime | None] = mapped_column(Nullable)
    wrap_up_extended: Mapped[int] = mapped_column(Integer, server_default="0")
    misses: Mapped[int] = mapped_column(Integer, server_default="0")  # in a row
    seen_at: Mapped[datetime | None] = mapped_column(Nullable)  # last sign of life of its page
    is_off_roster: Mapped[bool] = mapped_column(Boolean, server_default="false")  # came while not on duty

    staff: Mapped[Staff] = relationship()
    skills: Mapped[list["SeatSkill"]] = relationship(cascade="all, delete-orphan")


class SeatSkill(Base):
    """A queue (trade) or a language that a seat can take, level 1–5."""

    __tablename__ = "seat_skills"

    seat_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)  # queue | language
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, server_default="3")


class BreakReason(Base):
    """Why a seat may be on break; null estate: everywhere."""

    __tablename__ = "break_reasons"

    id: Mapped[Id]
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    code: Mapped[Str]
    name: Mapped[Str]
    sort: Mapped[int] = mapped_column(Integer, server_default="0")


class Reservation(Base):
    """An expiring, exclusive hold of a seat for a ticket."""

    __tablename__ = "reservations"
    __table_args__ = (
        Index("uq_reservations_ticket", "ticket_id", unique=True, postgresql_where=text("state = 'pending'")),
        Index("uq_reservations_seat", "seat_id", unique=True, postgresql_where=text("state = 'pending'")),
        Index("ix_reservations_expiry", "expires_at", postgresql_where=text("state = 'pending'")),
        Index("ix_reservations_by_ticket", "ticket_id", "id"),
        Index("ix_reservations_by_seat", "seat_id", "id"),
        Index("ix_reservations_explained", "created_at", postgresql_where=text("explanation <> '{}'::jsonb")),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    seat_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("seats.id"))
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)
    reason: Mapped[str | None] = mapped_column(Text)
    explanation: Mapped[Json] = mapped_column(server_default="{}")
    weight: Mapped[int] = mapped_column(SmallInteger, server_default="1")

    ticket: Mapped[Ticket] = relationship()
    seat: Mapped[Seat] = relationship()


class Assignment(Base):
    """Work held by a seat, from acceptance to release."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index("uq_assignments_ticket", "ticket_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_assignments_seat", "seat_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    seat_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("seats.id"))
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    reservation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("reservations.id"))
    started_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)
    outcome: Mapped[str | None] = mapped_column(Text)  # resolved, returned, transferred
    weight: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    is_over: Mapped[bool] = mapped_column(Boolean, server_default="false")  # by hand, above the capacity

    ticket: Mapped[Ticket] = relationship()


class SeatEvent(Base):
    """One change of a seat. Append only, like a ticket's history."""

    __tablename__ = "seat_events"
    __table_args__ = (Index("ix_seat_events_seat", "seat_id", "id"), Index("ix_seat_events_at", "at"))

    id: Mapped[Id]
    seat_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("seats.id"))
    at: Mapped[Moment]
    kind: Mapped[Str]  # state, missed, set_aside, wrap_up, …
    actor: Mapped[Str]
    data: Mapped[Json] = mapped_column(server_default="{}")


class QueueRule(Base):
    """How a queue is served from an instant on; null estate: everywhere. Append only: a ticket keeps the rule that
    was valid when it entered (`routing.queue_rules`)."""

    __tablename__ = "queue_rules"
    __table_args__ = (Index("ix_queue_rules_queue", "queue_code", "estate_id", "valid_from"),)

    id: Mapped[Id]
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    queue_code: Mapped[str] = mapped_column(Text, ForeignKey("queues.code"))
    valid_from: Mapped[Moment]
    settings: Mapped[Json]
    author: Mapped[Str]


class RouteStep(Base):
    """One step of its rule that a ticket has taken, or passed over, since it entered its queue."""

    __tablename__ = "route_steps"

    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"), primary_key=True)
    entered_at: Mapped[datetime] = mapped_column(Nullable, primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[Moment]
    mark: Mapped[Str]  # what fired: wait, per_seat, expected_wait, nobody_on_duty
    data: Mapped[Json] = mapped_column(server_default="{}")


class RouteTable(Base):
    """One version of the table that names the queue of a request (`routing.route_table`). Append only."""

    __tablename__ = "route_tables"

    id: Mapped[Id]
    valid_from: Mapped[Moment]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    author: Mapped[Str]
    note: Mapped[str] = mapped_column(Text, server_default="")
