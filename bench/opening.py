"""Opening a ticket through the service, against bare inserts of the same rows in as many transactions."""

import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy import select

from bench.place import Place
from bench.report import Figure
from tickets.models import Estate
from tickets.service import NewTicket, open_ticket

TICKETS = 1500
TABLES = ("tickets", "ticket_targets", "ticket_intervals", "ticket_events", "outbox")


def run(place: Place) -> Iterator[Figure]:
    """Yield tickets a second of one process, each opened and committed on its own."""
    runtime = place.runtime
    with runtime.transaction() as tx:
        estate_id = tx.scalars(select(Estate.id).order_by(Estate.id)).first() or 0
    new = NewTicket(
        estate_id=estate_id,
        category_code="home.water",
        language="zh-TW",
        text="廚房水龍頭漏水",
        phone_e164="+886900000101",
    )
    _open(place, new, 100)
    ceiling = _bare(place, TICKETS)
    rate = _open(place, new, TICKETS)
    yield Figure("open_ticket", rate, "tickets/s", ceiling, "bare inserts/s", 0.5)
    yield Figure("open_ticket_rate", rate, "tickets/s", ceiling, "bare inserts/s", 1500, goal_is_value=True)


def _open(place: Place, new: NewTicket, count: int) -> float:
    runtime = place.runtime
    started = time.perf_counter()
    for _ in range(count):
        # The relay of the outbox is another process's work: what was posted stays for the clock to find.
        with runtime.transaction() as tx:
            open_ticket(tx, new, now=runtime.clock.now())
            tx.posted.clear()
    return count / (time.perf_counter() - started)


def _bare(place: Place, count: int) -> float:
    """Insert copies of the newest ticket's rows, one statement per table, one transaction per ticket."""
    with psycopg.connect(place.config.database_url) as connection:
        rows = _template(connection)
        started = time.perf_counter()
        for serial in range(count):
            with connection.transaction():
                ticket_id = _insert(connection, "tickets", rows["tickets"], serial, None)
                for table in TABLES[1:]:
                    _insert(connection, table, rows[table], serial, ticket_id)
        elapsed = time.perf_counter() - started
        with connection.transaction():
            connection.execute("ALTER TABLE ticket_events DISABLE TRIGGER USER")
            connection.execute("DELETE FROM outbox WHERE key LIKE 'bare:%'")
            for table in ("ticket_targets", "ticket_intervals", "ticket_events"):
                whose = "ticket_id IN (SELECT id FROM tickets WHERE number LIKE 'b%')"
                connection.execute(f"DELETE FROM {table} WHERE {whose}")  # noqa: S608
            connection.execute("DELETE FROM tickets WHERE number LIKE 'b%'")
            connection.execute("ALTER TABLE ticket_events ENABLE TRIGGER USER")
    return count / elapsed


Rows = list[dict[str, Any]]


def _template(connection: psycopg.Connection[Any]) -> dict[str, Rows]:
    newest = connection.execute("SELECT id FROM tickets ORDER BY id DESC LIMIT 1").fetchall()[0][0]
    found: dict[str, Rows] = {}
    for table in TABLES:
        key = {"tickets": "id", "outbox": "(payload->>'ticket_id')::bigint"}.get(table, "ticket_id")
        cursor = connection.execute(f"SELECT * FROM {table} WHERE {key} = %s", (newest,))  # noqa: S608
        names = [column.name for column in cursor.description or ()]
        found[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    return found


def _insert(
    connection: psycopg.Connection[Any], table: str, rows: Rows, serial: int, ticket_id: int | None
) -> int:
    if not rows:
        return 0
    names = [name for name in rows[0] if name != "id"]
    values: list[Any] = []
    for row in rows:
        fresh = row | {"number": f"b{serial}", "key": f"bare:{serial}", "ticket_id": ticket_id}
        values += [json.dumps(v) if isinstance(v, dict) else v for v in (fresh[name] for name in names)]
    places = ", ".join("(" + ", ".join(["%s"] * len(names)) + ")" for _ in rows)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES {places} RETURNING id"  # noqa: S608
    row_id = connection.execute(statement, values).fetchone()
    return int(row_id[0]) if row_id else 0
