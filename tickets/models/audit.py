"""The audit list: who looked at whose data, and who used which power."""

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Id, Json, Moment, Str
from infra.database import Base


class AuditEntry(Base):
    """One look at personal data or one act of power. Append only: a trigger refuses change and deletion.

    `subject` names what it was about without saying anything of it ("resident:12"), so that the line may stay
    when the person is forgotten.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", text("at DESC"), text("id DESC")),
        Index("ix_audit_entries_subject", "subject"),
    )

    id: Mapped[Id]
    at: Mapped[Moment]
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    actor: Mapped[Str]  # staff:<login> | system
    action: Mapped[Str]  # resident.viewed, resident.erased, roster.saved, …
    subject: Mapped[Str]
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    data: Mapped[Json] = mapped_column(server_default="{}")
    note: Mapped[str] = mapped_column(Text, server_default="")
