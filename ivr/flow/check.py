"""Whether a flow may be used: every choice leads somewhere, every step can end, a person is within reach, every
sentence is there in every language.

Run when a flow is published and, for those that ship, when they are installed; never within a call. `faults` finds
everything at once, for the page that shows each fault at its step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.i18n import catalogs
from ivr import voices
from ivr.flow import force
from ivr.flow.kinds import KINDS
from ivr.flow.kinds.base import BACK, EMERGENCY, LANGUAGE, PERSON, REPEAT
from ivr.flow.kinds.choices import extras_of
from ivr.flow.model import EVERYWHERE, OWN, Flow, FlowError, Step, read_flow, shipped_body
from ivr.flow.script import Desk
from ivr.prompts import fields_of, prompts
from tickets.calendars import WorkingTime

ENDS = "end"
# What a step must be for the key that leads to it everywhere.
EVERYWHERE_KINDS = {"language": {"language_menu"}, "emergency": {"emergency"}, "place": {"ask_place"}}
# Where a call can end well: with a person who is rung, in a queue, or as a ticket.
OUTCOMES = frozenset({"wait_for_person", "ring_duty", "open_ticket", "voicemail"})
PERSONAL = frozenset({"wait_for_person", "ring_duty", "voicemail"})
# What has to come after a step of these kinds: a matter becomes a ticket, an emergency rings.
MUST_REACH = {
    "category_menu": "open_ticket",
    "ask_words": "open_ticket",
    "voicemail": "open_ticket",
    "emergency": "ring_duty",
}
KEYS_EVERYWHERE = frozenset({PERSON, REPEAT, BACK, LANGUAGE, EMERGENCY})
# Values that an office may put into its own sentences: known at every step of a call.
OWN_FIELDS = frozenset(
    {"estate", "opening", "phone", "unit", "number", "promise", "person", "back", "repeat", "key"}
)


@dataclass(frozen=True)
class Fault:
    """One thing for which a flow is refused: the step ("" for the whole), a stable code, what it is about."""

    step: str
    code: str
    what: str = ""
    where: str = ""

    def sentence(self) -> str:
        """The fault in English."""
        return SENTENCES[self.code].format(what=self.what, where=self.where)


SENTENCES: Mapping[str, str] = {
    "kind": "has the unknown kind {what}",
    "setting": "has the unknown setting {what}",
    "number": "has {what} that is no number from 1 to 600",
    "no_next": "has no next step",
    "leads": "leads to {what}, which does not exist",
    "no_back": "has no step that key 8 goes back to",
    "key_taken": "gives a meaning of its own to key {what}, which means the same everywhere",
    "key_category": "gives key {what} a second meaning: it is the category {where}",
    "key": "offers {what}, which is no single key from 1 to 7",
    "no_choice": "offers no choice",
    "prompt": "speaks the unknown prompt {what}",
    "missing": "prompt {what} is missing in {where}",
    "value": "prompt {what} needs {where}, which is not known there",
    "silent": "speaks nothing",
    "start": "starts at {what}, which does not exist",
    "endless": "never reaches an end",
    "unreached": "is never reached",
    "everywhere": "{where} leads to {what}, which is no step",
    "not_everywhere": "cannot be what {what} leads to",
    "no_person": "leads to no person and no message",
    "no_outcome": "ends at no person, no queue and no ticket: {what} does not follow",
    "hour": "{what} is in force from {where} on, and there is no such flow",
}


def load(body: Mapping[str, Any]) -> Flow:
    """The checked flow written in `body`. Raises `FlowError` with the step's name."""
    flow = read_flow(body)
    check(flow)
    return flow


def load_shipped(name: str) -> Flow:
    """The checked flow that ships as `name`."""
    return load(shipped_body(name))


def check(flow: Flow, desk: Desk | None = None) -> None:
    """Raise `FlowError` for the first fault of `flow`, in the hands of `desk` if one is given."""
    for fault in faults(flow, desk):
        raise FlowError(fault.step, fault.sentence())


def faults(flow: Flow, desk: Desk | None = None) -> list[Fault]:
    """Everything that is wrong with `flow`, steps in their order first.

    With `desk` its languages and categories count; without one every language that can be spoken does.
    """
    found = [fault for step in flow.steps.values() for fault in step_faults(flow, step, desk)]
    found += list(everywhere_faults(flow))
    if flow.start not in flow.steps:
        found.append(Fault("", "start", flow.start))
    if any(fault.code in ("leads", "kind", "everywhere", "start", "no_next") for fault in found):
        return found  # ways cannot be followed through what is not there
    return found + list(way_faults(flow))


