"""A draft of a call flow: edited step by step, faults at their step, tried out, published. Nothing here affects calls
before it is published; two people at one draft are told of each other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console import flow_form
from console.access import OVERSEEING, SUPERVISING, Visit, page
from console.i18n import gettext as _
from console.pages.flows import estate_of, known, place_of
from ivr import drafts
from ivr.drafts import What
from ivr.flow import trial
from ivr.flow.check import Fault
from ivr.flow.model import Flow, FlowError, read_flow
from ivr.flow.picture import Picture, draw
from ivr.flow.script import Script
from ivr.models import FlowDraft
from tickets.errors import FieldError
from tickets.models import Estate

bp = Blueprint("flow_drafts", __name__)

MOST_INPUTS = 60


@dataclass(frozen=True)
class DraftView:
    """The page of a draft; `faults` by step, "" for the flow as a whole. `step` is the one that is being edited."""

    estate: Estate
    name: str
    draft: FlowDraft
    flow: Flow
    picture: Picture
    faults: dict[str, list[Fault]]
    languages: Sequence[str]
    step: flow_form.StepForm | None = None

    @property
    def faulty(self) -> dict[str, list[Fault]]:
        """The faults, as the picture marks them."""
        return self.faults

    @property
    def prompts(self) -> list[str]:
        """Keys of the sentences that a step may speak."""
        return flow_form.prompt_keys(self.flow)

    @property
    def whole(self) -> str:
        """The draft as text, for whoever wants to see all of it."""
        return json.dumps(self.draft.body, ensure_ascii=False, indent=1)


@dataclass(frozen=True)
class TrialView:
    """The page of a trial: who rings, what was put in so far, and what came of it."""

    estate: Estate
    name: str
    flow: Flow
    version: str
    languages: Sequence[str]
    language: str
    who: str
    on_duty: bool
    given: Sequence[str]
    rounds: Sequence[trial.Round]
    fault: str = ""


def view_of(visit: Visit, estate: Estate, draft: FlowDraft, step: str = "") -> DraftView:
    """Return everything that the page of a draft shows."""
    place, flow = place_of(visit, estate), read_flow(draft.body)
    by_step: dict[str, list[Fault]] = {}
    for fault in drafts.faults_of(draft, place, visit.now):
        by_step.setdefault(fault.step, []).append(fault)
    form = flow_form.show(flow.steps[step]) if step in flow.steps else None
    return DraftView(estate, draft.flow, draft, flow, draw(flow), by_step, place.desk.languages, form)


def shown(visit: Visit, code: str, name: str, step: str = "") -> str:
    """Return the page of a draft."""
    estate = estate_of(visit, code)
    draft = drafts.get_draft(visit.tx, estate.id, known(name))
    template = "flow_step.html" if step else "flow_draft.html"
    return render_template(template, view=view_of(visit, estate, draft, step))


def save(visit: Visit, code: str, name: str, what: What, step: str, body: dict[str, Any]) -> None:
    """Store `body` as the draft, if it is still the one that the person saw."""
    draft = drafts.get_draft(visit.tx, estate_of(visit, code).id, known(name))
    drafts.save(visit.tx, draft, body, seen_edit(), visit.staff.id, what=what, step=step, now=visit.now)


def seen_edit() -> int:
    """Return which edit of the draft the form was made from."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def body_of(visit: Visit, code: str, name: str) -> dict[str, Any]:
    """Return a copy of the draft's content, to be changed."""
    draft = drafts.get_draft(visit.tx, estate_of(visit, code).id, known(name))
    copy: dict[str, Any] = json.loads(json.dumps(draft.body))
    return copy


@bp.post("/flows/<code>/<name>/draft")
@page(*SUPERVISING)
def begin(visit: Visit, code: str, name: str) -> Any:
    """Begin a draft, or go on with the one that there is."""
    drafts.begin(visit.tx, estate_of(visit, code).id, known(name), visit.staff.id, now=visit.now)
    return redirect(url_for("flow_drafts.draft", code=code, name=name))


@bp.get("/flows/<code>/<name>/draft")
@page(*SUPERVISING)
def draft(visit: Visit, code: str, name: str) -> str:
    """The draft with its picture, its steps and its faults."""
    return shown(visit, code, name)


@bp.get("/flows/<code>/<name>/draft/steps/<step>")
@page(*SUPERVISING)
def step(visit: Visit, code: str, name: str, step: str) -> Any:
    """The form of one step."""
    if step not in body_of(visit, code, name)["steps"]:
        return redirect(url_for("flow_drafts.draft", code=code, name=name))
    return shown(visit, code, name, step)


@bp.post("/flows/<code>/<name>/draft/steps/<step>")
@page(*SUPERVISING)
def save_step(visit: Visit, code: str, name: str, step: str) -> Any:
    """Change one step, or take it out."""
    body, form = body_of(visit, code, name), request.form
    old = read_flow(body).steps.get(step)
    if old is None:
        raise drafts.StaleDraft("This step is no longer there.")
    if form.get("act") == "remove":
        del body["steps"][step]
        save(visit, code, name, What.STEP_REMOVED, step, body)
        return redirect(url_for("flow_drafts.draft", code=code, name=name))
    lists = {key: form.getlist(key) for key in ("prompt", "extra-key", "extra-next", "extra-prompt")}
    body["steps"][step] = flow_form.read(old, form, lists)
    save(visit, code, name, What.STEP, step, body)
    return redirect(url_for("flow_drafts.draft", code=code, name=name, _anchor=f"step-{step}"))


