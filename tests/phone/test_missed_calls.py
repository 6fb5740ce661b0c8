"""Callers who left without a ticket: on the list until they are rung back or have left one."""

from datetime import timedelta

from infra.clock import FakeClock
from ivr import queries
from ivr.models import Call
from tests.phone.conftest import Town, add_resident

NUMBER = "+886912000001"


def missed(town: Town) -> list[Call]:
    with town.runtime.transaction() as tx:
        return queries.open_missed_calls(tx, [town.estate_id])


def test_by_day_a_call_back_is_due_within_half_an_hour(town: Town) -> None:
    town.dial(NUMBER).hangs_up()

    (call,) = missed(town)
    assert call.ended_at is not None
    assert call.call_back_due_at == call.ended_at + timedelta(minutes=30)


def test_at_night_it_is_due_half_an_hour_after_opening(town: Town, clock: FakeClock) -> None:
    town.exchange.advance(town.exchange.now + 12 * 3600)  # ten in the evening
    now = clock.now()

    town.dial(NUMBER).hangs_up()

    (call,) = missed(town)
    assert call.call_back_due_at is not None
    assert call.call_back_due_at > now + timedelta(hours=6)
    assert call.call_back_due_at.minute == 30


def test_who_calls_again_and_leaves_a_ticket_is_off_the_list(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    town.dial(NUMBER).hangs_up()
    town.dial(NUMBER).hangs_up()
    assert len(missed(town)) == 1  # one person, one call to make

    town.dial(NUMBER).press("1").press("1").hangs_up()

    assert missed(town) == []


def test_a_withheld_number_cannot_be_rung_back(town: Town) -> None:
    town.dial("anonymous").hangs_up()

    assert missed(town) == []
