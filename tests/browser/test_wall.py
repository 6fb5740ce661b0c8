"""The supervisor's pages, in a real browser against the real server."""

import os
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tickets.words import Role

Enter = Callable[..., Page]


def waiting(page: Page) -> int:
    return int(page.get_by_test_id("wall-waiting").inner_text())


def test_the_wall_moves_by_itself(house: House, enter: Enter, shot: Any) -> None:
    page = enter(house.person(Role.SUPERVISOR))
    expect(page.get_by_test_id("wall")).to_be_visible()
    page.evaluate("window.isStill = true")
    before = waiting(page)
    agent = enter(house.person(Role.AGENT, "wall", name="林志明"))

    house.open("wall")
    expect(page.get_by_test_id("wall-waiting")).to_have_text(str(before + 1))
    agent.get_by_test_id("seat-state-available").click()
    agent.get_by_test_id("offer-accept").click()

    expect(page.get_by_test_id("wall-waiting")).to_have_text(str(before))
    expect(page.locator(".seat-tile.busy", has_text="林志明")).to_be_visible()
    assert page.evaluate("window.isStill"), "the page was loaded anew"
    shot(page, "wall")


def test_a_wall_that_is_cut_off_says_since_when_and_catches_up(house: House, enter: Enter) -> None:
    page = enter(house.person(Role.SUPERVISOR))
    expect(page.get_by_test_id("wall")).to_be_visible()
    before = waiting(page)

    os.killpg(house.server.pid, signal.SIGSTOP)
    try:
        expect(page.locator("#stale")).to_be_visible()
        expect(page.locator("#stale")).to_contain_text(re.compile(r"Not live since \d+:\d\d"))
        house.open("cut")
    finally:
        os.killpg(house.server.pid, signal.SIGCONT)

    expect(page.locator("#stale")).to_be_hidden()
    expect(page.get_by_test_id("wall-waiting")).to_have_text(str(before + 1))


def test_the_list_is_searched_while_one_types(house: House, enter: Enter, shot: Any) -> None:
    wanted = house.open("list", text="The light above the letter boxes flickers")
    other = house.open("list", text="something else")
    page = enter(house.person(Role.SUPERVISOR), "/tickets")

    page.get_by_test_id("search").fill("letter boxes")

    expect(page.locator("#rows")).to_contain_text(wanted)
    expect(page.locator("#rows")).not_to_contain_text(other)
    expect(page).to_have_url(re.compile("q=letter"))
    page.get_by_test_id("search").fill(other)
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    shot(page, "tickets")


def test_work_can_be_given_by_hand(house: House, enter: Enter) -> None:
    number = house.open("hand")
    house.person(Role.AGENT, "other", name="黃嘉欣")
    page = enter(house.person(Role.SUPERVISOR), f"/tickets/{number}")

    page.get_by_test_id("ticket-assign").click()
    page.locator("#assign-seat").select_option(label="黃嘉欣 · Offline")
    page.get_by_test_id("assign-send").click()

    expect(page.get_by_test_id("ticket")).to_contain_text("Given to 黃嘉欣.")
    assert house.ticket(number).state == "assigned"


@pytest.mark.parametrize("tag", ["zh-TW", "zh-CN", "yue"])
def test_a_person_chooses_the_language_and_it_stays(house: House, enter: Enter, shot: Any, tag: str) -> None:
    login = house.person(Role.SUPERVISOR)
    page = enter(login)
    page.get_by_test_id("me").click()

    page.select_option("#pick-language", tag)

    expect(page.locator("html")).to_have_attribute("lang", re.compile("^(zh|yue)-"))
    again = enter(login)
    expect(again.locator("html")).to_have_attribute("lang", re.compile("^(zh|yue)-"))
    shot(again, f"wall-{tag}")


@pytest.mark.parametrize("path", ["/wall", "/tickets", "/escalations", "/policies", "/calls", "/style"])
def test_pages_fit_a_narrow_phone(house: House, enter: Enter, path: str) -> None:
    house.open("narrow")
    page = enter(house.person(Role.SUPERVISOR), path, viewport={"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_for_setting_up_stand_in_a_menu(house: House, enter: Enter, shot: Any, width: int) -> None:
    page = enter(house.person(Role.SUPERVISOR), viewport={"width": width, "height": 800})

    page.get_by_test_id("set-up").click()

    menu = page.get_by_role("navigation", name="Set up")
    expect(menu.get_by_role("link", name="Roster")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"set-up-{width}")
    menu.get_by_role("link", name="Promises").click()
    expect(page).to_have_url(re.compile("/policies$"))
