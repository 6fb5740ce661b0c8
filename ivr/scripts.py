"""Estates and flows as each process keeps them in memory, so that a turn of a call needs no store.

They are read again when the stamp of `tickets.promises` has changed, which is looked at when a call begins. A flow is
found by the version in the call's state: among those read, among those that ship, or in the table. While the store is
away the last reading goes on serving.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import select

from infra.database import Tx
from infra.runtime import Runtime
from ivr import flow_reads, own_voice, voices, word_lists
from ivr.flow.facts import Facts, RingTarget
from ivr.flow.force import NO_LOAD, USUAL_MARKS, InForce, Load, Marks, Switch, in_force, next_opening
from ivr.flow.model import Flow, read_flow, shipped_body, shipped_names
from ivr.flow.script import Desk, MenuCategory, OpenIncident, Script
from ivr.incident_reads import open_incidents
from ivr.models import FlowVersion
from ivr.queries import names_of_estate
from ivr.understand.alarm import Alarms
from ivr.word_models import EstateLine
from tickets import promises
from tickets.calendars import ALWAYS, CalendarError, Calendars, WorkingTime
from tickets.models import Category, Estate, Staff, StaffEstate
from tickets.words import Role

log = logging.getLogger(__name__)

UNSPECIFIED = "services.other"
LAST_RESORTS = 4


@dataclass(frozen=True)
class Leaf:
    """A category that a ticket can be filed under; `raised` is the class that a yes to its question leads to."""

    code: str
    queue: str
    priority_class: str
    raised: str | None


@dataclass(frozen=True)
class Place:
    """An estate as its calls need it: our id, the number that residents dial, its office hours, the desk of its flow.

    `flows` are its flows in force, by name. `switches` are those not over yet, `marks` from which load on it is
    busy. `last_resort` are the phones to ring in an emergency while the duty roster cannot be read.
    """

    id: int
    hotline: str
    hours: WorkingTime
    desk: Desk
    leaves: Mapping[str, Leaf]
    flows: Mapping[str, Flow]
    last_resort: tuple[RingTarget, ...] = ()
    switches: tuple[Switch, ...] = ()
    marks: Marks = USUAL_MARKS

    def leaf(self, code: str) -> Leaf:
        """The leaf to file under; for a call that never chose one, the category for that."""
        return self.leaves.get(code) or self.leaves.get(UNSPECIFIED) or next(iter(self.leaves.values()))

    def in_force(self, now: datetime, load: Load = NO_LOAD) -> InForce:
        """What holds at `now`, and why."""
        return in_force(self.hours, self.switches, now, load, self.marks)

    def flow(self, now: datetime, load: Load = NO_LOAD) -> Flow:
        """The flow that a call starts on at `now`."""
        return self.flows[self.in_force(now, load).situation]

    def facts(self, now: datetime) -> Facts:
        """What every turn at `now` may have to tell, whatever it does."""
        on = self.in_force(now)
        return Facts(now=now, opening=next_opening(self.hours, now), notice=on.texts)


@dataclass(frozen=True)
class Reading:
    """What one look into the tables gave. `tongues` holds the language of each number that has one of its own."""

    stamp: int
    by_number: Mapping[str, Place]
    by_code: Mapping[str, Place]
    by_id: Mapping[int, Place]
    tongues: Mapping[str, str] = field(default_factory=dict)


class UnknownPlace(LookupError):
    """No estate, or no flow, of that name."""


class ScriptBook:
    """The estates and flows of one process. Safe to use from several threads."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = Lock()
        self._reading: Reading | None = None
        self._flows: dict[str, Flow] = {}
        for name in shipped_names():
            self._keep(read_flow(shipped_body(name)))

    @property
    def remembered(self) -> Reading | None:
        """The last reading, however old; None if nothing was read yet."""
        return self._reading

    def read(self, tx: Tx) -> Reading:
        """The present reading; one short statement when nothing has changed."""
        stamp = promises.load(tx).stamp
        kept = self._reading
        if kept is None or kept.stamp != stamp:
            kept = _read(tx, stamp)
            for flow in (flow for place in kept.by_id.values() for flow in place.flows.values()):
                self._keep(flow)
            self._reading = kept
        return kept

    def script(self, estate: str, version: str) -> Script:
        """Flow `version` in the hands of the estate with code `estate`; from memory if it is there.

        Raises `UnknownPlace` if there is none.
        """
        return Script(self._flow(version), self.place(estate).desk)

    def place(self, estate: str) -> Place:
        """The estate with this code; raises `UnknownPlace` if there is none."""
        found = self._reading.by_code.get(estate) if self._reading else None
        if found is None:
            with self._runtime.transaction() as tx:
                found = self.read(tx).by_code.get(estate)
        if found is None:
            raise UnknownPlace(estate)
        return found

    def _flow(self, version: str) -> Flow:
        if version not in self._flows:
            with self._runtime.transaction() as tx:
                row = tx.get(FlowVersion, version)
            if row is None:
                raise UnknownPlace(version)
            self._keep(read_flow(row.body))
        return self._flows[version]

    def _keep(self, flow: Flow) -> None:
        with self._lock:
            self._flows[flow.version] = flow


