"""Incidents: offered when many call about one thing, opened by a supervisor, joined by callers, ended for all.

Every caller of the building hears of an open one before the menu (`ivr.flow.kinds.incident`); each process knows the
open ones by heart, because the stamp that makes it read its books again moves with this table (decision 0051).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import distinct, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from infra.live import publish
from infra.outbox import post
from infra.runtime import Runtime
from ivr.flow.effects import JoinIncident
from ivr.incident_models import Incident, IncidentJoin, IncidentNews
from ivr.models import Call
from tickets.actors import Actor
from tickets.errors import FieldError, NotFound, Refused
from tickets.history import record
from tickets.models import Building, Category, Estate, Staff, Ticket, Unit

MANY, WITHIN = 3, timedelta(minutes=10)  # so many numbers in this time are no coincidence
QUIET = timedelta(hours=2)  # what was dismissed is not offered again for so long
SAME_TROUBLE = timedelta(hours=24)  # open tickets this young are part of it
LONGEST_TEXT = 600


class IncidentOpen(Refused):
    """There is an open incident of this building and category already."""

    code = "incident_open"


class IncidentOver(Refused):
    """The incident has ended, or somebody else was quicker."""

    code = "incident_over"


def offer_due(runtime: Runtime, now: datetime) -> int:
    """Offer an incident wherever many numbers have reported one thing from one building; returns how many."""
    with runtime.transaction() as tx:
        offered = offer(tx, now)
        if offered:
            tx.after_commit(lambda: publish(runtime.valkey, "wall", {"incidents": offered}))
    return offered


def offer(tx: Tx, now: datetime) -> int:
    """See `offer_due`."""
    seen = exists().where(
        Incident.estate_id == Ticket.estate_id,
        Incident.building_id == Unit.building_id,
        Incident.category_code == Ticket.category_code,
        Incident.state.in_(("offered", "open")) | (Incident.ended_at > now - QUIET),
    )
    callers = func.count(distinct(func.coalesce(Ticket.phone_e164, Ticket.call_sid)))
    many = (
        select(
            Ticket.estate_id,
            Unit.building_id,
            Ticket.category_code,
            literal("offered"),
            callers,
            literal(now),
        )
        .join(Unit, Unit.id == Ticket.unit_id)
        .join(Estate, Estate.id == Ticket.estate_id)  # few, and each has an index of its newest tickets
        .where(Estate.is_active, Ticket.created_at > now - WITHIN, ~seen)
        .group_by(Ticket.estate_id, Unit.building_id, Ticket.category_code)
        .having(callers >= MANY)
    )
    columns = ["estate_id", "building_id", "category_code", "state", "callers", "created_at"]
    made = insert(Incident).from_select(columns, many).on_conflict_do_nothing().returning(Incident.id)
    return len(tx.execute(made).all())


def open_by_hand(
    tx: Tx, estate_id: int, building_id: int | None, category_code: str, texts: Mapping[str, str], staff: Staff,
    now: datetime,
) -> Incident:  # fmt: skip
    """Open an incident that nobody offered. Raises FieldError for a building of another estate or no category, and
    `IncidentOpen`."""
    building = tx.get(Building, building_id) if building_id is not None else None
    if building_id is not None and (building is None or building.estate_id != estate_id):
        raise FieldError("building", "There is no such building.")
    category = tx.get(Category, category_code)
    if category is None or category.queue_code is None:
        raise FieldError("category", "There is no such category.")
    values = {"estate_id": estate_id, "building_id": building_id, "category_code": category_code}
    made = insert(Incident).values(state="offered", created_at=now, **values).on_conflict_do_nothing()
    tx.execute(made)
    live = Incident.state.in_(("offered", "open"))
    matches = (
        Incident.estate_id == estate_id,
        Incident.building_id.is_not_distinct_from(building_id),
        Incident.category_code == category_code,
    )
    row = tx.execute(select(Incident).where(live, *matches).with_for_update()).scalar_one()
    if row.state == "open":
        raise IncidentOpen("There is an open incident of this building and category already.")
    return begin(tx, row, texts, staff, now)


def begin(tx: Tx, row: Incident, texts: Mapping[str, str], staff: Staff, now: datetime) -> Incident:
    """Open an offered incident: callers hear of it, and those who reported it are to be told of its end."""
    if row.state != "offered":
        raise IncidentOver("This incident is not offered any more.")
    row.texts, row.state = checked(texts), "open"
    row.opened_at, row.opened_by_id = now, staff.id
    tx.flush()
    add_reporters(tx, row, now)
    return row


def add_reporters(tx: Tx, row: Incident, now: datetime) -> None:
    """Let the callers of the tickets that are part of it join, each number once."""
    found = select(Ticket).where(
        Ticket.estate_id == row.estate_id,
        Ticket.category_code == row.category_code,
        Ticket.created_at > now - SAME_TROUBLE,
        Ticket.closed_at.is_(None),
    )
    if row.building_id is not None:
        found = found.join(Unit, Unit.id == Ticket.unit_id).where(Unit.building_id == row.building_id)
    for ticket in tx.scalars(found.order_by(Ticket.id)):
        join(tx, row.id, ticket.phone_e164, ticket.call_sid, ticket.language, ticket.unit_id, now, ticket.id)
        record(tx, ticket.id, "incident", Actor.SYSTEM, {"incident": row.id}, now=now)


def join(
    tx: Tx, incident_id: int, phone: str | None, call_sid: str | None, language: str, unit_id: int | None,
    now: datetime, ticket_id: int | None = None,
) -> None:  # fmt: skip
    """Add somebody to an incident; a number or a call that is in it already changes nothing."""
    values = {
        "incident_id": incident_id, "phone_e164": phone, "call_sid": call_sid, "language": language,
        "unit_id": unit_id, "ticket_id": ticket_id, "joined_at": now,
    }  # fmt: skip
    tx.execute(insert(IncidentJoin).values(**values).on_conflict_do_nothing())


def join_by_phone(tx: Tx, call: Call, effect: JoinIncident, now: datetime) -> bool:
    """The caller of `call` joins; False if the incident is over by now."""
    row = tx.get(Incident, effect.incident, with_for_update={"key_share": True})
    if row is None or row.state != "open":
        return False
    join(tx, row.id, call.from_e164, call.sid, effect.language, effect.unit_id, now)
    call.incident_id, call.unit_id = row.id, effect.unit_id or call.unit_id
    return True


def reword(tx: Tx, row: Incident, texts: Mapping[str, str]) -> None:
    """Change what callers hear from now on."""
    row.texts = checked(texts)


def tell(
    tx: Tx, row: Incident, texts: Mapping[str, str], staff: Staff, now: datetime, *, is_end: bool = False
) -> int:
    """Tell everybody who joined, once each and in their own language; returns how many."""
    words = checked(texts)
    if not is_end and not words:
        raise FieldError("texts", "Write what is new in at least one language.")
    news = IncidentNews(incident_id=row.id, is_end=is_end, texts=words, at=now, by_id=staff.id)
    tx.add(news)
    tx.flush()
    chosen = select(IncidentJoin.id).where(
        IncidentJoin.incident_id == row.id, IncidentJoin.phone_e164.is_not(None)
    )
    joins = list(tx.scalars(chosen))
    for join_id in joins:
        key = f"incident:{news.id}:{join_id}"
        post(tx, "incident.tell", key, {"news_id": news.id, "join_id": join_id}, now=now)
    return len(joins)


def close(tx: Tx, row: Incident, texts: Mapping[str, str], staff: Staff, now: datetime) -> int:
    """End an open incident and tell everybody who joined; returns how many."""
    if row.state != "open":
        raise IncidentOver("This incident is over already.")
    row.state, row.ended_at, row.ended_by_id = "closed", now, staff.id
    return tell(tx, row, texts, staff, now, is_end=True)


def dismiss(tx: Tx, row: Incident, staff: Staff, now: datetime) -> None:
    """Say that an offered incident is none."""
    if row.state != "offered":
        raise IncidentOver("This incident is not offered any more.")
    row.state, row.ended_at, row.ended_by_id = "dismissed", now, staff.id


def lock(tx: Tx, incident_id: int, estate_ids: frozenset[int]) -> Incident:
    """An incident of these estates, locked. Raises `NotFound`."""
    row = tx.get(Incident, incident_id, with_for_update=True)
    if row is None or row.estate_id not in estate_ids:
        raise NotFound("incident", str(incident_id))
    return row


def checked(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts that say something. Raises FieldError for one that nobody would listen to the end of."""
    words = {tag: " ".join(text.split()) for tag, text in texts.items()}
    for tag, text in words.items():
        if len(text) > LONGEST_TEXT:
            raise FieldError(f"text-{tag}", f"At most {LONGEST_TEXT} characters.")
    return {tag: text for tag, text in words.items() if text}
