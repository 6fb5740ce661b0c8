"""The clock process: what falls due. Several may run; each piece of work is claimed and done once.

Each second it sweeps deadlines and re-enqueues forgotten outbox rows; every few seconds it frees the jobs of
killed workers; every hour one of the clocks tidies up. Stopped and continued, it does at once what fell due.
"""

import logging
import threading
import time
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from infra import live, outbox
from infra.database import Tx
from infra.jobs import QUEUES
from infra.runtime import Runtime
from ivr import callbacks, incidents, recordings, upkeep
from ivr.models import HandledTurn
from routing import upkeep as upkeep_of_routing
from routing.service import Router
from tickets import acceptance, roster_watch, sweep
from workers.metrics import ESCALATED, SWEEPS
from workers.models import PeriodicRun

log = logging.getLogger(__name__)

PAGE = 200
TICK_S = 1.0
ROOM = 200  # jobs of one queue; beyond it nothing forgotten is added
FORGOTTEN = timedelta(seconds=3)  # a fresh row is being relayed by whoever posted it


def run_clock(runtime: Runtime, stop: threading.Event) -> None:
    """Tick once a second until `stop` is set. A store that is away is waited for."""
    next_cleanup = 0.0
    while not stop.is_set():
        started = time.monotonic()
        try:
            tick(runtime, runtime.clock.now())
            if started >= next_cleanup:
                free_lost_jobs(runtime)
                next_cleanup = started + 5
        except Exception:
            log.exception("tick failed")
        stop.wait(max(0.05, TICK_S - (time.monotonic() - started)))
    runtime.close()


def relay_forgotten(runtime: Runtime, now: datetime) -> None:
    """Enqueue outbox rows that are due and lie about, unless their queue is long: they are in it, then."""
    with runtime.transaction() as tx:
        forgotten = outbox.due(tx, now=now - FORGOTTEN)
    room = {name: ROOM - runtime.jobs.queue(name).count for name in QUEUES} if forgotten else {}
    for queue, item_id in forgotten:
        if room[queue] > 0:
            room[queue] -= 1
            runtime.jobs.enqueue(queue, outbox.RELAY_JOB, item_id)


def tick(runtime: Runtime, now: datetime) -> int:
    """Do everything that is due at `now`; returns how many escalations were written."""
    escalated = sweep_all(runtime, now)
    relay_forgotten(runtime, now)
    upkeep.play_journal(runtime)
    callbacks.sweep(runtime, now)
    if take_slot(runtime, "incidents", now, timedelta(seconds=10)):
        incidents.offer_due(runtime, now)
    if take_slot(runtime, "calls", now, timedelta(minutes=1)):
        upkeep.settle_calls(runtime, now)
    if take_slot(runtime, "rosters", now, timedelta(minutes=10)):
        with runtime.transaction() as tx:
            roster_watch.watch_rosters(tx, now=now)
    if take_slot(runtime, "endings", now, timedelta(minutes=1)):
        close_finished(runtime, now)
    if take_slot(runtime, "tidy", now, timedelta(hours=1)):
        tidy(runtime, now)
    return escalated


def sweep_all(runtime: Runtime, now: datetime) -> int:
    """Sweep page after page, one transaction each, until a page is short; returns the escalations written."""
    escalated, router = 0, Router(runtime)
    while True:
        with runtime.transaction() as tx:
            page = sweep.sweep_page(tx, now=now, limit=PAGE)
            router.rerank_all(tx, [ticket.ticket_id for ticket in page.touched], now)
        SWEEPS.inc()
        ESCALATED.inc(page.escalated)
        escalated += page.escalated
        tell_pages(runtime, page)
        if page.claimed < PAGE:
            return escalated


def close_finished(runtime: Runtime, now: datetime) -> None:
    """Close what nobody answered, and tell residents before; page after page, one transaction each."""
    while True:
        with runtime.transaction() as tx:
            touched = acceptance.close_page(tx, now)
        if touched < acceptance.PAGE:
            return


def tell_pages(runtime: Runtime, page: sweep.SweepResult) -> None:
    """Let the wall and the pages of the tickets concerned draw themselves anew."""
    if page.touched:
        live.publish(runtime.valkey, "wall", {"escalated": page.escalated, "warned": page.warned})
    for ticket in page.touched:
        live.publish(runtime.valkey, f"ticket:{ticket.number}", {"event": "deadline", "state": ticket.state})


def free_lost_jobs(runtime: Runtime) -> None:
    """Put the jobs of workers that were killed back into their queues."""
    for name in QUEUES:
        runtime.jobs.queue(name).started_job_registry.cleanup()


def take_slot(runtime: Runtime, name: str, now: datetime, every: timedelta) -> bool:
    """True for the one clock that gets this period's slot of `name`."""
    slot = datetime.fromtimestamp(
        now.timestamp() // every.total_seconds() * every.total_seconds(), now.tzinfo
    )
    statement = insert(PeriodicRun).values(name=name, slot=slot).on_conflict_do_nothing()
    with runtime.transaction() as tx:
        return tx.execute(statement.returning(PeriodicRun.slot)).one_or_none() is not None


def tidy(runtime: Runtime, now: datetime) -> None:
    """Forget what has had its time: answers to webhooks, slots, recordings, and why an offer was made."""
    day_ago = now - timedelta(days=1)
    with runtime.transaction() as tx:
        _forget(tx, day_ago)
        upkeep_of_routing.forget_explanations(tx, now)
    recordings.expire(runtime, now)


def _forget(tx: Tx, before: datetime) -> None:
    tx.execute(delete(HandledTurn).where(HandledTurn.at < before))
    tx.execute(delete(PeriodicRun).where(PeriodicRun.slot < before))
