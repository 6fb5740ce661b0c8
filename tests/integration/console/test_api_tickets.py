"""Tickets through the JSON API."""

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.console.conftest import PHONE, World

NEW = {
    "estate": "HY",
    "category": "water",
    "language": "zh-TW",
    "phone": PHONE,
    "text": "水管漏水",
}
FIELDS = {
    "number", "estate", "category", "class", "queue", "language", "state", "text", "resident", "phone",
    "call_sid", "source", "assignee", "seat_id", "created_at", "acknowledged_at", "targets",
}  # fmt: skip


def test_without_a_token_there_is_a_401_that_says_how_to_ask(program: Any) -> None:
    answer = program(None).get("/tickets")

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["status"] == 401


def test_opening_a_ticket_routes_it_like_one_from_the_phone(program: Any, world: World) -> None:
    world.set_state("mei", "available")

    answer = program("boss").post("/tickets", NEW)

    assert answer.status_code == 201
    assert set(answer.json) >= FIELDS
    assert answer.json["source"] == "api"
    assert answer.json["resident"] == {
        "name": answer.json["resident"]["name"],
        "phone": PHONE,
        "unit": "3-12A",
    }
    assert answer.headers["Location"] == f"/api/v1/tickets/{answer.json['number']}"
    offered = program("mei").get("/reservations").json["items"]
    assert [each["ticket"] for each in offered] == [answer.json["number"]]


def test_an_unknown_phone_makes_a_ticket_whose_unit_is_unconfirmed(program: Any) -> None:
    ticket = program("boss").post("/tickets", NEW | {"phone": "+886987000111"}).json

    assert ticket["resident"] is None
    assert ticket["is_unit_confirmed"] is False
    assert ticket["state"] == "queued"


def test_times_are_rfc_3339_in_utc(program: Any) -> None:
    ticket = program("boss").post("/tickets", NEW).json

    assert ticket["created_at"] == "2027-01-06T02:00:00.000Z"
    assert ticket["targets"] == [
        {
            "kind": "first_response",
            "due_at": "2027-01-06T02:30:00.000Z",
            "met_at": None,
            "breached_at": None,
        }
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "nonsense"}, "category"),
        ({"phone": "0912345678"}, "phone"),
        ({"language": "not a tag"}, "language"),
        ({"class": "P9"}, "class"),
        ({"text": "a\x00b"}, "text"),
        ({"unit": "99-99"}, "unit"),
    ],
)
def test_a_wrong_value_is_named(program: Any, change: dict[str, str], field: str) -> None:
    answer = program("boss").post("/tickets", NEW | change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_missing_value_is_named(program: Any) -> None:
    answer = program("boss").post("/tickets", {"estate": "HY"})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "category")


def test_what_is_not_json_is_a_400(program: Any, world: World) -> None:
    boss = program("boss")

    answer = boss.client.post("/api/v1/tickets", data="{no", headers=boss.headers)

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_an_estate_of_others_does_not_exist(program: Any) -> None:
    assert program("boss").post("/tickets", NEW | {"estate": "LK"}).status_code == 404


def test_the_same_key_gives_the_same_ticket(program: Any) -> None:
    boss = program("boss")

    first = boss.post("/tickets", NEW, Idempotency_Key="k-1")
    again = boss.post("/tickets", NEW, Idempotency_Key="k-1")
    other = boss.post("/tickets", NEW, Idempotency_Key="k-2")

    assert (again.status_code, again.json) == (201, first.json)
    assert other.json["number"] != first.json["number"]


def test_the_same_key_for_another_request_is_refused(program: Any) -> None:
    boss = program("boss")
    boss.post("/tickets", NEW, Idempotency_Key="k-1")

    answer = boss.post("/tickets", NEW | {"text": "something else"}, Idempotency_Key="k-1")

    assert answer.status_code == 409


def test_a_refused_request_does_not_use_up_its_key(program: Any) -> None:
    boss = program("boss")
    boss.post("/tickets", NEW | {"category": "nonsense"}, Idempotency_Key="k-1")

    assert boss.post("/tickets", NEW, Idempotency_Key="k-1").status_code == 201


def test_lists_come_in_parts_newest_first(program: Any, world: World) -> None:
    numbers = []
    for _ in range(5):
        numbers.append(world.open())
        world.clock.advance(timedelta(seconds=1))

    first = program("boss").get("/tickets?limit=3").json
    second = program("boss").get(f"/tickets?limit=3&cursor={first['next']}").json

    assert [each["number"] for each in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None


def test_lists_can_be_narrowed(program: Any, world: World) -> None:
    mine = world.open(call_sid="CA" + "1" * 32)
    world.open(phone_e164="+886900000001", category_code="lift")
    boss = program("boss")

    def found(query: str) -> list[str]:
        return [each["number"] for each in boss.get(f"/tickets?{query}").json["items"]]

    assert found("phone=%2B886912345678") == [mine]
    assert found("call_sid=CA" + "1" * 32) == [mine]
    assert found("category=water") == [mine]
    assert len(found("state=queued&estate=HY")) == 2
    assert found("state=closed") == []
    assert found("since=2027-01-06T10:00:01%2B08:00") == []
    assert len(found("since=2027-01-06T02:00:00Z")) == 2


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "state=nonsense", "since=yesterday", "cursor=AAAA", "phone=1"]
)
def test_a_wrong_filter_is_refused(program: Any, query: str) -> None:
    assert program("boss").get(f"/tickets?{query}").status_code == 422


