"""Periodic work that must happen once per slot, however many clocks run."""

from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class PeriodicRun(Base):
    """A slot of periodic work that somebody has taken."""

    __tablename__ = "periodic_runs"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    slot: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
