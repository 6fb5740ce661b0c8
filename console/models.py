"""What the JSON API remembers of requests that create something."""

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Moment, Str
from infra.database import Base


class IdempotentRequest(Base):
    """The answer given under an `Idempotency-Key`, replayed when the same request comes again."""

    __tablename__ = "idempotent_requests"

    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[Str]  # SHA-256 of method, path and body: the same key with another body is refused
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[Str]
    at: Mapped[Moment]
