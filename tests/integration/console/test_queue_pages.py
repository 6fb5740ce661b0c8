"""The rules of the queues and the table of queues, edited by a supervisor."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from routing.models import QueueRule, RouteTable, Seat
from routing.queue_rules import Strategy
from routing.rule_service import rule_of
from tests.integration.console.conftest import Browser, World


def test_a_supervisor_sets_strategy_level_and_steps_and_is_told_what_nobody_meets(
    world: World, browser: Callable[[str], Browser]
) -> None:
    boss = browser("boss")
    assert "queue-home_repairs" in boss.get("/queues").text

    form = {"strategy": "round_robin", "level": "5", "weight": "2", "at_once": "1", "add-1": "level"}
    form |= {"level-1": "2", "after_s-1": "1.5", "live_after_s-1": "0.5", "per_seat-1": "3"}
    answer = boss.post("/queues/HY/home_repairs", htmx=False, **form)

    assert answer.status_code == 302
    page = boss.get(answer.location).text
    assert "level 5" in page
    assert 'value="1.5"' in page
    with world.runtime.transaction() as tx:
        rule = rule_of(tx, "HY", "home_repairs", world.now)
    assert (rule.strategy, rule.level, rule.weight) == (Strategy.ROUND_ROBIN, 5, 2)
    assert rule.steps[0].after == timedelta(seconds=90)


def test_a_level_of_six_and_another_estate_are_refused(
    world: World, browser: Callable[[str], Browser]
) -> None:
    boss, agent = browser("boss"), browser("mei")

    assert boss.post("/queues/HY/home_repairs", level="6").status_code == 422
    assert boss.post("/queues/LK/home_repairs", level="2").status_code == 404
    assert agent.post("/queues/HY/home_repairs", level="2").status_code == 403
    with world.runtime.transaction() as tx:
        assert tx.scalars(select(QueueRule)).all() == []


def test_the_table_is_tried_run_dry_and_saved_in_versions(
    world: World, browser: Callable[[str], Browser]
) -> None:
    world.open()
    world.clock.advance(timedelta(days=1))
    root = browser("root")
    line = {"seen": "0", "category-1": "water", "queue-1": "emergency", "note": "floods"}

    dry = root.post("/queues/table", htmx=False, act="dry", **line).text
    assert "1 of 1 tickets of yesterday" in dry
    assert root.post("/queues/table", htmx=False, act="save", **line).status_code == 302
    tried = root.get("/queues/table?category=water&estate=HY").text
    assert "by line 1" in tried
    assert root.post("/queues/table", act="save", **line).status_code == 422

    number = world.open()
    assert world.ticket(number).queue_code == "emergency"
    with world.runtime.transaction() as tx:
        [table] = tx.scalars(select(RouteTable)).all()
    assert (table.author, table.note) == ("staff:root", "floods")


def test_who_oversees_one_estate_does_not_change_the_table_of_all(
    world: World, browser: Callable[[str], Browser]
) -> None:
    answer = browser("boss").post("/queues/table", act="save", seen="0", **{"queue-1": "emergency"})

    assert answer.status_code == 403


def test_giving_to_a_full_seat_asks_first(world: World, browser: Callable[[str], Browser]) -> None:
    with world.runtime.transaction() as tx:
        tx.get_one(Seat, world.seats["mei"]).capacity = 0
    number, boss = world.open(), browser("boss")
    seat = str(world.seats["mei"])

    asked = boss.post(f"/tickets/{number}/assign", seat=seat)
    given = boss.post(f"/tickets/{number}/assign", seat=seat, above="1")

    assert (asked.status_code, given.status_code) == (409, 200)
    assert world.ticket(number).seat_id == world.seats["mei"]


def test_the_ticket_says_in_words_why_a_seat_got_it(world: World, browser: Callable[[str], Browser]) -> None:
    world.set_state("mei", "available")
    number = world.open()

    page = browser("boss").get(f"/tickets/{number}").text

    assert "The least loaded seat that can take it" in page
    assert "1 of 2 seats could take it." in page
    assert "Lin: off duty, on a break or in wrap-up" in page