@bp.post("/flows/<code>/<name>/draft/steps")
@page(*SUPERVISING)
def add_step(visit: Visit, code: str, name: str) -> Any:
    """Add a step."""
    body, form = body_of(visit, code, name), request.form
    new = form.get("name", "").strip()
    body["steps"][new] = flow_form.new_step(read_flow(body), new, form.get("kind", ""), form.get("next", ""))
    save(visit, code, name, What.STEP, new, body)
    return redirect(url_for("flow_drafts.step", code=code, name=name, step=new))


@bp.post("/flows/<code>/<name>/draft/start")
@page(*SUPERVISING)
def save_start(visit: Visit, code: str, name: str) -> Any:
    """Say where a call begins and where the keys that work everywhere lead."""
    body, form = body_of(visit, code, name), request.form
    body["start"] = form.get("start", "")
    body["everywhere"] = {key: form.get(key, "") for key in ("person", "emergency", "language", "place")}
    save(visit, code, name, What.WHOLE, "", body)
    return redirect(url_for("flow_drafts.draft", code=code, name=name))


@bp.post("/flows/<code>/<name>/draft/texts")
@page(*SUPERVISING)
def save_text(visit: Visit, code: str, name: str) -> Any:
    """Write a sentence of the office's own, in each language; with every language empty it goes."""
    body, form = body_of(visit, code, name), request.form
    key = flow_form.own_key(form.get("key", ""))
    languages = place_of(visit, estate_of(visit, code)).desk.languages
    texts = {tag: text for tag in languages if (text := form.get(f"text-{tag}", "").strip()[:500])}
    body["texts"] = {**body.get("texts", {}), key: texts}
    if not texts:
        del body["texts"][key]
    save(visit, code, name, What.TEXT, key, body)
    return redirect(url_for("flow_drafts.draft", code=code, name=name, _anchor="texts"))


@bp.post("/flows/<code>/<name>/draft/whole")
@page(*SUPERVISING)
def save_whole(visit: Visit, code: str, name: str) -> Any:
    """Take the whole draft from text."""
    try:
        body = json.loads(request.form.get("body", ""))
    except ValueError as error:
        raise FieldError("body", "This is not JSON.") from error
    if not isinstance(body, dict):
        raise FieldError("body", "This is not a flow.")
    save(visit, code, name, What.WHOLE, "", body)
    return redirect(url_for("flow_drafts.draft", code=code, name=name))


@bp.post("/flows/<code>/<name>/draft/discard")
@page(*SUPERVISING)
def discard(visit: Visit, code: str, name: str) -> Any:
    """Throw the draft away."""
    found = drafts.get_draft(visit.tx, estate_of(visit, code).id, known(name))
    drafts.discard(visit.tx, found, seen_edit(), visit.staff.id, now=visit.now)
    return redirect(url_for("flows.flow", code=code, name=name))


@bp.post("/flows/<code>/<name>/draft/publish")
@page(*SUPERVISING)
def publish(visit: Visit, code: str, name: str) -> Any:
    """Put the draft into force for new calls; with a fault the draft comes back with the fault at its step."""
    estate = estate_of(visit, code)
    found = drafts.get_draft(visit.tx, estate.id, known(name))
    try:
        why, place = request.form.get("why", ""), place_of(visit, estate)
        drafts.publish(visit.tx, found, place, seen_edit(), why, visit.staff.id, now=visit.now)
    except drafts.FaultyFlow:
        view = view_of(visit, estate, found)
        return render_template("flow_draft.html", view=view, is_refused=True), 422
    return redirect(url_for("flows.flow", code=code, name=name))


@bp.get("/flows/<code>/<name>/try")
@page(*OVERSEEING)
def trying(visit: Visit, code: str, name: str) -> str:
    """A call on the draft, or on a published version, without a telephone; nothing is stored."""
    estate, args = estate_of(visit, code), request.args
    place, version = place_of(visit, estate), args.get("version", "")
    flow = flow_to_try(visit, estate, known(name), version)
    language = args.get("language", "")
    language = language if language in place.desk.languages else ""
    who, on_duty = args.get("who", "known"), args.get("duty", "1") == "1"
    given = [
        text for text in (*args.getlist("in"), args.get("key", ""), args.get("words", "").strip()) if text
    ]
    caller = trial.Caller(
        language or None, who in ("known", "slow"), who == "withheld", who == "slow", on_duty
    )
    rounds: Sequence[trial.Round] = ()
    fault = ""
    try:
        rounds = trial.run(Script(flow, place.desk), caller, given[:MOST_INPUTS], place.facts(visit.now))
    except FlowError as error:
        fault = _("The call cannot go on at step “{step}”: mend its faults first.").format(step=error.step)
    view = TrialView(
        estate, name, flow, version, place.desk.languages, language, who, on_duty, given, rounds, fault
    )
    return render_template("flow_try.html", view=view)


def flow_to_try(visit: Visit, estate: Estate, name: str, version: str) -> Flow:
    """Return the version named, else the draft, else the version in force."""
    draft = drafts.find_draft(visit.tx, estate.id, name)
    if version or draft is None:
        version = version or drafts.version_in_force(visit.tx, estate.id, name)
        return read_flow(drafts.body_of(visit.tx, name, version))
    return read_flow(draft.body)
