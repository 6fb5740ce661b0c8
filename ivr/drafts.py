"""The flows of an estate as people change them: drafts, publishing, going back, switching; each change on record.

Nothing here decides what a flow may be (`ivr.flow.check`) or which one is in force (`ivr.flow.force`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from ivr.flow import check
from ivr.flow.check import Fault
from ivr.flow.force import Marks
from ivr.flow.model import FlowError, read_flow, shipped_body, version_of
from ivr.models import FlowChange, FlowDraft, FlowMarks, FlowSwitch, FlowVersion
from ivr.scripts import Place
from tickets.errors import FieldError, NotFound, Refused

LONGEST_NOTICE = 500
LONGEST_SWITCH = timedelta(days=14)
MAJOR = "major"


class What(StrEnum):
    """What a line of the record says was done."""

    BEGUN = "begun"
    STEP = "step"
    STEP_REMOVED = "step_removed"
    TEXT = "text"
    WHOLE = "whole"
    DISCARDED = "discarded"
    PUBLISHED = "published"
    WENT_BACK = "went_back"
    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"
    MARKS = "marks"


class StaleDraft(Refused):
    """Somebody else has changed, published or discarded the draft since it was read; nothing was overwritten."""

    code = "stale_draft"


class FaultyFlow(Refused):
    """A draft with faults cannot be published; `faults` says which."""

    code = "faulty_flow"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("The flow has faults: " + "; ".join(f"{f.step}: {f.sentence()}" for f in faults))


class NothingBefore(Refused):
    """There is no earlier version to go back to."""

    code = "nothing_before"


def log_change(
    tx: Tx, estate_id: int, flow: str, what: What, by_id: int | None, now: datetime, **values: Any
) -> FlowChange:
    """Write one line of the record and return it."""
    line = FlowChange(estate_id=estate_id, flow=flow, what=what, by_id=by_id, at=now, **values)
    tx.add(line)
    return line


def changes(tx: Tx, estate_id: int, flow: str | None = None, limit: int = 50) -> Sequence[FlowChange]:
    """What was done to an estate's flows, newest first."""
    query = select(FlowChange).where(FlowChange.estate_id == estate_id)
    if flow is not None:
        query = query.where(FlowChange.flow == flow)
    return tx.scalars(query.order_by(FlowChange.id.desc()).limit(limit)).all()


def versions(tx: Tx, estate_id: int, flow: str) -> Sequence[FlowChange]:
    """The lines that put a version into force, newest first; none while the one that ships serves."""
    query = select(FlowChange).where(
        FlowChange.estate_id == estate_id, FlowChange.flow == flow, FlowChange.version.is_not(None)
    )
    return tx.scalars(query.order_by(FlowChange.id.desc())).all()


def version_in_force(tx: Tx, estate_id: int, flow: str) -> str:
    """The version that new calls start on."""
    lines = versions(tx, estate_id, flow)
    return str(lines[0].version) if lines else version_of(shipped_body(flow))


def body_of(tx: Tx, flow: str, version: str) -> dict[str, Any]:
    """The content of a version. Raises NotFound."""
    shipped = shipped_body(flow)
    if version_of(shipped) == version:
        return shipped
    row = tx.get(FlowVersion, version)
    if row is None:
        raise NotFound("flow version", version)
    return dict(row.body)


def find_draft(tx: Tx, estate_id: int, flow: str) -> FlowDraft | None:
    """The draft that is being worked on, if there is one."""
    return tx.get(FlowDraft, (estate_id, flow), populate_existing=True)


def get_draft(tx: Tx, estate_id: int, flow: str) -> FlowDraft:
    """The draft that is being worked on. Raises NotFound."""
    draft = find_draft(tx, estate_id, flow)
    if draft is None:
        raise NotFound("draft", flow)
    return draft


def begin(tx: Tx, estate_id: int, flow: str, by_id: int, *, now: datetime) -> FlowDraft:
    """The draft: a new one from the version in force, or the one that somebody has begun already."""
    base = version_in_force(tx, estate_id, flow)
    values = {"estate_id": estate_id, "flow": flow, "base": base, "body": body_of(tx, flow, base)}
    made = insert(FlowDraft).values(**values, updated_at=now, updated_by=by_id).on_conflict_do_nothing()
    if tx.execute(made.returning(FlowDraft.flow)).first() is not None:
        log_change(tx, estate_id, flow, What.BEGUN, by_id, now)
    return get_draft(tx, estate_id, flow)


