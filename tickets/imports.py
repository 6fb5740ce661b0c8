"""Residents from a file: read and judged row by row first, loaded only when somebody has confirmed what was shown.

Columns are found by their headings, in English or Chinese. Loading the same file again changes nothing: people are
the same when name and unit are, or name and number. Reading the bytes of a file is `tickets.imports_files`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from infra.database import Tx
from tickets.actors import Actor
from tickets.audit import note_act
from tickets.errors import FieldError, NotFound
from tickets.models import Building, Estate, ImportBatch, Residency, Resident, ResidentPhone, Unit
from tickets.people_phones import BadNumber, checked, region_of
from tickets.people_service import ROLES
from tickets.phones import takes_texts
from tickets.words import CustomerType

MOST_ROWS = 20_000
COLUMNS = {
    "name": ("name", "姓名", "住戶", "住户"),
    "building": ("building", "tower", "棟", "栋", "座"),
    "floor": ("floor", "樓層", "楼层", "樓", "楼"),
    "door": ("door", "flat", "門號", "门号", "室"),
    "phones": ("phones", "phone", "電話", "电话", "手機", "手机"),
    "language": ("language", "語言", "语言"),
    "customer_type": ("customer_type", "type", "類別", "类型"),
    "vulnerable": ("vulnerable", "特別關懷", "特别关照"),
    "from": ("from", "遷入", "迁入"),
}
NEEDED = ("name", "building", "floor", "door")
_YES = {"1", "yes", "y", "true", "是", "√", "x"}


@dataclass(frozen=True)
class Row:
    """One line of the file. `problem`: a code of why it cannot go in, with `detail`; empty: it can."""

    line: int
    name: str = ""
    unit: str = ""
    unit_id: int = 0
    phones: tuple[str, ...] = ()
    language: str | None = None
    customer_type: str = CustomerType.OWNER
    is_vulnerable: bool = False
    from_on: str = ""
    what: str = "bad"  # new | changed | same | bad
    problem: str = ""
    detail: str = ""
    resident_id: int | None = None


@dataclass(frozen=True)
class Judged:
    """What a file would do: its rows in order, and how many of each kind."""

    rows: Sequence[Row] = field(default_factory=tuple)

    def count(self, what: str) -> int:
        """How many rows are new, changed, same or bad."""
        return sum(row.what == what for row in self.rows)


def judge(tx: Tx, estate: Estate, table: Sequence[Sequence[str]], today: date) -> Judged:
    """Look at every row of a file whose first row are headings; nothing is written. FieldError for no such file."""
    if not table:
        raise FieldError("file", "The file is empty.")
    if len(table) > MOST_ROWS + 1:
        raise FieldError("file", "The file has too many rows.")
    places = _columns(table[0])
    known = _Known(tx, estate)
    rows = []
    for line, cells in enumerate(table[1:], start=2):
        given = {key: cells[i].strip() if i < len(cells) else "" for key, i in places.items()}
        if any(given.values()):
            rows.append(known.judge(line, given, today))
    return Judged(rows)


def keep(
    tx: Tx, estate: Estate, staff_id: int, file_name: str, judged: Judged, *, now: datetime
) -> ImportBatch:
    """Keep what was shown until it is confirmed."""
    batch = ImportBatch(
        token=secrets.token_urlsafe(18),
        estate_id=estate.id,
        staff_id=staff_id,
        file_name=file_name[:200],
        rows={"rows": [asdict(row) for row in judged.rows]},
        created_at=now,
    )
    tx.add(batch)
    tx.flush()
    return batch


def load(tx: Tx, estate: Estate, token: str, actor: Actor, *, now: datetime) -> dict[str, int]:
    """Load the rows that were shown as new or changed, once; returns how many. Raises NotFound.

    Each is looked at again, so that somebody written down meanwhile does not come in twice.
    """
    query = select(ImportBatch).where(ImportBatch.token == token, ImportBatch.estate_id == estate.id)
    batch = tx.scalar(query.with_for_update())
    if batch is None or batch.staff_id != actor.staff_id:
        raise NotFound("import", token)
    done = {"new": 0, "changed": 0}
    if batch.applied_at is not None:
        return done
    known = _Known(tx, estate)
    for stored in batch.rows["rows"]:
        row = Row(**{**stored, "phones": tuple(stored["phones"])})
        if row.what == "bad":
            continue
        row = known.compared(row)
        if row.what in done:
            known.remember(row, _write(tx, row, now))
            done[row.what] += 1
    batch.applied_at = now
    batch.rows = {"rows": []}  # the people stand in their own tables now
    tx.flush()
    note_act(
        tx, actor, "residents.loaded", f"import:{batch.id}", now=now, estate_id=estate.id, new=done["new"],
        changed=done["changed"],
    )  # fmt: skip
    return done


class _Known:
    """Units and people of the estate, read once for a whole file."""

    def __init__(self, tx: Tx, estate: Estate) -> None:
        self.estate, self.region = estate, region_of(estate.hotline_e164)
        units = select(Building.code, Unit.floor, Unit.door, Unit.id, Unit.code).join(Unit.building)
        units = units.where(Building.estate_id == estate.id, Unit.removed_at.is_(None))
        self.units = {
            (row[0].lower(), row[1], row[2].lower()): (row[3], f"{row[0]}-{row[4]}")
            for row in tx.execute(units)
        }
        lives = (
            select(Resident, Residency.unit_id)
            .join(Residency, Residency.resident_id == Resident.id)
            .join(Unit, Unit.id == Residency.unit_id)
            .join(Building, Building.id == Unit.building_id)
            .where(Building.estate_id == estate.id)
        )
        phones: dict[int, set[str]] = {}
        for resident_id, e164 in tx.execute(select(ResidentPhone.resident_id, ResidentPhone.e164)):
            phones.setdefault(resident_id, set()).add(e164)
        self.at_home: dict[tuple[str, int], int] = {}
        self.by_phone: dict[tuple[str, str], int] = {}
        self.people: dict[int, tuple[object, ...]] = {}
        self.homes: dict[int, set[int]] = {}
        for person, unit_id in tx.execute(lives):
            self.at_home[person.name, unit_id] = person.id
            self.homes.setdefault(person.id, set()).add(unit_id)
            held = frozenset(phones.get(person.id, ()))
            self.people[person.id] = (held, person.language, person.customer_type, person.is_vulnerable)
            self.by_phone |= {(person.name, e164): person.id for e164 in held}

    def judge(self, line: int, given: dict[str, str], today: date) -> Row:
        """One row, told apart into new, changed, same and bad."""
        blank = Row(
            line=line, name=given["name"], unit=f"{given['building']}-{given['floor']}{given['door']}"
        )
        if not given["name"]:
            return _bad(blank, "name", "")
        floor = given["floor"].removesuffix(".0")
        key = (
            (given["building"].removesuffix(".0").lower(), int(floor), given["door"].lower())
            if _is_int(floor)
            else None
        )
        if key not in self.units:
            return _bad(blank, "unit", blank.unit)
        unit_id, unit = self.units[key]
        language = given.get("language") or None
        if language is not None and language not in self.estate.languages:
            return _bad(blank, "language", language)
        customer_type = given.get("customer_type") or CustomerType.OWNER
        if customer_type not in set(CustomerType):
            return _bad(blank, "customer_type", customer_type)
        try:
            texts = [text for text in given.get("phones", "").replace("；", ";").split(";") if text.strip()]
            phones = tuple(sorted({checked(text, self.region) for text in texts}))
        except BadNumber as error:
            return _bad(
                blank, "phone", f"{error.given} → {error.proposed}" if error.proposed else error.given
            )
        try:
            from_on = date.fromisoformat(given["from"][:10]) if given.get("from") else today
        except ValueError:
            return _bad(blank, "date", given["from"])
        row = Row(
            line, blank.name, unit, unit_id, phones, language, str(customer_type),
            given.get("vulnerable", "").lower() in _YES, from_on.isoformat(),
        )  # fmt: skip
        judged = self.compared(row)
        self.remember(judged, judged.resident_id or -line)  # so that a double within the file is seen
        return judged

    def compared(self, row: Row) -> Row:
        """The row with what it would do to what is known."""
        found = self.at_home.get((row.name, row.unit_id))
        found = found or next((i for e164 in row.phones if (i := self.by_phone.get((row.name, e164)))), None)
        what = "new"
        if found is not None:
            held, language, customer_type, is_vulnerable = self.people[found]
            is_same = (
                set(row.phones) <= set(held)  # type: ignore[call-overload]
                and row.language in (None, language)
                and row.customer_type == customer_type
                and row.is_vulnerable == is_vulnerable
                and row.unit_id in self.homes[found]
            )
            what = "same" if is_same else "changed"
        return Row(**{**asdict(row), "phones": row.phones, "what": what, "resident_id": found})

    def remember(self, row: Row, resident_id: int) -> None:
        """The person is known from now on as the row has them."""
        held = frozenset(row.phones) | self.people.get(resident_id, (frozenset(),))[0]  # type: ignore[operator]
        self.people[resident_id] = (held, row.language, row.customer_type, row.is_vulnerable)
        self.homes.setdefault(resident_id, set()).add(row.unit_id)
        self.at_home[row.name, row.unit_id] = resident_id
        self.by_phone |= {(row.name, e164): resident_id for e164 in held}


def _write(tx: Tx, row: Row, now: datetime) -> int:
    person = tx.get(Resident, row.resident_id) if row.resident_id and row.resident_id > 0 else None
    if person is None:
        person = Resident(name=row.name, created_at=now)
        tx.add(person)
    person.language = row.language or person.language
    person.customer_type, person.is_vulnerable = row.customer_type, row.is_vulnerable
    tx.flush()  # its id is needed below
    held = set(tx.scalars(select(ResidentPhone.e164).where(ResidentPhone.resident_id == person.id)))
    for e164 in row.phones:
        if e164 not in held:
            tx.add(ResidentPhone(resident_id=person.id, e164=e164, takes_texts=takes_texts(e164)))
    lives = select(Residency.id).where(Residency.resident_id == person.id, Residency.unit_id == row.unit_id)
    if tx.scalar(lives) is None:
        role = row.customer_type if row.customer_type in ROLES else "other"
        since = date.fromisoformat(row.from_on)
        tx.add(Residency(resident_id=person.id, unit_id=row.unit_id, role=role, from_on=since))
    tx.flush()
    return person.id


def _columns(headings: Sequence[str]) -> dict[str, int]:
    names = [heading.strip().lower() for heading in headings]
    places = {
        key: names.index(known)
        for key, words in COLUMNS.items()
        for known in reversed(words)
        if known in names
    }
    missing = [key for key in NEEDED if key not in places]
    if missing:
        raise FieldError("file", f"A column is missing: {', '.join(missing)}.")
    return places


def _bad(row: Row, problem: str, detail: str) -> Row:
    return Row(line=row.line, name=row.name, unit=row.unit, problem=problem, detail=detail)


def _is_int(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 5