def step_faults(flow: Flow, step: Step, desk: Desk | None) -> Iterator[Fault]:
    """What is wrong with one step by itself."""
    kind = KINDS.get(step.kind)
    if kind is None:
        yield Fault(step.name, "kind", step.kind)
        return
    yield from (Fault(step.name, "setting", option) for option in step.options if option not in kind.options)
    yield from number_faults(step)
    if kind.has_next and not step.next:
        yield Fault(step.name, "no_next")
    yield from (Fault(step.name, "leads", target) for target in exits(step) if target not in flow.steps)
    if "back" in kind.exits and not step.options.get("back"):
        yield Fault(step.name, "no_back")
    yield from extra_faults(step, desk)
    if step.kind in ("say", "end") and not step.prompts:
        yield Fault(step.name, "silent")
    offered = [str(extra.get("prompt", "")) for extra in extras_of(step.options).values()]
    yield from prompt_faults(flow, step, (*step.prompts, *kind.spoken, *offered), desk)


def number_faults(step: Step) -> Iterator[Fault]:
    """Settings that have to be numbers and are not."""
    for option in KINDS[step.kind].numbers:
        value = step.options.get(option, 1)
        if type(value) is not int or not 1 <= value <= 600:
            yield Fault(step.name, "number", option)


def extra_faults(step: Step, desk: Desk | None) -> Iterator[Fault]:
    """Choices on keys that are not free; a menu of its own without any choice."""
    extras = extras_of(step.options)
    if step.kind == "choice" and not extras:
        yield Fault(step.name, "no_choice")
    named = (
        {each.key: each.code for each in desk.choices("")} if desk and step.kind == "category_menu" else {}
    )
    for key in extras:
        if key in KEYS_EVERYWHERE:
            yield Fault(step.name, "key_taken", key)
        elif key not in tuple("1234567"):
            yield Fault(step.name, "key", key)
        elif key in named:
            yield Fault(step.name, "key_category", key, named[key])


def prompt_faults(flow: Flow, step: Step, keys: Iterable[str], desk: Desk | None) -> Iterator[Fault]:
    """Prompts that are unknown, or that lack a language."""
    for key in dict.fromkeys(keys):
        if key.startswith(OWN):
            yield from own_faults(flow, step, key, desk.languages if desk else voices.spoken())
        elif key not in prompts():
            yield Fault(step.name, "prompt", key)
        else:
            yield from (
                Fault(step.name, "missing", key, locale)
                for locale in catalogs.locales("voice")
                if not is_in(locale, key)
            )


def own_faults(flow: Flow, step: Step, key: str, languages: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with a sentence that the office wrote itself."""
    texts = flow.texts.get(key)
    if texts is None:
        yield Fault(step.name, "prompt", key)
        return
    yield from (Fault(step.name, "missing", key, tag) for tag in languages if not texts.get(tag, "").strip())
    for text in texts.values():
        try:
            unknown = set(fields_of(text)) - OWN_FIELDS
        except ValueError:
            unknown = {"{ }"}
        yield from (Fault(step.name, "value", key, name) for name in sorted(unknown))


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
    extras = [str(extra.get("next", "")) for extra in extras_of(step.options).values()]
    return tuple(name for name in (step.next, *named, *extras) if name)


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


def kinds_from(flow: Flow, name: str) -> set[str]:
    """The kinds of all steps that can be reached from `name`, itself included."""
    return {flow.steps[reached].kind for reached in reachable(flow, (name,))}


def everywhere_faults(flow: Flow) -> Iterator[Fault]:
    """Keys 0, 8, 9 and star lead somewhere from every menu, each to a step of the right kind."""
    for name in EVERYWHERE:
        target = flow.everywhere.get(name, "")
        if target not in flow.steps:
            yield Fault("", "everywhere", target or "nothing", name)
            continue
        allowed = EVERYWHERE_KINDS.get(name)
        if allowed and flow.steps[target].kind not in allowed:
            yield Fault(target, "not_everywhere", name)


def way_faults(flow: Flow) -> Iterator[Fault]:
    """Steps from which no end, no person and no outcome can be reached, or that nothing leads to."""
    for name in flow.steps:
        if ENDS not in kinds_from(flow, name):
            yield Fault(name, "endless")
    person = flow.everywhere["person"]
    if not kinds_from(flow, person) & PERSONAL:
        yield Fault(person, "no_person")
    for step in flow.steps.values():
        wanted = MUST_REACH.get(step.kind)
        if wanted and wanted not in kinds_from(flow, step.next):
            yield Fault(step.name, "no_outcome", wanted)
    used = reachable(flow, (flow.start, *flow.everywhere.values()))
    yield from (Fault(name, "unreached") for name in flow.steps if name not in used)


def year_faults(flows: Mapping[str, Flow], hours: WorkingTime, now: datetime) -> list[Fault]:
    """What an estate with office `hours` would run into within a year: an hour without a flow, or with one that leads
    to no person, queue or ticket. `flows` are those in force, by name."""
    found = []
    first = dict.fromkeys(force.Situation, now) | dict(force.hours_of_year(hours, now))
    for situation, at in first.items():
        flow = flows.get(situation)
        if flow is None:
            found.append(Fault("", "hour", situation, f"{at:%Y-%m-%d %H:%M} UTC"))
        elif not kinds_from(flow, flow.start) & OUTCOMES:
            found.append(Fault(flow.start, "no_outcome", "open_ticket"))
    return found
