"""The pages of the office, in a real browser: they fit a telephone, and their forms work as people use them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tickets.words import Role

Enter = Callable[..., Page]
TOO_WIDE = """[...document.querySelectorAll("main *")]
    .filter((e) => e.getBoundingClientRect().right > 360 && !e.closest(".scroll"))
    .map((e) => e.tagName + "." + e.className)"""
PATHS = [
    "/roster",
    "/roster/lead/lines",
    "/calendars",
    "/calendars/office",
    "/residents",
    "/residents/new",
    "/property",
]


@pytest.mark.parametrize("path", PATHS)
def test_pages_of_the_office_fit_a_narrow_phone(house: House, enter: Enter, shot: Any, path: str) -> None:
    login = house.person(Role.MANAGER)
    page = enter(login, path, viewport={"width": 360, "height": 740})

    assert page.evaluate(TOO_WIDE) == []
    name = path.strip("/").replace("/", "-")
    shot(page, f"{name}-360")
    wide = enter(login, path, viewport={"width": 1280, "height": 800})
    assert wide.evaluate("document.documentElement.scrollWidth") <= 1280
    shot(wide, f"{name}-1280")


def test_a_gap_is_named_before_it_is_saved(house: House, enter: Enter) -> None:
    lead = house.person(Role.LEAD, name="林領班")
    page = enter(house.person(Role.MANAGER), "/roster/lead/lines")

    page.locator("#staff-1").select_option(label="林領班")
    page.locator("#start-1").fill("08:00")
    page.locator("#end-1").fill("20:00")
    page.get_by_test_id("roster-save").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody would be on duty from")

    page.locator("#start-1").fill("00:00")
    page.locator("#end-1").fill("24:00")
    page.get_by_test_id("roster-save").click()
    expect(page.get_by_test_id("answer-name")).to_have_text("林領班")
    assert lead


def test_a_promise_is_tried_on_a_narrow_phone_before_it_is_saved(house: House, enter: Enter) -> None:
    page = enter(house.person(Role.MANAGER), "/policies", viewport={"width": 360, "height": 740})
    page.locator('a[href^="/policies/"]').first.click()
    page.locator("[name=first_response-number]").fill("7")

    page.get_by_test_id("policy-try").click()

    expect(page.get_by_test_id("policy-trial")).to_be_visible()
    expect(page.locator("[name=first_response-number]")).to_have_value("7")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(TOO_WIDE) == []
