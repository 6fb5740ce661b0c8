"""What the office keeps beside people and places: certificates, skills, contractors, files being loaded."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from infra.columns import Id, Json, Moment, Str, StrList
from infra.database import Base
from tickets.models.people import Staff


class StaffSkill(Base):
    """A trade (code of a queue) or a language of a member of staff, with a level from 1 to 5."""

    __tablename__ = "staff_skills"

    staff_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)  # trade | language
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, server_default="3")


class Certificate(Base):
    """A paper that lets somebody do something, until a day (the last on which it holds)."""

    __tablename__ = "staff_certificates"

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[Str]
    valid_until: Mapped[date] = mapped_column(Date)

    staff: Mapped[Staff] = relationship()


class Contractor(Base):
    """A firm that comes when called. `estate_codes` empty: it works for all."""

    __tablename__ = "contractors"

    id: Mapped[Id]
    name: Mapped[Str]
    trade: Mapped[Str]  # code of a queue
    phone_e164: Mapped[str | None] = mapped_column(Text)  # answered round the clock
    estate_codes: Mapped[StrList] = mapped_column(server_default="{}")
    warranty_parts: Mapped[str] = mapped_column(Text, server_default="")
    in_chain: Mapped[bool] = mapped_column(Boolean, server_default="false")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")


class ImportBatch(Base):
    """A file that somebody has given, read but not yet loaded; loaded at `applied_at`."""

    __tablename__ = "import_batches"
    __table_args__ = (UniqueConstraint("token"),)

    id: Mapped[Id]
    token: Mapped[Str]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    file_name: Mapped[str] = mapped_column(Text, server_default="")
    rows: Mapped[Json]
    created_at: Mapped[Moment]
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
