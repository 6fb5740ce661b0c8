"""Bearer tokens of the JSON API. Only the SHA-256 is stored: a token is shown once, when it is made."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from infra.database import Tx
from routing.models import Seat
from tickets.models import ApiToken, Staff

PREFIX = "hl_"


def create_token(tx: Tx, staff: Staff, label: str, now: datetime) -> str:
    """Make a token for `staff` and return it; it cannot be read again later."""
    token = PREFIX + secrets.token_urlsafe(32)
    tx.add(ApiToken(staff_id=staff.id, token_hash=token_hash(token), label=label, created_at=now))
    return token


def find_bearer(tx: Tx, token: str) -> tuple[Staff, Seat | None] | None:
    """Return the active member of staff whom `token` stands for, and the seat; None for no valid token."""
    query = (
        select(Staff, Seat)
        .join(ApiToken, ApiToken.staff_id == Staff.id)
        .outerjoin(Seat, Seat.staff_id == Staff.id)
        .where(
            ApiToken.token_hash == token_hash(token),
            ApiToken.revoked_at.is_(None),
            Staff.is_active.is_(True),
        )
        .options(selectinload(Staff.estates))
    )
    found = tx.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def token_hash(token: str) -> str:
    """Return what is stored of `token`: its SHA-256 in hexadecimal. It is long and random, so no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
