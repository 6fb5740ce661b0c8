"""Reads the versions of the queues' rules, kept per process and read again when there is a newer one."""

import weakref
from datetime import datetime

from sqlalchemy import Engine, func, select

from infra.database import Tx
from routing.models import QueueRule as StoredRule
from routing.queue_rules import RuleBook, Version, make_book, read_rule
from tickets.models import Estate
from tickets.promises import engine_of

_kept: weakref.WeakKeyDictionary[Engine, RuleBook] = weakref.WeakKeyDictionary()

NEWEST = select(func.coalesce(func.max(StoredRule.id), 0)).scalar_subquery()
"""The stamp: rules are only ever added, so the highest id tells whether there is a new one."""


def load(tx: Tx, stamp: int | None = None) -> RuleBook:
    """Every version as this transaction sees them; `stamp`: `NEWEST`, if the caller has read it already."""
    if stamp is None:
        stamp = tx.execute(select(NEWEST)).scalar_one()
    known = _kept.get(engine_of(tx))
    if known is not None and known.stamp == stamp:
        return known
    rows = tx.execute(
        select(Estate.code, StoredRule)
        .outerjoin(Estate, Estate.id == StoredRule.estate_id)
        .select_from(StoredRule)
        .order_by(StoredRule.id)
    )
    versions = [
        Version(code, stored.queue_code, stored.valid_from, read_rule(stored.settings))
        for code, stored in rows
    ]
    book = make_book(stamp, versions)
    _kept[engine_of(tx)] = book
    return book


def since(tx: Tx, estate_id: int | None, queue: str, at: datetime) -> StoredRule | None:
    """The stored version of exactly this estate (None: everywhere) and queue that is valid at an instant."""
    chosen = select(StoredRule).where(
        StoredRule.queue_code == queue, StoredRule.estate_id.is_not_distinct_from(estate_id)
    )
    newest = chosen.where(StoredRule.valid_from <= at).order_by(
        StoredRule.valid_from.desc(), StoredRule.id.desc()
    )
    return tx.scalar(newest.limit(1))
