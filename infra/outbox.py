"""What must reach the outside world, written in the same transaction as the fact that causes it.

A row says what to do (`kind`), with what (`payload`, JSON) and under which key it may exist only once. Rows are
relayed at least once by jobs; `workers` maps each kind to the function that does it. `Runtime.transaction`
enqueues what was posted right after the commit, and the clock finds whatever was missed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, Text, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base, Tx
from infra.jobs import QueueName

# Longer than any network time-out of one delivery, so that nobody else starts the same one meanwhile.
CLAIM = timedelta(seconds=45)
RELAY_JOB = "workers.jobs.relay"


class Later(Exception):
    """Raised by a handler that wants its row back after `by`, without counting a failure."""

    def __init__(self, by: timedelta) -> None:
        super().__init__(f"again in {by.total_seconds():.0f} s")
        self.by = by


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
    item_id = tx.execute(statement).scalar_one_or_none()
    if item_id is not None and (due_at is None or due_at <= now):
        tx.posted.append((queue, item_id))
    return item_id


@dataclass(frozen=True)
class Claimed:
    """An outbox row that this process may work on until its claim ends."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int  # this one included


def claim(tx: Tx, item_id: int, *, now: datetime) -> Claimed | None:
    """Take one due row for `CLAIM` long; None when it is done, dead, not due or in somebody else's hands."""
    is_free = or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until < now)
    statement = (
        update(OutboxItem)
        .where(OutboxItem.id == item_id, OutboxItem.done_at.is_(None), OutboxItem.dead_at.is_(None))
        .where(OutboxItem.due_at <= now, is_free)
        .values(claimed_until=now + CLAIM, attempts=OutboxItem.attempts + 1)
        .returning(OutboxItem.id, OutboxItem.kind, OutboxItem.key, OutboxItem.payload, OutboxItem.attempts)
    )
    row = tx.execute(statement).one_or_none()
    return Claimed(*row) if row else None


def finish(tx: Tx, item_id: int, result: str, *, now: datetime) -> None:
    """Mark a row as done; `result` says in a few words how."""
    tx.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item_id)
        .values(done_at=now, result=result, error=None, claimed_until=None)
    )


def put_off(tx: Tx, item_id: int, until: datetime, error: str | None = None) -> None:
    """Give a row back, to be taken again at `until`."""
    tx.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item_id)
        .values(due_at=until, error=error, claimed_until=None)
    )


def bury(tx: Tx, item_id: int, error: str, *, now: datetime) -> None:
    """Give a row up: it is listed as a dead letter and can be raised by hand."""
    tx.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item_id)
        .values(dead_at=now, error=error, claimed_until=None)
    )


def due(tx: Tx, *, now: datetime, limit: int = 500) -> list[tuple[QueueName, int]]:
    """Return (queue, id) of open rows that are due and in nobody's hands, oldest first."""
    is_free = or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until < now)
    statement = (
        select(OutboxItem.queue, OutboxItem.id)
        .where(OutboxItem.done_at.is_(None), OutboxItem.dead_at.is_(None), OutboxItem.due_at <= now, is_free)
        .order_by(OutboxItem.due_at)
        .limit(limit)
    )
    return [(cast(QueueName, queue), item_id) for queue, item_id in tx.execute(statement)]
