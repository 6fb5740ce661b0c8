"""Reads of the telephone side: names as they are spoken, who calls, which calls left nothing behind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, text
from sqlalchemy.orm import aliased

from infra.database import Tx
from ivr.flow.force import Load
from ivr.models import Call, CallerNeed
from ivr.state import Dwelling, keypad_digit
from tickets.models import (
    Building,
    CallerPreference,
    Estate,
    Residency,
    Resident,
    ResidentPhone,
    TicketTarget,
    Unit,
)
from tickets.words import TargetKind

DWELLINGS_READ = 8  # as many as a list of keys can hold


@dataclass(frozen=True)
class CallerFacts:
    """What is known of a number: the language it last chose, one resident, current dwellings.

    `is_slow`: the number, or somebody of that household, is marked as needing time.
    """

    language: str | None = None
    resident_id: int | None = None
    dwellings: tuple[Dwelling, ...] = ()
    is_slow: bool = False


def find_caller(tx: Tx, estate_id: int, e164: str, now: datetime) -> CallerFacts:
    """What is known of `e164` at this estate; one statement.

    A number of several people gives the one who has lived there longest, and the dwellings of all. Their own
    language goes before what the number last chose, unless several share it: then nobody knows who is calling.
    """
    today = now.date()
    lives_here = (
        (Residency.resident_id == Resident.id)
        & (Residency.from_on <= today)
        & or_(Residency.until_on.is_(None), Residency.until_on > today)
    )
    homes = (
        select(
            ResidentPhone.e164, Resident.id, Resident.language, Unit.id.label("unit_id"),
            Building.code, Unit.floor, Unit.door, Residency.from_on, Resident.is_vulnerable,
        )
        .join(Resident, Resident.id == ResidentPhone.resident_id)
        .join(Residency, lives_here)
        .join(Unit, Unit.id == Residency.unit_id)
        .join(Building, (Building.id == Unit.building_id) & (Building.estate_id == estate_id))
        .where(ResidentPhone.e164 == e164)
        .subquery()
    )  # fmt: skip
    preferred = select(CallerPreference.language).where(CallerPreference.e164 == e164).scalar_subquery()
    is_marked = select(CallerNeed.e164).where(CallerNeed.e164 == e164).exists()
    one = select(preferred.label("preferred"), is_marked.label("is_marked")).subquery()
    rows = tx.execute(
        select(one.c.preferred, one.c.is_marked, homes)
        .select_from(one.outerjoin(homes, homes.c.e164 == e164))
        .order_by(homes.c.from_on, homes.c.id, homes.c.unit_id)
        .limit(DWELLINGS_READ)
    ).all()
    known = [row for row in rows if row.id is not None]
    dwellings = {r.unit_id: Dwelling(r.unit_id, r.code, r.floor, r.door) for r in known}
    own = next((row.language for row in known if row.language), None)
    is_shared = len({row.id for row in known}) > 1
    language = rows[0].preferred or own if is_shared else own or rows[0].preferred
    return CallerFacts(
        language,
        known[0].id if known else None,
        tuple(dwellings.values()),
        is_slow=rows[0].is_marked or any(row.is_vulnerable for row in known),
    )


def find_dwelling(tx: Tx, estate_id: int, building: str, keyed: str) -> Dwelling | None:
    """The unit of `building` whose floor and door are keyed as `keyed`; None if there is none, or more than one."""
    rows = tx.execute(
        select(Unit.id, Building.code, Unit.floor, Unit.door)
        .join(Building, Building.id == Unit.building_id)
        .where(Building.estate_id == estate_id)
    ).all()
    wanted = building.lstrip("0")
    found = [
        home
        for home in (Dwelling(*row) for row in rows)
        if keypad_code(home.building) == wanted and home.keypad() == keyed
    ]
    return found[0] if len(found) == 1 else None


def keypad_code(code: str) -> str:
    """A building's code as it is keyed: digits as they are, a letter as its place in the alphabet."""
    return "".join(map(keypad_digit, code)).lstrip("0")


