"""Residents on their pages: numbers refused with a proposal, every look on record, other estates unseen."""

import io
from typing import Any

from sqlalchemy import select

from tests.factories import make_resident, make_unit
from tests.integration.console.conftest import PHONE, World
from tickets.models import AuditEntry, ImportBatch, Resident


def acts(world: World) -> list[str]:
    with world.runtime.transaction() as tx:
        return list(tx.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def form(**values: str) -> dict[str, str]:
    given = {
        "estate": "HY",
        "name": "陳大文",
        "customer_type": "tenant",
        "language": "yue",
        "phone": "0922 333 444",
    }
    home = {"unit-1": "3-12a", "role-1": "tenant", "from-1": "2027-01-01", "last-1": ""}
    return given | home | values


def test_a_resident_is_written_down_and_found(browser: Any, world: World) -> None:
    made = browser("boss").post("/residents/new", htmx=False, **form())
    found = browser("mei").get("/residents?q=大文").text

    assert made.status_code == 302
    assert "陳大文" in found
    assert "922333444" not in found.replace(" ", "")
    assert "922 333 444" in browser("mei").get(made.location).text.replace("+886922333444", "922 333 444")
    assert acts(world) == ["resident.created", "resident.viewed"]


def test_a_wrong_number_is_refused_with_the_right_one_proposed(browser: Any, world: World) -> None:
    answer = browser("boss").post("/residents/new", htmx=False, **form(phone="O922333444"))

    assert answer.status_code == 422
    assert "Did you mean +886922333444?" in answer.text
    assert "陳大文" in answer.text
    with world.runtime.transaction() as tx:
        assert tx.scalar(select(Resident).where(Resident.name == "陳大文")) is None


def test_a_resident_of_another_estate_does_not_exist(browser: Any, world: World) -> None:
    with world.runtime.transaction() as tx:
        other = make_resident(tx, make_unit(tx, tx.merge(world.other_estate)))

    assert browser("boss").get(f"/residents/{other.id}").status_code == 404
    assert browser("guard").get("/residents").status_code == 403
    assert browser("mei").post(f"/residents/{other.id}/erase", sure="1").status_code == 403


def test_report_and_forgetting_stand_in_the_audit_list(browser: Any, world: World) -> None:
    person = world.caller["resident_id"]
    report = browser("boss").get(f"/residents/{person}/report")
    unsure = browser("boss").post(f"/residents/{person}/erase", htmx=False)
    done = browser("boss").post(f"/residents/{person}/erase", htmx=False, sure="1")

    assert report.json["phones"] == [PHONE]
    assert (unsure.status_code, done.status_code) == (422, 302)
    assert browser("boss").get(f"/residents/{person}").status_code == 404
    assert acts(world) == ["resident.reported", "resident.erased"]


def test_a_unit_with_an_open_ticket_stays(browser: Any, world: World) -> None:
    number = world.open()

    answer = browser("boss").post(
        f"/property/units/{world.caller['unit_id']}/remove", htmx=False, estate="HY"
    )

    assert answer.status_code == 409
    assert number in answer.text
    assert "3-12A" in browser("boss").get("/property").text
    added = browser("boss").post(
        "/property/units", htmx=False, estate="HY", building="9", floor="2", door="C"
    )
    assert added.status_code == 302
    assert "9-2C" in browser("boss").get("/property").text


def test_a_file_is_shown_before_it_is_loaded(browser: Any, world: World) -> None:
    client = browser("boss")
    table = "name,building,floor,door,phones\n林大同,3,12,A,0922333444\n陳美,9,1,A,\n"
    shown = client.client.post(
        "/residents/load", data={"estate": "HY", "file": (io.BytesIO(table.encode()), "new.csv")}
    )
    with world.runtime.transaction() as tx:
        token = tx.scalar(select(ImportBatch.token))
        assert tx.scalar(select(Resident).where(Resident.name == "林大同")) is None

    loaded = client.post(f"/residents/load/{token}", htmx=False, estate="HY")

    assert "There is no such unit. 9-1A" in shown.text
    assert loaded.status_code == 302
    assert "林大同" in client.get("/residents/export?estate=HY").text
    assert acts(world) == ["residents.loaded", "residents.exported"]
    assert browser("mei").get("/residents/load").status_code == 403
