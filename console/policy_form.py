"""The form of one policy: numbers with units on the page, seconds and working days in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tickets.errors import FieldError
from tickets.words import Role, TargetKind

Body = Mapping[str, Any]
"""A policy as `tickets.policy_service.body_of` gives it."""

UNITS: Mapping[str, int] = {"s": 1, "min": 60, "h": 3600}
WORKING_DAYS = "wd"
SPARE_LEVELS = 2
MOST_LEVELS = 8


@dataclass(frozen=True)
class Length:
    """A number and its unit as the form shows them; no number: no such promise."""

    number: str = ""
    unit: str = "min"


@dataclass(frozen=True)
class TargetLine:
    """One kind of target in the form."""

    kind: TargetKind
    length: Length
    calendar: str


@dataclass(frozen=True)
class LevelLine:
    """One level of the chain in the form; the last ones are empty, to be filled."""

    number: int
    after: Length
    role: str


@dataclass(frozen=True)
class PolicyForm:
    """A policy as its form shows it."""

    policy: Body
    targets: list[TargetLine]
    levels: list[LevelLine]


def show(policy: Body) -> PolicyForm:
    """Return the form of a policy as it is in force."""
    targets = []
    for kind in TargetKind:
        stored = policy["targets"].get(kind, {})
        calendar = str(stored.get("calendar", "always"))
        targets.append(TargetLine(kind, _length(stored.get("seconds"), stored.get("working_days")), calendar))
    levels = [
        LevelLine(n, _length(level["after"], None), level["role"])
        for n, level in enumerate(policy["levels"], start=1)
    ]
    spare = range(len(levels) + 1, min(len(levels) + SPARE_LEVELS, MOST_LEVELS) + 1)
    return PolicyForm(policy, targets, [*levels, *(LevelLine(n, Length(), "") for n in spare)])


def read_targets(policy: Body, form: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the targets that the form asks for, by kind; warnings and night lengths stay as they are.

    Raises FieldError for what is no number.
    """
    targets = {}
    for kind in TargetKind:
        number, unit = form.get(f"{kind}-number", "").strip(), form.get(f"{kind}-unit", "min")
        if not number:
            continue
        kept = {k: v for k, v in policy["targets"].get(kind, {}).items() if k in ("warn", "late")}
        key, value = _stored(f"{kind}-number", number, unit)
        targets[kind.value] = {key: value, "calendar": form.get(f"{kind}-calendar") or "always", **kept}
    return targets


def read_levels(policy: Body, form: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """Return the chain that the form asks for, without the lines left empty. Raises FieldError."""
    levels = []
    for n in range(1, MOST_LEVELS + 1):
        role, number = form.get(f"level-{n}-role", ""), form.get(f"level-{n}-number", "").strip()
        if not role:
            continue
        if role not in set(Role):
            raise FieldError(f"level-{n}-role", "There is no such role.")
        key, value = _stored(f"level-{n}-number", number or "0", form.get(f"level-{n}-unit", "min"))
        if key != "seconds":
            raise FieldError(f"level-{n}-unit", "A level counts in seconds, minutes or hours.")
        before = policy["levels"][n - 1] if n <= len(policy["levels"]) else {}
        kept = {k: v for k, v in before.items() if k in ("calendar", "notify_only")}
        levels.append({"after": value, "role": role, **kept})
    return levels


def _length(seconds: int | None, working_days: int | None) -> Length:
    if working_days is not None:
        return Length(str(working_days), WORKING_DAYS)
    if seconds is None:
        return Length()
    unit = next(unit for unit, size in reversed(list(UNITS.items())) if seconds % size == 0)
    return Length(str(seconds // UNITS[unit]), "min" if seconds == 0 else unit)


def _stored(field: str, number: str, unit: str) -> tuple[str, int]:
    if not (number.isdecimal() and number.isascii()) or len(number) > 7:
        raise FieldError(field, "That is not a whole number.")
    if unit == WORKING_DAYS:
        return "working_days", int(number)
    if unit not in UNITS:
        raise FieldError(field, "There is no such unit.")
    return "seconds", int(number) * UNITS[unit]
