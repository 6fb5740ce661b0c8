"""What an office starts with in this room: the reasons for a break."""

from sqlalchemy import select

from infra.database import Tx
from routing.models import BreakReason

BREAK_REASONS = (
    ("lunch", "Lunch"),
    ("break", "Short break"),
    ("meeting", "Meeting"),
    ("training", "Training"),
    ("patrol", "Out on the estate"),
    ("handover", "Shift handover"),
)
"""Code and English source text of the console catalog, in their order on the page."""


def install_defaults(tx: Tx) -> int:
    """Write the company-wide break reasons that are not there yet; returns how many. May be run again."""
    known = set(tx.scalars(select(BreakReason.code).where(BreakReason.estate_id.is_(None))))
    missing = [
        BreakReason(code=code, name=name, sort=place)
        for place, (code, name) in enumerate(BREAK_REASONS, 1)
        if code not in known
    ]
    tx.add_all(missing)
    tx.flush()
    return len(missing)
