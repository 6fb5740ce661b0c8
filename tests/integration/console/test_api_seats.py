"""Seats, reservations, queues, places, calls and escalations through the JSON API."""

from datetime import timedelta
from typing import Any

import pytest

from ivr.models import Call
from tests.integration.console.conftest import PHONE, World
from tickets.models import Escalation, TicketTarget


def test_an_agent_declares_the_own_seat(program: Any, world: World) -> None:
    mei, seat = program("mei"), world.seats["mei"]

    on = mei.put(f"/seats/{seat}/state", {"state": "available"})
    away = mei.put(f"/seats/{seat}/state", {"state": "on_break", "reason": "lunch"})

    assert set(on.json) >= {"id", "login", "state", "capacity", "load", "languages", "skills", "estates"}
    assert (on.json["state"], on.json["load"], on.json["estates"]) == ("available", 0.0, ["HY"])
    assert (away.json["state"], away.json["reason"]) == ("on_break", "lunch")
    assert mei.get(f"/seats/{seat}").json["state"] == "on_break"


def test_a_break_needs_a_reason_of_the_list(program: Any, world: World) -> None:
    mei, path = program("mei"), f"/seats/{world.seats['mei']}/state"

    assert mei.put(path, {"state": "on_break"}).status_code == 422
    assert mei.put(path, {"state": "on_break", "reason": "nonsense"}).status_code == 422
    assert mei.put(path, {"state": "busy"}).status_code == 422


def test_another_agent_may_not_but_a_supervisor_may(program: Any, world: World) -> None:
    path = f"/seats/{world.seats['mei']}/state"

    assert program("lin").put(path, {"state": "offline"}).status_code == 403
    assert program("boss").put(path, {"state": "available"}).status_code == 200
    assert program("chan").put(path, {"state": "offline"}).status_code == 404


def test_seats_are_those_of_ones_estates_in_parts(program: Any, world: World) -> None:
    boss = program("boss")
    first = boss.get("/seats?limit=1").json
    second = boss.get(f"/seats?limit=1&cursor={first['next']}").json

    assert [each["login"] for each in first["items"] + second["items"]] == ["mei", "lin"]
    assert second["next"] is None
    assert [each["login"] for each in program("chan").get("/seats").json["items"]] == ["chan"]


@pytest.mark.parametrize("seat", ["0", "999999", "99999999999999999999", "x", "-1"])
def test_an_unknown_seat_is_a_404(program: Any, seat: str) -> None:
    assert program("boss").get(f"/seats/{seat}").status_code == 404


def test_an_offer_is_listed_for_its_agent_and_for_who_oversees(program: Any, world: World) -> None:
    world.set_state("mei", "available")
    number = world.open()

    mine = program("mei").get("/reservations").json["items"]

    assert [each["ticket"] for each in mine] == [number]
    assert set(mine[0]) >= {"id", "ticket", "seat_id", "state", "created_at", "expires_at"}
    assert mine[0]["state"] == "pending"
    assert program("boss").get("/reservations").json["items"] == mine
    assert program("lin").get("/reservations").json["items"] == []


def test_only_the_asked_agent_answers(program: Any, world: World) -> None:
    world.set_state("mei", "available")
    world.open()
    offer = program("mei").get("/reservations").json["items"][0]["id"]

    assert program("lin").post(f"/reservations/{offer}/accept").status_code == 403
    assert program("chan").post(f"/reservations/{offer}/accept").status_code == 404
    assert program("mei").post(f"/reservations/{offer}/accept").status_code == 200


def test_too_late_is_a_409_and_changes_nothing(program: Any, world: World) -> None:
    world.set_state("mei", "available")
    number = world.open()
    offer = program("mei").get("/reservations").json["items"][0]["id"]
    world.clock.advance(timedelta(seconds=121))

    answer = program("mei").post(f"/reservations/{offer}/accept")

    assert answer.status_code == 409
    assert world.ticket(number).assignee_id is None


