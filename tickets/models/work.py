"""Tickets: what work exists, its clocks, its history and who was told."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Json, Moment, Str, StrList
from infra.database import Base
from tickets.models.people import Resident, Staff
from tickets.models.places import Estate, Unit

TICKET_SERIAL = Sequence("ticket_serial", start=1_000_001, cache=20, metadata=Base.metadata)
OPEN_STATES = ("queued", "reserved", "assigned", "waiting")
Nullable = DateTime(timezone=True)


class Queue(Base):
    """Tickets waiting for one kind of work; its code is the skill a seat needs."""

    __tablename__ = "queues"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[Str]  # English source text of the console catalog
    sort: Mapped[int] = mapped_column(Integer, server_default="0")


class Category(Base):
    """A node of the category tree; leaves carry queue, class and deadline line. Key paths come from `key`."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(Text, ForeignKey("categories.code"))
    key: Mapped[Str]
    sort: Mapped[int] = mapped_column(Integer, server_default="0")
    names: Mapped[Json]  # {"en": "Water, leak, tap", "zh-TW": ...}
    kind: Mapped[str] = mapped_column(Text, server_default="service_request")
    queue_code: Mapped[str | None] = mapped_column(Text, ForeignKey("queues.code"))
    priority_class: Mapped[str | None] = mapped_column(Text)
    line: Mapped[str | None] = mapped_column(Text)  # deadline line: code of the default policy
    ask: Mapped[str | None] = mapped_column(Text)  # extra yes/no question of the flow
    ask_yes_code: Mapped[str | None] = mapped_column(Text)  # category a "yes" leads to
    ask_yes_class: Mapped[str | None] = mapped_column(Text)  # or the class a "yes" raises it to
    is_hidden: Mapped[bool] = mapped_column(Boolean, server_default="false")