def _read(tx: Tx, stamp: int) -> Reading:
    rows = tx.scalars(select(Category).order_by(Category.sort, Category.code)).all()
    categories = tuple(
        MenuCategory(
            code=row.code, key=row.key, parent=row.parent_code, names=row.names, ask=row.ask or "",
            ask_yes=row.ask_yes_code or "", priority=row.priority_class or "", raised=row.ask_yes_class or "",
        )
        for row in rows
        if not row.is_hidden
    )  # fmt: skip
    leaves = {
        row.code: Leaf(row.code, row.queue_code, row.priority_class, row.ask_yes_class)
        for row in rows
        if row.queue_code and row.priority_class
    }
    known, phones, incidents = promises.load(tx), _last_resorts(tx), open_incidents(tx)
    alarms, lines = word_lists.alarms(tx), tuple(tx.scalars(select(EstateLine)))
    sounds = own_voice.live_urls(tx)
    flows, switches, marks = flow_reads.flows(tx), flow_reads.switches(tx), flow_reads.marks(tx)
    places = [
        Place(
            estate.id,
            estate.hotline_e164,
            _hours(estate, known.calendars(estate.id)),
            _desk(estate, categories, incidents.get(estate.id, ()), alarms, sounds.get(estate.id, {})),
            leaves,
            flows.of(estate.id),
            tuple(phones[estate.id][:LAST_RESORTS]),
            tuple(switches[estate.id]),
            marks.get(estate.id, USUAL_MARKS),
        )
        for estate in tx.scalars(select(Estate).where(Estate.is_active))
    ]
    by_id = {place.id: place for place in places}
    further = {line.e164: by_id[line.estate_id] for line in lines if line.estate_id in by_id}
    return Reading(
        stamp=stamp,
        by_number=further | {place.hotline: place for place in places},
        by_code={place.desk.code: place for place in places},
        by_id=by_id,
        tongues={line.e164: line.language for line in lines if line.language},
    )


def _desk(
    estate: Estate,
    categories: tuple[MenuCategory, ...],
    incidents: tuple[OpenIncident, ...],
    alarms: Alarms,
    recordings: Mapping[tuple[str, str], str],
) -> Desk:
    spoken = own_voice.can_be_offered(estate, recordings)
    if len(spoken) < len(estate.languages):
        log.warning("estate has languages that cannot be spoken", extra={"estate": estate.code})
    return Desk(
        code=estate.code,
        names=names_of_estate(estate),
        timezone=estate.timezone,
        languages=spoken or (voices.FALLBACK,),
        categories=categories,
        emergency_number=estate.emergency_number,
        wording=estate.wording,
        incidents=incidents,
        alarms=alarms,
        recordings=recordings,
    )


def _hours(estate: Estate, calendars: Calendars) -> WorkingTime:
    try:
        return calendars[estate.office_calendar]
    except (LookupError, CalendarError):
        log.error("estate has no office calendar", extra={"estate": estate.code})
        return ALWAYS


def _last_resorts(tx: Tx) -> dict[int, list[RingTarget]]:
    """The phones of each estate's control room and leads, whoever is on duty."""
    rows = tx.execute(
        select(StaffEstate.estate_id, Staff)
        .join(Staff, Staff.id == StaffEstate.staff_id)
        .where(Staff.is_active, Staff.role.in_((Role.SECURITY, Role.LEAD)), Staff.phone_e164.is_not(None))
        .order_by(Staff.role.desc(), Staff.id)
    )
    found: dict[int, list[RingTarget]] = defaultdict(list)
    for estate_id, staff in rows:
        found[estate_id].append(RingTarget(staff.phone_e164 or "", str(staff.id), staff.language))
    return found
