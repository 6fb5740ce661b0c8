"""Promises on a ticket's page and in the interface: drawn, explained, set by hand, stretched in a storm."""

from datetime import timedelta
from typing import Any

from tests.factories import make_staff
from tests.integration.console.conftest import World, password_hash
from tickets.words import Role

HOUR = timedelta(hours=1)


def test_the_page_draws_each_promise_with_its_list_and_its_sum(browser: Any, world: World) -> None:
    number = world.open()
    boss = browser("boss")
    world.clock.advance(timedelta(minutes=10))

    text = boss.get(f"/tickets/{number}").get_data(as_text=True)

    assert 'class="timeline"' in text
    assert "Used 10 min of 30 min, stood still 0 s" in text
    assert "Sum, in the hours of Around the clock" in text
    assert "20 min left" in text
    assert "style=" not in text.split('data-testid="promise-first_response"')[1].split("</section>")[0]


def test_the_interface_gives_the_list_behind_each_due_instant(program: Any, world: World) -> None:
    number = world.open()
    world.clock.advance(timedelta(minutes=10))

    clocks = program("boss").get(f"/tickets/{number}/clocks").json

    assert [(one["kind"], one["used_s"], one["left_s"]) for one in clocks["clocks"]] == [
        ("first_response", 600, 1200)
    ]
    assert [one["kind"] for one in clocks["stretches"]] == ["running"]
    assert program("chan").get(f"/tickets/{number}/clocks").status_code == 404


def test_a_date_set_by_hand_is_marked_with_its_reason(browser: Any, program: Any, world: World) -> None:
    number = world.open()
    boss = browser("boss")

    refused = boss.post(f"/tickets/{number}/due", kind="first_response", due_at="2027-01-06T15:00", reason="")
    done = boss.post(
        f"/tickets/{number}/due", kind="first_response", due_at="2027-01-06T15:00", reason="Agreed by phone"
    )

    assert refused.status_code == 422
    text = done.get_data(as_text=True)
    assert "set by hand" in text
    assert "Agreed by phone" in text
    assert (
        program("boss").get(f"/tickets/{number}").json["targets"][0]["due_at"] == "2027-01-06T07:00:00.000Z"
    )
    api = program("boss").put(
        f"/tickets/{number}/targets/first_response",
        {"due_at": "2027-01-06T16:00:00+08:00", "reason": "Again"},
    )
    assert api.json["targets"][0]["due_at"] == "2027-01-06T08:00:00.000Z"
    assert program("mei").put(
        f"/tickets/{number}/targets/first_response", {"due_at": "2027-01-06T17:00:00+08:00", "reason": "No"}
    ).status_code == 403  # fmt: skip


def test_an_answer_by_text_meets_what_is_owed(browser: Any, program: Any, world: World) -> None:
    number = world.open()

    page = browser("boss").post(f"/tickets/{number}/reply", text="We come at three.")

    assert "We come at three." in page.get_data(as_text=True)
    assert program("boss").get(f"/tickets/{number}").json["targets"][0]["met_at"] is not None
    again = program("boss").post(f"/tickets/{number}/replies", {"text": "Half past three."})
    assert again.status_code == 201


def test_a_manager_lets_answers_take_longer_and_ends_it(
    app: Any, browser: Any, program: Any, world: World
) -> None:
    with world.runtime.transaction() as tx:
        world.staff["chief"] = make_staff(
            tx, Role.MANAGER, (world.estate,), "chief", password_hash=password_hash()
        )
    chief = browser("chief")
    form = {"estate": "HY", "from": "2027-01-06T10:00", "until": "2027-01-06T18:00", "reason": "Typhoon"}

    assert browser("boss").post("/storms", **form).status_code == 403
    assert chief.post("/storms", **form).status_code == 302
    number = world.open()

    due = program("boss").get(f"/tickets/{number}/clocks").json["clocks"][0]
    assert (due["stretched_percent"], due["length_s"]) == (50, 2700)
    assert "longer: bad weather" in browser("boss").get(f"/tickets/{number}").get_data(as_text=True)
    page = browser("lead").get("/storms").get_data(as_text=True)
    assert "Typhoon" in page
    assert "storm-declare" not in page
    storm = int(chief.get("/storms").get_data(as_text=True).split("/storms/")[1].split("/")[0])
    assert chief.post(f"/storms/{storm}/end").status_code == 302
    world.clock.advance(HOUR)
    later = program("boss").get(f"/tickets/{world.open()}/clocks").json["clocks"][0]
    assert later["stretched_percent"] is None
