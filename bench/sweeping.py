"""The deadline sweep: what it costs to find nothing, and how fast a backlog is escalated."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select, text

from bench.place import Place
from bench.report import Figure
from infra.runtime import Runtime
from tickets.models import Estate, Ticket
from tickets.service import NewTicket, open_ticket
from tickets.sweep import sweep_page
from workers.clock import PAGE, sweep_all

IDLE_ROUNDS = 300
OVERDUE = 5000


def run(place: Place) -> Iterator[Figure]:
    """Yield the idle sweep at 10,000 and 1,000,000 open tickets, then escalations a second of 5,000 overdue."""
    runtime = place.runtime
    far = runtime.clock.now() + timedelta(days=300)
    costs = {}
    for size in (10_000, 1_000_000):
        _grow(runtime, size, far)
        costs[size] = _idle_ms(runtime)
    yield Figure(
        "sweep_idle_1000000_open", costs[1_000_000], "ms", costs[10_000], "ms at 10,000 open", 5,
        goal_is_value=True, higher_is_better=False,
    )  # fmt: skip
    yield Figure(
        "sweep_idle_growth",
        costs[1_000_000],
        "ms",
        costs[10_000],
        "ms at 10,000 open",
        1.5,
        higher_is_better=False,
    )
    due = _overdue(runtime, OVERDUE)
    ceiling = _bare_update(runtime, due)
    started = time.perf_counter()
    escalated = sweep_all(runtime, due)
    rate = escalated / (time.perf_counter() - started)
    yield Figure("escalate", rate, "escalations/s", ceiling, "bare UPDATE … RETURNING rows/s", 0.25)
    yield Figure("escalate_rate", rate, "escalations/s", ceiling, "rows/s", 3500, goal_is_value=True)


def _grow(runtime: Runtime, size: int, due_at: datetime) -> None:
    """Fill the table to `size` open tickets that are promised for much later, by copying one that was opened."""
    template = _open(runtime)
    skipped = {"id", "number", "origin", "next_due_at"}
    names = ", ".join(c.name for c in Ticket.__table__.columns if c.name not in skipped)
    statement = text(
        f"INSERT INTO tickets (number, next_due_at, {names}) "  # noqa: S608 (our own column names)
        f"SELECT 'g' || :size || '-' || n, CAST(:due AS timestamptz) + n * interval '1 second', {names} "
        "FROM tickets, generate_series(1, :missing) n WHERE id = :template"
    )
    with runtime.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        have = connection.execute(text("SELECT count(*) FROM tickets")).scalar_one()
        values = {"size": size, "due": due_at, "missing": size - have, "template": template}
        connection.execute(statement, values)
    with runtime.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE tickets"))
        connection.execute(text("RESET statement_timeout"))


def _open(runtime: Runtime, *, now: datetime | None = None) -> int:
    with runtime.transaction() as tx:
        estate_id = tx.scalars(select(Estate.id).order_by(Estate.id)).first() or 0
        new = NewTicket(estate_id=estate_id, category_code="home.water", language="zh-TW")
        opened = open_ticket(tx, new, now=now or runtime.clock.now())
        tx.posted.clear()
        return opened.ticket.id


def _idle_ms(runtime: Runtime) -> float:
    now = runtime.clock.now() - timedelta(days=30)
    took = []
    for _ in range(IDLE_ROUNDS):
        started = time.perf_counter()
        with runtime.transaction() as tx:
            page = sweep_page(tx, now=now, limit=PAGE)
        took.append(time.perf_counter() - started)
        if page.claimed:
            raise RuntimeError("nothing should be due")
    return sorted(took)[IDLE_ROUNDS // 2] * 1000


def _overdue(runtime: Runtime, count: int) -> datetime:
    """Open `count` real tickets and return an instant at which the first response of each has been missed."""
    opened_at = runtime.clock.now()
    with runtime.transaction() as tx:
        estate_id = tx.scalars(select(Estate.id).order_by(Estate.id)).first() or 0
        new = NewTicket(estate_id=estate_id, category_code="outage.water", language="zh-TW")
        for _ in range(count):
            open_ticket(tx, new, now=opened_at)
        tx.posted.clear()
    return opened_at + timedelta(minutes=6)  # P1: five minutes to the first response


def _bare_update(runtime: Runtime, due: datetime) -> float:
    """Return rows a second of claiming the same pages and only pushing their instant, rolled back."""
    statement = text(
        "UPDATE tickets SET next_due_at = next_due_at + interval '1 day', escalation_level = escalation_level + 1 "
        "WHERE id IN (SELECT id FROM tickets WHERE next_due_at <= :now ORDER BY next_due_at LIMIT :page "
        "FOR UPDATE SKIP LOCKED) RETURNING id"
    )
    rows = 0
    with runtime.engine.connect() as connection:
        started = time.perf_counter()
        while True:
            page = connection.execute(statement, {"now": due, "page": PAGE}).all()
            rows += len(page)
            if len(page) < PAGE:
                break
        elapsed = time.perf_counter() - started
        connection.rollback()
    return rows / elapsed
