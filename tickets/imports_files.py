"""The cells of a file as texts: CSV in the usual encodings, and XLSX; and residents written as CSV."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from zipfile import BadZipFile

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from tickets.errors import FieldError
from tickets.models import Resident

LARGEST = 5 * 1024 * 1024
MOST_LINES = 20_002
HEADINGS = (
    "name",
    "building",
    "floor",
    "door",
    "phones",
    "language",
    "customer_type",
    "vulnerable",
    "from",
    "until",
)
_ENCODINGS = ("utf-8-sig", "gb18030", "big5")


def read_table(content: bytes) -> list[list[str]]:
    """The rows of a CSV or XLSX file (by what it is, not by its name). Raises FieldError."""
    if len(content) > LARGEST:
        raise FieldError("file", "The file is larger than 5 MB.")
    if content[:4] == b"PK\x03\x04":
        return _xlsx(content)
    if b"\x00" in content:
        raise FieldError("file", "This is neither a CSV nor an XLSX file.")
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    raise FieldError("file", "This is neither a CSV nor an XLSX file.")


def write_csv(residents: Iterable[Resident], estate_id: int) -> str:
    """Residents with their homes in one estate, a line for each home; it can be loaded again as it is.

    A cell that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for person in residents:
        phones = ";".join(phone.e164 for phone in person.phones)
        for home in person.residencies:
            if home.unit.building.estate_id == estate_id:
                unit = (home.unit.building.code, home.unit.floor, home.unit.door)
                marks = (person.language or "", person.customer_type, "yes" if person.is_vulnerable else "")
                writer.writerow(
                    [_plain(person.name), *unit, phones, *marks, home.from_on, home.until_on or ""]
                )
    return out.getvalue()


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = islice(book.worksheets[0].iter_rows(values_only=True), MOST_LINES)
        return [[_text(cell) for cell in row] for row in rows]
    except (InvalidFileException, BadZipFile, KeyError, IndexError, ValueError, OSError):
        raise FieldError("file", "This is neither a CSV nor an XLSX file.") from None


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