def save(
    tx: Tx, draft: FlowDraft, body: Mapping[str, Any], seen: int, by_id: int, *, what: What, step: str = "",
    now: datetime,
) -> None:  # fmt: skip
    """Replace the draft's content, faults and all. Raises StaleDraft if it is no longer the one with edit `seen`,
    and FieldError for what cannot be read as a flow at all."""
    new = dict(body) | {"name": draft.flow}
    try:
        read_flow(new)
    except FlowError as error:
        raise FieldError("body", str(error)) from error
    if new == draft.body:
        return
    before, after = _changed(draft.body, new, what, step)
    _take(tx, draft, seen, body=new, updated_at=now, updated_by=by_id)
    log_change(tx, draft.estate_id, draft.flow, what, by_id, now, step=step, before=before, after=after)


def discard(tx: Tx, draft: FlowDraft, seen: int, by_id: int, *, now: datetime) -> None:
    """Throw the draft away; the record keeps what it was."""
    body = draft.body
    _take(tx, draft, seen)
    tx.execute(delete(FlowDraft).where(FlowDraft.estate_id == draft.estate_id, FlowDraft.flow == draft.flow))
    log_change(tx, draft.estate_id, draft.flow, What.DISCARDED, by_id, now, before=body)


def faults_of(draft: FlowDraft, place: Place, now: datetime) -> list[Fault]:
    """Everything for which the draft could not be published at this estate."""
    flow = read_flow(draft.body)
    found = check.faults(flow, place.desk)
    return found or check.year_faults({**place.flows, draft.flow: flow}, place.hours, now)


def publish(tx: Tx, draft: FlowDraft, place: Place, seen: int, why: str, by_id: int, *, now: datetime) -> str:
    """Put the draft into force for new calls and return its version. Raises FaultyFlow and StaleDraft."""
    found = faults_of(draft, place, now)
    if found:
        raise FaultyFlow(found)
    _lock(tx, draft.base)
    if version_in_force(tx, draft.estate_id, draft.flow) != draft.base:
        raise StaleDraft("Another version was published since this draft was begun.")
    body, version = dict(draft.body), version_of(draft.body)
    _take(tx, draft, seen)
    tx.execute(delete(FlowDraft).where(FlowDraft.estate_id == draft.estate_id, FlowDraft.flow == draft.flow))
    _keep(tx, f"{place.desk.code}/{draft.flow}", body, version, by_id, now)
    log_change(tx, draft.estate_id, draft.flow, What.PUBLISHED, by_id, now, why=_reason(why), version=version)
    return version


def go_back(tx: Tx, place: Place, flow: str, seen: str, why: str, by_id: int, *, now: datetime) -> str:
    """Put the version before the one in force into force again and return it, in one step.

    Raises StaleDraft if `seen` is no longer in force, NothingBefore if there is no other one.
    """
    _lock(tx, seen)
    shipped = shipped_body(flow)
    stack = [version_of(shipped)]
    for line in reversed(versions(tx, place.id, flow)):
        stack = stack[:-1] if line.what == What.WENT_BACK else [*stack, str(line.version)]
    current = version_in_force(tx, place.id, flow)
    if current != seen:
        raise StaleDraft("Another version was put into force in the meantime.")
    if len(stack) < 2:
        raise NothingBefore("There is no earlier version.")
    target = stack[-2]
    _keep(tx, flow, shipped, version_of(shipped), None, now)
    log_change(
        tx, place.id, flow, What.WENT_BACK, by_id, now, why=_reason(why), version=target,
        before={"version": current},
    )  # fmt: skip
    return target


def switch_on(
    tx: Tx, place: Place, starts_at: datetime, ends_at: datetime, texts: Mapping[str, str], why: str,
    by_id: int, *, now: datetime,
) -> FlowSwitch:  # fmt: skip
    """Tell callers from `starts_at` to `ends_at` of a typhoon or major incident. Raises FieldError."""
    if ends_at <= max(starts_at, now):
        raise FieldError("ends_at", "The end must be later than the beginning and than now.")
    if ends_at - starts_at > LONGEST_SWITCH:
        raise FieldError("ends_at", "It may last 14 days at most.")
    kept = {tag: text.strip() for tag, text in texts.items() if tag in place.desk.languages and text.strip()}
    if any(len(text) > LONGEST_NOTICE for text in kept.values()):
        raise FieldError("texts", "A text may have 500 characters at most.")
    row = FlowSwitch(estate_id=place.id, starts_at=starts_at, ends_at=ends_at, texts=kept, made_by=by_id)
    tx.add(row)
    told = {"from": starts_at.isoformat(), "until": ends_at.isoformat(), "texts": kept}
    log_change(tx, place.id, MAJOR, What.SWITCHED_ON, by_id, now, why=_reason(why), after=told)
    return row


