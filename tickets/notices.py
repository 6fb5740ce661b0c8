"""What residents are told by themselves, and when: taken on, a visit set, done, about to close.

The first text ("we have it") goes out at once and is not here. The others wait a moment, so that what is put right
at once is told once, and ordinary ones wait until morning. Whether a notice still holds is judged when it is sent.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from infra.database import Tx
from infra.outbox import post
from tickets.models import Estate, Ticket
from tickets.phones import takes_texts
from tickets.windows import DAY, to_utc
from tickets.words import PriorityClass
from tickets.working_time import from_us

KIND = "ticket.notice"
SETTLES = timedelta(minutes=5)
"""A ticket taken and finished in one go, or finished by a slip of the hand, needs no text about it."""

QUIET_FROM, QUIET_UNTIL = 22 * 3600, 8 * 3600
URGENT = frozenset({PriorityClass.P0.value, PriorityClass.P1.value})


class Notice(StrEnum):
    """What a resident is told of."""

    TAKEN = "taken"
    VISIT = "visit"
    DONE = "done"
    CLOSING = "closing"


def announce(tx: Tx, ticket: Ticket, notice: Notice, which: object, *, now: datetime) -> None:
    """Post a notice to the resident of a ticket if the number takes texts. `which` tells repeats apart."""
    if ticket.phone_e164 is None or not takes_texts(ticket.phone_e164):
        return
    zone = ZoneInfo(tx.get_one(Estate, ticket.estate_id).timezone)
    at = now if notice is Notice.VISIT else now + SETTLES
    due_at = at if ticket.priority_class in URGENT else after_quiet(at, zone)
    about = {"ticket_id": ticket.id, "notice": notice.value, "which": which}
    post(tx, KIND, f"ticket:{ticket.id}:{notice}:{which}", about, now=now, due_at=due_at)


def after_quiet(at: datetime, zone: ZoneInfo) -> datetime:
    """`at`, or the next 08:00 of the zone if it lies between 22:00 and 08:00."""
    local = at.astimezone(zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    if QUIET_UNTIL <= second < QUIET_FROM:
        return at
    day = local.toordinal() + (second >= QUIET_FROM)
    return from_us(to_utc(zone, day, QUIET_UNTIL % DAY, is_end=False))
