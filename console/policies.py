"""Reads of policies for the page and the API: each with what it promises now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, or_, select

from infra.database import Tx
from tickets.errors import NotFound
from tickets.models import Calendar, Estate, Policy, PolicyVersion
from tickets.policies import targets_by_kind, targets_from_json


@dataclass(frozen=True)
class PolicyInForce:
    """A policy with the version that is promised now; `targets` by kind, both as the API gives them."""

    id: int
    code: str
    rank: int
    estate: str | None
    category: str | None
    priority_class: str | None
    customer_type: str | None
    version: int
    targets: dict[str, dict[str, Any]]
    levels: list[dict[str, Any]]


def list_policies(tx: Tx, estate_ids: Collection[int]) -> list[PolicyInForce]:
    """Return the active policies of these estates and of the company, in the order in which they are tried."""
    chosen = _policies(estate_ids).where(Policy.is_active)
    return [_in_force(row) for row in tx.execute(chosen.order_by(Policy.rank, Policy.code))]


def get_policy(tx: Tx, policy_id: int, estate_ids: Collection[int]) -> PolicyInForce:
    """Return one policy. Raises NotFound, for another estate's too."""
    row = tx.execute(_policies(estate_ids).where(Policy.id == policy_id)).one_or_none()
    if row is None:
        raise NotFound("policy", policy_id)
    return _in_force(row)


def list_calendars(tx: Tx, estate_ids: Collection[int]) -> list[str]:
    """Return the codes of calendars that targets of these estates can be counted in, "always" first."""
    known = or_(Calendar.estate_id.is_(None), Calendar.estate_id.in_(estate_ids))
    codes = tx.scalars(select(Calendar.code).where(known).distinct().order_by(Calendar.code))
    return ["always", *codes]


def _policies(estate_ids: Collection[int]) -> Select[Policy, PolicyVersion, str]:
    in_force = (PolicyVersion.policy_id == Policy.id) & (PolicyVersion.version == Policy.version)
    return (
        select(Policy, PolicyVersion, Estate.code)
        .join(PolicyVersion, in_force)
        .join(Estate, Estate.id == Policy.estate_id, isouter=True)
        .where(or_(Policy.estate_id.is_(None), Policy.estate_id.in_(estate_ids)))
        .execution_options(populate_existing=True)
    )


def _in_force(row: Row[Policy, PolicyVersion, str]) -> PolicyInForce:
    policy, version, estate = row
    return PolicyInForce(
        id=policy.id,
        code=policy.code,
        rank=policy.rank,
        estate=estate,
        category=policy.category_code,
        priority_class=policy.priority_class,
        customer_type=policy.customer_type,
        version=policy.version,
        targets=targets_by_kind(targets_from_json(version.targets)),
        levels=version.levels,
    )
