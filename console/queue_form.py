"""The form of a queue's rule: minutes and numbers as a person types them, to settings and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.queue_rules import Add, QueueRule, write_rule
from tickets.errors import FieldError

ROWS = 5
STEP_FIELDS = ("after_s", "live_after_s", "per_seat", "expected_wait_s")
IN_MINUTES = frozenset({"after_s", "live_after_s", "expected_wait_s"})


@dataclass(frozen=True)
class StepRow:
    """One row of the form; texts as they are typed."""

    number: int
    add: str
    values: Mapping[str, str]
    level: str
    queue: str
    estates: str


def rows(rule: QueueRule) -> list[StepRow]:
    """The rows of a rule, filled up with empty ones."""
    steps = write_rule(rule)["steps"]
    blank: dict[str, Any] = {}
    filled = [*steps, *[blank] * max(ROWS - len(steps), 1)]
    return [_row(number, facts) for number, facts in enumerate(filled, 1)]


def read_settings(form: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the form says. Raises FieldError."""
    steps = []
    for number in range(1, 20):
        add = form.get(f"add-{number}", "")
        if not add:
            continue
        facts: dict[str, Any] = {"add": add}
        for name in STEP_FIELDS:
            text = form.get(f"{name}-{number}", "").strip()
            if text:
                facts[name] = _number(name, text) * (60 if name in IN_MINUTES else 1)
        if add == Add.LEVEL:
            facts["level"] = form.get(f"level-{number}", "")
        if add == Add.QUEUE:
            facts["queue"] = form.get(f"queue-{number}", "")
        if add == Add.ESTATES:
            facts["estates"] = form.get(f"estates-{number}", "").replace(",", " ").split()
        steps.append(facts)
    return {
        "strategy": form.get("strategy", ""),
        "level": form.get("level", ""),
        "weight": form.get("weight", ""),
        "at_once": form.get("at_once") == "1",
        "steps": steps,
    }


def _row(number: int, facts: Mapping[str, Any]) -> StepRow:
    values = {name: _text(facts.get(name), name) for name in STEP_FIELDS}
    return StepRow(
        number,
        str(facts.get("add", "")),
        values,
        str(facts.get("level", "")),
        str(facts.get("queue", "")),
        " ".join(facts.get("estates", ())),
    )


def _text(value: float | None, name: str) -> str:
    if value is None:
        return ""
    return f"{value / 60 if name in IN_MINUTES else value:g}"


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FieldError(name, f"Not a number: {text}") from None