def switch_off(tx: Tx, place: Place, switch_id: int, why: str, by_id: int, *, now: datetime) -> None:
    """End a switch before its time; one that is over already stays as it is. Raises NotFound."""
    row = tx.get(FlowSwitch, switch_id)
    if row is None or row.estate_id != place.id:
        raise NotFound("switch", switch_id)
    ended = (
        update(FlowSwitch)
        .where(FlowSwitch.id == switch_id, FlowSwitch.ended_at.is_(None), FlowSwitch.ends_at > now)
        .values(ended_at=now)
    )
    if tx.execute(ended.returning(FlowSwitch.id)).first() is not None:
        log_change(tx, place.id, MAJOR, What.SWITCHED_OFF, by_id, now, why=_reason(why))


def open_switches(tx: Tx, estate_id: int, now: datetime) -> Sequence[FlowSwitch]:
    """What is switched on at an estate or will be, by its beginning."""
    query = select(FlowSwitch).where(
        FlowSwitch.estate_id == estate_id, FlowSwitch.ended_at.is_(None), FlowSwitch.ends_at > now
    )
    return tx.scalars(query.order_by(FlowSwitch.starts_at)).all()


def set_marks(tx: Tx, place: Place, marks: Marks, by_id: int, *, now: datetime) -> None:
    """From which load on an estate's new callers are offered something else than waiting. Raises FieldError."""
    longest_s = int(marks.longest.total_seconds())
    if not 0 <= marks.waiting <= 999 or not 0 <= longest_s <= 7200:
        raise FieldError("marks", "A mark is between 0 and 999 callers, 0 and 120 minutes.")
    values = {"waiting": marks.waiting, "longest_s": longest_s}
    made = insert(FlowMarks).values(estate_id=place.id, **values)
    tx.execute(made.on_conflict_do_update(index_elements=["estate_id"], set_=values))
    before = {"waiting": place.marks.waiting, "longest_s": int(place.marks.longest.total_seconds())}
    log_change(tx, place.id, "busy", What.MARKS, by_id, now, before=before, after=values)


def _lock(tx: Tx, version: str) -> None:
    """Who puts another version into force instead of `version` goes one after the other."""
    tx.execute(select(FlowVersion.version).where(FlowVersion.version == version).with_for_update())


def _take(tx: Tx, draft: FlowDraft, seen: int, **values: Any) -> None:
    """Move the draft on from edit `seen`; whoever comes second finds another number and is told."""
    mine = (FlowDraft.estate_id == draft.estate_id, FlowDraft.flow == draft.flow, FlowDraft.edit == seen)
    moved = update(FlowDraft).where(*mine).values(edit=seen + 1, **values).returning(FlowDraft.edit)
    if tx.execute(moved, execution_options={"synchronize_session": False}).first() is None:
        raise StaleDraft("Somebody else has changed this draft in the meantime.")


def _keep(tx: Tx, name: str, body: Mapping[str, Any], version: str, by_id: int | None, now: datetime) -> None:
    row = {"version": version, "name": name, "body": dict(body), "published_at": now, "published_by": by_id}
    tx.execute(insert(FlowVersion).values(**row).on_conflict_do_nothing(index_elements=["version"]))


def _changed(
    old: Mapping[str, Any], new: Mapping[str, Any], what: What, step: str
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The part that an edit is about, before and after."""
    if what in (What.STEP, What.STEP_REMOVED):
        return old["steps"].get(step), new["steps"].get(step)
    if what is What.TEXT:
        return old.get("texts", {}).get(step), new.get("texts", {}).get(step)
    return dict(old), dict(new)


def _reason(why: str) -> str:
    """Why something was done; it has to be said."""
    text = why.strip()[:500]
    if not text:
        raise FieldError("why", "Please say why.")
    return text
