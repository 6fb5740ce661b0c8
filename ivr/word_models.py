"""What the office says about words, numbers and voices: emergency words, further numbers, its own recordings."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Id, Moment, Str
from infra.database import Base


class EmergencyWord(Base):
    """The office's word on one phrase of one list; what ships and is not named here counts as it ships."""

    __tablename__ = "emergency_words"
    __table_args__ = (UniqueConstraint("list_name", "kind", "phrase"),)

    id: Mapped[Id]
    list_name: Mapped[Str]  # zh, en, ja …: all Chinese is one list
    kind: Mapped[Str]  # lift, fire …, or exception
    phrase: Mapped[Str]
    is_on: Mapped[bool] = mapped_column(Boolean, server_default="true")
    changed_at: Mapped[Moment]
    changed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class EstateLine(Base):
    """A further number of an estate. Whoever dials it and is not known yet is greeted in its language."""

    __tablename__ = "estate_lines"

    e164: Mapped[str] = mapped_column(Text, primary_key=True)
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"), index=True)
    language: Mapped[str | None] = mapped_column(Text)  # null: the caller is asked


class PromptRecording(Base):
    """A prompt in the office's own voice. One of an estate, key and language is live; a draft waits to be heard.

    The sound lies in the table, so that every machine that answers calls has it (decision 0060).
    """

    __tablename__ = "prompt_recordings"
    __table_args__ = (
        Index(
            "uq_prompt_recordings_live", "estate_id", "key", "language", unique=True,
            postgresql_where=text("state = 'live'"),
        ),
        Index(
            "uq_prompt_recordings_draft", "estate_id", "key", "language", unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    key: Mapped[Str]  # of a prompt, value.<digit or key>, or category.<code>
    language: Mapped[Str]
    audio: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    seconds: Mapped[float] = mapped_column(Float)
    digest: Mapped[Str]  # part of its address, so that a changed sound is fetched anew
    state: Mapped[Str]  # draft | live | old
    uploaded_at: Mapped[Moment]
    uploaded_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