class Disposition(Base):
    """A result code that may end a ticket; null estate: everywhere."""

    __tablename__ = "dispositions"
    __table_args__ = (UniqueConstraint("estate_id", "code", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    code: Mapped[Str]
    name: Mapped[Str]
    sort: Mapped[int] = mapped_column(Integer, server_default="0")


class Ticket(Base):
    """One piece of work. States and moves: `tickets.lifecycle`; words: `tickets.words`."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_due", "next_due_at", postgresql_where=text("next_due_at IS NOT NULL")),
        Index(
            "ix_tickets_queued",
            "estate_id",
            "queue_code",
            "rank_at",
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_tickets_wait_until",
            "wait_until",
            postgresql_where=text("state = 'waiting' AND wait_until IS NOT NULL"),
        ),
        Index("ix_tickets_resolved", "resolved_at", postgresql_where=text("state = 'resolved'")),
        Index("ix_tickets_seat", "seat_id", postgresql_where=text("seat_id IS NOT NULL")),
        Index("ix_tickets_estate_created", "estate_id", text("created_at DESC"), text("id DESC")),
        Index("ix_tickets_phone", "phone_e164", text("created_at DESC")),
        Index("ix_tickets_unit", "unit_id", text("created_at DESC")),
        Index("uq_tickets_origin", "origin", unique=True, postgresql_where=text("origin IS NOT NULL")),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(Text, unique=True)
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    category_code: Mapped[str] = mapped_column(Text, ForeignKey("categories.code"))
    queue_code: Mapped[str] = mapped_column(Text, ForeignKey("queues.code"))
    priority_class: Mapped[Str]
    kind: Mapped[Str]
    language: Mapped[Str]
    state: Mapped[Str]
    text: Mapped[str] = mapped_column(Text, server_default="")
    source: Mapped[Str]
    # What made it, e.g. "call:CA…": a repeated webhook finds the ticket here instead of making a second one.
    origin: Mapped[str | None] = mapped_column(Text)
    call_sid: Mapped[str | None] = mapped_column(Text, index=True)
    is_live: Mapped[bool] = mapped_column(Boolean, server_default="false")  # a caller is waiting on the line
    resident_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("residents.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    is_unit_confirmed: Mapped[bool] = mapped_column(Boolean, server_default="false")
    place_text: Mapped[str] = mapped_column(Text, server_default="")  # what an unknown caller keyed or said
    phone_e164: Mapped[str | None] = mapped_column(Text)
    customer_type: Mapped[str | None] = mapped_column(Text)

    assignee_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    seat_id: Mapped[int | None] = mapped_column(
        BigInteger
    )  # routing.models.Seat, which this room must not know
    created_at: Mapped[Moment]
    entered_at: Mapped[Moment]  # into the queue; never moved by decline, lapse or transfer
    rank_at: Mapped[Moment]  # sort key of the queue: tickets.priority
    acknowledged_at: Mapped[datetime | None] = mapped_column(Nullable)
    acknowledged_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(Nullable)
    closed_at: Mapped[datetime | None] = mapped_column(Nullable)
    close_told_at: Mapped[datetime | None] = mapped_column(Nullable)  # that it will close by itself
    wait_reason: Mapped[str | None] = mapped_column(Text)
    wait_until: Mapped[datetime | None] = mapped_column(Nullable)
    disposition: Mapped[str | None] = mapped_column(Text)
    reopened_count: Mapped[int] = mapped_column(Integer, server_default="0")
    chase_count: Mapped[int] = mapped_column(Integer, server_default="0")

    policy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("policies.id"))
    policy_version: Mapped[int | None] = mapped_column(Integer)
    escalation_level: Mapped[int] = mapped_column(Integer, server_default="0")
    climb_stopped_at: Mapped[datetime | None] = mapped_column(
        Nullable
    )  # somebody acknowledged the escalation
    next_due_at: Mapped[datetime | None] = mapped_column(Nullable)  # when the sweep must look at it again

    method: Mapped[str | None] = mapped_column(Text)  # how the category was found: keys, speech, words …
    confidence: Mapped[float | None] = mapped_column(Float)
    tags: Mapped[StrList] = mapped_column(server_default="{}")
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # of what people edit, not of its moves

    estate: Mapped[Estate] = relationship()
    resident: Mapped[Resident | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    assignee: Mapped[Staff | None] = relationship(foreign_keys=[assignee_id])
    acknowledged_by: Mapped[Staff | None] = relationship(foreign_keys=[acknowledged_by_id])
    category: Mapped[Category] = relationship()
    targets: Mapped[list["TicketTarget"]] = relationship(back_populates="ticket", order_by="TicketTarget.id")


class TicketTarget(Base):
    """One clock of one ticket. `round` counts reopenings; due instants: `tickets.deadlines`."""

    __tablename__ = "ticket_targets"
    __table_args__ = (UniqueConstraint("ticket_id", "kind", "round"),)

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id", ondelete="CASCADE"))
    kind: Mapped[Str]
    round: Mapped[int] = mapped_column(Integer, server_default="1")
    promise: Mapped[Json]  # the Target of the policy version it was made under
    started_at: Mapped[Moment]
    warn_at: Mapped[datetime | None] = mapped_column(Nullable)
    due_at: Mapped[Moment]
    is_by_hand: Mapped[bool] = mapped_column(Boolean, server_default="false")  # never moved again
    by_hand_reason: Mapped[str] = mapped_column(Text, server_default="")
    by_hand_by_id: Mapped[int | None] = mapped_column(BigInteger)
    warned_at: Mapped[datetime | None] = mapped_column(Nullable)
    met_at: Mapped[datetime | None] = mapped_column(Nullable)
    breached_at: Mapped[datetime | None] = mapped_column(Nullable)
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)  # ticket over or superseded before it was met
    level: Mapped[int] = mapped_column(Integer, server_default="0")  # the escalation level reached; 0: none
    told_at: Mapped[datetime | None] = mapped_column(Nullable)  # when that level was told
    reminded: Mapped[int] = mapped_column(Integer, server_default="0")  # how often since then

    ticket: Mapped[Ticket] = relationship(back_populates="targets")


class TicketInterval(Base):
    """A stretch of a ticket's life in which its clocks ran or stood, with cause and author."""

    __tablename__ = "ticket_intervals"
    __table_args__ = (
        Index("ix_ticket_intervals_ticket", "ticket_id", "starts_at"),
        Index("uq_ticket_intervals_open", "ticket_id", unique=True, postgresql_where=text("ends_at IS NULL")),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id", ondelete="CASCADE"))
    kind: Mapped[Str]  # running | paused | over (between done and reopened)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[datetime | None] = mapped_column(Nullable)


class TicketEvent(Base):
    """One line of a ticket's history. Append only: a trigger refuses change and deletion."""

    __tablename__ = "ticket_events"
    __table_args__ = (Index("ix_ticket_events_ticket", "ticket_id", "id"), Index("ix_ticket_events_at", "at"))

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    at: Mapped[Moment]
    kind: Mapped[Str]  # opened, queued, reserved, accepted, declined, lapsed, noted, waiting, escalated, …
    actor: Mapped[Str]  # staff:<login> | caller | system
    data: Mapped[Json] = mapped_column(server_default="{}")


class Telling(Base):
    """One occasion on which one person was told, by text and by call, of one or several escalations."""

    __tablename__ = "tellings"
    __table_args__ = (
        Index("ix_tellings_recipient", "recipient_id", "created_at"),
        Index("uq_tellings_key", "key", unique=True),
    )

    id: Mapped[Id]
    key: Mapped[str | None] = mapped_column(
        Text
    )  # of the outbox item that asked for it: asked again, same row
    recipient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    phone_e164: Mapped[Str]
    created_at: Mapped[Moment]
    text_sid: Mapped[str | None] = mapped_column(Text)
    call_sid: Mapped[str | None] = mapped_column(Text, index=True)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Nullable)


class Escalation(Base):
    """A level reached after a breach, and who was told. Once per (target, level), whatever happens."""

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("target_id", "level"),
        Index("ix_escalations_at", text("at DESC"), text("id DESC")),
        Index("ix_escalations_untold", "recipient_id", postgresql_where=text("telling_id IS NULL")),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"), index=True)
    target_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ticket_targets.id"))
    target_kind: Mapped[Str]
    level: Mapped[int] = mapped_column(Integer)
    role: Mapped[Str]  # the role named by the chain
    recipient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recipient_role: Mapped[Str]  # the role that person holds at that moment, if the named one was empty
    phone_e164: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[Moment]  # when this level fell due; `at` minus this is the lateness
    at: Mapped[Moment] = mapped_column(server_default=text("clock_timestamp()"))
    telling_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tellings.id"), index=True)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Nullable)
    acknowledged_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))

    ticket: Mapped[Ticket] = relationship()
    recipient: Mapped[Staff] = relationship(foreign_keys=[recipient_id])
    acknowledged_by: Mapped[Staff | None] = relationship(foreign_keys=[acknowledged_by_id])
