"""Policies as people and programs edit them: listed, shown, replaced by a new version, applied to open tickets.

A policy keeps its id and what it covers; what it promises stands in versions, so that an edit touches new
tickets only, unless it is asked to apply to open ones. What a policy means is `tickets.policies`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from infra.database import Tx
from tickets import clocks, promises
from tickets.actors import Actor
from tickets.deadlines import PolicyError, Target
from tickets.errors import FieldError, NotFound
from tickets.escalation import Level
from tickets.lifecycle import OPEN_STATES
from tickets.models import Estate, Policy, PolicyVersion, Ticket
from tickets.policies import levels_from_json, targets_by_kind, targets_from_json
from tickets.promises import PolicyLine
from tickets.working_time import ALWAYS

_OPEN = tuple(state.value for state in OPEN_STATES)


def list_policies(tx: Tx, estate_ids: Collection[int] | None) -> Sequence[Policy]:
    """The active policies of these estates in the order in which they are tried; None: the company's too."""
    query = select(Policy).where(Policy.is_active).options(selectinload(Policy.versions))
    if estate_ids is not None:
        query = query.where(Policy.estate_id.in_(estate_ids))
    order = (Policy.estate_id.is_(None), Policy.estate_id, Policy.rank, Policy.code)
    return tx.execute(query.order_by(*order)).scalars().all()


def get_policy(tx: Tx, policy_id: int, estate_ids: Collection[int] | None) -> Policy:
    """One policy; NotFound for an unknown one and for one of another estate (or the company's, if limited)."""
    policy = tx.get(Policy, policy_id)
    if policy is None or (estate_ids is not None and policy.estate_id not in estate_ids):
        raise NotFound("policy", policy_id)
    return policy


def body_of(tx: Tx, policy: Policy) -> dict[str, Any]:
    """The policy as the API shows it and takes it back."""
    version = _in_force(tx, policy)
    return {
        "id": policy.id,
        **_covered(tx, policy),
        "targets": targets_by_kind(targets_from_json(version.targets)),
        "levels": [level.to_json() for level in levels_from_json(version.levels)],
        "apply_to_open": False,
    }


def put_policy(tx: Tx, policy_id: int, body: Mapping[str, Any], actor: Actor, *, now: datetime) -> Policy:
    """Replace what a policy promises by `body` (as `body_of` gives it); return it under its id.

    New tickets are promised the new version; open ones as well if `apply_to_open` is true. Raises FieldError
    naming the field: what it covers cannot change, and each promise must be one that can be kept.
    """
    query = select(Policy).where(Policy.id == policy_id).with_for_update()
    policy = tx.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if policy is None:
        raise NotFound("policy", policy_id)
    targets, levels = promised_by(tx, policy, body)
    before = _in_force(tx, policy)
    if (before.targets, before.levels) != (targets, levels):
        before.retired_at = now
        policy.version += 1
        version = PolicyVersion(
            policy_id=policy.id,
            version=policy.version,
            targets=targets,
            levels=levels,
            created_at=now,
            created_by=actor.staff_id,
        )
        tx.add(version)
        tx.flush()
        tx.expire(policy, ["versions"])
    if body.get("apply_to_open") is True:
        apply_to_open(tx, policy, actor, now=now)
    return policy


def apply_to_open(tx: Tx, policy: Policy, actor: Actor, *, now: datetime) -> int:
    """Promise the open tickets of a policy what it says now, from their creation on; return how many."""
    line = next(line for line in promises.load(tx).lines if line.id == policy.id)
    tickets = _open_tickets(tx, line)
    for ticket in tickets:
        clocks.promise_anew(tx, ticket, "policy", actor, now=now, line=line)
    return len(tickets)


def _open_tickets(tx: Tx, line: PolicyLine) -> Sequence[Ticket]:
    """The open tickets under other versions of the policy, their rows locked in order of id."""
    query = (
        select(Ticket)
        .where(Ticket.policy_id == line.id, Ticket.policy_version != line.version, Ticket.state.in_(_OPEN))
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )
    return tx.execute(query, execution_options={"populate_existing": True}).scalars().all()


def _in_force(tx: Tx, policy: Policy) -> PolicyVersion:
    return tx.get_one(PolicyVersion, (policy.id, policy.version))


def _covered(tx: Tx, policy: Policy) -> dict[str, str | None]:
    estate = tx.get(Estate, policy.estate_id) if policy.estate_id is not None else None
    return {
        "estate": estate.code if estate else None,
        "category": policy.category_code,
        "class": policy.priority_class,
        "customer_type": policy.customer_type,
    }


def promised_by(tx: Tx, policy: Policy, body: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Targets and levels of a body in their stored form; FieldError for what cannot be promised or changed."""
    for field, value in _covered(tx, policy).items():
        if field in body and body[field] != value:
            raise FieldError(field, "What a policy covers cannot be changed.")
    for field in ("targets", "levels"):
        if not body.get(field):
            raise FieldError(field, "At least one is needed: no promise is broken in silence.")
    try:
        targets = targets_from_json(body["targets"])
        levels = levels_from_json(body["levels"])
    except PolicyError as error:
        raise FieldError(error.field, f"{error.field} {error.problem}.") from None
    _check_calendars(tx, policy, targets, levels)
    return [target.to_json() for target in targets], [level.to_json() for level in levels]


def _check_calendars(tx: Tx, policy: Policy, targets: Sequence[Target], levels: Sequence[Level]) -> None:
    known = promises.load(tx)
    estates = [policy.estate_id] if policy.estate_id is not None else list(known.estates)
    wanted = {f"targets.{target.kind}.calendar": target.calendar for target in targets}
    wanted |= {f"levels.{level.level}.calendar": level.calendar for level in levels if level.calendar}
    for field, code in wanted.items():
        for estate_id in estates:
            if code != ALWAYS.name and code not in known.calendars(estate_id).by_code:
                raise FieldError(field, f"There is no calendar {code!r}.")