def names_of_estate(estate: Estate) -> dict[str, str]:
    """An estate's names by language tag; its own language first."""
    names = {estate.language: estate.name}
    for entry in estate.names:
        tag, _, name = entry.partition("=")
        if name:
            names[tag] = name
    return names


def first_responses(tx: Tx, ticket_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When somebody answers at the latest, by ticket id; the newest round counts."""
    rows = tx.execute(
        select(TicketTarget.ticket_id, TicketTarget.due_at)
        .where(TicketTarget.ticket_id.in_(ticket_ids), TicketTarget.kind == TargetKind.FIRST_RESPONSE)
        .order_by(TicketTarget.round)
    ).all()
    return {row.ticket_id: row.due_at for row in rows}


def missed_calls(tx: Tx, estate_ids: Sequence[int], since: datetime, limit: int = 100) -> list[Call]:
    """Incoming calls that ended since `since` and left no ticket, newest first."""
    statement = (
        select(Call)
        .where(Call.direction == "inbound", Call.ticket_id.is_(None), Call.incident_id.is_(None))
        .where(Call.ended_at.is_not(None))
        .where(Call.estate_id.in_(estate_ids), Call.started_at >= since)
        .order_by(Call.started_at.desc())
        .limit(limit)
    )
    return list(tx.scalars(statement))


def open_missed_calls(tx: Tx, estate_ids: Collection[int], limit: int = 200) -> list[Call]:
    """Callers who left without a ticket and still wait for a call, the most urgent first.

    Whoever has left a ticket since, or was rung back, is not among them; of several calls of a number the last
    counts.
    """
    later = aliased(Call)
    has_come_again = (
        select(later.sid)
        .where(later.from_e164 == Call.from_e164, later.estate_id == Call.estate_id)
        .where(later.direction == "inbound", later.started_at > Call.started_at)
        .exists()
    )
    statement = (
        select(Call)
        .where(Call.call_back_due_at.is_not(None), Call.called_back_at.is_(None), Call.ticket_id.is_(None))
        .where(Call.incident_id.is_(None), Call.estate_id.in_(estate_ids), ~has_come_again)
        .order_by(Call.call_back_due_at, Call.sid)
        .limit(limit)
    )
    return list(tx.scalars(statement))


@dataclass(frozen=True)
class Announced:
    """What a caller is told of a ticket beside its number: by when somebody answers, and whether a text follows."""

    promise: datetime | None
    is_texted: bool


_ANNOUNCED = text(
    """
SELECT (SELECT due_at FROM ticket_targets WHERE ticket_id = :id AND kind = 'first_response'
        ORDER BY round DESC LIMIT 1) AS promise,
       CAST(:e164 AS text) IS NOT NULL
       AND EXISTS (SELECT FROM outbox WHERE key = 'ticket:' || :id || '\\:opened')
       AND NOT EXISTS (SELECT FROM text_opt_outs WHERE e164 = :e164) AS is_texted
"""
)


def announced(tx: Tx, ticket_id: int, e164: str | None) -> Announced:
    """What a caller with the number `e164` (None: withheld) is told of a ticket."""
    row = tx.connection().execute(_ANNOUNCED, {"id": ticket_id, "e164": e164}).one()
    return Announced(row.promise, row.is_texted)


_LOAD = text(
    """
SELECT count(*), min(entered_at) FROM tickets
WHERE estate_id = :estate_id AND is_live AND state IN ('queued', 'reserved')
"""
)


def live_load(tx: Tx, estate_id: int, now: datetime) -> Load:
    """The callers of an estate who wait on the line for a person now."""
    waiting, since = tx.connection().execute(_LOAD, {"estate_id": estate_id}).one()
    return Load(waiting, max(now - since, timedelta(0))) if waiting else Load()
