"""Incidents on the page: offered, opened, reworded, ended; by whom, and in whose estate."""

from collections.abc import Callable

from sqlalchemy import select

from infra.outbox import OutboxItem
from ivr.incident_models import Incident, IncidentJoin
from tests.integration.console.conftest import Browser, World
from tickets.models import Building


def make_offer(world: World) -> Incident:
    with world.runtime.transaction() as tx:
        building = tx.scalars(select(Building)).first()
        assert building is not None
        row = Incident(
            estate_id=world.estate.id, building_id=building.id, category_code="water", state="offered",
            callers=3, created_at=world.now, texts={},
        )  # fmt: skip
        tx.add(row)
    return row


def read(world: World, row: Incident) -> Incident:
    with world.runtime.transaction() as tx:
        return tx.get_one(Incident, row.id)


def test_an_offer_stands_on_wall_and_page_and_a_supervisor_opens_it(
    world: World, browser: Callable[[str], Browser]
) -> None:
    world.open()
    row, boss = make_offer(world), browser("boss")

    assert "wall-incident" in boss.get("/wall").text
    assert "3 numbers have reported this" in boss.get("/incidents").text
    answer = boss.post(f"/incidents/{row.id}/open", htmx=False, **{"text-en": " The pump  failed. "})

    assert answer.status_code == 302
    opened = read(world, row)
    assert (opened.state, opened.texts) == ("open", {"en": "The pump failed."})
    with world.runtime.transaction() as tx:
        assert len(tx.scalars(select(IncidentJoin)).all()) == 1  # who reported it


def test_its_end_is_told_and_a_second_end_is_refused(world: World, browser: Callable[[str], Browser]) -> None:
    world.open()
    row, boss = make_offer(world), browser("boss")
    boss.post(f"/incidents/{row.id}/open", htmx=False)

    first = boss.post(f"/incidents/{row.id}/close", htmx=False)
    second = boss.post(f"/incidents/{row.id}/close")

    assert (first.status_code, second.status_code) == (302, 409)
    with world.runtime.transaction() as tx:
        told = tx.scalars(select(OutboxItem).where(OutboxItem.kind == "incident.tell")).all()
    assert len(told) == 1


def test_only_supervisors_of_the_estate_act(world: World, browser: Callable[[str], Browser]) -> None:
    row = make_offer(world)

    assert browser("mei").get("/incidents").status_code == 403
    assert browser("lead").get("/incidents").status_code == 200
    assert browser("lead").post(f"/incidents/{row.id}/open").status_code == 403
    with world.runtime.transaction() as tx:
        tx.get_one(Incident, row.id).estate_id = world.other_estate.id
    assert browser("boss").post(f"/incidents/{row.id}/open").status_code == 404


def test_one_is_opened_by_hand_once(world: World, browser: Callable[[str], Browser]) -> None:
    boss, form = (
        browser("boss"),
        {"estate": "HY", "building": "", "category": "water", "text-en": "No water."},
    )

    assert boss.post("/incidents", htmx=False, **form).status_code == 302
    assert boss.post("/incidents", **form).status_code == 409
    assert boss.post("/incidents", **(form | {"category": "nothing"})).status_code == 422
    assert boss.post("/incidents", **(form | {"building": "99999"})).status_code == 422
    assert "No water." in boss.get("/incidents").text


def test_words_that_are_too_long_are_refused(world: World, browser: Callable[[str], Browser]) -> None:
    row = make_offer(world)

    assert browser("boss").post(f"/incidents/{row.id}/open", **{"text-en": "x" * 601}).status_code == 422
    assert read(world, row).state == "offered"


def test_news_needs_words(world: World, browser: Callable[[str], Browser]) -> None:
    world.open()
    row, boss = make_offer(world), browser("boss")
    boss.post(f"/incidents/{row.id}/open", htmx=False)

    assert boss.post(f"/incidents/{row.id}/news").status_code == 422
    assert boss.post(f"/incidents/{row.id}/news", htmx=False, **{"text-en": "At five."}).status_code == 302
