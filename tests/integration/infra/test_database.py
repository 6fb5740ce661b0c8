"""Transactions, migrations and the outbox on a real PostgreSQL."""

from datetime import datetime

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from infra.clock import FakeClock
from infra.database import Base
from infra.migrate import migrate
from infra.outbox import OutboxItem, post
from infra.runtime import Runtime


def test_actions_run_after_a_commit_and_never_after_a_rollback(runtime: Runtime) -> None:
    ran: list[str] = []

    with runtime.transaction() as tx:
        tx.after_commit(lambda: ran.append("committed"))
        assert ran == []
    with pytest.raises(ValueError, match="no"), runtime.transaction() as tx:
        tx.after_commit(lambda: ran.append("rolled back"))
        raise ValueError("no")

    assert ran == ["committed"]


def test_one_failing_action_does_not_stop_the_next(runtime: Runtime) -> None:
    ran: list[str] = []

    with runtime.transaction() as tx:
        tx.after_commit(lambda: {}["absent"])
        tx.after_commit(lambda: ran.append("second"))

    assert ran == ["second"]


def test_an_outbox_key_is_written_once(runtime: Runtime, clock: FakeClock) -> None:
    now: datetime = clock.now()

    with runtime.transaction() as tx:
        first = post(tx, "text", "ticket:1:opened", {"ticket_id": 1}, now=now)
        second = post(tx, "text", "ticket:1:opened", {"ticket_id": 2}, now=now)

    assert first is not None
    assert second is None
    with runtime.transaction() as tx:
        assert tx.get_one(OutboxItem, first).payload == {"ticket_id": 1}


def test_migrations_build_every_table_and_may_run_again(runtime: Runtime, database_url: str) -> None:
    migrate(database_url)

    assert set(Base.metadata.tables) <= set(inspect(runtime.engine).get_table_names())


def test_history_cannot_be_changed(runtime: Runtime) -> None:
    statement = (
        "INSERT INTO seat_events (seat_id, at, kind, actor) SELECT id, now(), 'x', 'system' FROM seats"
    )
    seat = (
        "WITH s AS (INSERT INTO staff (login, name, password_hash, role, created_at) "
        "VALUES ('a', 'A', '', 'agent', now()) RETURNING id) "
        "INSERT INTO seats (staff_id, state_since, idle_since) SELECT id, now(), now() FROM s"
    )
    with runtime.transaction() as tx:
        tx.execute(text(seat))
        tx.execute(text(statement))

    for change in ("UPDATE seat_events SET kind = 'y'", "DELETE FROM seat_events"):
        with pytest.raises(DBAPIError, match="append only"), runtime.transaction() as tx:
            tx.execute(text(change))
