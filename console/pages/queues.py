"""How queues are served: strategy, level and steps of each; and the table that names the queue of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import func, select

from console import queue_form
from console.access import OVERSEEING, SUPERVISING, Visit, page
from console.explained import STRATEGIES
from console.i18n import N_
from console.i18n import gettext as _
from console.wording import CUSTOMER, category_name, word
from routing import queries as seats
from routing import route_service
from routing.pools import LEVELS
from routing.queue_rules import Add, QueueRule, Step
from routing.route_table import Line, Request, Routed, read_lines
from routing.rule_service import rule_of
from routing.service import Router
from tickets import queries
from tickets.errors import NotFound, NotYours
from tickets.models import Estate, Queue

bp = Blueprint("queues", __name__)

ADDS = {
    Add.MAIN_LANGUAGE: N_("the estate's main language and English"),
    Add.ANY_LANGUAGE: N_("any language"),
    Add.LEVEL: N_("a lower level"),
    Add.QUEUE: N_("the seats of another queue"),
    Add.ESTATES: N_("the seats of other estates"),
}
WARNINGS = {
    "trade": N_("No seat of this estate serves this queue."),
    "level": N_("No seat of this estate has level {what}; any level is asked until one has."),
    "queue": N_("No seat of this estate serves the queue “{what}”; its step finds nobody."),
}
BLANK_LINES = 3


@dataclass(frozen=True)
class ShownQueue:
    """One queue of an estate with its rule and what waits in it."""

    code: str
    rule: QueueRule
    figures: seats.QueueFigures | None


@bp.get("/queues")
@page(*OVERSEEING)
def queues(visit: Visit) -> str:
    """The queues of one of the person's estates."""
    estate = _estate(visit, request.args.get("estate"))
    waiting = {figures.queue: figures for figures in seats.queue_figures(visit.tx, [estate.id], visit.now)}
    shown = [
        ShownQueue(queue.code, rule_of(visit.tx, estate.code, queue.code, visit.now), waiting.get(queue.code))
        for queue in visit.tx.scalars(select(Queue).order_by(Queue.sort))
    ]
    return render_template(
        "queues.html", estate=estate, queues=shown, step_words=step_words, strategies=STRATEGIES
    )


@bp.get("/queues/<estate_code>/<code>")
@page(*SUPERVISING)
def edit(visit: Visit, estate_code: str, code: str) -> str:
    """The form of one queue's rule."""
    estate = _estate(visit, estate_code)
    if visit.tx.get(Queue, code) is None:
        raise NotFound("queue", code)
    rule = rule_of(visit.tx, estate.code, code, visit.now)
    return render_template(
        "queue.html",
        estate=estate,
        code=code,
        rule=rule,
        rows=queue_form.rows(rule),
        strategies=[(value, _(text)) for value, text in STRATEGIES.items()],
        adds=[(str(value), _(text)) for value, text in ADDS.items()],
        levels=[(str(level), str(level)) for level in LEVELS],
        queue_names=_queue_names(visit),
        warned=[_warning(each) for each in request.args.getlist("warned")],
    )


@bp.post("/queues/<estate_code>/<code>")
@page(*SUPERVISING)
def save(visit: Visit, estate_code: str, code: str) -> Any:
    """Serve the queue by what the form says from now on, and say at once what nobody meets."""
    estate = _estate(visit, estate_code)
    settings = queue_form.read_settings(request.form)
    router = Router(visit.runtime)
    warned = router.set_rule(visit.tx, estate.id, code, settings, visit.actor, now=visit.now)
    if warned:
        return redirect(url_for("queues.edit", estate_code=estate.code, code=code, warned=warned))
    return redirect(url_for("queues.queues", estate=estate.code))


@bp.get("/queues/table")
@page(*SUPERVISING)
def table(visit: Visit) -> str:
    """The table with its try-out box."""
    stored = route_service.newest(visit.tx)
    lines = read_lines(stored.lines) if stored else ()
    tried = None
    if request.args.get("category"):
        tried = route_service.try_out(visit.tx, lines, _request())
    return _table(visit, lines, stored.id if stored else 0, tried=tried)


@bp.post("/queues/table")
@page(*SUPERVISING)
def save_table(visit: Visit) -> Any:
    """Save the table, or show what it would have done with yesterday's tickets."""
    lines, seen = _lines(), request.form.get("seen", "0")
    seen_id = int(seen) if seen.isdecimal() and len(seen) < 18 else -1
    if request.form.get("act") == "dry":
        end = datetime.combine(visit.now.astimezone(visit.zone).date(), time(), visit.zone)
        estates = [estate.id for estate in visit.estates]
        run = route_service.dry_run(visit.tx, lines, end - timedelta(days=1), end, estates)
        return _table(visit, lines, seen_id, run=run)
    everything = visit.tx.scalar(select(func.count()).select_from(Estate).where(Estate.is_active))
    if len(visit.estates) < (everything or 0):
        raise NotYours(_("The table holds for every estate; only who oversees all of them may change it."))
    note = request.form.get("note", "")
    route_service.save(visit.tx, lines, note, seen_id, visit.actor, now=visit.now)
    return redirect(url_for("queues.table"))


def step_words(step: Step) -> str:
    """What a step adds, in words."""
    what = {
        Add.LEVEL: str(step.level),
        Add.QUEUE: word("queue", step.queue),
        Add.ESTATES: ", ".join(step.estates),
    }
    named = what.get(step.add, "")
    return f"{_(ADDS[step.add])} ({named})" if named else _(ADDS[step.add])


def _table(
    visit: Visit,
    lines: Sequence[Line],
    seen_id: int,
    *,
    tried: Routed | None = None,
    run: route_service.DryRun | None = None,
) -> str:
    categories = [
        (each.code, category_name(each)) for each in queries.list_categories(visit.tx) if each.queue_code
    ]
    return render_template(
        "queue_table.html",
        lines=[*lines, *[Line("")] * BLANK_LINES],
        count=len(lines),
        seen_id=seen_id,
        tried=tried,
        run=run,
        asked=request.args,
        versions=route_service.versions(visit.tx),
        queue_names=_queue_names(visit),
        categories=categories,
        category_names=dict(categories),
        customers=[(code, word("customer", code)) for code in CUSTOMER],
        estates=[(each.code, each.code) for each in visit.estates],
        zone=visit.zone,
    )


def _lines() -> list[Line]:
    form, lines = request.form, []
    for number in range(1, 1 + len([name for name in form if name.startswith("queue-")])):
        queue = form.get(f"queue-{number}", "")
        if queue:
            facts = (form.get(f"{name}-{number}") or None for name in ("customer", "category", "estate"))
            lines.append(Line(queue, *facts))
    return lines


def _request() -> Request:
    args = request.args
    return Request(args.get("estate", ""), args.get("category", ""), args.get("customer") or None)


def _warning(code: str) -> str:
    kind, _colon, what = code.partition(":")
    text = WARNINGS.get(kind)
    return _(text).format(what=word("queue", what) if kind == "queue" else what) if text else ""


def _queue_names(visit: Visit) -> list[tuple[str, str]]:
    codes = visit.tx.scalars(select(Queue.code).order_by(Queue.sort))
    return [(code, word("queue", code)) for code in codes]


def _estate(visit: Visit, code: str | None) -> Estate:
    """One of the person's estates; the first if none is named. Raises NotFound."""
    for estate in visit.estates:
        if code in (None, "", estate.code):
            return estate
    raise NotFound("estate", code or "")
