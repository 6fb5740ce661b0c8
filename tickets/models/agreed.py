"""What grows on tickets: reminders of escalations, visits agreed with residents."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Moment, Str
from infra.database import Base
from tickets.models.people import Staff
from tickets.models.work import Escalation, Ticket

Nullable = DateTime(timezone=True)


class Reminder(Base):
    """A level told again because nobody has acknowledged it; `number` counts from 1."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("escalation_id", "number"),
        Index("ix_reminders_untold", "recipient_id", postgresql_where=text("telling_id IS NULL")),
    )

    id: Mapped[Id]
    escalation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("escalations.id"))
    number: Mapped[int] = mapped_column(Integer)
    recipient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recipient_role: Mapped[Str]
    due_at: Mapped[Moment]
    at: Mapped[Moment] = mapped_column(server_default=text("clock_timestamp()"))
    telling_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tellings.id"), index=True)

    escalation: Mapped[Escalation] = relationship()
    recipient: Mapped[Staff] = relationship()


class Visit(Base):
    """A visit agreed with a resident, `[from_at, until_at)`; one per ticket that is not cancelled."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("uq_visits_ticket", "ticket_id", unique=True, postgresql_where=text("cancelled_at IS NULL")),
        Index("ix_visits_staff", "staff_id", "from_at"),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    from_at: Mapped[Moment]
    until_at: Mapped[Moment]
    created_at: Mapped[Moment]
    cancelled_at: Mapped[datetime | None] = mapped_column(Nullable)

    ticket: Mapped[Ticket] = relationship()
    staff: Mapped[Staff | None] = relationship()
