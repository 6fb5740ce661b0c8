"""Reads: who calls, which tickets, in pages; what stands behind a due instant; tickets that belong together."""

from datetime import date, timedelta

import pytest

from tests.factories import NOW, make_company, make_resident, make_staff, make_ticket, make_unit
from tests.integration.tickets.desk import Desk, lines, read, target
from tickets import callers, queries, service
from tickets.actors import Actor
from tickets.errors import FieldError, NotFound
from tickets.explained import explain
from tickets.history import EventKind
from tickets.links import linked
from tickets.models import Category, Residency
from tickets.queries import TicketFilters
from tickets.words import TargetKind

ON = date(2027, 1, 6)


def test_a_number_finds_the_person_and_every_dwelling_of_that_day(desk: Desk):
    with desk.work() as (tx, _):
        units = [make_unit(tx, desk.estate, door=door) for door in "ABC"]
        person = make_resident(tx, units[0], "+886911000001", "yue")
        tx.add(Residency(resident=person, unit=units[1], from_on=date(2020, 1, 1)))
        left = Residency(resident=person, unit=units[2], from_on=date(2020, 1, 1), until_on=ON)
        tx.add(left)
        tx.flush()

        found = queries.caller_by_phone(tx, "+886911000001", ON)
        day_before = queries.caller_by_phone(tx, "+886911000001", ON - timedelta(days=1))
        stranger = queries.caller_by_phone(tx, "+886911999999", ON)

        assert found.resident is person
        assert [one.unit.code for one in found.dwellings] == ["12A", "12B"]
        assert len(day_before.dwellings) == 3
        assert (stranger.resident, stranger.dwellings) == (None, ())
        assert queries.language_of(tx, "+886911000001") == "yue"


def test_the_language_last_chosen_goes_before_the_residents_own(desk: Desk):
    with desk.work() as (tx, now):
        make_resident(tx, None, "+886911000001", "yue")
        callers.remember_language(tx, "+886911000001", "en", now=now)
        callers.remember_language(tx, "+886911000001", "zh-TW", now=now)
        tx.expire_all()

        assert queries.language_of(tx, "+886911000001") == "zh-TW"
        assert queries.language_of(tx, None) is None


def test_a_unit_is_found_by_what_is_keyed_in(desk: Desk):
    with desk.work() as (tx, _):
        unit = make_unit(tx, desk.estate)

        assert callers.find_unit(tx, desk.estate.id, "3", "12a") is unit
        assert callers.find_unit(tx, desk.estate.id, "3", "12_") is None
        assert callers.find_unit(tx, desk.estate.id, "4", "12A") is None


def test_a_ticket_of_another_estate_or_unit_is_never_found(desk: Desk):
    ticket = desk.open()
    spoken = " ".join(ticket.number)
    with desk.work() as (tx, _):
        other = make_company(tx)

        assert queries.find_by_number(tx, spoken, {desk.estate.id}) is not None
        assert queries.find_by_number(tx, ticket.number, {other.id}) is None
        assert queries.find_by_number(tx, ticket.number, unit_id=99) is None
        assert queries.find_by_number(tx, ticket.number[::-1]) is None
        with pytest.raises(NotFound):
            queries.get_by_number(tx, ticket.number, {other.id})


def test_lists_come_in_pages_that_new_tickets_do_not_shift(desk: Desk):
    opened = []
    for _ in range(5):
        opened.append(desk.open().number)
        desk.clock.advance(timedelta(seconds=1))
    with desk.work() as (tx, _):
        first = queries.list_tickets(tx, TicketFilters(), {desk.estate.id}, None, 2)
    desk.open()
    with desk.work() as (tx, _):
        second = queries.list_tickets(tx, TicketFilters(), {desk.estate.id}, first.next, 2)
        third = queries.list_tickets(tx, TicketFilters(), {desk.estate.id}, second.next, 2)

        seen = [t.number for part in (first, second, third) for t in part.items]
        assert seen == opened[::-1]
        assert third.next is None
        for cursor in ("nonsense", "!!!", "MjAyNw"):
            with pytest.raises(FieldError):
                queries.list_tickets(tx, TicketFilters(), None, cursor)


