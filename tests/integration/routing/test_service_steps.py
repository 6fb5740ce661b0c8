"""Requirements let go step by step, on the clock, by marks of the queue, or at once when nobody is on duty."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from infra.outbox import OutboxItem
from routing import queries
from routing.models import QueueRule, RouteStep
from routing.stepping import NOBODY_TAKES
from tests.integration.routing.conftest import Office
from tickets.models import TicketEvent

LANGUAGES = (
    {"add": "main_language", "after_s": 60},
    {"add": "any_language", "after_s": 120},
)


def set_rule(office: Office, steps: Sequence[dict[str, Any]] = (), **settings: object) -> None:
    """The rule of home repairs from now on."""
    with office.runtime.transaction() as tx:
        tx.add(
            QueueRule(
                queue_code="home_repairs",
                valid_from=office.now,
                settings={"steps": list(steps), "at_once": False, **settings},
                author="staff:may",
            )
        )


def marks(office: Office, ticket_id: int) -> list[tuple[int, str, bool]]:
    with office.runtime.transaction() as tx:
        rows = tx.scalars(select(RouteStep).where(RouteStep.ticket_id == ticket_id).order_by(RouteStep.step))
        return [(row.step, row.mark, row.data.get("skipped", False)) for row in rows if row.step]


def events(office: Office, ticket_id: int) -> list[str]:
    with office.runtime.transaction() as tx:
        chosen = select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
        return [str(kind) for kind in tx.scalars(chosen)]


def test_a_requirement_is_let_go_on_the_clock_while_the_seat_that_fits_is_busy(office: Office) -> None:
    set_rule(office, LANGUAGES)
    fitting = office.seat(capacity=1, languages=("vi",))
    office.open(language="vi")
    office.accept(fitting)
    english = office.seat(languages=("en",))
    korean = office.seat(languages=("ko",))

    ticket = office.open(language="vi")

    office.pass_time(59)
    assert office.offered(english) is None
    office.pass_time(2)
    assert office.offered(english) == ticket
    office.decline(english)
    office.pass_time(58)
    assert office.offered(korean) is None
    office.pass_time(3)
    assert office.offered(korean) == ticket
    assert marks(office, ticket) == [(1, "wait", False), (2, "wait", False)]


def test_a_ticket_keeps_the_steps_that_held_when_it_entered(office: Office) -> None:
    set_rule(office, LANGUAGES)
    office.seat(capacity=0, languages=("vi",))
    english = office.seat(languages=("en",))
    ticket = office.open(language="vi")
    office.pass_time(1)

    set_rule(office, [{"add": "any_language", "after_s": 5}])

    office.pass_time(30)
    assert office.offered(english) is None
    office.pass_time(31)
    assert office.offered(english) == ticket


def test_a_step_with_nobody_on_duty_is_passed_over_at_once_and_logged(office: Office) -> None:
    set_rule(office, LANGUAGES)
    office.seat(capacity=0, languages=("vi",))
    office.seat(available=False, languages=("en",))
    korean = office.seat(languages=("ko",))

    ticket = office.open(language="vi")
    office.pass_time(61)

    assert office.offered(korean) == ticket
    assert marks(office, ticket) == [(1, "wait", True), (2, "nobody_on_duty", False)]
    assert "step_skipped" in events(office, ticket)


def test_with_nobody_on_duty_at_all_the_role_on_duty_is_told_once(office: Office) -> None:
    set_rule(office, LANGUAGES, at_once=True)
    office.seat(available=False, languages=("vi",))

    ticket = office.open(language="vi")
    office.pass_time(1)
    office.pass_time(61)
    office.pass_time(61)

    with office.runtime.transaction() as tx:
        [told] = tx.scalars(select(OutboxItem).where(OutboxItem.kind == NOBODY_TAKES)).all()
    assert told.payload["ticket_id"] == ticket
    assert marks(office, ticket) == [(1, "nobody_on_duty", True), (2, "nobody_on_duty", True)]
    assert events(office, ticket).count("nobody_takes") == 1


def test_overflow_by_waiting_per_seat_names_its_mark_and_keeps_the_first_group(office: Office) -> None:
    set_rule(office, [{"add": "queue", "queue": "general", "per_seat": 2}])
    own = office.seat(capacity=1)
    office.open()
    office.accept(own)
    general = office.seat(skills=("general",))
    waiting = [office.open() for _ in range(2)]
    office.pass_time(6)
    assert office.offered(general) is None

    waiting.append(office.open())
    office.pass_time(6)

    assert office.offered(general) == waiting[0]
    assert marks(office, waiting[0]) == [(1, "per_seat", False)]
    office.set_state(general, "offline")
    office.resolve(office_ticket(office, own), own)
    office.pass_time(31)
    assert office.offered(own) == waiting[0]


def test_overflow_by_expected_wait(office: Office) -> None:
    set_rule(office, [{"add": "queue", "queue": "general", "expected_wait_s": 900}])
    office.seat(capacity=0)
    general = office.seat(skills=("general",))
    for _ in range(3):
        office.open()
    office.pass_time(6)
    assert office.offered(general) is None

    office.open()
    office.pass_time(6)

    assert office.offered(general) is not None


@pytest.mark.parametrize(("level", "fits"), [(2, False), (3, True), (4, True)])
def test_a_level_asked_for_leaves_out_who_is_below(office: Office, level: int, fits: bool) -> None:
    set_rule(office, level=3)
    strong = office.seat(capacity=0)
    seat = office.seat()
    give_level(office, strong, 5)
    give_level(office, seat, level)

    ticket = office.open()

    assert office.offered(seat) == (ticket if fits else None)


def test_a_lower_level_is_asked_when_its_step_comes(office: Office) -> None:
    set_rule(office, [{"add": "level", "level": 2, "after_s": 30}], level=4)
    strong, weak, none = office.seat(capacity=0), office.seat(), office.seat(skills=("general",))
    give_level(office, strong, 5)
    give_level(office, weak, 2)
    ticket = office.open()
    assert office.offered(weak) is None

    office.pass_time(31)

    assert office.offered(weak) == ticket
    assert office.offered(none) is None


def give_level(office: Office, seat_id: int, level: int) -> None:
    with office.runtime.transaction() as tx:
        office.router.set_skills(tx, seat_id, {"home_repairs": level}, {"zh-TW": 3}, now=office.now)


def office_ticket(office: Office, seat_id: int) -> int:
    """What a seat has in hand."""
    with office.runtime.transaction() as tx:
        return queries.work_of(tx, seat_id)[0].id
