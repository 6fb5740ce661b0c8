"""Who answers now: the duty roster of an estate, read from the tables and asked as `tickets.roster`.

A role with lines on the roster is held by whoever they name at that moment; a role without any is held by the
active staff of that role. Somebody is always found, if anybody at all works for the estate.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from infra.database import Tx
from tickets import escalation
from tickets.errors import NobodyToTell
from tickets.models import DutyAbsence, DutySlot, Estate, Staff, StaffEstate
from tickets.roster import Slot, holders_at
from tickets.words import Role
from tickets.working_time import to_us

# When even the ladder finds nobody: who is rung although off duty, in this order.
_OFF_DUTY = (
    Role.MANAGER,
    Role.ADMIN,
    Role.DIRECTOR,
    Role.SUPERVISOR,
    Role.LEAD,
    Role.SECURITY,
    Role.AGENT,
)


class OnDuty(NamedTuple):
    """A person and the role they hold at that moment."""

    staff: Staff
    role: str


class Found(NamedTuple):
    """Who is told in the end: the role that was found, its holder, and the empty roles passed over."""

    role: Role
    staff: Staff
    skipped: tuple[Role, ...]


@dataclass(frozen=True)
class Roster:
    """The roster lines and the active staff of one estate, as they stand; asked for any instant."""

    estate_id: int
    zone: ZoneInfo
    slots: Sequence[Slot[int]]
    staff: Mapping[int, Staff]  # by id; of the estate or on its roster
    away: Mapping[int, tuple[tuple[int, int], ...]] = field(
        default_factory=dict
    )  # ill or on leave, by person

    def is_away(self, staff_id: int, at: datetime) -> bool:
        """Whether the person is ill or on leave then."""
        instant = to_us(at)
        return any(start <= instant < end for start, end in self.away.get(staff_id, ()))

    def holders(self, role: str, at: datetime) -> tuple[Staff, ...]:
        """Everybody who holds the role then, the one who answers first; people with a phone before others."""
        if any(slot.role == role for slot in self.slots):
            found = [self.staff[i] for i in holders_at(self.slots, role, at, self.zone) if i in self.staff]
        else:
            found = [p for p in self.staff.values() if p.role == role and not self.is_away(p.id, at)]
        return tuple(sorted(found, key=lambda person: person.phone_e164 is None))

    def holder(self, role: str, at: datetime) -> Staff | None:
        """The one who answers for the role then; None if nobody does."""
        return next(iter(self.holders(role, at)), None)

    def recipient(self, role: str, at: datetime) -> Found:
        """Who is told in the place of `role`: its holder, else up the ladder, else anybody, on duty or not.

        Raises NobodyToTell only for an estate without a single active member of staff.
        """
        try:
            found = escalation.recipient(Role(role), lambda wanted: self._reachable(wanted, at))
            return Found(found.role, found.holder, found.skipped)
        except escalation.NobodyToTell:
            anybody = sorted(
                self.staff.values(),
                key=lambda person: (self.is_away(person.id, at), *_off_duty_order(person)),
            )
            if not anybody:
                raise NobodyToTell(self.estate_id) from None
            return Found(Role(anybody[0].role), anybody[0], (*escalation.LADDER, *escalation.FALLBACK))

    def _reachable(self, role: Role, at: datetime) -> Staff | None:
        if role is Role.AGENT and not any(slot.role == role for slot in self.slots):
            return None  # agents answer offers, not alarms: rather a manager off duty than any of them
        holder = self.holder(role, at)
        return holder if holder is not None and holder.phone_e164 is not None else None


def rosters(tx: Tx, estate_ids: Collection[int]) -> dict[int, Roster]:
    """The rosters of these estates by id, in four queries."""
    wanted = select(Estate.id, Estate.timezone).where(Estate.id.in_(estate_ids))
    zones = {row.id: row.timezone for row in tx.execute(wanted)}
    people: dict[int, dict[int, Staff]] = defaultdict(dict)
    active = (
        select(StaffEstate.estate_id, Staff)
        .join(Staff, Staff.id == StaffEstate.staff_id)
        .where(StaffEstate.estate_id.in_(estate_ids), Staff.is_active)
        .order_by(Staff.id)
    )
    for estate_id, person in tx.execute(active):
        people[estate_id][person.id] = person
    slots: dict[int, list[Slot[int]]] = defaultdict(list)
    lines = (
        select(DutySlot, Staff)
        .join(DutySlot.staff)
        .where(DutySlot.estate_id.in_(estate_ids), Staff.is_active)
        .order_by(DutySlot.id)
    )
    for line, person in tx.execute(lines):
        people[line.estate_id].setdefault(person.id, person)
        slots[line.estate_id].append(slot_of(line))
    absent = absences(tx, {staff_id for known in people.values() for staff_id in known})
    away = {
        staff_id: tuple(_span(one) for one in found if one.slot_id is None)
        for staff_id, found in absent.items()
    }
    return {
        estate_id: Roster(
            estate_id,
            ZoneInfo(zone),
            [without(slot, absent.get(slot.holder, ())) for slot in slots[estate_id]],
            people[estate_id],
            away,
        )
        for estate_id, zone in zones.items()
    }


def roster(tx: Tx, estate_id: int) -> Roster:
    """The roster of one estate."""
    return rosters(tx, [estate_id])[estate_id]


def on_duty(tx: Tx, estate_id: int, role: str, at: datetime) -> Staff | None:
    """The one who answers for the role in that estate at that instant; None if nobody is on duty."""
    return roster(tx, estate_id).holder(role, at)


def recipient_for(tx: Tx, estate_id: int, role: str, at: datetime) -> Found:
    """Who is told in the place of `role`; see `Roster.recipient`."""
    return roster(tx, estate_id).recipient(role, at)


def duty_chain(tx: Tx, estate_id: int, at: datetime) -> list[list[OnDuty]]:
    """Whom an emergency rings, round by round: the lead; backup, control room and supervisor; the managers.

    Each person stands once, with a phone; the list is empty only if nobody of the estate has one.
    """
    on = roster(tx, estate_id)
    leads = on.holders(Role.LEAD, at)
    rounds = [
        [(Role.LEAD, person) for person in leads[:1]],
        [
            *((Role.LEAD, person) for person in leads[1:2]),
            *((Role.SECURITY, person) for person in on.holders(Role.SECURITY, at)[:1]),
            *((Role.SUPERVISOR, person) for person in on.holders(Role.SUPERVISOR, at)[:1]),
        ],
        [
            *((Role.MANAGER, person) for person in on.holders(Role.MANAGER, at)[:1]),
            *((Role.DIRECTOR, person) for person in on.holders(Role.DIRECTOR, at)[:1]),
        ],
    ]
    seen: set[int] = set()
    chain: list[list[OnDuty]] = []
    for people in rounds:
        fresh = [
            OnDuty(person, role) for role, person in people if person.id not in seen and person.phone_e164
        ]
        seen.update(one.staff.id for one in fresh)
        if fresh:
            chain.append(fresh)
    if not chain and on.staff:
        last = on.recipient(Role.LEAD, at)
        return [[OnDuty(last.staff, last.role)]] if last.staff.phone_e164 else []
    return chain


def slot_of(line: DutySlot) -> Slot[int]:
    """A line of the table as a value, nobody away."""
    return Slot(
        line.id,
        line.staff_id,
        line.role,
        line.weekdays,
        line.start_minute,
        line.end_minute,
        line.valid_from,
        line.valid_until,
        line.trade,
    )


def absences(tx: Tx, staff_ids: Collection[int]) -> dict[int, list[DutyAbsence]]:
    """What stands against the duty of these people, by person; those of long ago too: few, and asked about."""
    query = select(DutyAbsence).where(DutyAbsence.staff_id.in_(staff_ids), DutyAbsence.ended_at.is_(None))
    found: dict[int, list[DutyAbsence]] = defaultdict(list)
    for absence in tx.scalars(query.order_by(DutyAbsence.starts_at, DutyAbsence.id)):
        found[absence.staff_id].append(absence)
    return found


def without(slot: Slot[int], absent: Sequence[DutyAbsence]) -> Slot[int]:
    """The slot less the times in which its holder is away."""
    away = tuple(_span(one) for one in absent if one.slot_id in (None, slot.id))
    return replace(slot, away=away) if away else slot


def _span(absence: DutyAbsence) -> tuple[int, int]:
    return to_us(absence.starts_at), to_us(absence.ends_at)


def _off_duty_order(person: Staff) -> tuple[bool, int, int]:
    place = _OFF_DUTY.index(Role(person.role)) if person.role in set(Role) else len(_OFF_DUTY)
    return person.phone_e164 is None, place, person.id
