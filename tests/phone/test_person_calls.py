"""`0`, a person: waiting on the line, being joined by an agent, and what happens when that fails."""

import pytest
from sqlalchemy import select

from ivr.carrier.caller import Caller
from routing.models import Reservation
from routing.service import Router
from tests.phone.conftest import Town, add_resident
from tickets.models import Staff

NUMBER = "+886912000001"


@pytest.fixture
def known(town: Town) -> Town:
    """The town with a resident whose language is known."""
    add_resident(town, NUMBER, "en")
    return town


@pytest.fixture
def staffed(known: Town) -> Town:
    """The same with one agent who takes home repairs in English."""
    known.seat("agent", ("home_repairs", "general"), ("en",))
    return known


def accept(town: Town, caller: Caller) -> None:
    """The agent accepts what is offered, and the caller is sent to the agent's phone."""
    with town.runtime.transaction() as tx:
        offer = tx.scalars(select(Reservation).where(Reservation.state == "pending")).one()
        agent = tx.get_one(Staff, town.staff["agent"].id)
        Router(town.runtime).accept(tx, offer.id, agent, now=town.runtime.clock.now())
    town.deliver()
    caller.settles()


def test_nobody_on_duty_leads_to_a_message(known: Town) -> None:
    caller = known.dial(NUMBER).press("1").press("1").press("0").hears("Nobody is free", "leave a message")

    caller.waits().records(5).hears("ticket number")

    assert not known.ticket().is_live


def test_the_caller_waits_and_the_ticket_is_live(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0").hears("stay on the line")

    caller.settles().hears("You are next")

    ticket = staffed.ticket()
    assert ticket.is_live
    assert ticket.state == "reserved"


def test_an_accepting_agent_is_rung_and_joined_by_key(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0")

    accept(staffed, caller)
    caller.hears("connecting you")
    agent = staffed.phone("agent").answers().hears("a caller from")
    agent.press("1")

    assert caller.talks_with(agent)
    assert staffed.ticket().state == "assigned"


def test_after_the_talk_the_ticket_stays_with_the_agent(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0")
    accept(staffed, caller)
    staffed.phone("agent").answers().press("1")

    caller.hangs_up()

    ticket = staffed.ticket()
    assert (ticket.state, ticket.is_live) == ("assigned", False)
    assert "talked" in [kind for kind, _ in staffed.history()]


def test_an_agent_whose_phone_is_not_answered_gives_the_caller_back(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0")
    accept(staffed, caller)

    caller.waits().hears("you keep your place")

    ticket = staffed.ticket()
    assert ticket.state in ("queued", "reserved")
    assert ticket.is_live


def test_an_agents_voicemail_does_not_take_the_call(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0")
    accept(staffed, caller)

    staffed.phone("agent").answers().waits()
    caller.settles().hears("you keep your place")

    assert staffed.ticket().is_live


def test_a_caller_who_hangs_up_while_waiting_leaves_the_ticket(staffed: Town) -> None:
    staffed.dial(NUMBER).press("1").press("1").press("0").hangs_up()

    ticket = staffed.ticket()
    assert not ticket.is_live
    assert ticket.state in ("queued", "reserved")


def test_a_caller_may_leave_a_message_instead(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0").settles()

    caller.press("1").hears("leave a message").waits().records(4).hears("ticket number")

    assert not staffed.ticket().is_live


def test_an_accepting_agent_finds_the_caller_gone(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0")
    caller.hangs_up()

    with staffed.runtime.transaction() as tx:
        offers = tx.scalars(select(Reservation).where(Reservation.state == "pending")).all()
    if offers:
        accept(staffed, caller)

    assert not staffed.phone("agent").is_rung


def test_star_while_waiting_is_an_emergency(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0").settles()

    caller.press("*").hears("Emergency")

    ticket = staffed.ticket()
    assert (ticket.priority_class, ticket.is_live) == ("P0", False)
