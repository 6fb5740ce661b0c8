"""The form of a resident: numbers as typed, homes by name, dates as the browser sends them."""

from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from console.roster_form import day
from infra.database import Tx
from tickets.errors import FieldError
from tickets.models import Estate, Resident
from tickets.people_reads import find_unit_by_name
from tickets.people_service import Home, ResidentDraft

SPARE_PHONES, SPARE_HOMES = 2, 1
Form = MultiDict[str, str]


def empty(today: date, unit: str = "") -> Form:
    """Return the form of somebody new."""
    first = [("unit-1", unit), ("role-1", "owner"), ("from-1", today.isoformat()), ("last-1", "")]
    return MultiDict([("customer_type", "owner"), ("phone", ""), ("phone", ""), *first])


def show(resident: Resident, estate: Estate, today: date) -> Form:
    """Return the form of a resident as they stand, with empty lines to be filled."""
    form: Form = MultiDict(
        [
            ("name", resident.name),
            ("language", resident.language or ""),
            ("customer_type", resident.customer_type),
            ("vulnerable", "1" if resident.is_vulnerable else ""),
            ("notes", resident.notes),
            *(("classes", code) for code in resident.classes),
            *(("phone", phone.e164) for phone in sorted(resident.phones, key=lambda phone: phone.id)),
            *(("phone", "") for _ in range(SPARE_PHONES)),
        ]
    )
    homes = [home for home in resident.residencies if home.unit.building.estate_id == estate.id]
    for n, home in enumerate(sorted(homes, key=lambda home: home.from_on), start=1):
        form[f"unit-{n}"] = f"{home.unit.building.code}-{home.unit.code}"
        form[f"role-{n}"], form[f"from-{n}"] = home.role, home.from_on.isoformat()
        form[f"last-{n}"] = (home.until_on - timedelta(days=1)).isoformat() if home.until_on else ""
    for n in range(len(homes) + 1, len(homes) + 1 + SPARE_HOMES):
        form[f"unit-{n}"], form[f"role-{n}"] = "", "owner"
        form[f"from-{n}"], form[f"last-{n}"] = today.isoformat(), ""
    return form


def lines(form: Form) -> list[int]:
    """Return the numbers of the lines for homes."""
    return [n for n in range(1, 60) if f"unit-{n}" in form]


def read(tx: Tx, estate: Estate, form: Form) -> ResidentDraft:
    """Return the resident that the form asks for. Raises FieldError."""
    return ResidentDraft(
        name=form.get("name", ""),
        language=form.get("language") or None,
        customer_type=form.get("customer_type", ""),
        is_vulnerable=form.get("vulnerable") == "1",
        classes=form.getlist("classes"),
        notes=form.get("notes", ""),
        phones=form.getlist("phone"),
        homes=[_home(tx, estate, form, n) for n in lines(form) if form.get(f"unit-{n}", "").strip()],
    )


def _home(tx: Tx, estate: Estate, form: Form, n: int) -> Home:
    unit = find_unit_by_name(tx, estate, form.get(f"unit-{n}", ""))
    if unit is None:
        raise FieldError("unit", "There is no such unit; write building and unit as 3-12A.")
    last = form.get(f"last-{n}", "").strip()
    return Home(
        unit_id=unit.id,
        role=form.get(f"role-{n}", ""),
        from_on=day(form.get(f"from-{n}", "")),
        until_on=day(last) + timedelta(days=1) if last else None,
    )
