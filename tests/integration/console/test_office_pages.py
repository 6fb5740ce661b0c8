"""The index of the office by role, and the audit list."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.integration.console.conftest import World


def test_the_office_shows_each_role_what_it_can_open(browser: Any) -> None:
    for login in ("mei", "boss", "guard", "root"):
        client = browser(login)
        page = client.get("/office").text
        for path in ("/residents", "/roster", "/calendars", "/audit", "/residents/load"):
            assert (f'href="{path}"' in page.split("<main")[1]) == (client.get(path).status_code == 200), (
                login,
                path,
            )


def test_a_look_at_a_person_stands_in_the_audit_list_which_nobody_can_alter(
    browser: Any, world: World
) -> None:
    person = world.caller["resident_id"]
    browser("mei").get(f"/residents/{person}")

    page = browser("boss").get(f"/audit?about=resident:{person}").text
    other = browser("root").get("/audit?who=boss").text

    assert "looked at a resident" in page
    assert "mei" in page
    assert "looked at a resident" not in other
    assert browser("mei").get("/audit").status_code == 403
    for statement in ("DELETE FROM audit_entries", "UPDATE audit_entries SET action = 'x'"):
        with pytest.raises(DBAPIError, match="append only"), world.runtime.transaction() as tx:
            tx.execute(text(statement))
