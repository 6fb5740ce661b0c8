"""A ticket's history: one line per change, with who, when, and what it was before. Never altered afterwards."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from infra.database import Tx
from tickets.actors import Actor
from tickets.models import TicketEvent


class EventKind(StrEnum):
    """What a line of history says happened."""

    OPENED = "opened"
    RESERVED = "reserved"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"
    RETURNED = "returned"
    WAITING = "waiting"
    PAUSE_ENDED = "pause_ended"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    NOTED = "noted"
    CHASED = "chased"
    ACKNOWLEDGED = "acknowledged"
    ARRIVED = "arrived"
    EDITED = "edited"
    LINKED = "linked"
    RECALCULATED = "recalculated"
    CALLER_LEFT = "caller_left"
    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"
    TOLD = "told"
    REMINDED = "reminded"
    ASKED = "asked"
    REPLIED = "replied"
    DUE_SET = "due_set"
    VISIT_SET = "visit_set"
    VISIT_CANCELLED = "visit_cancelled"
    WORK_ACCEPTED = "work_accepted"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"


def record(
    tx: Tx,
    ticket_id: int,
    kind: EventKind | str,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    *,
    now: datetime,
) -> TicketEvent:
    """Write one line and return it. `data` is JSON: for a change, `{"field": [old, new]}` under its own name."""
    event = TicketEvent(ticket_id=ticket_id, at=now, kind=str(kind), actor=str(actor), data=dict(data or {}))
    tx.add(event)
    return event
