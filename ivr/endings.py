"""How calls end: the status callback, recordings that arrive by themselves, and calls whose end nobody told us.

Callbacks come late, twice and out of order; a status only moves forward.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from ivr import inputs, recordings
from ivr.calls import Line
from ivr.effects import Scene, carry_out
from ivr.flow import engine
from ivr.flow.events import HungUp
from ivr.flow.force import next_opening
from ivr.hook import Hook
from ivr.models import Call, Recording
from ivr.state import StateError, decode
from ivr.turns import INBOUND

log = logging.getLogger(__name__)

LONGEST_CALL = timedelta(hours=4)
CALL_BACK_WITHIN = timedelta(minutes=30)  # of the office's time, for a caller who left without a ticket
TALKING = (INBOUND, "callback")  # calls with a resident and a flow


def on_status(line: Line, hook: Hook) -> None:
    """The provider tells what became of a call."""
    status, now = inputs.call_status(hook.form), line.runtime.clock.now()

    def act(tx: Tx) -> None:
        call = tx.get(Call, hook.call_sid, with_for_update=True, populate_existing=True)
        if call is None or inputs.CALL_RANK[status] <= inputs.CALL_RANK.get(call.status, 0):
            return
        call.status = status
        if status in inputs.FINAL_STATUSES:
            seconds = inputs.number(hook.form.get("CallDuration"))
            end_call(tx, line, call, seconds or round((now - call.started_at).total_seconds()), now)

    line.once(act)


def end_call(tx: Tx, line: Line, call: Call, seconds: int, now: datetime) -> None:
    """The call is over: whoever waited waits no more, and a matter that was chosen becomes a ticket."""
    call.ended_at, call.duration_s = now, seconds
    if call.direction not in TALKING or not call.state_token:
        return
    try:
        state = decode(call.state_token)
    except StateError:
        log.error("the state of a call cannot be read", extra={"call_sid": call.sid})
        return
    script, place = line.book.script(state.estate, state.flow), line.book.place(state.estate)
    turn = engine.step(script, state, HungUp())
    if turn.effects:
        facts = carry_out(Scene(tx, line.router, call, place, state, now, turn.effects))
        call.state_token = engine.answer(script, turn, facts).state.encode()
    is_missed = call.ticket_id is None and call.incident_id is None and call.from_e164 is not None
    if call.direction == INBOUND and is_missed:
        call.call_back_due_at = (next_opening(place.hours, now) or now) + CALL_BACK_WITHIN


def on_recording(line: Line, hook: Hook) -> None:
    """A recording is ready: its row is made or completed, whichever of its two reports came first."""
    form, now = hook.form, line.runtime.clock.now()
    sid, url = form.get("RecordingSid", ""), form.get("RecordingUrl", "")
    if not sid or not url or not hook.call_sid:
        return
    status, seconds = form.get("RecordingStatus") or "completed", inputs.number(form.get("RecordingDuration"))
    with line.runtime.transaction() as tx:
        call = tx.execute(select(Call.ticket_id, Call.estate_id).where(Call.sid == hook.call_sid)).first()
        ticket_id = call.ticket_id if call else None
        made = insert(Recording).values(
            sid=sid, call_sid=hook.call_sid, ticket_id=ticket_id, url=url, duration_s=seconds,
            status=status, created_at=now, estate_id=call.estate_id if call else None,
        )  # fmt: skip
        changes = {
            "ticket_id": func.coalesce(Recording.ticket_id, ticket_id),
            "duration_s": func.greatest(Recording.duration_s, seconds),
            "status": status,
        }
        is_news = Recording.status != "completed"
        tx.execute(made.on_conflict_do_update(index_elements=["sid"], set_=changes, where=is_news))
        if status == "completed":
            recordings.fetch_soon(tx, sid, now=now)


def on_transcription(line: Line, hook: Hook) -> None:
    """The provider wrote down a recording, or could not; told again, nothing changes."""
    form = hook.form
    words = inputs.clean(form.get("TranscriptionText", ""), recordings.LONGEST_TRANSCRIPT)
    if form.get("TranscriptionStatus") != "completed" or not words:
        return
    with line.runtime.transaction() as tx:
        recordings.note_transcript(tx, form.get("RecordingSid", ""), words, now=line.runtime.clock.now())


def settle_lost(line: Line, now: datetime, limit: int = 100) -> int:
    """End the calls whose end was never told (no call lasts longer); returns how many."""
    lost = (
        select(Call.sid)
        .where(Call.ended_at.is_(None), Call.started_at < now - LONGEST_CALL)
        .order_by(Call.started_at)
        .limit(limit)
    )
    with line.runtime.transaction() as tx:
        sids = list(tx.scalars(lost))
    for sid in sids:
        with line.runtime.transaction() as tx:
            call = tx.get_one(Call, sid, with_for_update=True)
            if call.ended_at is None:
                call.status = "completed"
                end_call(tx, line, call, 0, now)
    return len(sids)