def test_accepting_makes_the_ticket_ones_own(program: Any, world: World) -> None:
    world.set_state("mei", "available")
    number = world.open()
    mei = program("mei")
    reservation = mei.get("/reservations").json["items"][0]

    accepted = mei.post(f"/reservations/{reservation['id']}/accept")

    assert accepted.json["state"] == "accepted"
    ticket = mei.get(f"/tickets/{number}").json
    assert (ticket["state"], ticket["assignee"], ticket["seat_id"]) == ("assigned", "mei", world.seats["mei"])
    assert ticket["acknowledged_at"] is not None
    assert ticket["targets"][0]["met_at"] is not None


def test_the_whole_life_of_a_ticket(program: Any, world: World) -> None:
    world.set_state("mei", "available")
    number = world.open()
    mei = program("mei")
    mei.post(f"/reservations/{mei.get('/reservations').json['items'][0]['id']}/accept")

    note = mei.post(f"/tickets/{number}/events", {"text": "called back"})
    waiting = mei.post(f"/tickets/{number}/wait", {"reason": "parts", "until": "2027-01-07T00:00:00Z"})
    resumed = mei.post(f"/tickets/{number}/resume")
    resolved = mei.post(f"/tickets/{number}/resolve", {"disposition": "done", "note": "new tap"})
    again = mei.post(f"/tickets/{number}/reopen", {"reason": "still drips"})

    assert note.status_code == 201
    assert (waiting.json["state"], waiting.json["wait_until"]) == ("waiting", "2027-01-07T00:00:00.000Z")
    assert resumed.json["state"] == "assigned"
    assert (resolved.json["state"], resolved.json["disposition"]) == ("resolved", "done")
    assert again.json["reopened_count"] == 1
    kinds = [each["kind"] for each in mei.get(f"/tickets/{number}/events").json["items"]]
    assert kinds == ["opened", "reserved", "accepted", "noted", "waiting", "resumed", "resolved", "reopened"]


def test_a_move_that_the_state_does_not_allow_is_a_409(program: Any, world: World) -> None:
    number = world.open()

    answer = program("boss").post(f"/tickets/{number}/resume")

    assert answer.status_code == 409
    assert "possible" in answer.json["detail"]


def test_an_unknown_result_is_a_422(program: Any, world: World) -> None:
    answer = program("boss").post(f"/tickets/{world.open()}/resolve", {"disposition": "nonsense"})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "disposition")


def test_acknowledging_is_a_first_response(program: Any, world: World) -> None:
    number = world.open()

    ticket = program("lead").post(f"/tickets/{number}/acknowledge").json

    assert ticket["acknowledged_at"] == "2027-01-06T02:00:00.000Z"
    assert ticket["targets"][0]["met_at"] is not None


def test_two_people_correct_the_same_ticket_and_the_second_is_told(program: Any, world: World) -> None:
    number = world.open()
    boss = program("boss")
    seen = boss.get(f"/tickets/{number}").json["version"]

    first = boss.patch(f"/tickets/{number}", {"class": "P1", "version": seen})
    second = boss.patch(f"/tickets/{number}", {"text": "other words", "version": seen})

    assert first.json["class"] == "P1"
    assert second.status_code == 409
    assert boss.get(f"/tickets/{number}").json["text"] == "廚房水管漏水"


def test_a_field_nobody_knows_is_refused_in_a_correction(program: Any, world: World) -> None:
    answer = program("boss").patch(f"/tickets/{world.open()}", {"colour": "red"})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "colour")


@pytest.mark.parametrize("number", ["10000011", "12345678", "abc", "1%00"])
def test_an_unknown_number_is_a_404(program: Any, number: str) -> None:
    answer = program("boss").get(f"/tickets/{number}")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_an_unknown_address_and_a_wrong_method_are_problems_too(program: Any) -> None:
    assert program("boss").get("/nonsense").content_type == "application/problem+json"
    answer = program("boss").send("DELETE", "/tickets")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_security_sees_numbers_masked(program: Any, world: World) -> None:
    number = world.open()

    ticket = program("guard").get(f"/tickets/{number}").json

    assert ticket["phone"] == "+886 ••• ••• 678"
    assert ticket["resident"]["phone"] == "+886 ••• ••• 678"


def test_an_unknown_category_is_named_in_a_correction(program: Any, world: World) -> None:
    answer = program("boss").patch(f"/tickets/{world.open()}", {"class": "P1", "category": "nonsense"})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "category")
