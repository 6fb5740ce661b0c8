"""The clocks of a ticket: the list behind each due instant, answers to the resident, dates set by hand."""

from typing import Annotated

from pydantic import AwareDatetime, Field
from sqlalchemy import select

from console import live_news
from console.access import Visit
from console.api.entry import endpoint
from console.api.fields import Code, Given, Out, SomeWords, Time
from console.api.ticket_models import TicketOut
from console.api.tickets import again, any_ticket, own
from tickets import service
from tickets.explained import TargetLine, explain
from tickets.models import Staff
from tickets.words import TargetKind


class StretchOut(Out):
    """What the clocks did for a while: `running`, `paused` or `over` (between done and reopened)."""

    kind: str
    reason: str
    by: str | None
    starts_at: Time
    ends_at: Time | None


class ClockOut(Out):
    """One promise: its times, and the seconds of its own calendar that it has used and has left."""

    kind: TargetKind
    round: int
    calendar: str
    started_at: Time
    warn_at: Time | None
    due_at: Time
    met_at: Time | None
    breached_at: Time | None
    ended_at: Time | None
    length_s: int
    used_s: int
    left_s: int
    is_by_hand: bool
    by_hand_reason: str
    stretched_percent: int | None


class ClocksOut(Out):
    """The list behind the due instants of a ticket; `paused_s` is real time by reason."""

    clocks: list[ClockOut]
    stretches: list[StretchOut]
    paused_s: dict[str, int]


class ReplyBody(Given):
    """An answer to the resident, which goes out as a text message."""

    text: Annotated[str, Field(min_length=1, max_length=600, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


class VisitBody(Given):
    """A visit within the bookable hours of the estate; `staff` is the login of who comes, if known."""

    from_: AwareDatetime = Field(validation_alias="from")
    until: AwareDatetime
    staff: Code | None = None


class DueBody(Given):
    """A date set by hand; nothing moves it afterwards."""

    due_at: AwareDatetime
    reason: SomeWords


@endpoint("GET", "/tickets/{number}/clocks", answer=ClocksOut, refusals=(404,))
def list_ticket_clocks(visit: Visit, number: str) -> ClocksOut:
    """The stretches and sums behind each due instant."""
    explained = explain(visit.tx, any_ticket(visit, number), visit.now)
    return ClocksOut(
        clocks=[_clock(line) for line in explained.targets],
        stretches=[StretchOut.model_validate(each) for each in explained.stretches],
        paused_s={reason: int(length.total_seconds()) for reason, length in explained.paused.items()},
    )


@endpoint(
    "POST", "/tickets/{number}/replies", answer=TicketOut, status=201, body=ReplyBody, refusals=(403, 409)
)
def reply_to_resident(visit: Visit, number: str, body: ReplyBody) -> TicketOut:
    """Text the resident an answer: the answers owed are given."""
    ticket = own(visit, number)
    service.reply(visit.tx, ticket, body.text, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "replied")
    return again(visit, ticket)


@endpoint("PUT", "/tickets/{number}/targets/{code}", answer=TicketOut, body=DueBody, refusals=(403, 409))
def set_target_due(visit: Visit, number: str, code: str, body: DueBody) -> TicketOut:
    """Set by hand when an open promise falls due. By who works on it, or a supervisor."""
    ticket = own(visit, number)
    service.set_due(visit.tx, ticket, code, body.due_at, body.reason, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "due_set")
    return again(visit, ticket)


@endpoint("PUT", "/tickets/{number}/visit", answer=TicketOut, body=VisitBody, refusals=(403, 409))
def agree_visit(visit: Visit, number: str, body: VisitBody) -> TicketOut:
    """Agree a visit or move it; the resident is told."""
    ticket = own(visit, number)
    staff_id = None
    if body.staff is not None:
        staff_id = visit.tx.scalar(select(Staff.id).where(Staff.login == body.staff)) or -1
    service.set_visit(visit.tx, ticket, body.from_, body.until, staff_id, visit.actor, now=visit.now)
    live_news.ticket_changed(visit, ticket, "visit_set")
    return again(visit, ticket)


def _clock(line: TargetLine) -> ClockOut:
    target = line.target
    percent = target.promise.get("stretched")
    return ClockOut(
        kind=TargetKind(target.kind),
        round=target.round,
        calendar=line.calendar,
        started_at=target.started_at,
        warn_at=target.warn_at,
        due_at=target.due_at,
        met_at=target.met_at,
        breached_at=target.breached_at,
        ended_at=target.ended_at,
        length_s=int(line.length.total_seconds()),
        used_s=int(line.used.total_seconds()),
        left_s=int(line.left.total_seconds()),
        is_by_hand=target.is_by_hand,
        by_hand_reason=target.by_hand_reason,
        stretched_percent=percent if isinstance(percent, int) else None,
    )
