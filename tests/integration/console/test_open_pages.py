"""The page behind a link in a text: it shows one ticket, and takes the resident's answer for the work."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_web
from infra.runtime import Runtime
from ivr.notices import RESIDENT
from tests.integration.console.conftest import World
from tickets.link_tokens import make_token


@pytest.fixture
def web(runtime: Runtime, world: World) -> FlaskClient:
    """A resident's browser at the public address."""
    return create_web(runtime).test_client()


def link(world: World, number: str) -> str:
    return "/t/" + make_token(world.runtime.config.secret_key, RESIDENT, number)


def finish(world: World, program: Any) -> str:
    number = world.open(language="en")
    assert program("boss").post(f"/tickets/{number}/resolve", {"disposition": "done"}).status_code == 200
    return number


def test_a_wrong_link_shows_nothing(web: FlaskClient, world: World) -> None:
    number = world.open()

    assert web.get(f"/t/{number}.AAAA").status_code == 404
    assert web.get("/t/nonsense").status_code == 404
    answer = web.get(link(world, number))
    assert answer.status_code == 200
    assert "set-cookie" not in {name.lower() for name, _ in answer.headers}
    assert number in answer.get_data(as_text=True)


def test_the_resident_accepts_and_pressing_again_changes_nothing(
    web: FlaskClient, world: World, program: Any
) -> None:
    number = finish(world, program)

    page = web.get(link(world, number)).get_data(as_text=True)
    assert "Is the work all right?" in page
    for _ in range(2):
        assert web.post(link(world, number), data={"answer": "accept"}).status_code == 303

    assert program("boss").get(f"/tickets/{number}").json["state"] == "closed"
    assert "Is the work all right?" not in web.get(link(world, number)).get_data(as_text=True)
    kinds = [line["kind"] for line in program("boss").get(f"/tickets/{number}/events").json["items"]]
    assert kinds.count("work_accepted") == 1


def test_sending_it_back_needs_a_reason_and_reopens_the_ticket(
    web: FlaskClient, world: World, program: Any
) -> None:
    number = finish(world, program)

    assert web.post(link(world, number), data={"answer": "return", "reason": " "}).status_code == 422
    assert (
        web.post(link(world, number), data={"answer": "return", "reason": "Still drips"}).status_code == 303
    )

    ticket = program("boss").get(f"/tickets/{number}").json
    assert ticket["reopened_count"] == 1
    assert ticket["state"] in ("queued", "reserved")
    lines = program("boss").get(f"/tickets/{number}/events").json["items"]
    assert [line["data"]["reason"] for line in lines if line["kind"] == "reopened"] == ["Still drips"]
