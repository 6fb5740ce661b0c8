"""Lists in parts, newest first: a cursor is the time and id of the last item shown, so new items shift nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, tuple_

from infra.database import Tx
from tickets.errors import FieldError

T = TypeVar("T")
MAX_LIMIT = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list, and the cursor of the part after it (None: this was the last)."""

    items: Sequence[T]
    next: str | None


def page(
    tx: Tx,
    query: Select[T],
    at: Any,
    row_id: Any,
    place: Callable[[T], tuple[datetime, int]],
    cursor: str | None,
    limit: int,
) -> Page[T]:
    """The part of `query` after `cursor`, by the columns `at` and `row_id` downwards, at most `limit` ≤ 200 items.

    `place` gives the time and id of an item. FieldError for a cursor that no list has given, or a limit below 1.
    """
    if limit < 1:
        raise FieldError("limit", "At least one item must be asked for.")
    limit = min(limit, MAX_LIMIT)
    if cursor:
        before: ColumnElement[bool] = tuple_(at, row_id) < _decode(cursor)
        query = query.where(before)
    items = tx.execute(query.order_by(at.desc(), row_id.desc()).limit(limit + 1)).scalars().all()
    more = len(items) > limit
    return Page(items[:limit], _encode(place(items[limit - 1])) if more else None)


def _encode(place: tuple[datetime, int]) -> str:
    at, row_id = place
    return urlsafe_b64encode(f"{at.astimezone(UTC).isoformat()}|{row_id}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, int]:
    try:
        at, _, row_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        place = datetime.fromisoformat(at), int(row_id)
    except ValueError:
        raise FieldError("cursor", "The cursor is none that a list has given.") from None
    if place[0].tzinfo is None:
        raise FieldError("cursor", "The cursor is none that a list has given.")
    return place
