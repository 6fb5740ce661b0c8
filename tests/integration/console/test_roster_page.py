"""The roster on its page and by the API."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.factories import make_duty
from tests.integration.console.conftest import World
from tickets.models import DutyAbsence, DutySlot


def put_on_duty(world: World) -> None:
    with world.runtime.transaction() as tx:
        for login in ("lead", "boss"):
            make_duty(tx, tx.merge(world.estate), tx.merge(world.staff[login]))


def test_the_week_and_who_answers_are_shown_in_every_language(browser: Any, world: World) -> None:
    put_on_duty(world)
    for language, heading in (("en", "Roster"), ("zh-TW", "排班表"), ("zh-CN", "排班表"), ("yue", "更表")):
        with world.runtime.transaction() as tx:
            tx.merge(world.staff["mei"]).language = language
        page = browser("mei").get("/roster").text

        assert f"<h1>{heading}</h1>" in page
        assert ">Lead</strong>" in page


def test_a_roster_with_a_gap_is_refused_on_the_page_and_nothing_typed_is_lost(
    browser: Any, world: World
) -> None:
    put_on_duty(world)
    lead = world.staff["lead"].id
    form = {
        "staff-1": str(lead),
        "id-1": "",
        "days-1": "0",
        "start-1": "08:00",
        "end-1": "20:00",
        "first-1": "2027-01-06",
    }

    answer = browser("boss").post("/roster/lead/lines", htmx=False, estate="HY", **form)

    assert answer.status_code == 409
    assert "Nobody would be on duty from" in answer.text
    assert 'value="08:00"' in answer.text
    with world.runtime.transaction() as tx:
        assert len(tx.scalars(select(DutySlot)).all()) == 2


def test_a_whole_roster_is_saved(browser: Any, world: World) -> None:
    put_on_duty(world)
    with world.runtime.transaction() as tx:
        slot = tx.scalars(select(DutySlot).where(DutySlot.role == "lead")).one()
    client = browser("boss")
    form = {
        "estate": "HY", "id-1": str(slot.id), "staff-1": str(slot.staff_id), "start-1": "00:00", "end-1": "24:00",
        "first-1": "2027-01-06", "last-1": "", "days-1": [str(n) for n in range(7)],
    }  # fmt: skip

    answer = client.client.post("/roster/lead/lines", data=form)

    assert answer.status_code == 302
    assert client.get("/roster/lead/lines?estate=HY").status_code == 200


def test_sick_leave_is_entered_and_the_gap_is_shown(browser: Any, world: World) -> None:
    put_on_duty(world)
    client = browser("boss")

    answer = client.post(
        "/roster/absence", htmx=False, estate="HY", staff=str(world.staff["lead"].id), reason="sick",
        starts_at="2027-01-07T08:00", ends_at="2027-01-07T20:00", note="flu",
    )  # fmt: skip
    page = client.get("/roster?estate=HY").text

    assert answer.status_code == 302
    assert "Nobody is on duty from Thu, Jan 7 08:00 to Thu, Jan 7 20:00" in page
    with world.runtime.transaction() as tx:
        absence = tx.scalars(select(DutyAbsence)).one()
    assert client.post(f"/roster/absence/{absence.id}/end", htmx=False, estate="HY").status_code == 302
    assert "Nobody is on duty from" not in client.get("/roster?estate=HY").text


def test_a_single_duty_and_a_swap_on_the_page(browser: Any, world: World) -> None:
    put_on_duty(world)
    client = browser("boss")
    guard = str(world.staff["guard"].id)
    with world.runtime.transaction() as tx:
        slot = tx.scalars(select(DutySlot).where(DutySlot.role == "lead")).one()

    clash = client.post(
        "/roster/one-off", htmx=False, estate="HY", staff=str(world.staff["lead"].id), role="security",
        on="2027-01-07", start="08:00", end="20:00",
    )  # fmt: skip
    swapped = client.post("/roster/swap", htmx=False, estate="HY", duty=f"{slot.id}@2027-01-07", to=guard)

    assert clash.status_code == 409
    assert "is on duty already then" in clash.text
    assert swapped.status_code == 302
    assert "Guard" in client.get("/roster?estate=HY&at=2027-01-07T12:00").text


def test_the_roster_is_changed_by_those_who_oversee_and_of_their_estates_only(
    browser: Any, world: World
) -> None:
    assert browser("mei").get("/roster/lead/lines?estate=HY").status_code == 403
    assert browser("boss").get("/roster?estate=LK").status_code == 404
    assert browser("boss").post("/roster/absence", htmx=False, estate="LK").status_code == 404


def test_the_api_says_who_answers(program: Any, world: World) -> None:
    put_on_duty(world)
    at = (world.now + timedelta(hours=1)).isoformat().replace("+", "%2B")

    items = program("mei").get(f"/estates/HY/duty?at={at}").json["items"]

    assert {item["role"]: item["login"] for item in items}["lead"] == "lead"
    assert next(item for item in items if item["role"] == "manager")["is_stand_in"]
    assert program("mei").get("/estates/LK/duty").status_code == 404
