"""The row of a call and the answers already given on it: what makes a repeated request harmless.

Whoever has the call's row locked acts alone on that call, so of two equal requests at one moment the second finds the
answer of the first.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from ivr import inputs
from ivr.hook import Hook
from ivr.models import Call, HandledTurn
from ivr.queries import CallerFacts
from ivr.scripts import Place
from ivr.state import CallState

INBOUND = "inbound"


def begin_call(
    tx: Tx, who: inputs.Caller, place: Place, state: CallState, known: CallerFacts, now: datetime
) -> bool:
    """Write the row of an incoming call; False if there is one already."""
    made = insert(Call).values(
        sid=who.call_sid,
        estate_id=place.id,
        direction=INBOUND,
        from_e164=who.from_e164,
        to_e164=who.to_e164,
        status="in-progress",
        flow_version=state.flow,
        language=state.language or None,
        resident_id=known.resident_id,
        unit_id=state.unit_id if state.unit_id > 0 else None,
        state_token=state.encode(),
        started_at=now,
    )
    statement = made.on_conflict_do_nothing(index_elements=["sid"]).returning(Call.sid)
    return tx.execute(statement).scalar_one_or_none() is not None


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


def answered(tx: Tx, keys: Sequence[str]) -> str | None:
    """The answer already given under one of `keys`; None if there is none."""
    return tx.scalar(select(HandledTurn.answer).where(HandledTurn.key.in_(keys)).limit(1))


def keep(tx: Tx, keys: Sequence[str], answer: str, now: datetime) -> None:
    """Keep `answer` under each of `keys`, unless one was kept there before."""
    rows = [{"key": key, "answer": answer, "at": now} for key in keys]
    tx.execute(insert(HandledTurn).values(rows).on_conflict_do_nothing(index_elements=["key"]))
