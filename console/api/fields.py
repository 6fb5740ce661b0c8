"""The kinds of values that the API takes and gives, each with its form in the OpenAPI document."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from infra.clock import to_ms

# PostgreSQL stores no NUL in a text.
NO_NUL = r"^[^\x00]*$"

Item = TypeVar("Item")


def rfc3339(at: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds, floored."""
    ms = to_ms(at) % 1000
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


def _plus_was_a_space(value: object) -> object:
    # "+08:00" in an address that was not escaped arrives as " 08:00".
    return value.replace(" ", "+") if isinstance(value, str) and "T" in value else value


Time = Annotated[
    datetime, PlainSerializer(rfc3339, return_type=str), Field(json_schema_extra={"format": "date-time"})
]
"""An instant: RFC 3339 in UTC with milliseconds."""
GivenTime = Annotated[AwareDatetime, BeforeValidator(_plus_was_a_space)]
"""An instant in an address, with its offset."""
Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", examples=["+886912345678"])]
"""E.164."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""A BCP 47 tag."""
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
"""A code of the office's data: estate, category, queue, disposition, reason."""
Words = Annotated[str, Field(max_length=4000, pattern=NO_NUL)]
"""What somebody wrote."""
SomeWords = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
"""What somebody wrote, and not nothing."""
RowId = Annotated[int, Field(ge=1, le=2**53)]
"""Our own number of a thing."""


class Out(BaseModel):
    """What the API gives. Further fields may be added; none goes away."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True, serialize_by_alias=True)


class Given(BaseModel):
    """A body that a program sends. A field we do not know is refused, so that a slip of the pen is not lost."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Query(BaseModel):
    """What may stand behind the question mark of an address."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Paged(Query):
    """A part of a long list: `cursor` is the `next` of the part before."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")] | None = None


class Listing(Out, Generic[Item]):
    """A part of a list. `next` null: there is nothing behind it."""

    items: list[Item]
    next: str | None = None
