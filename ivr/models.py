"""Calls, turns already answered, recordings and text messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Float, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Id, Json, JsonList, Moment, Str
from infra.database import Base

Nullable = DateTime(timezone=True)


class FlowVersion(Base):
    """A published call flow. Never changed: a call in progress keeps the version it started on."""

    __tablename__ = "flow_versions"

    version: Mapped[str] = mapped_column(Text, primary_key=True)  # short hash of the body
    name: Mapped[Str]  # day, closed, …
    body: Mapped[Json]
    published_at: Mapped[Moment]
    published_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class FlowChange(Base):
    """One line of what was done to an estate's flows: edited, published, gone back, switched. Never altered.

    The newest line of a flow with a `version` says which version is in force there; none: the one that ships.
    """

    __tablename__ = "flow_changes"
    __table_args__ = (Index("ix_flow_changes_estate", "estate_id", "flow", "id"),)

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    flow: Mapped[Str]  # see ivr.flow.force.Situation
    at: Mapped[Moment]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    what: Mapped[Str]  # see ivr.drafts.What
    step: Mapped[str] = mapped_column(Text, server_default="")
    why: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[str | None] = mapped_column(Text, ForeignKey("flow_versions.version"))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class FlowDraft(Base):
    """A flow that somebody is changing. `edit` counts the changes: whoever saves says which one they saw."""

    __tablename__ = "flow_drafts"

    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"), primary_key=True)
    flow: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[Json]
    base: Mapped[Str]  # the version that it began from
    edit: Mapped[int] = mapped_column(Integer, server_default="1")
    updated_at: Mapped[Moment]
    updated_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class FlowSwitch(Base):
    """A typhoon or major incident that a supervisor switched on. `ended_at`: switched off before its time."""

    __tablename__ = "flow_switches"
    __table_args__ = (Index("ix_flow_switches_estate", "estate_id", "ends_at"),)

    id: Mapped[Id]
    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    texts: Mapped[Json]  # by language tag
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)


class FlowMarks(Base):
    """From which load on an estate's new callers are offered something else than waiting; zero: never."""

    __tablename__ = "flow_marks"

    estate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("estates.id"), primary_key=True)
    waiting: Mapped[int] = mapped_column(Integer)
    longest_s: Mapped[int] = mapped_column(Integer)


class CallerNeed(Base):
    """A number whose callers are given more time. `need`: slow | hearing | vulnerable."""

    __tablename__ = "caller_needs"

    e164: Mapped[str] = mapped_column(Text, primary_key=True)
    need: Mapped[Str]
    noted_at: Mapped[Moment]
    noted_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class Call(Base):
    """One phone leg. `state` only moves forward: a late "ringing" never overwrites "completed"."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_started", "started_at"),
        Index("ix_calls_from", "from_e164", "started_at"),
        Index(
            "ix_calls_missed",
            "call_back_due_at",
            postgresql_where=text("call_back_due_at IS NOT NULL AND called_back_at IS NULL"),
        ),
    )

    sid: Mapped[str] = mapped_column(Text, primary_key=True)
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    direction: Mapped[Str]  # inbound | duty | seat | callback | news
    from_e164: Mapped[str | None] = mapped_column(Text)  # null: withheld
    to_e164: Mapped[str | None] = mapped_column(Text)
    status: Mapped[Str]
    flow_version: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    resident_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("residents.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("units.id"))
    category_code: Mapped[str | None] = mapped_column(Text)
    is_emergency: Mapped[bool] = mapped_column(Boolean, server_default="false")
    ticket_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tickets.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)  # joined instead of leaving a ticket
    state_token: Mapped[str | None] = mapped_column(Text)  # the last CallState that had an effect
    trail: Mapped[JsonList] = mapped_column(server_default="[]")  # [second, step, input] per effect
    started_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(Nullable)
    duration_s: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[str | None] = mapped_column(Text)  # said before there was a ticket
    words_confidence: Mapped[float | None] = mapped_column(Float)  # the recogniser's
    call_back_due_at: Mapped[datetime | None] = mapped_column(Nullable)  # the caller left without a ticket
    called_back_at: Mapped[datetime | None] = mapped_column(Nullable)
    called_back_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    talk_s: Mapped[int | None] = mapped_column(Integer)  # with an agent
    answered_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class HandledTurn(Base):
    """The answer already given to one webhook, so that a repeated one gets it again and changes nothing."""

    __tablename__ = "handled_turns"
    __table_args__ = (Index("ix_handled_turns_at", "at"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    answer: Mapped[Str]
    at: Mapped[Moment]


class Recording(Base):
    """A recording made on a call; fetched to our own storage by a job."""

    __tablename__ = "recordings"
    __table_args__ = (Index("ix_recordings_kept", "created_at", postgresql_where=text("deleted_at IS NULL")),)

    sid: Mapped[str] = mapped_column(Text, primary_key=True)
    call_sid: Mapped[str] = mapped_column(Text, index=True)
    ticket_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tickets.id"), index=True)
    url: Mapped[Str]
    duration_s: Mapped[int] = mapped_column(Integer, server_default="0")
    status: Mapped[str] = mapped_column(Text, server_default="completed")
    created_at: Mapped[Moment]
    path: Mapped[str | None] = mapped_column(Text)  # within the data folder, once fetched
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    content_type: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(BigInteger)  # bytes
    transcript: Mapped[str | None] = mapped_column(Text)
    held_at: Mapped[datetime | None] = mapped_column(Nullable)  # kept beyond its date, for a complaint
    held_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Nullable)  # here and at the provider


class RecordingPlay(Base):
    """Somebody listened to a recording. Append only: a trigger refuses change and deletion."""

    __tablename__ = "recording_plays"
    __table_args__ = (Index("ix_recording_plays_recording", "recording_sid", "at"),)

    id: Mapped[Id]
    recording_sid: Mapped[Str]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    at: Mapped[Moment]


class Message(Base):
    """A text message in either direction. `key` names what it tells, once."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_ticket", "ticket_id", "id"),
        Index("ix_messages_to", "to_e164", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str | None] = mapped_column(Text, unique=True)
    direction: Mapped[Str]  # in | out
    sid: Mapped[str | None] = mapped_column(Text, unique=True)
    estate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("estates.id"))
    ticket_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tickets.id"))
    from_e164: Mapped[Str]
    to_e164: Mapped[Str]
    body: Mapped[Str]
    language: Mapped[str | None] = mapped_column(Text)
    status: Mapped[Str]
    error_code: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[Moment]
    updated_at: Mapped[datetime | None] = mapped_column(Nullable)


class OptOut(Base):
    """A number whose owner asked for no more texts."""

    __tablename__ = "text_opt_outs"

    e164: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[Moment]
