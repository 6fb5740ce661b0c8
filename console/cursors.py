"""Cursors of lists that are not by instant and number (those: `tickets.paging`): by number alone, or by text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from tickets.errors import FieldError

LONGEST_ID = 15


def id_after(cursor: str | None) -> int:
    """Return the number of the last row seen, 0 at the beginning. Raises FieldError for what no list gave."""
    if cursor is None:
        return 0
    if not (cursor.isdecimal() and cursor.isascii()) or len(cursor) > LONGEST_ID:
        raise _wrong()
    return int(cursor)


def encode(at: datetime, key: str) -> str:
    """Return the cursor behind the row of instant `at` and text `key`."""
    return urlsafe_b64encode(f"{at.astimezone(UTC).isoformat()}|{key}".encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, str]:
    """Return instant and text of the last row seen. Raises FieldError for what no list gave."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _bar, key = text.partition("|")
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise _wrong() from None
    if moment.tzinfo is None or "\x00" in key:
        raise _wrong()
    return moment, key


def _wrong() -> FieldError:
    return FieldError("cursor", "The cursor is none that a list has given.")
