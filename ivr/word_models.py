"""What the office says about words and numbers: emergency words, and further telephone numbers of an estate."""

from sqlalchemy import BigInteger, Boolean, ForeignKey, Text, UniqueConstraint
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
