"""Visits, notices to the resident, and how finished work is accepted or closes by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from infra.outbox import OutboxItem
from tests.factories import NOW
from tests.integration.tickets.desk import Desk, lines, read
from tests.integration.tickets.test_races import at_once
from tickets import acceptance, service, visits
from tickets.actors import Actor
from tickets.errors import FieldError, NotAllowed
from tickets.history import EventKind
from tickets.link_tokens import make_token, read_token
from tickets.models import Ticket
from tickets.notices import after_quiet

PHONE = "+886912345678"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def done(desk: Desk) -> Ticket:
    """A finished ticket."""
    ticket = desk.open(phone_e164=PHONE)
    with desk.work() as (tx, now):
        agent = Actor.staff(desk.agent)
        service.move_taken(tx, read(tx, ticket), desk.agent, None, agent, now=now)
        service.resolve(tx, read(tx, ticket), "done", None, agent, now=now)
    return ticket


def notices(desk: Desk) -> list[tuple[str, datetime]]:
    """(notice, when it is due) of every notice posted, in order."""
    with desk.work() as (tx, _):
        posted = select(OutboxItem).where(OutboxItem.kind == "ticket.notice").order_by(OutboxItem.id)
        return [(item.payload["notice"], item.due_at) for item in tx.execute(posted).scalars()]


def test_a_visit_lies_in_the_bookable_hours_and_is_neither_past_nor_reversed(desk: Desk):
    ticket = desk.open(phone_e164=PHONE)
    agent = Actor.staff(desk.agent)
    night = datetime(2027, 1, 6, 13, 30, tzinfo=UTC)  # 21:30 in Taipei
    wrong = (
        (NOW - HOUR, NOW + HOUR),
        (NOW + 2 * HOUR, NOW + HOUR),
        (night, night + HOUR),
        (NOW + HOUR, NOW + 10 * HOUR),
    )
    for from_at, until_at in wrong:
        with desk.work() as (tx, now), pytest.raises(FieldError):
            service.set_visit(tx, read(tx, ticket), from_at, until_at, None, agent, now=now)
    with desk.work() as (tx, now):
        service.set_visit(tx, read(tx, ticket), NOW + HOUR, NOW + 2 * HOUR, desk.agent.id, agent, now=now)
        service.set_visit(tx, read(tx, ticket), NOW + 3 * HOUR, NOW + 4 * HOUR, desk.agent.id, agent, now=now)

        visit = visits.visit_of(tx, ticket.id)
        assert visit is not None
        assert visit.from_at == NOW + 3 * HOUR
        assert len(lines(tx, ticket, EventKind.VISIT_SET)) == 2
    assert [notice for notice, _ in notices(desk)] == ["visit", "visit"]


def test_nobody_is_booked_twice_at_one_time_not_even_by_two_at_once(desk: Desk):
    tickets = [desk.open() for _ in range(4)]

    def book(ticket: Ticket) -> None:
        with desk.work() as (tx, now):
            service.set_visit(
                tx, read(tx, ticket), NOW + HOUR, NOW + 2 * HOUR, desk.agent.id, Actor.SYSTEM, now=now
            )

    answers = at_once(*[lambda ticket=ticket: book(ticket) for ticket in tickets])  # type: ignore[misc]

    assert [type(answer) for answer in answers].count(FieldError) == 3, answers
    with desk.work() as (tx, now):  # the next hour is free: stretches are half-open
        service.set_visit(
            tx, read(tx, tickets[0]), NOW + 2 * HOUR, NOW + 3 * HOUR, desk.agent.id, Actor.SYSTEM, now=now
        )


def test_residents_are_told_of_who_has_it_and_of_the_end_but_not_at_night(desk: Desk):
    desk.clock.set(datetime(2027, 1, 6, 13, 58, tzinfo=UTC))  # 21:58 in Taipei
    done(desk)

    morning = datetime(2027, 1, 7, 0, 0, tzinfo=UTC)
    assert notices(desk) == [("taken", morning), ("done", morning)]


def test_urgent_notices_do_not_wait_for_the_morning(desk: Desk):
    desk.clock.set(datetime(2027, 1, 6, 16, 0, tzinfo=UTC))
    ticket = desk.open("common.lift", phone_e164=PHONE)
    with desk.work() as (tx, now):
        service.move_taken(tx, read(tx, ticket), desk.agent, None, Actor.SYSTEM, now=now)

    assert notices(desk) == [("taken", desk.clock.now() + timedelta(minutes=5))]


def test_the_quiet_hours_end_at_eight_by_the_clock_of_the_estate():
    taipei = ZoneInfo("Asia/Taipei")
    cases = {
        (21, 59): (6, 21, 59),
        (22, 0): (7, 8, 0),
        (23, 30): (7, 8, 0),
        (7, 59): (6, 8, 0),
        (8, 0): (6, 8, 0),
    }
    for (hour, minute), (day, at_hour, at_minute) in cases.items():
        given = datetime(2027, 1, 6, hour, minute, tzinfo=taipei)
        assert after_quiet(given, taipei) == datetime(2027, 1, day, at_hour, at_minute, tzinfo=taipei)


def test_finished_work_closes_after_seven_days_and_the_resident_is_told_two_days_before(desk: Desk):
    ticket = done(desk)
    told: list[tuple[int, str, int]] = []
    for day in range(1, 10):
        desk.clock.set(NOW + day * DAY + timedelta(minutes=1))
        with desk.work() as (tx, now):
            acceptance.close_page(tx, now)
            told.append((day, read(tx, ticket).state, len(lines(tx, ticket, EventKind.CLOSED))))

    assert [state for _, state, _ in told] == ["resolved"] * 6 + ["closed"] * 3
    assert told[-1] == (9, "closed", 1)
    closing = [at for notice, at in notices(desk) if notice == "closing"]
    assert len(closing) == 1
    assert NOW + 5 * DAY < closing[0] < NOW + 5 * DAY + HOUR


def test_after_an_outage_the_notice_still_comes_two_days_before_the_end(desk: Desk):
    ticket = done(desk)
    desk.clock.set(NOW + 20 * DAY)
    for _ in range(2):
        with desk.work() as (tx, now):
            acceptance.close_page(tx, now)
            assert read(tx, ticket).state == "resolved"
    desk.clock.advance(2 * DAY)
    with desk.work() as (tx, now):
        acceptance.close_page(tx, now)
        assert read(tx, ticket).state == "closed"


def test_accepted_work_is_closed_and_accepted_once(desk: Desk):
    ticket = done(desk)
    with desk.work() as (tx, now):
        service.accept_work(tx, read(tx, ticket), Actor.CALLER, now=now)
        assert read(tx, ticket).state == "closed"
        assert [line.actor for line in lines(tx, ticket, EventKind.WORK_ACCEPTED)] == ["caller"]
        with pytest.raises(NotAllowed):
            service.accept_work(tx, read(tx, ticket), Actor.CALLER, now=now)


def test_a_link_opens_one_thing_for_one_purpose():
    token = make_token("secret", "resident", "10000012")

    assert read_token("secret", "resident", token) == "10000012"
    assert read_token("secret", "repairer", token) is None
    assert read_token("other", "resident", token) is None
    assert read_token("secret", "resident", "10000013." + token.partition(".")[2]) is None
    assert read_token("secret", "resident", "") is None
    assert read_token("secret", "resident", "1.é") is None
