"""What must reach the outside world, written in the same transaction as the fact that causes it.

A row says what to do (`kind`), with what (`payload`, JSON) and under which key it may exist only once. Rows are
relayed at least once by jobs; `workers` maps each kind to the function that does it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Tx
from infra.jobs import QueueName


class OutboxItem(Base):
    """One thing to be done outside. Open while `done_at` and `dead_at` are both null."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "due_at", postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    queue: Mapped[str] = mapped_column(Text, server_default="default")
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    claimed_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dead_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)


def post(
    tx: Tx,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    due_at: datetime | None = None,
    queue: QueueName = "default",
) -> int | None:
    """Write one row and return its id; None when a row with this key exists already, which then stays as it is."""
    statement = (
        insert(OutboxItem)
        .values(kind=kind, key=key, payload=dict(payload), queue=queue, created_at=now, due_at=due_at or now)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxItem.id)
    )
    return tx.execute(statement).scalar_one_or_none()
