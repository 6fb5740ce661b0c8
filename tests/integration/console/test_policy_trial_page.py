"""A changed promise is tried before it is saved: what it would have meant, as JSON and in words."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.integration.console.conftest import Browser, World
from tests.integration.console.test_api_policies import only_policy

FORM = {
    "first_response-number": "10",
    "first_response-unit": "min",
    "first_response-calendar": "always",
    "level-1-role": "lead",
    "level-1-number": "7",
    "level-1-unit": "min",
    "apply_to_open": "1",
}


def shorter(policy: dict[str, Any]) -> dict[str, Any]:
    return policy | {"targets": {"first_response": {"seconds": 600, "calendar": "always"}}}


def test_a_program_learns_what_would_be_late_and_what_would_move(program: Any, world: World) -> None:
    policy, number = only_policy(program), world.open()
    world.clock.advance(timedelta(minutes=15))
    before = program("boss").get(f"/tickets/{number}").json

    answer = program("boss").post(f"/policies/{policy['id']}/trial", shorter(policy))

    assert answer.status_code == 200
    assert (answer.json["id"], answer.json["days"]) == (policy["id"], 90)
    assert answer.json["targets"]["first_response"] == {
        "tickets": 1,
        "late": 0,
        "would_be_late": 1,
        "open_moving": 1,
        "furthest_seconds": -1200,
    }
    assert only_policy(program) == policy
    assert program("boss").get(f"/tickets/{number}").json == before


def test_a_program_says_how_far_back_to_look(program: Any, world: World) -> None:
    policy = only_policy(program)
    world.open()
    world.clock.advance(timedelta(days=3))
    path = f"/policies/{policy['id']}/trial"

    found = program("boss").post(f"{path}?days=2", shorter(policy)).json

    assert (found["days"], found["targets"]["first_response"]["tickets"]) == (2, 0)
    assert program("boss").post(f"{path}?days=0", shorter(policy)).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"targets": {}}, "targets"),
        (
            {"targets": {"first_response": {"seconds": 5, "calendar": "none"}}},
            "targets.first_response.calendar",
        ),
        ({"class": "P1"}, "class"),
        ({"id": 999}, "id"),
    ],
)
def test_what_could_not_be_saved_cannot_be_tried(program: Any, change: dict[str, Any], field: str) -> None:
    policy = only_policy(program)

    answer = program("boss").post(f"/policies/{policy['id']}/trial", policy | change)

    assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [field])


def test_only_who_may_save_may_try(program: Any, browser: Any) -> None:
    policy = only_policy(program)
    path = f"/policies/{policy['id']}/trial"

    assert program("lead").post(path, policy).status_code == 403
    assert program("chan").post(path, policy).status_code == 403
    assert program("boss").post("/policies/999/trial", policy).status_code == 404
    assert browser("lead").post(path, htmx=False, **FORM).status_code == 403


def test_the_page_says_in_words_what_a_change_would_mean_and_keeps_the_form(
    browser: Any, program: Any, world: World
) -> None:
    policy = only_policy(program)
    world.open()
    world.clock.advance(timedelta(minutes=15))
    boss, path = browser("boss"), f"/policies/{policy['id']}"

    tried = boss.post(f"{path}/trial", htmx=False, **FORM)

    assert tried.status_code == 200
    assert "Tickets of the last 90 days: 1. Late: 0. Would have been late: 1." in tried.text
    assert "Open tickets that would fall due at another time: 1, by up to 20 min earlier." in tried.text
    assert "Nothing has been saved yet." in tried.text
    assert 'name="first_response-number" value="10"' in tried.text
    assert 'name="level-1-number" value="7"' in tried.text
    assert re.search(r'name="apply_to_open" value="1" checked', tried.text)
    assert only_policy(program) == policy
    assert "policy-trial" not in boss.get(path).text


def test_the_page_says_so_when_there_is_nothing_to_try_it_on(browser: Any, program: Any) -> None:
    tried = browser("boss").post(f"/policies/{only_policy(program)['id']}/trial", htmx=False, **FORM)

    assert "There is no ticket yet to try it on." in tried.text


def test_the_button_of_the_form_sends_its_token_to_the_trial(app: Flask, program: Any, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    boss, path = Browser(app, world.staff["boss"]), f"/policies/{only_policy(program)['id']}"
    page = boss.get(path).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    assert f'formaction="{path}/trial"' in page
    assert boss.post(f"{path}/trial", htmx=False, **FORM).status_code == 400
    assert boss.post(f"{path}/trial", htmx=False, csrf_token=token, **FORM).status_code == 200
