"""`hotline demo-info`: one object that tells a program, or a newcomer, how to use the running system."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from infra.config import Config
from infra.database import Tx
from infra.runtime import Runtime
from ivr.flow.kinds.base import BACK, EMERGENCY, LANGUAGE, PERSON, REPEAT
from ivr.flow.script import Script
from ivr.queries import live_load
from ivr.scripts import ScriptBook
from routing.models import Seat
from tickets import duty
from tickets.models import Category, Estate, Residency, Resident, Staff, Unit
from tickets.roster import spells_at
from tickets.words import Role
from workers.demo.seed import company, password_of, token_of

DUTY_ROLES = (Role.LEAD, Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR, Role.SECURITY)

KEYS_EVERYWHERE = {
    "person": PERSON,
    "emergency": EMERGENCY,
    "language": LANGUAGE,
    "repeat": REPEAT,
    "back": BACK,
}


def demo_info(runtime: Runtime) -> dict[str, Any]:
    """Return what `hotline demo-info --json` prints; reads only."""
    config, now = runtime.config, runtime.clock.now()
    with runtime.transaction() as tx:
        place = next(iter(ScriptBook(runtime).read(tx).by_code.values()))
        desk, load = place.desk, live_load(tx, place.id, now)
        estates = list(tx.scalars(select(Estate).order_by(Estate.id)))
        return {
            "web_url": config.web_url,
            "console_url": config.console_url,
            "carrier_url": config.carrier_url if config.uses_carrier else None,
            "twilio": {"account_sid": config.twilio_account_sid, "auth_token": config.twilio_auth_token},
            "estates": [
                {"code": e.code, "name": e.name, "hotline": e.hotline_e164, "timezone": e.timezone}
                for e in estates
            ],
            "residents": _residents(tx),
            "staff": _staff(tx, config),
            "categories": _categories(tx, Script(place.flow(now, load), desk)),
            "languages": [{"tag": tag, "keys": keys} for tag, keys in desk.language_keys().items()],
            "keys": KEYS_EVERYWHERE,
            "duty": [row for e in estates for row in _duty(tx, e, now)],
        }


def _residents(tx: Tx) -> list[dict[str, Any]]:
    places = selectinload(Resident.residencies).joinedload(Residency.unit).joinedload(Unit.building)
    by_name = {r.name: r for r in tx.scalars(select(Resident).options(places, selectinload(Resident.phones)))}
    rows = []
    for entry in company()["residents"]:
        resident = by_name.get(entry["name"])
        if resident is None:
            continue
        units = [f"{r.unit.building.code}-{r.unit.code}" for r in resident.residencies]
        rows.append(
            {
                "name": resident.name,
                "phone": entry["phone"],
                "language": resident.language,
                "estate": entry["estate"],
                "unit": ", ".join(units),
            }
        )
    return rows


def _staff(tx: Tx, config: Config) -> list[dict[str, Any]]:
    seat_ids = {row.staff_id: row.id for row in tx.execute(select(Seat.staff_id, Seat.id))}
    demo = {entry["login"] for entry in company()["staff"]}
    people = tx.scalars(
        select(Staff).where(Staff.login.in_(demo)).options(selectinload(Staff.estates)).order_by(Staff.id)
    )
    return [
        {
            "login": p.login,
            "name": p.name,
            "phone": p.phone_e164,
            "password": password_of(config, p.login),
            "role": p.role,
            "token": token_of(config, p.login),
            "seat_id": seat_ids.get(p.id),
            "estates": [e.code for e in p.estates],
        }
        for p in people
    ]


def _categories(tx: Tx, script: Script) -> list[dict[str, Any]]:
    leaves = tx.scalars(select(Category).where(Category.queue_code.is_not(None), ~Category.is_hidden))
    return [
        {"code": leaf.code, "class": leaf.priority_class, "queue": leaf.queue_code, "keys": keys}
        for leaf in sorted(leaves, key=lambda leaf: script.desk.category_keys(leaf.code))
        if not script.desk.choices(leaf.code) and (keys := script.category_keys(leaf.code))
    ]


def _duty(tx: Tx, estate: Estate, now: datetime) -> list[dict[str, Any]]:
    rows = []
    roster = duty.roster(tx, estate.id)
    for role in DUTY_ROLES:
        for staff_id, since, until in spells_at(roster.slots, role, now, roster.zone):
            person = roster.staff[staff_id]
            rows.append(
                {
                    "estate": estate.code,
                    "role": str(role),
                    "login": person.login,
                    "phone": person.phone_e164,
                    "from": _rfc3339(since),
                    "until": _rfc3339(until),
                }
            )
    return rows


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def welcome(config: Config) -> str:
    """Return what the terminal shows once everything is up: links and demo logins."""
    shown = ("mei.lin", "yu.chen", "hao.wang", "an.lead", "fang.super", "tang.manager")
    people = {entry["login"]: entry for entry in company()["staff"]}
    lines = ["", f"  Console  {config.console_url}/login"]
    if config.uses_carrier:
        lines.append(f"  Phone    {config.carrier_url}/")
    if config.embeds_database:
        lines.append("")
        for login in shown:
            lines.append(f"  {people[login]['role']:<11} {login:<14} {password_of(config, login)}")
        lines.append("  (all of them: hotline demo-info --json)")
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])
