"""Every route says who may use it; roles and estates hold on each."""

from typing import Any

import pytest
from flask import Flask

from console.access import PUBLIC, SUPERVISING
from tests.integration.console.conftest import World

OPEN_TO_ALL = {
    "login.form",
    "login.log_in",
    "login.log_out",
    "login.set_language_before_login",
    "api.openapi",
}


def test_every_route_has_an_access_rule(app: Flask) -> None:
    rules = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "access", None)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }

    assert [endpoint for endpoint, access in rules.items() if access is None] == []
    assert {endpoint for endpoint, access in rules.items() if access == PUBLIC} == OPEN_TO_ALL


def test_only_supervisors_give_work_by_hand(app: Flask) -> None:
    assert app.view_functions["tickets.assign"].access == SUPERVISING  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/wall", "/calls", "/policies"])
def test_an_agent_does_not_see_what_is_for_those_who_oversee(browser: Any, path: str) -> None:
    assert browser("mei").get(path).status_code == 403
    assert browser("lead").get(path).status_code == 200


def test_a_ticket_of_another_estate_does_not_exist(browser: Any, program: Any, world: World) -> None:
    number = world.open()

    assert browser("chan").get(f"/tickets/{number}").status_code == 404
    assert program("chan").get(f"/tickets/{number}").status_code == 404
    assert program("chan").get("/tickets").json["items"] == []


def test_the_administrator_sees_every_estate(program: Any, world: World) -> None:
    world.open()
    world.open(estate_id=world.other_estate.id)

    assert {item["estate"] for item in program("root").get("/tickets").json["items"]} == {"HY", "LK"}


def test_who_does_not_work_on_it_cannot_move_it(browser: Any, program: Any, world: World) -> None:
    number = world.open()

    page = browser("mei").post(f"/tickets/{number}/resolve", disposition="done")
    api = program("mei").post(f"/tickets/{number}/resolve", {"disposition": "done"})

    assert page.status_code == 403
    assert api.status_code == 403
    assert world.ticket(number).state == "queued"
