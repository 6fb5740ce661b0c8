"""Calendars on their pages: looked at before they are saved, and refused in words."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.integration.console.conftest import World
from tickets import setup
from tickets.models import CalendarVersion

OFFICE = "08:00-12:00, 13:00-18:00"
WEEK = {f"week-{n}": OFFICE if n < 5 else "" for n in range(7)}

TWICE = {"on-1": "2027-01-07", "kind-1": "closed", "on-2": "2027-01-07", "kind-2": "0"}


@pytest.fixture(autouse=True)
def defaults(world: World) -> None:
    with world.runtime.transaction() as tx:
        setup.install_defaults(tx, now=world.now)


def save(browser: Any, act: str = "save", **form: str) -> Any:
    given = {"estate": "HY", "seen": "0", "name": "Office", "month": "2027-01", "act": act, **WEEK, **form}
    return browser("boss").post("/calendars/office", htmx=False, **given)


def test_a_preview_shows_the_month_and_saves_nothing(browser: Any, world: World) -> None:
    page = save(
        browser, "preview", **{"on-1": "2027-01-09", "kind-1": "4", "windows-1": "", "reason-1": "補班"}
    )

    assert page.status_code == 200
    assert "補班" in page.text
    assert "No open ticket would fall due at another time." in page.text
    with world.runtime.transaction() as tx:
        assert tx.scalars(select(CalendarVersion)).all() == []


def test_a_calendar_is_saved_and_shown_with_who_entered_the_day(browser: Any, world: World) -> None:
    answer = save(
        browser, **{"on-1": "2027-01-07", "kind-1": "windows", "windows-1": "08:00-12:00", "reason-1": "half"}
    )
    page = browser("boss").get("/calendars/office?estate=HY&month=2027-01").text

    assert answer.status_code == 302
    assert "half" in page
    assert "(staff:boss)" in page
    assert "Version 1" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (
            {"on-1": "2027-01-07", "kind-1": "closed", "on-2": "2027-01-07", "kind-2": "0"},
            "two entries for 2027-01-07",
        ),
        ({"week-0": "08:00-12:00, 11:00-18:00"}, "overlap"),
        ({"week-0": "08:00-08:00"}, "is not a time span"),
        ({"week-0": "22:00-06:00", "week-1": "05:00-12:00"}, "of the day before"),
        ({f"week-{n}": "" for n in range(7)}, "closed for a whole year"),
        ({"zone": "Mars/Olympus"}, "no time zone"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    browser: Any, world: World, form: dict[str, str], words: str
) -> None:
    answer = save(browser, **form)

    assert answer.status_code == 422
    assert words in answer.text
    with world.runtime.transaction() as tx:
        assert tx.scalars(select(CalendarVersion)).all() == []


def test_holidays_are_proposed_and_not_saved(browser: Any, world: World) -> None:
    page = browser("boss").get("/calendars/office?estate=HY&propose=CN&year=2026").text

    assert 'value="2026-10-01"' in page
    assert 'value="2026-10-01"' not in browser("boss").get("/calendars/office?estate=HY").text


def test_calendars_are_for_those_who_oversee_and_of_their_estates(browser: Any) -> None:
    assert browser("mei").get("/calendars").status_code == 403
    assert browser("lead").get("/calendars").status_code == 200
    assert browser("lead").post("/calendars/office", estate="HY").status_code == 403
    assert browser("boss").get("/calendars/office?estate=LK").status_code == 404
