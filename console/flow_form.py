"""A step of a call flow as a form: what the page shows for each kind, and what was filled in as data again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.flow.kinds import KINDS
from ivr.flow.kinds.choices import extras_of
from ivr.flow.model import OWN, Flow, Step
from ivr.prompts import prompts
from tickets.errors import FieldError

NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
PROMPTED = ("say", "end", "choice")  # kinds whose sentences the office chooses
EXTRA_KEYS = tuple("1234567")
SPARE = 2
ENTRY_KINDS = frozenset(
    {"say", "end", "choice", "notice"}
)  # what may be added to a flow; the others are there once


@dataclass(frozen=True)
class ExtraLine:
    """One further choice in the form."""

    key: str = ""
    next: str = ""
    prompt: str = ""


@dataclass(frozen=True)
class StepForm:
    """One step as its form shows it. `exits` and `numbers` are pairs of setting and value."""

    step: Step
    has_next: bool
    exits: Sequence[tuple[str, str]] = ()
    numbers: Sequence[tuple[str, str]] = ()
    prompts: Sequence[str] = ()
    extras: Sequence[ExtraLine] = ()
    others: Mapping[str, Any] = field(default_factory=dict)


def show(step: Step) -> StepForm:
    """Return the form of `step`; for a kind that is not known only its next step can be set."""
    kind = KINDS.get(step.kind)
    if kind is None:
        return StepForm(step, True)
    lines = [
        ExtraLine(key, str(extra.get("next", "")), str(extra.get("prompt", "")))
        for key, extra in sorted(extras_of(step.options).items())
    ]
    is_listed = "extras" in kind.options
    known = {*kind.exits, *kind.numbers, "extras"}
    return StepForm(
        step,
        kind.has_next,
        [(option, str(step.options.get(option, ""))) for option in kind.exits],
        [(option, str(step.options.get(option, ""))) for option in kind.numbers],
        [*step.prompts, *[""] * SPARE] if step.kind in PROMPTED else (),
        [*lines, *[ExtraLine()] * SPARE] if is_listed else (),
        {option: value for option, value in step.options.items() if option not in known},
    )


def read(step: Step, form: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the step that the form asks for; `lists` holds the fields that occur several times.

    Raises FieldError for a number that is none. Whether it makes a sound flow is checked elsewhere.
    """
    shown = show(step)
    body: dict[str, Any] = {"kind": step.kind}
    if shown.prompts:
        body["prompts"] = [key for key in lists.get("prompt", ()) if key]
    elif step.prompts:
        body["prompts"] = list(step.prompts)
    if shown.has_next:
        body["next"] = form.get("next", step.next)
    for option, _value in shown.exits:
        if form.get(f"exit-{option}"):
            body[option] = form[f"exit-{option}"]
    for option, _value in shown.numbers:
        if text := form.get(f"number-{option}", "").strip():
            if not text.isascii() or not text.isdecimal() or len(text) > 4:
                raise FieldError(f"number-{option}", "This must be a whole number.")
            body[option] = int(text)
    if shown.extras:
        body["extras"] = _extras(lists)
    return body | dict(shown.others)


def _extras(lists: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    rows = zip(
        lists.get("extra-key", ()), lists.get("extra-next", ()), lists.get("extra-prompt", ()), strict=False
    )
    found: dict[str, dict[str, str]] = {}
    for key, following, prompt in rows:
        if not key:
            continue
        if key in found:
            raise FieldError("extra-key", "A key is given twice.")
        found[key] = {"next": following, "prompt": prompt}
    return found


def new_step(flow: Flow, name: str, kind: str, following: str) -> dict[str, Any]:
    """Return a fresh step to be added under `name`. Raises FieldError for a name that is taken or no name."""
    if not NAME.fullmatch(name):
        raise FieldError("name", "A name has small letters, digits and _ only.")
    if name in flow.steps:
        raise FieldError("name", "There is a step of this name already.")
    if kind not in KINDS:
        raise FieldError("kind", "There is no such kind of step.")
    return {"kind": kind, "next": following} if KINDS[kind].has_next else {"kind": kind}


def own_key(name: str) -> str:
    """Return the key of a sentence of the office that is called `name`. Raises FieldError if it is no name."""
    bare = name.strip().lower().removeprefix(OWN)
    if not NAME.fullmatch(bare):
        raise FieldError("name", "A name has small letters, digits and _ only.")
    return OWN + bare


def prompt_keys(flow: Flow) -> list[str]:
    """Return the keys of every sentence that a step may be given: the office's own, then those for any step."""
    fitting = [
        key for key, prompt in prompts().items() if set(prompt.fields) <= EASY and prompt.plural is None
    ]
    return [
        *sorted(flow.texts),
        *(key for key in fitting if not key.startswith(("sms.", "whisper.", "escalation."))),
    ]


EASY = frozenset({"estate", "opening", "phone", "person", "repeat", "back", "language", "key"})
