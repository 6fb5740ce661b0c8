"""The promises: what is answered and mended by when, and who is told if not."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from console import policies as reads
from console.access import OVERSEEING, Visit, page
from console.fmt import duration
from console.i18n import gettext as _
from console.i18n import ngettext
from console.wording import category_name, word
from tickets import queries
from tickets.models import Category, Estate

bp = Blueprint("policies", __name__)


@dataclass(frozen=True)
class PolicyTable:
    """The policies of one estate, the estate's own before the company's."""

    estate: Estate | None
    items: list[reads.PolicyInForce]
    categories: dict[str, Category]

    def covers(self, policy: reads.PolicyInForce) -> str:
        """What a policy is for, in words."""
        parts = []
        if policy.category:
            category = self.categories.get(policy.category)
            parts.append(category_name(category) if category else policy.category)
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
    items = reads.list_policies(visit.tx, [estate.id] if estate else [])
    items.sort(key=lambda policy: (policy.estate is None, policy.rank, policy.code))
    return render_template("policies.html", table=_table(visit, estate, items))


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


def _table(visit: Visit, estate: Estate | None, items: list[reads.PolicyInForce]) -> PolicyTable:
    categories = {each.code: each for each in queries.list_categories(visit.tx, with_hidden=True)}
    return PolicyTable(estate, items, categories)
