"""What is promised to whom: categories, calendars and policies as each process keeps them in memory.

They change seldom and are needed for every ticket. `load` reads them again when the stamp (one row, renewed by
triggers) is another than at the last reading; `remembered` gives the last reading unchecked, for a writer that
checks the stamp in its own statement (`tickets.opening`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from infra.database import Tx
from tickets.errors import FieldError
from tickets.models import Category, Estate, Policy, PolicyVersion, PromiseStamp


@dataclass(frozen=True)
class CategoryLine:
    """A category as opening and editing need it; only a leaf has queue and class."""

    code: str
    parent_code: str | None
    kind: str
    queue_code: str | None
    priority_class: str | None
    is_hidden: bool


@dataclass(frozen=True)
class PolicyLine:
    """A policy in force: what it covers (None: anything) and what it promises."""

    id: int
    code: str
    version: int
    rank: int
    estate_id: int | None
    category_code: str | None
    priority_class: str | None
    customer_type: str | None
    targets: list[Any]
    levels: list[Any]

    def covers(
        self, estate_id: int, categories: frozenset[str], priority_class: str, customer_type: str | None
    ) -> bool:
        """Whether the line is for such a ticket; `categories` holds its category and all above it."""
        return (
            self.estate_id in (None, estate_id)
            and (self.category_code is None or self.category_code in categories)
            and self.priority_class in (None, priority_class)
            and self.customer_type in (None, customer_type)
        )


@dataclass(frozen=True)
class Promises:
    """One reading of all that promises are made from. `policies` stand in the order in which they are tried."""

    stamp: int
    categories: Mapping[str, CategoryLine]
    zones: Mapping[int, str]
    policies: tuple[PolicyLine, ...]

    def leaf(self, code: str) -> CategoryLine:
        """The category to file under; FieldError for an unknown one and for one that is not a leaf."""
        category = self.categories.get(code)
        if category is None:
            raise FieldError("category", f"There is no category {code}.")
        if category.queue_code is None or category.priority_class is None:
            raise FieldError("category", f"Category {code} has finer ones below it; choose one of those.")
        return category

    def lineage(self, code: str) -> frozenset[str]:
        """The codes of a category and of all above it."""
        return frozenset(self._upwards(code))

    def policy_for(
        self, estate_id: int, category_code: str, priority_class: str, customer_type: str | None
    ) -> PolicyLine | None:
        """The first line that covers such a ticket, or None if not even a class default does."""
        lineage = self.lineage(category_code)
        for line in self.policies:
            if line.covers(estate_id, lineage, priority_class, customer_type):
                return line
        return None

    def _upwards(self, code: str | None) -> Iterator[str]:
        while code is not None and (category := self.categories.get(code)):
            yield code
            code = category.parent_code


_kept: WeakKeyDictionary[Engine, Promises] = WeakKeyDictionary()
_lock = Lock()


def load(tx: Tx) -> Promises:
    """The promises as this transaction sees them; one short query when nothing has changed."""
    stamp = tx.execute(select(PromiseStamp.value)).scalar_one()
    kept = _kept.get(_engine(tx))
    return kept if kept is not None and kept.stamp == stamp else _read(tx, stamp)


def remembered(tx: Tx) -> Promises:
    """The last reading of this process, however old; reads if there is none yet."""
    return _kept.get(_engine(tx)) or load(tx)


def _engine(tx: Tx) -> Engine:
    bind = tx.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


def _read(tx: Tx, stamp: int) -> Promises:
    categories = {
        row.code: CategoryLine(
            row.code, row.parent_code, row.kind, row.queue_code, row.priority_class, row.is_hidden
        )
        for row in tx.execute(select(*Category.__table__.columns))
    }
    zones = {row.id: row.timezone for row in tx.execute(select(Estate.id, Estate.timezone))}
    in_force = (
        select(Policy, PolicyVersion)
        .join(
            PolicyVersion,
            (PolicyVersion.policy_id == Policy.id) & (PolicyVersion.version == Policy.version),
        )
        .where(Policy.is_active)
        .order_by(Policy.estate_id.is_(None), Policy.rank, Policy.id)
        .execution_options(populate_existing=True)
    )
    policies = tuple(_line(policy, version) for policy, version in tx.execute(in_force))
    read = Promises(stamp, categories, zones, policies)
    with _lock:
        _kept[_engine(tx)] = read
    return read


def _line(policy: Policy, version: PolicyVersion) -> PolicyLine:
    return PolicyLine(
        policy.id,
        policy.code,
        policy.version,
        policy.rank,
        policy.estate_id,
        policy.category_code,
        policy.priority_class,
        policy.customer_type,
        version.targets,
        version.levels,
    )
