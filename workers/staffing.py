"""Adding a member of staff from the command line."""

from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from sqlalchemy import select

from console.passwords import hash_password
from infra.database import Tx
from routing.models import Seat, SeatSkill
from tickets.models import Estate, Queue, Staff
from tickets.words import Role


@dataclass(frozen=True, kw_only=True)
class NewStaff:
    """What is asked for."""

    login: str
    name: str
    role: str
    phone: str | None
    estates: tuple[str, ...]
    password: str


def create_staff(tx: Tx, new: NewStaff, *, now: datetime) -> Staff:
    """Add a member of staff; an agent also gets a seat for every queue and every language of the estates.

    Raises `ValueError` with a sentence for a person: unknown role or estate, login taken, number or password bad.
    """
    if new.role not in list(Role):
        raise ValueError(f"no such role: {new.role} (one of {', '.join(Role)})")
    if tx.scalar(select(Staff.id).where(Staff.login == new.login)) is not None:
        raise ValueError(f"login taken: {new.login}")
    if len(new.password) < 8:
        raise ValueError("a password has at least 8 characters")
    estates = list(tx.scalars(select(Estate).where(Estate.code.in_(new.estates))))
    if unknown := set(new.estates) - {e.code for e in estates}:
        raise ValueError(f"no such estate: {', '.join(sorted(unknown))}")
    person = Staff(
        login=new.login,
        name=new.name,
        role=new.role,
        phone_e164=_e164(new.phone),
        password_hash=hash_password(new.password),
        created_at=now,
        estates=estates,
    )
    tx.add(person)
    tx.flush()  # the seat needs its id
    if new.role == Role.AGENT:
        skills = [SeatSkill(kind="queue", code=code) for code in tx.scalars(select(Queue.code))]
        languages = dict.fromkeys(tag for e in estates for tag in e.languages)
        skills += [SeatSkill(kind="language", code=tag) for tag in languages]
        tx.add(Seat(staff_id=person.id, state_since=now, idle_since=now, skills=skills))
    return person


def _e164(number: str | None) -> str | None:
    if number is None:
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise ValueError(f"not a phone number with country code: {number}") from None
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"not a possible phone number: {number}")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
