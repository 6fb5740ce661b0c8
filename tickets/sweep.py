"""The deadline sweep: finds what time has brought and writes it down, a page of tickets per transaction.

Warnings, breaches, escalation levels and pauses at their cap. Any number of sweepers may run: each claims rows
that nobody else holds, and the unique key of (target, level) makes every escalation happen once. People are told
afterwards, by the requests that this leaves in the outbox. Rules: `tickets.judgement`; SQL: `tickets.sweep_rows`.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from infra.database import Tx
from infra.outbox import post
from tickets import clocks, judgement, life, promises, sweep_rows
from tickets.duty import Found, Roster, rosters
from tickets.errors import NobodyToTell
from tickets.escalation import Level
from tickets.history import EventKind
from tickets.judgement import Facts, Target, Verdict
from tickets.models import Ticket
from tickets.promises import PolicyLine, Promises
from tickets.sweep_rows import EscalationRow, EventRow, ReminderRow, TargetRow, TicketRow
from tickets.words import PriorityClass, TicketState

log = logging.getLogger(__name__)

PAGE = 500
LATER = timedelta(minutes=1)
"""When a ticket is looked at again that could not be judged, or whose estate has nobody to tell."""


@dataclass(frozen=True)
class Touched:
    """A ticket that was warned of, breached or escalated: its pages and its place in the queue are to follow."""

    ticket_id: int
    number: str
    estate_id: int
    state: str
    rank_at: datetime


@dataclass(frozen=True)
class SweepResult:
    """What one page did. Fewer `claimed` than the limit: nothing more is due that nobody else holds."""

    claimed: int
    escalated: int
    warned: int
    breached: int
    recipients: frozenset[int]
    touched: tuple[Touched, ...]


@dataclass
class _Page:
    """What is gathered while the tickets are judged, to be written at once."""

    now: datetime
    known: Promises
    lines: Mapping[tuple[int, int], PolicyLine]
    targets: list[TargetRow] = field(default_factory=list)
    tickets: list[TicketRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    escalations: list[EscalationRow] = field(default_factory=list)
    reminders: list[ReminderRow] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    warned: int = 0
    breached: int = 0


def sweep_page(tx: Tx, now: datetime, limit: int = PAGE) -> SweepResult:
    """Do what has fallen due for up to `limit` tickets; call again, in a new transaction, until a page is short.

    One ticket that cannot be judged is logged and looked at again in a minute; it does not hold up the others.
    """
    claimed = sweep_rows.claim(tx, now, limit)
    if not claimed:
        return SweepResult(0, 0, 0, 0, frozenset(), ())
    pauses = _end_pauses(tx, claimed, now)
    page = _Page(now, promises.load(tx), promises.versions(tx, _policies(claimed)))
    judged = _judge(tx, page, claimed, pauses)
    estates = {row.estate_id for row, _, _, verdict in judged if verdict.levels or verdict.reminders}
    on = rosters(tx, estates) if estates else {}
    found: dict[tuple[int, str], Found | None] = {}
    for row, targets, facts, verdict in judged:
        _note(page, row, targets, facts, verdict, on.get(row.estate_id), found)
    sweep_rows.write_targets(tx, page.targets)
    sweep_rows.write_tickets(tx, page.tickets)
    sweep_rows.write_events(tx, page.events, now)
    recipients = frozenset(row[5] for row in page.escalations if row[7] is not None)
    recipients |= {row[3] for row in page.reminders}
    token = secrets.token_hex(8)
    for recipient_id in sorted(recipients):
        about = {"recipient_id": recipient_id}
        post(tx, "tell", f"tell:{recipient_id}:{token}", about, now=now, queue="urgent")
    sweep_rows.write_escalations(tx, page.escalations)
    sweep_rows.write_reminders(tx, page.reminders)
    return SweepResult(
        len(claimed), len(page.escalations), page.warned, page.breached, recipients, tuple(page.touched)
    )


_Judged = tuple[Row[Any], list[Target], Facts, Verdict]


def _judge(
    tx: Tx, page: _Page, claimed: Sequence[Row[Any]], pauses: Mapping[int, datetime | None]
) -> list[_Judged]:
    by_ticket: dict[int, list[Target]] = defaultdict(list)
    for ticket_id, target in sweep_rows.targets(tx, [row.id for row in claimed]):
        by_ticket[ticket_id].append(target)
    judged: list[_Judged] = []
    for row in claimed:
        facts = Facts(
            priority_class=PriorityClass(row.priority_class),
            is_live=row.is_live,
            is_vulnerable=row.is_vulnerable,
            entered_at=row.entered_at,
            chases=row.chase_count,
            level=row.escalation_level,
            climb_stopped_at=row.climb_stopped_at,
            pause_ends_at=pauses.get(row.id),
        )
        targets = by_ticket[row.id]
        calendars = page.known.calendars(row.estate_id)
        try:
            verdict = judgement.judge(targets, facts, _chain(page, row), calendars, page.now)
        except Exception:
            log.exception("ticket could not be judged", extra={"ticket_id": row.id})
            page.tickets.append((row.id, page.now + LATER, row.escalation_level, row.rank_at))
        else:
            judged.append((row, targets, facts, verdict))
    return judged


def _note(
    page: _Page,
    row: Row[Any],
    targets: list[Target],
    facts: Facts,
    verdict: Verdict,
    roster: Roster | None,
    found: dict[tuple[int, str], Found | None],
) -> None:
    """Gather what is to be written of one ticket."""
    for target in verdict.warned:
        _event(page, row.id, EventKind.WARNED, target=target.kind, due_at=target.due_at.isoformat())
    for target in verdict.breached:
        _event(page, row.id, EventKind.BREACHED, target=target.kind, due_at=target.due_at.isoformat())
    is_untold = False
    for target, level, at in verdict.levels:
        whom = _recipient(roster, level, page.now, found)
        if whom is None:
            is_untold = True
            break
        _escalate(page, row.id, target, level, at, whom)
    for target, level, at in verdict.reminders:
        whom = _recipient(roster, level, page.now, found)
        if whom is not None:
            _remind(page, row.id, target, level, at, whom)
    changed = {target.id: target for target in (*verdict.warned, *verdict.breached)}
    changed |= {target.id: target for target, _, _ in (*verdict.levels, *verdict.reminders)}
    page.targets += [
        (t.id, t.warned_at, t.breached_at, t.level, t.told_at, t.reminded) for t in changed.values()
    ]
    page.warned += len(verdict.warned)
    page.breached += len(verdict.breached)
    chain = _chain(page, row)
    next_at = judgement.next_look(targets, facts, chain, page.known.calendars(row.estate_id))
    highest = max((target.level for target in targets), default=0)
    rank_at = judgement.rank_at(targets, facts, chain)
    page.tickets.append(
        (row.id, page.now + LATER if is_untold else next_at, max(highest, row.escalation_level), rank_at)
    )
    if changed:
        page.touched.append(Touched(row.id, row.number, row.estate_id, row.state, rank_at))


def _escalate(page: _Page, ticket_id: int, target: Target, level: Level, at: datetime, whom: Found) -> None:
    target.level, target.told_at, target.reminded = level.level, page.now, 0
    staff = whom.staff
    page.escalations.append(
        (
            ticket_id,
            target.id,
            target.kind,
            level.level,
            level.role.value,
            staff.id,
            whom.role.value,
            staff.phone_e164,
            at,
        )
    )
    _event(
        page,
        ticket_id,
        EventKind.ESCALATED,
        target=target.kind,
        level=level.level,
        role=level.role.value,
        recipient=staff.login,
        recipient_role=whom.role.value,
        skipped=[role.value for role in whom.skipped],
    )


def _remind(page: _Page, ticket_id: int, target: Target, level: Level, at: datetime, whom: Found) -> None:
    staff, number = whom.staff, target.reminded
    page.reminders.append((target.id, level.level, number, staff.id, whom.role.value, at))
    told = {
        "level": level.level,
        "number": number,
        "recipient": staff.login,
        "recipient_role": whom.role.value,
    }
    _event(page, ticket_id, EventKind.REMINDED, target=target.kind, **told)


def _event(page: _Page, ticket_id: int, kind: EventKind, **data: object) -> None:
    page.events.append((ticket_id, kind.value, data))


def _recipient(
    roster: Roster | None, level: Level, now: datetime, found: dict[tuple[int, str], Found | None]
) -> Found | None:
    """Who is told, found once a page; None for an estate where nobody works."""
    if roster is None:
        return None
    key = (roster.estate_id, level.role.value)
    if key not in found:
        try:
            found[key] = roster.recipient(level.role, now)
        except NobodyToTell:
            log.error("nobody to tell", extra={"estate_id": roster.estate_id, "role": level.role.value})
            found[key] = None
    return found[key]


def _end_pauses(tx: Tx, claimed: Sequence[Row[Any]], now: datetime) -> dict[int, datetime | None]:
    """When the pauses that go on end, by ticket id; those at their cap are ended here, one by one: it is rare."""
    ends: dict[int, datetime | None] = {}
    for row in claimed:
        if row.state == TicketState.WAITING:
            ticket = tx.get_one(Ticket, row.id, populate_existing=True)
            clocks.cap_pause(tx, ticket, now=now)
            ends[row.id] = life.read(tx, ticket).pause_ends_at()
    tx.flush()
    return ends


def _policies(claimed: Sequence[Row[Any]]) -> set[tuple[int, int]]:
    return {(row.policy_id, row.policy_version) for row in claimed if row.policy_id is not None}


def _chain(page: _Page, row: Row[Any]) -> tuple[Level, ...]:
    line = page.lines.get((row.policy_id, row.policy_version))
    return line.rule.levels if line else ()
