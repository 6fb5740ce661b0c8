"""The promises: what is answered and mended by when, and who is told if not; and changing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import or_, select

from console import policy_form
from console.access import OVERSEEING, SUPERVISING, Visit, page
from console.fmt import duration
from console.i18n import N_, ngettext
from console.i18n import gettext as _
from console.wording import category_name, word
from tickets import policy_service, policy_trial, queries
from tickets.models import Calendar, Category, Estate, Policy
from tickets.policy_trial import DAYS, Trial
from tickets.working_time import ALWAYS

bp = Blueprint("policies", __name__)

UNIT_WORDS = (("s", N_("seconds")), ("min", N_("minutes")), ("h", N_("hours")), ("wd", N_("working days")))


@dataclass(frozen=True)
class PolicyTable:
    """The policies of one estate in the order in which they are tried, each with what it promises."""

    estate: Estate | None
    items: Sequence[tuple[Policy, Mapping[str, Any]]]
    categories: dict[str, Category]

    def covers(self, policy: Policy) -> str:
        """What a policy is for, in words."""
        parts = []
        if policy.category_code:
            category = self.categories.get(policy.category_code)
            parts.append(category_name(category) if category else policy.category_code)
        if policy.customer_type:
            parts.append(word("customer", policy.customer_type))
        return " · ".join(parts) or _("everything else")


@bp.get("/policies")
@page(*OVERSEEING)
def policies(visit: Visit) -> str:
    """The policies of one of the person's estates."""
    code = request.args.get("estate", "")
    estate = next((each for each in visit.estates if each.code == code), None)
    estate = estate or next(iter(visit.estates), None)
    found = policy_service.list_policies(visit.tx, [estate.id] if estate else [])
    items = [(policy, policy_service.body_of(visit.tx, policy)) for policy in found]
    return render_template("policies.html", table=PolicyTable(estate, items, _categories(visit)))


@bp.get("/policies/<int:policy_id>")
@page(*SUPERVISING)
def edit(visit: Visit, policy_id: int) -> str:
    """The form of one policy."""
    policy = policy_service.get_policy(visit.tx, policy_id, visit.estate_ids)
    return _form(visit, policy, policy_service.body_of(visit.tx, policy))


@bp.post("/policies/<int:policy_id>/trial")
@page(*SUPERVISING)
def try_first(visit: Visit, policy_id: int) -> str:
    """The form as it was filled in, with what it would have meant; nothing is stored."""
    policy = policy_service.get_policy(visit.tx, policy_id, visit.estate_ids)
    wanted = _asked(visit, policy)
    trials = policy_trial.try_on_past(visit.tx, policy, wanted, now=visit.now)
    return _form(visit, policy, wanted, [one for one in trials if one.tickets or one.moving])


@bp.post("/policies/<int:policy_id>")
@page(*SUPERVISING)
def save(visit: Visit, policy_id: int) -> Any:
    """Promise what the form says from now on."""
    policy = policy_service.get_policy(visit.tx, policy_id, visit.estate_ids)
    policy_service.put_policy(visit.tx, policy.id, _asked(visit, policy), visit.actor, now=visit.now)
    estate = next((each.code for each in visit.estates if each.id == policy.estate_id), None)
    return redirect(url_for("policies.policies", estate=estate, _anchor=f"policy-{policy.id}"))


def trial_words(trial: Trial) -> tuple[str, str]:
    """Return what a change would have meant for one promise: for past tickets, and for open ones."""
    past = _("Tickets of the last {days} days: {n}. Late: {late}. Would have been late: {would}.").format(
        days=DAYS, n=trial.tickets, late=trial.late, would=trial.would_be_late
    )
    if not trial.moving:
        return past, _("No open ticket would fall due at another time.")
    if trial.furthest < timedelta(0):
        text = _("Open tickets that would fall due at another time: {n}, by up to {length} earlier.")
    else:
        text = _("Open tickets that would fall due at another time: {n}, by up to {length} later.")
    return past, text.format(n=trial.moving, length=duration(abs(trial.furthest)))


def policy_units() -> list[tuple[str, str]]:
    """Return the units that a length can be given in."""
    return [(unit, _(text)) for unit, text in UNIT_WORDS]


def promise_words(target: dict[str, object]) -> str:
    """Return the length of a target in words: "30 min", "3 working days"."""
    seconds, days = target.get("seconds"), target.get("working_days")
    if isinstance(days, int):
        return ngettext("{n} working day", "{n} working days", days).format(n=days)
    return duration(float(seconds)) if isinstance(seconds, int) else "–"


def level_words(level: dict[str, object]) -> str:
    """Return when and whom a level tells: "at once: duty lead"."""
    after = level.get("after")
    role = word("role", str(level.get("role")))
    if not isinstance(after, int) or after == 0:
        return _("at once: {role}").format(role=role)
    return _("after {length}: {role}").format(length=duration(after), role=role)


def _asked(visit: Visit, policy: Policy) -> dict[str, Any]:
    """The policy as the form asks for it."""
    body = policy_service.body_of(visit.tx, policy)
    return body | {
        "targets": policy_form.read_targets(body, request.form),
        "levels": policy_form.read_levels(body, request.form),
        "apply_to_open": request.form.get("apply_to_open") == "1",
    }


def _form(
    visit: Visit, policy: Policy, body: Mapping[str, Any], trials: Sequence[Trial] | None = None
) -> str:
    return render_template(
        "policy.html",
        policy=policy,
        form=policy_form.show(body),
        table=PolicyTable(None, [], _categories(visit)),
        calendars=_calendars(visit, policy),
        trials=trials,
    )


def _categories(visit: Visit) -> dict[str, Category]:
    return {each.code: each for each in queries.list_categories(visit.tx, with_hidden=True)}


def _calendars(visit: Visit, policy: Policy) -> list[str]:
    """Codes of the calendars that a target of this policy can be counted in."""
    known = or_(Calendar.estate_id.is_(None), Calendar.estate_id == policy.estate_id)
    codes = visit.tx.scalars(select(Calendar.code).where(known).distinct().order_by(Calendar.code))
    return [ALWAYS.name, *codes]
