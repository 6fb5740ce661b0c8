"""One person made of two, everything we hold about one person, and forgetting one.

Forgetting takes away the person and leaves the facts: tickets keep what was done and when, without who called.
Calls, texts and recordings belong to the telephone and are forgotten by `ivr.erasure`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from infra.database import Tx
from tickets.actors import Actor
from tickets.audit import note_act
from tickets.errors import FieldError, Refused
from tickets.lifecycle import OPEN_STATES
from tickets.models import (
    Building,
    CallerPreference,
    Residency,
    Resident,
    ResidentPhone,
    Ticket,
    Unit,
)

_OPEN = tuple(state.value for state in OPEN_STATES)
GONE = "–"


class StillOpen(Refused):
    """The person has tickets that are not over; they must end before the person is forgotten."""

    code = "still_open"

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(f"Open tickets of this person: {', '.join(numbers)}.", numbers=list(numbers))


def merge(tx: Tx, kept: Resident, double: Resident, actor: Actor, *, now: datetime) -> None:
    """Move numbers, homes and tickets of `double` to `kept` and take `double` away. Raises FieldError.

    `kept` wins where both say something; vulnerability and classes of either hold.
    """
    if kept.id == double.id:
        raise FieldError("double", "Choose two different people.")
    tx.execute(
        select(Resident.id)
        .where(Resident.id.in_([kept.id, double.id]))
        .order_by(Resident.id)
        .with_for_update()
    )
    numbers = {phone.e164 for phone in kept.phones}
    homes = {(home.unit_id, home.from_on) for home in kept.residencies}
    for phone in list(double.phones):
        if phone.e164 in numbers:
            tx.delete(phone)
        else:
            phone.resident_id = kept.id
    for home in list(double.residencies):
        if (home.unit_id, home.from_on) in homes:
            tx.delete(home)
        else:
            home.resident_id = kept.id
    tx.execute(update(Ticket).where(Ticket.resident_id == double.id).values(resident_id=kept.id))
    kept.language = kept.language or double.language
    kept.is_vulnerable = kept.is_vulnerable or double.is_vulnerable
    kept.classes = sorted({*kept.classes, *double.classes})
    kept.notes = "\n".join(filter(None, [kept.notes, double.notes]))
    tx.flush()
    tx.expire(kept, ["phones", "residencies"])
    double_id = double.id
    tx.expire(double, ["phones", "residencies"])
    tx.delete(double)
    tx.flush()
    note_act(tx, actor, "resident.merged", f"resident:{kept.id}", now=now, double=double_id)


def erase(tx: Tx, resident: Resident, actor: Actor, *, now: datetime) -> list[str]:
    """Forget a person; returns the numbers that nobody else has, for the telephone to forget too.

    Raises StillOpen. Tickets keep what was done; their words, place and number go, for they are the person's.
    """
    open_ones = select(Ticket.number).where(Ticket.resident_id == resident.id, Ticket.state.in_(_OPEN))
    if numbers := tx.scalars(open_ones.limit(20)).all():
        raise StillOpen(numbers)
    own = own_numbers(tx, resident)
    gone = {"phone_e164": None, "resident_id": None, "text": "", "place_text": ""}
    tx.execute(update(Ticket).where(Ticket.resident_id == resident.id).values(**gone))
    tx.execute(
        update(Ticket).where(Ticket.phone_e164.in_(own), Ticket.resident_id.is_(None)).values(phone_e164=None)
    )
    tx.execute(delete(CallerPreference).where(CallerPreference.e164.in_(own)))
    tx.execute(delete(ResidentPhone).where(ResidentPhone.resident_id == resident.id))
    tx.execute(delete(Residency).where(Residency.resident_id == resident.id))
    resident.name, resident.notes, resident.classes = GONE, "", []
    resident.language, resident.is_vulnerable, resident.erased_at = None, False, now
    tx.flush()
    tx.expire(resident, ["phones", "residencies"])
    note_act(tx, actor, "resident.erased", f"resident:{resident.id}", now=now)
    return own


def own_numbers(tx: Tx, resident: Resident) -> list[str]:
    """The numbers of a person that nobody else has."""
    others = select(ResidentPhone.e164).where(ResidentPhone.resident_id != resident.id)
    mine = select(ResidentPhone.e164).where(
        ResidentPhone.resident_id == resident.id, ResidentPhone.e164.not_in(others)
    )
    return list(tx.scalars(mine.order_by(ResidentPhone.e164)))


def report(tx: Tx, resident: Resident, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Everything the ticket desk holds about a person, as plain values; the look is put into the audit list."""
    homes = (
        select(Residency)
        .where(Residency.resident_id == resident.id)
        .options(selectinload(Residency.unit).selectinload(Unit.building).selectinload(Building.estate))
    )
    tickets = select(Ticket).where(Ticket.resident_id == resident.id).order_by(Ticket.id)
    note_act(tx, actor, "resident.reported", f"resident:{resident.id}", now=now)
    return {
        "id": resident.id,
        "name": resident.name,
        "language": resident.language,
        "customer_type": resident.customer_type,
        "is_vulnerable": resident.is_vulnerable,
        "classes": list(resident.classes),
        "notes": resident.notes,
        "since": resident.created_at.isoformat(),
        "phones": [phone.e164 for phone in resident.phones],
        "homes": [
            {
                "estate": home.unit.building.estate.code,
                "unit": f"{home.unit.building.code}-{home.unit.code}",
                "role": home.role,
                "from": home.from_on.isoformat(),
                "until": home.until_on.isoformat() if home.until_on else None,
            }
            for home in tx.scalars(homes)
        ],
        "tickets": [
            {
                "number": ticket.number,
                "category": ticket.category_code,
                "state": ticket.state,
                "created_at": ticket.created_at.isoformat(),
                "text": ticket.text,
                "phone": ticket.phone_e164,
                "place": ticket.place_text,
            }
            for ticket in tx.scalars(tickets)
        ],
    }
