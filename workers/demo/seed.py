"""Writes the demo company; repeatable: what is there is left, what is missing is added."""

import hashlib
import hmac
import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from console.passwords import hash_password
from console.tokens import token_hash
from infra.config import Config
from infra.database import Tx
from infra.runtime import Runtime
from ivr.setup import install_flows
from routing.models import Seat, SeatSkill
from routing.setup import install_defaults as install_seat_defaults
from tickets.models import (
    ApiToken,
    Building,
    DutySlot,
    Estate,
    Queue,
    Residency,
    Resident,
    ResidentPhone,
    Staff,
    Unit,
)
from tickets.setup import install_defaults

ROSTER_FROM = date(2026, 1, 1)
WORDS = (
    "amber",
    "bamboo",
    "cedar",
    "dune",
    "ember",
    "fern",
    "grove",
    "harbor",
    "iris",
    "jade",
    "kite",
    "lotus",
)


@cache
def company() -> dict[str, Any]:
    """Return the made-up company as data."""
    data: dict[str, Any] = json.loads((Path(__file__).parent / "company.json").read_text())
    return data


def password_of(config: Config, login: str) -> str:
    """Return a demo login's password. It follows from the secret key, so nothing has to be kept."""
    digest = _derive(config, f"password:{login}")
    first, second = (WORDS[byte % len(WORDS)] for byte in digest[:2])
    return f"{first}-{second}-{int.from_bytes(digest[2:4]) % 9000 + 1000}"


def token_of(config: Config, login: str) -> str:
    """Return a demo login's API token, derived like the password."""
    return f"hl_{_derive(config, f'token:{login}').hex()[:40]}"


def _derive(config: Config, what: str) -> bytes:
    return hmac.digest(config.secret_key.encode(), f"demo:{what}".encode(), hashlib.sha256)


def seed_demo(runtime: Runtime) -> dict[str, int]:
    """Write the demo company where it is missing; returns how many of each kind there are now."""
    now = runtime.clock.now()
    with runtime.transaction() as tx:
        estates = {e["code"]: _estate(tx, e) for e in company()["estates"]}
        install_defaults(tx, now=now)
        install_seat_defaults(tx)
        install_flows(tx, now=now)
        for entry in company()["residents"]:
            _resident(tx, entry, estates[entry["estate"]], now)
        staff = {s["login"]: _staff(tx, runtime.config, s, estates, now) for s in company()["staff"]}
        for line in company()["duty"]:
            _duty(tx, line, estates, staff)
    return {"estates": len(estates), "residents": len(company()["residents"]), "staff": len(staff)}


def _estate(tx: Tx, entry: dict[str, Any]) -> Estate:
    estate = tx.scalar(select(Estate).where(Estate.code == entry["code"]))
    if estate is not None:
        return estate
    estate = Estate(
        code=entry["code"],
        name=entry["name"],
        names=[f"{tag}={name}" for tag, name in entry["names"].items()],
        hotline_e164=entry["hotline"],
        timezone=entry["timezone"],
        language=entry["language"],
        languages=company()["languages"],
        emergency_number=entry["emergency_number"],
    )
    for code in entry["buildings"]:
        floors = range(1, entry["floors"] + 1)
        units = [Unit(code=f"{f}{d}", floor=f, door=d) for f in floors for d in entry["doors"]]
        estate.buildings.append(Building(code=code, units=units))
    tx.add(estate)
    tx.flush()  # the residents look the units up
    return estate


def _resident(tx: Tx, entry: dict[str, Any], estate: Estate, now: datetime) -> None:
    if tx.scalar(select(Resident.id).where(Resident.name == entry["name"])) is not None:
        return
    resident = Resident(
        name=entry["name"],
        language=entry["language"],
        customer_type=entry.get("customer_type", "owner"),
        is_vulnerable=entry.get("vulnerable", False),
        created_at=now,
    )
    number = entry.get("second_phone", entry["phone"])
    resident.phones.append(ResidentPhone(e164=number))
    for place in entry["units"]:
        building, _, code = place.partition("-")
        unit = tx.scalars(
            select(Unit)
            .join(Building)
            .where(Building.estate_id == estate.id, Building.code == building, Unit.code == code)
        ).one()
        resident.residencies.append(
            Residency(unit_id=unit.id, role=resident.customer_type, from_on=ROSTER_FROM)
        )
    tx.add(resident)


def _staff(tx: Tx, config: Config, entry: dict[str, Any], estates: dict[str, Estate], now: datetime) -> Staff:
    login, password = entry["login"], password_of(config, entry["login"])
    hashed = token_hash(token_of(config, login))
    person = tx.scalar(select(Staff).where(Staff.login == login))
    if person is None:
        person = Staff(
            login=login,
            name=entry["name"],
            password_hash=hash_password(password),
            role=entry["role"],
            phone_e164=entry["phone"],
            language=entry["language"],
            created_at=now,
            estates=[estates[code] for code in entry["estates"]],
        )
        tx.add(person)
        tx.flush()  # the seat and the token need its id
        if "seat" in entry:
            _seat(tx, entry["seat"], person, now)
        is_known = False
    else:
        is_known = tx.scalar(select(ApiToken.id).where(ApiToken.token_hash == hashed)) is not None
        if not is_known:  # the secret key is another one now
            person.password_hash = hash_password(password)
    if not is_known:
        tx.add(ApiToken(staff_id=person.id, token_hash=hashed, label="demo", created_at=now))
    return person


def _seat(tx: Tx, entry: dict[str, Any], person: Staff, now: datetime) -> None:
    queues = tx.scalars(select(Queue.code)).all() if entry["queues"] == "*" else entry["queues"]
    skills = [SeatSkill(kind="queue", code=code, level=4) for code in queues]
    skills += [SeatSkill(kind="language", code=tag, level=level) for tag, level in entry["languages"].items()]
    seat = Seat(
        staff_id=person.id, capacity=entry["capacity"], state_since=now, idle_since=now, skills=skills
    )
    tx.add(seat)


def _duty(tx: Tx, line: list[str], estates: dict[str, Estate], staff: dict[str, Staff]) -> None:
    estate, role, login, days, start, end = line
    slot = DutySlot(
        estate_id=estates[estate].id,
        role=role,
        staff_id=staff[login].id,
        weekdays=sum(1 << (int(day) - 1) for day in days),
        start_minute=_minute(start),
        end_minute=_minute(end),
        valid_from=ROSTER_FROM,
    )
    same = (DutySlot.estate_id == slot.estate_id, DutySlot.role == role, DutySlot.staff_id == slot.staff_id)
    if tx.scalar(select(DutySlot.id).where(*same)) is None:
        tx.add(slot)


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
