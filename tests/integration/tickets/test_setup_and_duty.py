"""Defaults written again and again; who answers at an instant, and whom an emergency rings."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from infra.database import Tx
from tests.factories import NOW, make_company, make_duty, make_estate, make_staff
from tests.integration.tickets.desk import Desk
from tickets import duty
from tickets.models import Calendar, Category, Disposition, DutySlot, Policy, PolicyVersion, Queue, Staff
from tickets.setup import install_defaults
from tickets.words import Role


def counts(tx: Tx) -> list[int]:
    tables = (Calendar, Category, Disposition, Policy, PolicyVersion, Queue)
    return [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def test_defaults_may_be_installed_again_and_keep_what_the_office_edited(tx: Tx):
    estate = make_company(tx)
    before = counts(tx)
    tx.get_one(Category, "home.water").names = {"en": "Pipes"}
    tx.flush()

    install_defaults(tx, now=NOW)

    assert counts(tx) == before
    assert tx.get_one(Category, "home.water").names == {"en": "Pipes"}
    second = make_estate(tx)
    install_defaults(tx, now=NOW)
    own = select(func.count()).where(Policy.estate_id.in_([estate.id, second.id])).group_by(Policy.estate_id)
    assert len(set(tx.execute(own).scalars())) == 1
    done = select(Disposition.code).where(Disposition.code == "done", Disposition.estate_id.is_(None))
    assert tx.execute(done).scalars().all() == ["done"]


def test_a_night_slot_runs_past_midnight_and_ends_at_its_minute(desk: Desk):
    with desk.work() as (tx, _):
        tx.query(DutySlot).filter_by(staff_id=desk.lead.id).delete()
        night = make_staff(tx, Role.LEAD, (desk.estate,))
        make_duty(tx, desk.estate, night, start_minute=22 * 60, end_minute=30 * 60)

        def on(hour: int, minute: int = 0) -> Staff | None:
            return duty.on_duty(tx, desk.estate.id, Role.LEAD, datetime(2027, 1, 6, hour, minute, tzinfo=UTC))

        assert on(14) is night  # 22:00 in Taipei
        assert on(21, 59) is night  # 05:59
        assert on(22) is None  # 06:00


def test_a_role_without_roster_is_held_by_its_staff_and_an_inactive_one_by_nobody(desk: Desk):
    with desk.work() as (tx, _):
        director = make_staff(tx, Role.DIRECTOR, (desk.estate,))
        assert duty.on_duty(tx, desk.estate.id, Role.DIRECTOR, NOW) is director

        director.is_active = False
        tx.flush()
        assert duty.on_duty(tx, desk.estate.id, Role.DIRECTOR, NOW) is None


def test_whoever_has_no_phone_is_passed_over(desk: Desk):
    with desk.work() as (tx, _):
        tx.get_one(Staff, desk.lead.id).phone_e164 = None
        tx.flush()
        found = duty.recipient_for(tx, desk.estate.id, Role.LEAD, NOW)

        assert (found.role, found.staff.id, found.skipped) == (
            Role.SUPERVISOR,
            desk.supervisor.id,
            (Role.LEAD,),
        )


def test_an_emergency_rings_lead_then_control_room_and_supervisor_then_manager(desk: Desk):
    with desk.work() as (tx, _):
        guard = make_staff(tx, Role.SECURITY, (desk.estate,))
        make_duty(tx, desk.estate, guard)
        backup = make_staff(tx, Role.LEAD, (desk.estate,))
        make_duty(tx, desk.estate, backup)

        rounds = duty.duty_chain(tx, desk.estate.id, NOW)

        assert [[one.staff.id for one in people] for people in rounds] == [
            [desk.lead.id],
            [backup.id, guard.id, desk.supervisor.id],
            [desk.manager.id],
        ]


def test_an_emergency_rings_somebody_even_when_nobody_is_on_duty(desk: Desk):
    with desk.work() as (tx, _):
        tx.query(DutySlot).update({"weekdays": 0})

        rounds = duty.duty_chain(tx, desk.estate.id, NOW)

        assert [[one.staff.id for one in people] for people in rounds] == [[desk.manager.id]]
