"""Whether a flow may be used: every choice leads somewhere, every step can end, every prompt is there.

Run when a flow is loaded and when one is published, never within a call.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.i18n import catalogs
from ivr.flow.kinds import KINDS
from ivr.flow.model import EVERYWHERE, Flow, FlowError, Step, read_flow, shipped_body
from ivr.prompts import prompts

ENDS = "end"
# What a step must be for the key that leads to it everywhere.
EVERYWHERE_KINDS = {"language": {"language_menu"}, "emergency": {"emergency"}, "place": {"ask_place"}}


def load(body: Mapping[str, Any]) -> Flow:
    """The checked flow written in `body`. Raises `FlowError` with the step's name."""
    flow = read_flow(body)
    check(flow)
    return flow


def load_shipped(name: str) -> Flow:
    """The checked flow that ships as `name`."""
    return load(shipped_body(name))


def check(flow: Flow) -> None:
    """Raise `FlowError` for the first fault of `flow`."""
    for step in flow.steps.values():
        check_step(flow, step)
    check_everywhere(flow)
    if flow.start not in flow.steps:
        raise FlowError("", f"starts at {flow.start}, which does not exist")
    for name in flow.steps:
        if not any(flow.steps[reached].kind == ENDS for reached in reachable(flow, (name,))):
            raise FlowError(name, "never reaches an end")
    used = reachable(flow, (flow.start, *flow.everywhere.values()))
    for name in flow.steps:
        if name not in used:
            raise FlowError(name, "is never reached")


def check_step(flow: Flow, step: Step) -> None:
    """Raise `FlowError` if `step` has an unknown kind, setting, exit or prompt."""
    kind = KINDS.get(step.kind)
    if kind is None:
        raise FlowError(step.name, f"has the unknown kind {step.kind}")
    for option in step.options:
        if option not in kind.options:
            raise FlowError(step.name, f"has the unknown setting {option}")
    if kind.has_next and not step.next:
        raise FlowError(step.name, "has no next step")
    for target in exits(step):
        if target not in flow.steps:
            raise FlowError(step.name, f"leads to {target}, which does not exist")
    offered = [str(extra.get("prompt", "")) for extra in extras_of(step)]
    check_prompts(step, (*step.prompts, *kind.spoken, *offered))


def check_prompts(step: Step, keys: Iterable[str]) -> None:
    """Raise `FlowError` for a prompt that is unknown, or that a catalog lacks."""
    for key in keys:
        if key not in prompts():
            raise FlowError(step.name, f"speaks the unknown prompt {key}")
        for locale in catalogs.locales("voice"):
            if not is_in(locale, key):
                raise FlowError(step.name, f"prompt {key} is missing in {locale}")


def is_in(locale: str, key: str) -> bool:
    """Whether the catalog of `locale` has a text for prompt `key`."""
    if locale == catalogs.SOURCE_LOCALE:
        return True
    messages, prompt = catalogs.translations("voice", locale), prompts()[key]
    if prompt.plural is None:
        return bool(messages.pgettext(key, prompt.text) != prompt.text)
    return bool(messages.npgettext(key, prompt.text, prompt.plural, 2) != prompt.plural)


def exits(step: Step) -> tuple[str, ...]:
    """Every step that `step` names as a way on."""
    kind = KINDS[step.kind]
    named = [str(step.options[option]) for option in kind.exits if step.options.get(option)]
    extras = [str(extra.get("next", "")) for extra in extras_of(step)]
    return tuple(name for name in (step.next, *named, *extras) if name)


def extras_of(step: Step) -> tuple[Mapping[str, Any], ...]:
    """The further choices that a menu offers beside its categories."""
    return tuple(dict(step.options.get("extras", {})).values())


def reachable(flow: Flow, starts: Iterable[str]) -> set[str]:
    """The steps that can be reached from `starts` by their own exits, `starts` included."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += exits(flow.steps[name])
    return found


def check_everywhere(flow: Flow) -> None:
    """Raise `FlowError` unless the keys 0, 8, 9 and star lead somewhere from every menu."""
    for name in EVERYWHERE:
        target = flow.everywhere.get(name, "")
        if target not in flow.steps:
            raise FlowError("", f"{name} leads to {target or 'nothing'}, which is no step")
        allowed = EVERYWHERE_KINDS.get(name)
        if allowed and flow.steps[target].kind not in allowed:
            raise FlowError(target, f"cannot be what {name} leads to")
