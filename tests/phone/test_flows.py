"""The flow that is in force, over the line: holidays, major incidents, overload; slow callers; refused recordings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ivr.models import Call, CallerNeed, FlowMarks, FlowSwitch, Recording
from ivr.scripts import ScriptBook
from tests.phone.conftest import Town, add_resident, at
from tickets.models import Calendar, CalendarException, Resident

NUMBER = "+886912000001"


def make_holiday(town: Town, on: date) -> None:
    with town.runtime.transaction() as tx:
        office = tx.scalars(select(Calendar).where(Calendar.code == "office")).one()
        tx.add(CalendarException(calendar_id=office.id, on_date=on, kind="closed", note="Founding Day"))


def switch_on(town: Town, hours: float = 4, **texts: str) -> None:
    now = at(town)
    with town.runtime.transaction() as tx:
        ends = now + timedelta(hours=hours)
        tx.add(FlowSwitch(estate_id=town.estate_id, starts_at=now, ends_at=ends, texts=texts))


def test_on_a_holiday_the_opening_is_told_and_a_report_is_taken(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    make_holiday(town, date(2027, 1, 6))

    caller = town.dial(NUMBER).hears("closed today for the holiday and opens again tomorrow at 08:00")
    caller.press("1").press("1").press("2").says("drip").hears("ticket number")

    assert town.ticket().text == "drip"


def test_a_major_incident_speaks_to_everybody_until_it_ends(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    switch_on(town, 4, en="The lifts in block 3 stand still.")

    town.dial(NUMBER).hears("emergency arrangements").hears("The lifts in block 3 stand still.").hangs_up()

    town.exchange.advance(town.exchange.now + 4 * 3600)
    town.dial(NUMBER).does_not_hear("arrangements")


def test_a_running_call_keeps_its_flow(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    caller = town.dial(NUMBER)
    switch_on(town)

    caller.press("1").press("1").press("2").says("drip").hears("ticket number").hangs_up()
    town.dial(NUMBER)

    with town.runtime.transaction() as tx:
        place = ScriptBook(town.runtime).read(tx).by_id[town.estate_id]
        versions = list(tx.scalars(select(Call.flow_version).order_by(Call.started_at, Call.sid)))
    assert versions == [place.flows["day"].version, place.flows["major"].version]


def test_in_overload_new_callers_are_offered_a_ticket_first(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    town.seat("agent", ("general", "home_repairs"), ("en", "zh-TW"))
    with town.runtime.transaction() as tx:
        tx.add(FlowMarks(estate_id=town.estate_id, waiting=1, longest_s=0))
    town.dial("+886912000002").press("3").waits().press("0")

    late = town.dial(NUMBER).hears("Very many people are calling").press("0").hears("To leave a message")
    late.press("1").hears("leave a message after the tone").hangs_up()
    urgent = town.dial(NUMBER).press("1").press("1").press("1").press("0")

    urgent.hears("stay on the line").does_not_hear("Many callers")


@pytest.mark.parametrize("is_by_number", [True, False])
def test_a_marked_caller_is_given_time_and_a_person_first(town: Town, is_by_number: bool) -> None:
    add_resident(town, NUMBER, "en")
    with town.runtime.transaction() as tx:
        if is_by_number:
            tx.add(CallerNeed(e164=NUMBER, need="hearing", noted_at=at(town)))
        else:
            tx.scalars(select(Resident)).one().is_vulnerable = True

    town.dial(NUMBER).hears("To talk to a person, press 0. What is it about")


def test_a_refused_recording_is_written_on_the_ticket(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    caller = town.dial(NUMBER).press("1").press("1").press("2").waits().hears("What you say is recorded")

    caller.press("2").hears("ticket number")

    assert ("not_recorded", {"why": "declined"}) in town.history()
    with town.runtime.transaction() as tx:
        assert tx.query(Recording).count() == 0