def test_a_declined_offer_goes_to_the_next_seat(program: Any, world: World) -> None:
    world.set_state("mei", "available")
    world.open()
    world.set_state("lin", "available")
    offer = program("mei").get("/reservations").json["items"][0]["id"]

    declined = program("mei").post(f"/reservations/{offer}/decline", {"reason": "language"})

    assert declined.json["state"] == "declined"
    assert program("mei").get("/reservations").json["items"] == []
    assert len(program("lin").get("/reservations").json["items"]) == 1


def test_queues_show_what_waits_and_what_is_empty(program: Any, world: World) -> None:
    world.open()
    world.clock.advance(timedelta(seconds=90))

    queues = {each["code"]: each for each in program("boss").get("/queues").json["items"]}

    assert (queues["home_repairs"]["waiting"], queues["home_repairs"]["longest_wait_seconds"]) == (1, 90.0)
    assert (queues["emergency"]["waiting"], queues["emergency"]["oldest_entered_at"]) == (0, None)


def test_estates_are_ones_own(program: Any) -> None:
    assert [each["code"] for each in program("mei").get("/estates").json["items"]] == ["HY"]
    assert program("mei").get("/estates/HY").json["timezone"] == "Asia/Taipei"
    assert program("mei").get("/estates/LK").status_code == 404


def test_residents_are_found_by_number_and_flat(program: Any) -> None:
    mei = program("mei")

    by_phone = mei.get("/residents?phone=%2B886912345678").json["items"]

    assert by_phone[0]["phones"] == [PHONE]
    assert by_phone[0]["dwellings"] == [{"estate": "HY", "unit": "3-12A", "role": "owner"}]
    assert mei.get("/residents?unit=3-12A&estate=HY").json["items"] == by_phone
    assert mei.get(f"/residents/{by_phone[0]['id']}").json == by_phone[0]
    assert program("chan").get("/residents").json["items"] == []
    assert program("chan").get(f"/residents/{by_phone[0]['id']}").status_code == 404
    assert program("guard").get("/residents").status_code == 403


def test_calls_are_listed_with_their_ticket(program: Any, world: World) -> None:
    number = world.open()
    with world.runtime.transaction() as tx:
        for n in range(3):
            tx.add(
                Call(
                    sid=f"CA{n}",
                    estate_id=world.estate.id,
                    direction="inbound",
                    from_e164=PHONE,
                    to_e164=world.estate.hotline_e164,
                    status="completed",
                    ticket_id=world.ticket(number).id if n == 0 else None,
                    started_at=world.now,
                    duration_s=60,
                )
            )

    boss = program("boss")
    first = boss.get("/calls?limit=2").json
    second = boss.get(f"/calls?limit=2&cursor={first['next']}").json

    assert [each["sid"] for each in first["items"] + second["items"]] == ["CA2", "CA1", "CA0"]
    assert (second["items"][0]["ticket"], second["items"][0]["from"]) == (number, PHONE)
    assert boss.get("/calls/CA0").json["duration_seconds"] == 60
    assert boss.get("/calls/CA9").status_code == 404
    assert boss.get("/calls?cursor=AAAA").status_code == 422
    assert program("mei").get("/calls").status_code == 403


def test_escalations_tell_who_was_told_and_when(program: Any, world: World) -> None:
    number = world.open()
    with world.runtime.transaction() as tx:
        ticket = world.ticket(number)
        target = tx.query(TicketTarget).filter_by(ticket_id=ticket.id).one()
        tx.add(
            Escalation(
                ticket_id=ticket.id,
                target_id=target.id,
                target_kind="first_response",
                level=1,
                role="lead",
                recipient_id=world.staff["lead"].id,
                recipient_role="lead",
                phone_e164="+886900111222",
                due_at=world.now,
                at=world.now + timedelta(milliseconds=1234),
            )
        )

    item = program("boss").get("/escalations").json["items"][0]

    assert item["at"] == "2027-01-06T02:00:01.234Z"
    assert (item["ticket"], item["target"], item["level"], item["role"]) == (
        number,
        "first_response",
        1,
        "lead",
    )
    assert (item["recipient"], item["phone"], item["acknowledged_at"]) == ("lead", "+886900111222", None)
    assert program("boss").get(f"/escalations?ticket={number}").json["items"] == [item]
    assert program("boss").get("/escalations?ticket=10000011").json["items"] == []
    assert program("chan").get("/escalations").json["items"] == []
