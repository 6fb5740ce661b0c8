"""Writes the company's defaults into the tables: queues, categories, calendars, policies, result codes.

May run again at any time: what is there stays as the office has edited it, what is missing is added. The figures
themselves are in `tickets.defaults`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Base, Tx
from tickets import defaults
from tickets.models import Calendar, Category, Disposition, Estate, Policy, PolicyVersion, Queue
from tickets.policies import Case, find_policy, rank_of
from tickets.policies import Policy as Rule
from tickets.windows import WEEKDAYS

# (code, English source text of the console catalog)
DISPOSITIONS = (
    ("done", "Done"),
    ("advised", "Explained or advised"),
    ("referred", "Referred to another body"),
    ("no_fault", "No fault found"),
    ("no_access", "Nobody let us in"),
    ("duplicate", "Already being worked on"),
    ("not_ours", "Not the office's matter"),
)


def install_defaults(tx: Tx, *, now: datetime) -> None:
    """Write what is missing of the defaults, for the company and for each of its estates."""
    _insert(
        tx,
        Queue,
        [
            {"code": queue.code, "name": queue.names["en"], "sort": place}
            for place, queue in enumerate(defaults.queues())
        ],
    )
    _insert(
        tx, Category, [_category(category, place) for place, category in enumerate(defaults.categories())]
    )
    results = [
        {"estate_id": None, "code": code, "name": name, "sort": place}
        for place, (code, name) in enumerate(DISPOSITIONS)
    ]
    _insert(tx, Disposition, results)
    _install_calendars(tx)
    _install_policies(tx, None, defaults.policies(), now)
    for estate in tx.execute(select(Estate).order_by(Estate.id)).scalars():
        install_estate(tx, estate, now=now)


def install_estate(tx: Tx, estate: Estate, *, now: datetime) -> None:
    """Give an estate its own copy of each policy line, for its supervisors to edit (decision 0010).

    A line for a group of categories becomes one for each category in it, so that every line names exactly the
    tickets that it promises to.
    """
    leaves = [category for category in defaults.categories() if category.is_leaf]
    own: list[Rule] = []
    for rule in defaults.policies():
        if rule.category is None:
            own.append(_copy(rule, estate, None))
            continue
        covered = [leaf.code for leaf in leaves if _is_covered(leaf, rule)]
        own += [_copy(rule, estate, category) for category in covered or [rule.category]]
    _install_policies(tx, estate, own, now)


def _is_covered(leaf: defaults.Category, rule: Rule) -> bool:
    case = Case("", leaf.code, rule.priority_class or str(leaf.priority_class))
    return find_policy(defaults.policies(), case) is rule


def _copy(rule: Rule, estate: Estate, category: str | None) -> Rule:
    code = f"{estate.code}:{rule.code}" if category is None else f"{estate.code}:{rule.code}:{category}"
    rank = rank_of(category, rule.priority_class, None)
    return Rule(
        code, rule.targets, rule.levels, estate.code, category, rule.priority_class, rule.customer_type, rank
    )


def _category(category: defaults.Category, place: int) -> dict[str, Any]:
    return {
        "code": category.code,
        "parent_code": category.parent,
        "key": category.key,
        "sort": place,
        "names": dict(category.names),
        "kind": category.kind.value,
        "queue_code": category.queue,
        "priority_class": category.priority_class,
        "line": category.line,
        "ask": category.ask,
        "ask_yes_code": category.ask_yes_code,
        "ask_yes_class": category.ask_yes_class,
    }


def _install_calendars(tx: Tx) -> None:
    # Two null estates are not equal to a unique key, so what is there is asked for first.
    company = select(Calendar.code).where(Calendar.estate_id.is_(None))
    known = set(tx.execute(company).scalars())
    for code, calendar in defaults.calendars("UTC").items():
        if code not in known:
            weekly = calendar.to_json()["weekly"]
            tx.add(Calendar(code=code, name=calendar.name, weekly=[weekly.get(day, []) for day in WEEKDAYS]))
    tx.flush()


def _install_policies(
    tx: Tx, estate: Estate | None, rules: list[Rule] | tuple[Rule, ...], now: datetime
) -> None:
    known = set(tx.execute(select(Policy.code)).scalars())
    for rule in rules:
        if rule.code in known:
            continue
        policy = Policy(
            code=rule.code,
            rank=rule.rank,
            estate_id=estate.id if estate else None,
            category_code=rule.category,
            priority_class=rule.priority_class,
            customer_type=rule.customer_type,
            version=1,
        )
        first = PolicyVersion(
            version=1,
            targets=[target.to_json() for target in rule.targets],
            levels=[level.to_json() for level in rule.levels],
            created_at=now,
        )
        policy.versions.append(first)
        tx.add(policy)
    tx.flush()


def _insert(tx: Tx, table: type[Base], rows: list[dict[str, Any]]) -> None:
    tx.execute(insert(table).values(rows).on_conflict_do_nothing())
