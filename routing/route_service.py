"""The stored table of queues: reading it, trying a request, a dry run on what came in, and saving a new version."""

import logging
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from infra.database import Tx
from routing.models import RouteTable
from routing.route_table import MOST_LINES, Line, Request, Routed, read_lines, route, write_lines
from tickets import promises
from tickets.actors import Actor
from tickets.errors import FieldError
from tickets.models import Category, Estate, Queue, Resident, Ticket
from tickets.service import NewTicket

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(seconds=1)
DRY_RUN_LIMIT = 5000

_kept: weakref.WeakKeyDictionary[Engine, tuple[datetime, tuple[Line, ...]]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Moved:
    """A ticket of a dry run that would have gone elsewhere."""

    number: str
    category: str
    was: str
    would_be: Routed


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a table would have done with the tickets of a day: how many there were, and those that would move."""

    tickets: int
    moved: list[Moved]


def newest(tx: Tx) -> RouteTable | None:
    """The version that holds; None if nobody has saved one."""
    return tx.scalar(select(RouteTable).order_by(RouteTable.id.desc()).limit(1))


def versions(tx: Tx, limit: int = 20) -> Sequence[RouteTable]:
    """The last versions, newest first."""
    return tx.scalars(select(RouteTable).order_by(RouteTable.id.desc()).limit(limit)).all()


def lines_now(tx: Tx, now: datetime) -> tuple[Line, ...]:
    """The lines that hold, at most a second old: every new ticket asks for them."""
    known = _kept.get(promises.engine_of(tx))
    if known is not None and known[0] <= now < known[0] + STALE_AFTER:
        return known[1]
    table = newest(tx)
    lines = read_lines(table.lines) if table else ()
    _kept[promises.engine_of(tx)] = (now, lines)
    return lines


def save(
    tx: Tx, lines: Sequence[Line], note: str, seen_id: int, actor: Actor, *, now: datetime
) -> RouteTable:
    """Let `lines` hold from now on; `seen_id`: the version that was edited, 0 for none. Raises FieldError."""
    current = newest(tx)
    if (current.id if current else 0) != seen_id:
        raise FieldError("lines", "Somebody else has saved the table in the meantime.")
    if len(lines) > MOST_LINES:
        raise FieldError("lines", f"At most {MOST_LINES} lines.")
    queues = set(tx.scalars(select(Queue.code)))
    categories = set(tx.scalars(select(Category.code)))
    estates = set(tx.scalars(select(Estate.code)))
    for place, line in enumerate(lines, 1):
        known: dict[str, set[str | None]] = {
            "queue": {*queues},
            "category": {*categories, None},
            "estate": {*estates, None},
        }
        for name, codes in known.items():
            if getattr(line, name) not in codes:
                raise FieldError(f"lines.{place}", f"Line {place}: there is no {name} {getattr(line, name)}.")
    table = RouteTable(valid_from=now, lines=write_lines(lines), author=str(actor), note=note.strip()[:200])
    tx.add(table)
    tx.flush()
    engine = promises.engine_of(tx)
    tx.after_commit(lambda: _kept.pop(engine, None))
    return table


def try_out(tx: Tx, lines: Sequence[Line], request: Request) -> Routed:
    """Where a request would go by `lines`."""
    own = tx.scalar(select(Category.queue_code).where(Category.code == request.category))
    return route(lines, request, own)


def dry_run(
    tx: Tx, lines: Sequence[Line], start: datetime, end: datetime, estate_ids: Sequence[int]
) -> DryRun:
    """What `lines` would have done with the tickets of these estates created from `start` on, before `end`."""
    rows = tx.execute(
        select(Ticket.number, Ticket.category_code, Ticket.customer_type, Ticket.queue_code, Estate.code)
        .join(Estate, Estate.id == Ticket.estate_id)
        .where(Ticket.created_at >= start, Ticket.created_at < end, Ticket.estate_id.in_(estate_ids))
        .order_by(Ticket.id)
        .limit(DRY_RUN_LIMIT)
    ).all()
    own = {row.code: row.queue_code for row in tx.execute(select(Category.code, Category.queue_code))}
    moved = []
    for number, category, customer_type, queue, estate in rows:
        routed = route(lines, Request(estate, category, customer_type), own.get(category))
        if routed.queue != queue:
            moved.append(Moved(number, category, queue, routed))
    return DryRun(len(rows), moved)


def with_queue(tx: Tx, new: NewTicket, now: datetime) -> NewTicket:
    """The same new ticket with the queue that the table names; unchanged where no line fits."""
    lines = lines_now(tx, now)
    if not lines or new.queue_code is not None:
        return new
    customer_type = new.customer_type
    if customer_type is None and new.resident_id is not None:
        customer_type = tx.scalar(select(Resident.customer_type).where(Resident.id == new.resident_id))
    estate = tx.scalar(select(Estate.code).where(Estate.id == new.estate_id))
    own = tx.scalar(select(Category.queue_code).where(Category.code == new.category_code))
    routed = route(lines, Request(estate or "", new.category_code, customer_type), own)
    if routed.is_unmatched:
        log.warning("no line names a queue", extra={"category": new.category_code})
    return new if routed.line is None else replace(new, queue_code=routed.queue)
