"""Changing how a queue is served: a new version from now on, and a word on what nobody could meet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from infra.database import Tx
from routing import colleagues, rule_book
from routing.explaining import Roster
from routing.matching import Round
from routing.models import QueueRule as StoredRule
from routing.models import Seat
from routing.part import Part
from routing.queue_rules import Add, QueueRule, RuleError, read_rule, write_rule
from tickets.actors import Actor
from tickets.errors import FieldError
from tickets.models import Estate, Queue
from tickets.words import SeatState


class QueueRules(Part):
    """The rules of the queues."""

    def set_rule(
        self, tx: Tx, estate_id: int, queue: str, settings: Mapping[str, Any], actor: Actor, *, now: datetime
    ) -> list[str]:
        """Serve a queue of an estate by `settings` from now on; tickets that wait keep what held when they entered.

        Returns warnings, codes with what they are about ("level:4", "queue:security", "trade"): what no seat of the
        roster meets. Raises FieldError.
        """
        try:
            rule = read_rule(settings)
        except RuleError as error:
            raise FieldError(error.field, str(error)) from None
        _check_names(tx, queue, rule)
        tx.add(
            StoredRule(
                estate_id=estate_id,
                queue_code=queue,
                valid_from=now,
                settings=write_rule(rule),
                author=str(actor),
            )
        )
        tx.flush()
        # Seats that are open serve other pools now; those that come later read the rule themselves.
        seat_ids = tx.scalars(select(Seat.id).where(Seat.state == SeatState.AVAILABLE)).all()

        def tell(round_: Round) -> None:
            for seat_id in seat_ids:
                round_.tell_seat(seat_id)

        self.afterwards(tx, now, tell)
        return warnings(rule, queue, colleagues.read(tx, tx.get_one(Estate, estate_id).code))


def warnings(rule: QueueRule, queue: str, roster: Roster) -> list[str]:
    """What a rule asks for that no seat of the estate has. Pure."""
    found = []
    levels = [seat.skills[queue] for seat in roster.values() if queue in seat.skills]
    if not levels:
        found.append("trade")
    elif max(levels) < rule.level:
        found.append(f"level:{rule.level}")
    for step in rule.steps:
        if step.add is Add.QUEUE and not any(step.queue in seat.skills for seat in roster.values()):
            found.append(f"queue:{step.queue}")
    return found


def rule_of(tx: Tx, estate: str, queue: str, at: datetime) -> QueueRule:
    """The rule by which a queue of an estate (its code) is served at an instant."""
    return rule_book.load(tx).rule(estate, queue, at)


def _check_names(tx: Tx, queue: str, rule: QueueRule) -> None:
    queues = set(tx.scalars(select(Queue.code)))
    estates = set(tx.scalars(select(Estate.code).where(Estate.is_active)))
    if queue not in queues:
        raise FieldError("queue", f"There is no queue {queue}.")
    for place, step in enumerate(rule.steps, 1):
        if step.add is Add.QUEUE and step.queue not in queues:
            raise FieldError(f"steps.{place}", f"There is no queue {step.queue}.")
        if unknown := set(step.estates) - estates:
            raise FieldError(f"steps.{place}", f"There is no estate {', '.join(sorted(unknown))}.")
