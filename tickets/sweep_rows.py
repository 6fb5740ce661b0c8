"""The statements of the deadline sweep: claim a page, read its clocks, write what has come. No rule is here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from infra.database import Tx
from tickets.judgement import Target

_CLAIM = text(
    """
SELECT t.id, t.number, t.estate_id, t.state, t.kind, t.priority_class, t.is_live, t.entered_at, t.chase_count,
       t.policy_id, t.policy_version, t.escalation_level, t.climb_stopped_at, t.rank_at,
       coalesce(r.is_vulnerable, false) AS is_vulnerable
FROM (
  SELECT * FROM tickets WHERE next_due_at <= :now ORDER BY next_due_at LIMIT :limit
  FOR NO KEY UPDATE SKIP LOCKED
) t LEFT JOIN residents r ON r.id = t.resident_id
"""
)
_TARGETS = text(
    """
SELECT ticket_id, id, kind, promise->>'calendar' AS calendar, due_at, warn_at, warned_at, breached_at, level
FROM ticket_targets WHERE ticket_id = ANY(CAST(:ids AS bigint[])) AND met_at IS NULL AND ended_at IS NULL
ORDER BY id
"""
)
_WRITE_TARGETS = text(
    """
UPDATE ticket_targets t SET warned_at = x.warned_at, breached_at = x.breached_at, level = x.level
FROM unnest(CAST(:ids AS bigint[]), CAST(:warned_ats AS timestamptz[]), CAST(:breached_ats AS timestamptz[]),
            CAST(:levels AS int[])) AS x (id, warned_at, breached_at, level)
WHERE t.id = x.id
"""
)
_WRITE_TICKETS = text(
    """
UPDATE tickets t SET next_due_at = x.next_due_at, escalation_level = x.level, rank_at = x.rank_at
FROM unnest(CAST(:ids AS bigint[]), CAST(:next_due_ats AS timestamptz[]), CAST(:levels AS int[]),
            CAST(:rank_ats AS timestamptz[])) AS x (id, next_due_at, level, rank_at)
WHERE t.id = x.id
"""
)
_WRITE_EVENTS = text(
    """
INSERT INTO ticket_events (ticket_id, at, kind, actor, data)
SELECT x.ticket_id, :now, x.kind, 'system', CAST(x.data AS jsonb)
FROM unnest(CAST(:ticket_ids AS bigint[]), CAST(:kinds AS text[]), CAST(:datas AS text[]))
  AS x (ticket_id, kind, data)
"""
)
# `at` is left to the table, so that it is the clock of the moment of writing, which is that of the commit.
_WRITE_ESCALATIONS = text(
    """
INSERT INTO escalations (ticket_id, target_id, target_kind, level, role, recipient_id, recipient_role,
                         phone_e164, due_at)
SELECT * FROM unnest(CAST(:ticket_ids AS bigint[]), CAST(:target_ids AS bigint[]), CAST(:kinds AS text[]),
                     CAST(:levels AS int[]), CAST(:roles AS text[]), CAST(:recipient_ids AS bigint[]),
                     CAST(:recipient_roles AS text[]), CAST(:phones AS text[]),
                     CAST(:due_ats AS timestamptz[]))
ON CONFLICT (target_id, level) DO NOTHING
"""
)


def claim(tx: Tx, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Lock and return up to `limit` tickets that are due, the longest due first; not those that others hold."""
    return tx.execute(_CLAIM, {"now": now, "limit": limit}).all()


def targets(tx: Tx, ticket_ids: Sequence[int]) -> Iterator[tuple[int, Target]]:
    """The clocks of these tickets that are neither met nor ended, each with its ticket's id."""
    for row in tx.execute(_TARGETS, {"ids": ticket_ids}):
        yield row[0], Target(*row[1:])


def write_targets(tx: Tx, rows: Iterable[tuple[int, datetime | None, datetime | None, int]]) -> None:
    """Store (id, warned_at, breached_at, level) of targets."""
    _write(tx, _WRITE_TARGETS, ("ids", "warned_ats", "breached_ats", "levels"), rows)


def write_tickets(tx: Tx, rows: Iterable[tuple[int, datetime | None, int, datetime]]) -> None:
    """Store (id, next_due_at, escalation_level, rank_at) of tickets."""
    _write(tx, _WRITE_TICKETS, ("ids", "next_due_ats", "levels", "rank_ats"), rows)


def write_events(tx: Tx, rows: Iterable[tuple[int, str, str]], now: datetime) -> None:
    """Append (ticket_id, kind, data as JSON text) to the history, by the system."""
    _write(tx, _WRITE_EVENTS, ("ticket_ids", "kinds", "datas"), rows, now=now)


def write_escalations(
    tx: Tx, rows: Iterable[tuple[int, int, str, int, str, int, str, str | None, datetime]]
) -> None:
    """Store (ticket, target, kind, level, role, recipient, recipient's role, phone, due_at)."""
    names = (
        "ticket_ids",
        "target_ids",
        "kinds",
        "levels",
        "roles",
        "recipient_ids",
        "recipient_roles",
        "phones",
        "due_ats",
    )
    _write(tx, _WRITE_ESCALATIONS, names, rows)


def _write(
    tx: Tx, statement: Any, names: Sequence[str], rows: Iterable[tuple[Any, ...]], **beside: object
) -> None:
    columns = list(zip(*rows, strict=True))
    if columns:
        values = {name: list(column) for name, column in zip(names, columns, strict=True)}
        tx.execute(statement, values | beside)
