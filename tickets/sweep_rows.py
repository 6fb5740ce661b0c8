"""The statements of the deadline sweep: claim a page, read its clocks, write what has come. No rule is here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, text

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
SELECT ticket_id, id, kind, promise->>'calendar' AS calendar, due_at, warn_at, warned_at, breached_at, level,
       told_at, reminded
FROM ticket_targets WHERE ticket_id = ANY(CAST(:ids AS bigint[])) AND met_at IS NULL AND ended_at IS NULL
ORDER BY id
"""
)
# Rows travel as one JSON array of arrays: quoting arrays of text costs the driver more than the database needs
# to write them.
_WRITE_TARGETS = text(
    """
UPDATE ticket_targets t
SET warned_at = (x->>1)::timestamptz, breached_at = (x->>2)::timestamptz, level = (x->>3)::int,
    told_at = (x->>4)::timestamptz, reminded = (x->>5)::int
FROM jsonb_array_elements(CAST(:rows AS jsonb)) x WHERE t.id = (x->>0)::bigint
"""
)
_WRITE_TICKETS = text(
    """
UPDATE tickets t
SET next_due_at = (x->>1)::timestamptz, escalation_level = (x->>2)::int, rank_at = (x->>3)::timestamptz
FROM jsonb_array_elements(CAST(:rows AS jsonb)) x WHERE t.id = (x->>0)::bigint
"""
)
_WRITE_EVENTS = text(
    """
INSERT INTO ticket_events (ticket_id, at, kind, actor, data)
SELECT (x->>0)::bigint, :now, x->>1, 'system', x->2 FROM jsonb_array_elements(CAST(:rows AS jsonb)) x
"""
)
# `at` is left to the table, so that it is the clock of the moment of writing, which is that of the commit.
_WRITE_ESCALATIONS = text(
    """
INSERT INTO escalations (ticket_id, target_id, target_kind, level, role, recipient_id, recipient_role,
                         phone_e164, due_at)
SELECT (x->>0)::bigint, (x->>1)::bigint, x->>2, (x->>3)::int, x->>4, (x->>5)::bigint, x->>6, x->>7,
       (x->>8)::timestamptz
FROM jsonb_array_elements(CAST(:rows AS jsonb)) x
ON CONFLICT (target_id, level) DO NOTHING
"""
)

_WRITE_REMINDERS = text(
    """
INSERT INTO reminders (escalation_id, number, recipient_id, recipient_role, due_at)
SELECT e.id, (x->>2)::int, (x->>3)::bigint, x->>4, (x->>5)::timestamptz
FROM jsonb_array_elements(CAST(:rows AS jsonb)) x
JOIN escalations e ON e.target_id = (x->>0)::bigint AND e.level = (x->>1)::int
ON CONFLICT (escalation_id, number) DO NOTHING
"""
)

TargetRow = tuple[int, datetime | None, datetime | None, int, datetime | None, int]
"""(id, warned_at, breached_at, level, told_at, reminded) of a target."""

TicketRow = tuple[int, datetime | None, int, datetime]
"""(id, next_due_at, escalation_level, rank_at) of a ticket."""

EventRow = tuple[int, str, Mapping[str, object]]
"""(ticket_id, kind, data) of a line of history."""

EscalationRow = tuple[int, int, str, int, str, int, str, str | None, datetime]
"""(ticket, target, kind, level, role, recipient, the recipient's role, phone, due_at)."""


ReminderRow = tuple[int, int, int, int, str, datetime]
"""(target, level, number, recipient, the recipient's role, due_at) of a reminder."""


def claim(tx: Tx, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Lock and return up to `limit` tickets that are due, the longest due first; not those that others hold."""
    return tx.execute(_CLAIM, {"now": now, "limit": limit}).all()


def targets(tx: Tx, ticket_ids: Sequence[int]) -> Iterator[tuple[int, Target]]:
    """The clocks of these tickets that are neither met nor ended, each with its ticket's id."""
    for row in tx.execute(_TARGETS, {"ids": ticket_ids}):
        yield row[0], Target(*row[1:])


def write_targets(tx: Tx, rows: Sequence[TargetRow]) -> None:
    """Store what has come for these targets."""
    _write(tx, _WRITE_TARGETS, rows)


def write_tickets(tx: Tx, rows: Sequence[TicketRow]) -> None:
    """Store when these tickets are to be looked at next, their level and their place in the queue."""
    _write(tx, _WRITE_TICKETS, rows)


def write_events(tx: Tx, rows: Sequence[EventRow], now: datetime) -> None:
    """Append these lines to the history, by the system."""
    _write(tx, _WRITE_EVENTS, rows, now=now)


def write_escalations(tx: Tx, rows: Sequence[EscalationRow]) -> None:
    """Store these escalations; one that exists already stays as it is."""
    _write(tx, _WRITE_ESCALATIONS, rows)


def write_reminders(tx: Tx, rows: Sequence[ReminderRow]) -> None:
    """Store these reminders of levels told before; one that exists already stays as it is."""
    _write(tx, _WRITE_REMINDERS, rows)


def _write(tx: Tx, statement: TextClause, rows: Sequence[object], **beside: object) -> None:
    if rows:
        tx.execute(statement, {"rows": json.dumps(rows, default=datetime.isoformat)} | beside)
