"""Reads of incidents: those that callers hear of, and those that a supervisor looks at."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from infra.database import Tx
from ivr.flow.script import OpenIncident
from ivr.incident_models import Incident, IncidentJoin, IncidentNews
from tickets.models import Building, Category, Estate

LIVE = ("offered", "open")


def open_incidents(tx: Tx) -> Mapping[int, tuple[OpenIncident, ...]]:
    """What callers hear of now, by estate id, oldest first."""
    rows = tx.execute(
        select(Incident, Building.code)
        .outerjoin(Building, Building.id == Incident.building_id)
        .where(Incident.state == "open")
        .order_by(Incident.id)
    )
    found: dict[int, list[OpenIncident]] = defaultdict(list)
    for row, building in rows:
        found[row.estate_id].append(OpenIncident(row.id, building or "", row.category_code, row.texts))
    return {estate_id: tuple(each) for estate_id, each in found.items()}


@dataclass(frozen=True)
class ShownIncident:
    """An incident with its names, and how many are to be told of it. `building` "" is the whole estate."""

    row: Incident
    estate: Estate
    building: str
    category: Category
    joined: int
    news: int


def list_incidents(
    tx: Tx, estate_ids: Collection[int], *, is_live: bool, limit: int = 50
) -> list[ShownIncident]:
    """Incidents of these estates, newest first: those offered or open, or those that ended."""
    joined = select(func.count()).where(IncidentJoin.incident_id == Incident.id).scalar_subquery()
    news = select(func.count()).where(IncidentNews.incident_id == Incident.id).scalar_subquery()
    state = Incident.state.in_(LIVE) if is_live else Incident.state.not_in(LIVE)
    rows = tx.execute(
        select(Incident, Estate, Building.code, Category, joined, news)
        .join(Estate, Estate.id == Incident.estate_id)
        .join(Category, Category.code == Incident.category_code)
        .outerjoin(Building, Building.id == Incident.building_id)
        .where(Incident.estate_id.in_(estate_ids), state)
        .order_by(Incident.id.desc())
        .limit(limit)
    )
    return [
        ShownIncident(row, estate, code or "", category, n, m) for row, estate, code, category, n, m in rows
    ]
