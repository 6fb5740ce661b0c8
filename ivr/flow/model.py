"""A flow as data: steps of a few kinds, read from JSON and identified by a hash of its content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLOWS = Path(__file__).resolve().parents[1] / "flows"
EVERYWHERE = ("person", "emergency", "language", "place")
OWN = "office."  # what the keys of the office's own sentences begin with


class FlowError(ValueError):
    """A flow that may not be used. `step` names the step at fault, "" for the flow as a whole."""

    def __init__(self, step: str, message: str) -> None:
        super().__init__(f"step {step}: {message}" if step else message)
        self.step = step


@dataclass(frozen=True)
class Step:
    """A node of a flow. `next` is where it goes on; `options` are the settings of its kind."""

    name: str
    kind: str
    next: str
    prompts: tuple[str, ...]
    options: Mapping[str, Any]

    def target(self, option: str) -> str:
        """The step that `option` names, `next` if it names none."""
        return str(self.options.get(option) or self.next)

    def number(self, option: str, default: int) -> int:
        """The number set as `option`."""
        return int(self.options.get(option, default))


@dataclass(frozen=True)
class Flow:
    """A call flow. Never changed once published: a call keeps the version that it started on.

    `everywhere` names the steps that work from each step: `person`, `emergency`, `language`, `place`. `texts` are
    sentences that the office wrote itself, by their key (`office.…`) and the language tag.
    """

    version: str
    name: str
    start: str
    everywhere: Mapping[str, str]
    steps: Mapping[str, Step]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def version_of(body: Mapping[str, Any]) -> str:
    """The version of a flow: twelve characters of a hash of its content."""
    packed = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()[:12]


def read_flow(body: Mapping[str, Any]) -> Flow:
    """The flow written in `body`, not yet checked (`ivr.flow.check`). Raises `FlowError` on wrong shape."""
    try:
        steps = {name: read_step(name, dict(given)) for name, given in body["steps"].items()}
        texts = {str(key): dict(tongues) for key, tongues in body.get("texts", {}).items()}
        everywhere = dict(body["everywhere"])
        return Flow(version_of(body), str(body["name"]), str(body["start"]), everywhere, steps, texts)
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise FlowError(getattr(error, "step", ""), f"the flow cannot be read: {error}") from error


def read_step(name: str, given: dict[str, Any]) -> Step:
    """The step written in `given`; what is neither kind, next nor prompts is a setting of its kind."""
    if "kind" not in given:
        raise FlowError(name, "has no kind")
    kind, following = given.pop("kind"), given.pop("next", "")
    return Step(name, str(kind), str(following), tuple(given.pop("prompts", ())), given)


def shipped_body(name: str) -> dict[str, Any]:
    """The content of the flow that ships as `name` (see `ivr.flow.force.Situation`)."""
    body = json.loads((FLOWS / f"{name}.json").read_text(encoding="utf-8"))
    return dict(body)


def shipped_names() -> tuple[str, ...]:
    """The names of the flows that ship."""
    return tuple(sorted(path.stem for path in FLOWS.glob("*.json")))
