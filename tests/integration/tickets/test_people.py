"""Residents and property: moved out, made one of two, reported, forgotten; units with open tickets stay."""

from datetime import date

import pytest
from sqlalchemy import select

from ivr import erasure
from tests.factories import make_resident, make_unit
from tests.integration.tickets.desk import Desk
from tickets import callers, people_erasure, people_reads, people_service
from tickets.actors import Actor
from tickets.models import AuditEntry, Resident, Ticket, TicketEvent, Unit
from tickets.people_erasure import StillOpen
from tickets.people_phones import BadNumber
from tickets.people_reads import ResidentFilter
from tickets.people_service import Home, ResidentDraft, UnitInUse

TODAY = date(2027, 1, 6)
PHONE = "+886912345678"


def test_a_number_may_belong_to_several_units_and_people(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        one, two = make_unit(tx, estate), make_unit(tx, estate, door="B")
        homes = [Home(unit_id=unit.id, role="owner", from_on=date(2020, 1, 1)) for unit in (one, two)]
        draft = ResidentDraft(
            name="王小明", phones=["0912 345 678", "02-2345-6789"], homes=homes, is_vulnerable=True
        )

        made = people_service.create_resident(tx, estate, draft, Actor.SYSTEM, now=now)

        found = callers.caller_by_phone(tx, PHONE, TODAY)
        assert [dwelling.unit.id for dwelling in found.dwellings] == [one.id, two.id]
        assert {phone.e164: phone.takes_texts for phone in made.phones} == {
            PHONE: True,
            "+886223456789": False,
        }


def test_a_wrong_number_is_refused_and_nothing_is_written(desk: Desk):
    with desk.work() as (tx, now):
        draft = ResidentDraft(name="王小明", phones=["O912345678"])
        with pytest.raises(BadNumber) as refused, tx.begin_nested():
            people_service.create_resident(tx, tx.merge(desk.estate), draft, Actor.SYSTEM, now=now)

        assert refused.value.proposed == PHONE
        assert tx.scalars(select(Resident)).all() == []


def test_a_unit_with_open_tickets_cannot_be_taken_away(desk: Desk):
    with desk.work() as (tx, now):
        unit = make_unit(tx, tx.merge(desk.estate))
    ticket = desk.open(unit_id=unit.id, is_unit_confirmed=True)
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        with pytest.raises(UnitInUse) as refused:
            people_service.remove_unit(tx, estate, unit.id, Actor.SYSTEM, now=now)
        assert refused.value.numbers == (ticket.number,)

        tx.get_one(Ticket, ticket.id).state = "closed"
        tx.flush()
        people_service.remove_unit(tx, estate, unit.id, Actor.SYSTEM, now=now)

        assert tx.get_one(Unit, unit.id).removed_at == now
        assert callers.find_unit(tx, estate.id, "3", "12A") is None
        again = people_service.add_unit(tx, estate, "3", 12, "A", Actor.SYSTEM, now=now)
        assert again.id == unit.id


def test_who_moved_out_no_longer_hears_of_that_unit(desk: Desk):
    with desk.work() as (tx, now):
        unit = make_unit(tx, tx.merge(desk.estate))
        person = make_resident(tx, unit, phone=PHONE)
    ticket = desk.open(unit_id=unit.id, resident_id=person.id, phone_e164=PHONE, is_unit_confirmed=True)
    with desk.work() as (tx, now):
        own = select(Ticket.id).where(callers.is_from(PHONE, TODAY))
        assert tx.scalars(own).all() == [ticket.id]

        found = people_reads.find_resident(tx, person.id, [desk.estate.id])
        gone = Home(unit_id=unit.id, role="owner", from_on=date(2020, 1, 1), until_on=TODAY)
        draft = ResidentDraft(name=found.name, phones=[PHONE], homes=[gone])
        people_service.update_resident(tx, tx.merge(desk.estate), found, draft, Actor.SYSTEM, now=now)

        assert tx.scalars(own).all() == []
        assert callers.caller_by_phone(tx, PHONE, TODAY).dwellings == ()


def test_two_of_one_person_become_one_with_all_that_was_theirs(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        one, two = make_unit(tx, estate), make_unit(tx, estate, door="B")
        kept = make_resident(tx, one, phone=PHONE, language=None)
        double = make_resident(tx, two, language="yue", is_vulnerable=True)
    ticket = desk.open(resident_id=double.id)
    with desk.work() as (tx, now):
        both = [people_reads.find_resident(tx, one.id, [desk.estate.id]) for one in (kept, double)]
        people_erasure.merge(tx, *both, Actor.staff(desk.manager), now=now)

    with desk.work() as (tx, _):
        whole = people_reads.find_resident(tx, kept.id, [desk.estate.id])
        assert (whole.language, whole.is_vulnerable, len(whole.phones), len(whole.residencies)) == (
            "yue",
            True,
            2,
            2,
        )
        assert tx.get(Resident, double.id) is None
        assert tx.get_one(Ticket, ticket.id).resident_id == kept.id


def test_a_forgotten_person_leaves_the_facts_and_nothing_else(desk: Desk):
    with desk.work() as (tx, now):
        person = make_resident(tx, make_unit(tx, tx.merge(desk.estate)), phone=PHONE, name="王小明")
    ticket = desk.open(resident_id=person.id, phone_e164=PHONE, text="王小明家漏水")
    with desk.work() as (tx, now):
        found = people_reads.find_resident(tx, person.id, [desk.estate.id])
        with pytest.raises(StillOpen):
            people_erasure.erase(tx, found, Actor.SYSTEM, now=now)
        report = people_erasure.report(tx, found, Actor.staff(desk.manager), now=now)
        assert (report["name"], report["tickets"][0]["number"]) == ("王小明", ticket.number)

        tx.get_one(Ticket, ticket.id).state = "closed"
        tx.flush()
        numbers = people_erasure.erase(tx, found, Actor.SYSTEM, now=now)
        erasure.forget_numbers(tx, person.id, numbers)

    with desk.work() as (tx, _):
        kept = tx.get_one(Ticket, ticket.id)
        assert numbers == [PHONE]
        assert (kept.text, kept.phone_e164, kept.resident_id) == ("", None, None)
        assert tx.scalars(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)).all()
        assert tx.get_one(Resident, person.id).name == "–"
        assert callers.caller_by_phone(tx, PHONE, TODAY).resident is None
        acts = tx.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert acts == ["resident.reported", "resident.erased"]


def test_residents_are_found_by_name_number_unit_and_class(desk: Desk):
    with desk.work() as (tx, now):
        estate = tx.merge(desk.estate)
        people_service.add_class(tx, "elderly", "年長者", Actor.SYSTEM, now=now)
        make_resident(tx, make_unit(tx, estate), phone=PHONE, name="王小明", classes=["elderly"])
        make_resident(tx, make_unit(tx, estate, door="B"), name="Ana Pérez", is_vulnerable=True)

        def names(**wanted: object) -> list[str]:
            found = people_reads.list_residents(tx, estate, ResidentFilter(**wanted), TODAY)  # type: ignore[arg-type]
            return [one.name for one in found]

        assert (
            names(text="小明") == names(text="0912345") == names(text="3-12a") == names(class_code="elderly")
        )
        assert names(text="小明") == ["王小明"]
        assert names(is_vulnerable=True) == ["Ana Pérez"]
        assert names(text="100%") == []
