"""The row of a call and the answers already given on it: what makes a repeated request harmless.

Whoever has the call's row locked acts alone on that call, so of two equal requests at one moment the second finds the
answer of the first.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text

from infra.database import Tx
from ivr import inputs
from ivr.hook import Hook
from ivr.models import Call
from ivr.queries import CallerFacts
from ivr.scripts import Place
from ivr.state import CallState, StateError, decode

INBOUND = "inbound"


# Written out, because each is run in every call and costs less than half when it is not composed anew.
_BEGIN = text(
    """
INSERT INTO calls (sid, estate_id, direction, from_e164, to_e164, status, flow_version, language, resident_id,
                   unit_id, state_token, started_at)
VALUES (:sid, :estate_id, 'inbound', :from_e164, :to_e164, 'in-progress', :flow_version, :language, :resident_id,
        :unit_id, :state_token, :started_at)
ON CONFLICT (sid) DO NOTHING RETURNING sid
"""
)
_ANSWERED = text("SELECT answer FROM handled_turns WHERE key = ANY(:keys) LIMIT 1")
_KEEP = text(
    "INSERT INTO handled_turns (key, answer, at) SELECT unnest(CAST(:keys AS text[])), :answer, :at "
    "ON CONFLICT (key) DO NOTHING"
)


def begin_call(
    tx: Tx, who: inputs.Caller, place: Place, state: CallState, known: CallerFacts, now: datetime
) -> bool:
    """Write the row of an incoming call; False if there is one already."""
    values = {
        "sid": who.call_sid,
        "estate_id": place.id,
        "from_e164": who.from_e164,
        "to_e164": who.to_e164,
        "flow_version": state.flow,
        "language": state.language or None,
        "resident_id": known.resident_id,
        "unit_id": state.unit_id if state.unit_id > 0 else None,
        "state_token": state.encode(),
        "started_at": now,
    }
    return tx.connection().execute(_BEGIN, values).first() is not None


def lock_call(tx: Tx, hook: Hook, place: Place, state: CallState, now: datetime) -> Call:
    """The call's row, locked until the end of the transaction.

    A call that began while the store was away has none yet: it is made from what the request says.
    """
    found = tx.get(Call, hook.call_sid, with_for_update=True, populate_existing=True)
    if found is not None:
        return found
    begin_call(
        tx, inputs.caller(hook.form), place, state, CallerFacts(resident_id=state.resident_id or None), now
    )
    return tx.get_one(Call, hook.call_sid, with_for_update=True)


def state_token(tx: Tx, call_sid: str) -> str | None:
    """The state after the call's last turn with an effect; None if the call has no row."""
    return tx.scalar(select(Call.state_token).where(Call.sid == call_sid))


def was_left(call: Call, state: CallState) -> bool:
    """Whether the call has gone beyond `state`, so that this turn may have been answered before."""
    try:
        return not call.state_token or decode(call.state_token).turn > state.turn
    except StateError:
        return True


def answered(tx: Tx, keys: Sequence[str]) -> str | None:
    """The answer already given under one of `keys`; None if there is none."""
    return tx.connection().execute(_ANSWERED, {"keys": list(keys)}).scalar_one_or_none()


def keep(tx: Tx, keys: Sequence[str], answer: str, now: datetime) -> None:
    """Keep `answer` under each of `keys`, unless one was kept there before."""
    tx.connection().execute(_KEEP, {"keys": list(keys), "answer": answer, "at": now})
