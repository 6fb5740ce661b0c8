"""With a store away the caller still hears their menu, what they leave is kept, and becomes a ticket later, once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from ivr import upkeep
from tests.phone.conftest import Town, add_resident

NUMBER = "+886912000001"


class Outage:
    """Makes every new statement fail as if the server had gone, while `is_on`."""

    def __init__(self, engine: Engine) -> None:
        self.is_on = False
        event.listen(engine, "before_cursor_execute", self.refuse)

    def refuse(self, *_: object) -> None:
        """Fail like a lost connection."""
        if self.is_on:
            raise OperationalError(
                "connection refused", None, ConnectionError("server closed the connection")
            )


@pytest.fixture
def outage(town: Town) -> Iterator[Outage]:
    """An outage to be switched on; one call was answered before, so the process knows its estates."""
    add_resident(town, NUMBER, "en")
    town.dial("+886912888888").hangs_up()
    made = Outage(town.runtime.engine)
    yield made
    made.is_on = False


def test_a_menu_turn_touches_no_store(town: Town, outage: Outage) -> None:
    caller = town.dial(NUMBER)
    outage.is_on = True

    caller.press("1").hears("water, leak or tap").press("8").hears("What is it about").press("#").press("1")


def test_a_call_is_answered_and_a_report_kept_and_played_once(town: Town, outage: Outage) -> None:
    outage.is_on = True
    caller = town.dial(NUMBER).hears("For English, press 3")
    caller.press("3").waits().press("1").press("1").press("2")
    caller.says("it drips").hears("Your report is kept")
    assert caller.is_over
    outage.is_on = False

    replay(town)
    replay(town)

    ticket = town.ticket()
    assert (ticket.text, ticket.category_code, ticket.phone_e164) == ("it drips", "home.water", NUMBER)


def test_an_emergency_dials_through(town: Town, outage: Outage) -> None:
    caller = town.dial(NUMBER)
    outage.is_on = True

    caller.press("*").press("1").hears("Stay inside the lift")
    rung = [town.phone(login) for login in ("lead", "security") if town.phone(login).is_rung]
    answering = rung[0].answers().press("1")

    assert caller.talks_with(answering)
    outage.is_on = False
    replay(town)
    assert town.ticket().priority_class == "P0"


def test_without_valkey_calls_and_tickets_go_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    add_resident(town, NUMBER, "en")
    town.runtime.valkey.connection_pool.connection_kwargs["path"] = "/nowhere.sock"
    town.runtime.valkey.connection_pool.disconnect()

    town.dial(NUMBER).press("1").press("1").press("2").says("it drips").hears("ticket number")

    assert town.ticket().state == "queued"


def replay(town: Town) -> None:
    """Play the journal, as the clock does."""
    upkeep.play_journal(town.runtime)
