"""What routing forgets when its time is up."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, text, update

from infra.database import Tx
from routing.explaining import KEPT
from routing.models import Reservation


def forget_explanations(tx: Tx, now: datetime) -> int:
    """Empty the explanations of offers made more than `KEPT` before `now`; returns how many."""
    statement = (
        update(Reservation)
        .where(Reservation.created_at < now - KEPT, text("explanation <> '{}'::jsonb"))
        .values(explanation={})
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[object]", tx.execute(statement)).rowcount
