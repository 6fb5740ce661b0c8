"""Call-backs that were asked for while waiting."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Id, Moment, Str
from infra.database import Base

Nullable = DateTime(timezone=True)


class Callback(Base):
    """Somebody who is to be rung at their turn; one per ticket.

    `waiting` for the turn, `ringing` while the resident is dialled, `resting` between two attempts, `talking` once
    the key was pressed; then `done`, `failed` after the last attempt, `expired` when its window closed, `off` when
    the resident needs it no more.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        Index(
            "ix_callbacks_live",
            "state",
            "asked_at",
            postgresql_where=text("state IN ('waiting', 'ringing', 'resting', 'talking')"),
        ),
    )

    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tickets.id"), unique=True)
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    call_sid: Mapped[Str]  # the call in which it was asked for
    phone_e164: Mapped[Str]
    language: Mapped[Str]
    state: Mapped[Str]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    asked_at: Mapped[Moment]
    until_at: Mapped[Moment]
    next_at: Mapped[datetime | None] = mapped_column(Nullable)  # while resting
    rung_at: Mapped[datetime | None] = mapped_column(Nullable)  # the last attempt
    attempt_sid: Mapped[str | None] = mapped_column(Text)  # its call, once the provider has answered
    item_id: Mapped[int | None] = mapped_column(BigInteger)  # of the outbox row that rings
    seat_id: Mapped[int | None] = mapped_column(BigInteger)  # reserved before the resident is rung
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)