def test_filters_narrow_a_list(desk: Desk):
    wanted = desk.open(phone_e164="+886911000001", call_sid="CA1")
    desk.open("common.lift", phone_e164="+886911000002")
    filters = [
        TicketFilters(phone="+886911000001"),
        TicketFilters(call_sid="CA1"),
        TicketFilters(category="home.water"),
        TicketFilters(queue="home_repairs"),
        TicketFilters(estate=desk.estate.code, states=("queued",), category="home.water", since=NOW),
    ]
    with desk.work() as (tx, _):
        for each in filters:
            found = queries.list_tickets(tx, each, {desk.estate.id})
            assert [t.number for t in found.items] == [wanted.number], each
        assert queries.list_tickets(tx, TicketFilters(since=NOW + timedelta(1)), None).items == []
        assert queries.list_tickets(tx, TicketFilters(), set()).items == []


def test_escalations_are_listed_newest_first_to_their_estates_only(desk: Desk):
    ticket = desk.open()
    desk.clock.set(NOW + timedelta(hours=5))
    desk.sweep()
    with desk.work() as (tx, _):
        other = make_company(tx)
        shown = queries.list_escalations(tx, {desk.estate.id}, ticket.id).items

        assert [one.level for one in shown] == [2, 1]
        assert {one.recipient.login for one in shown} == {desk.lead.login, desk.supervisor.login}
        assert queries.list_escalations(tx, {other.id}).items == []


def test_open_tickets_of_a_unit_leave_out_what_is_over(desk: Desk):
    with desk.work() as (tx, now):
        unit = make_unit(tx, desk.estate)
        one, two = (make_ticket(tx, desk.estate, unit_id=unit.id, opened_at=now) for _ in range(2))
        service.cancel(tx, one, "gone", Actor.CALLER, now=now)

        assert [t.id for t in queries.open_tickets_of_unit(tx, unit.id)] == [two.id]


def test_each_due_instant_is_explained_by_its_stretches(desk: Desk):
    ticket = desk.open()
    agent = Actor.staff(desk.agent)
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.move_taken(tx, there, desk.agent, None, agent, now=now)
    desk.clock.advance(timedelta(hours=1))
    with desk.work() as (tx, now):
        service.wait(tx, read(tx, ticket), "parts", None, agent, now=now)
    desk.clock.advance(timedelta(hours=4))  # 15:00 in Taipei, three of them in office hours
    with desk.work() as (tx, now):
        service.resume(tx, read(tx, ticket), agent, now=now)
    desk.clock.advance(timedelta(hours=1))

    with desk.work() as (tx, now):
        shown = explain(tx, read(tx, ticket), now)

        told = [(s.kind, s.reason, s.by) for s in shown.stretches]
        assert told == [
            ("running", "", None),
            ("paused", "parts", desk.agent.login),
            ("running", "", desk.agent.login),
        ]
        assert shown.paused == {"parts": timedelta(hours=4)}
        repair = next(t for t in shown.targets if t.target.kind == TargetKind.RESOLUTION)
        assert (repair.calendar, repair.used) == ("office", timedelta(hours=2))


def test_assigning_taking_and_handing_over_never_move_a_date(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        due_at = target(tx, ticket, TargetKind.RESOLUTION).due_at
        there, second = read(tx, ticket), make_staff(tx, "agent", (desk.estate,))
        service.move_taken(tx, there, desk.agent, None, Actor.staff(desk.lead), now=now)
    desk.clock.advance(timedelta(hours=1))
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        service.move_taken(tx, there, second, None, Actor.staff(desk.lead), now=now)
        service.move_returned(tx, there, "off duty", Actor.SYSTEM, now=now)

        assert target(tx, ticket, TargetKind.RESOLUTION).due_at == due_at
        assert there.entered_at == NOW


def test_a_request_becomes_a_complaint_and_both_stay_linked(desk: Desk):
    ticket = desk.open()
    with desk.work() as (tx, now):
        there = read(tx, ticket)
        complaint = service.complain(tx, there, "Nobody came", "console", Actor.CALLER, now=now).ticket

        assert (complaint.kind, complaint.queue_code) == ("complaint", "feedback")
        assert linked(tx, ticket.id) == [(complaint.number, "complaint")]
        assert linked(tx, complaint.id) == [(ticket.number, "cause")]
        assert there.state == "queued"


def test_a_hidden_category_takes_no_new_matter_but_stays_on_old_ones(desk: Desk):
    old = desk.open("home.other")
    with desk.work() as (tx, now):
        tx.get_one(Category, "home.other").is_hidden = True
        tx.flush()
        ticket = make_ticket(tx, desk.estate)
        with pytest.raises(FieldError):
            service.edit(tx, ticket, {"category_code": "home.other"}, 1, Actor.SYSTEM, now=now)

        assert read(tx, old).category.names["en"]
        assert "home.other" not in {category.code for category in queries.list_categories(tx)}
        assert not lines(tx, ticket, EventKind.EDITED)
        assert ticket.category_code == "home.water"
