"""The agent's desk, in a real browser against the real server."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tickets.words import Role

Enter = Callable[..., Page]


def hook(page: Page, name: str) -> Any:
    return page.get_by_test_id(name)


def test_an_offer_appears_without_a_reload_and_the_work_is_done_on_one_page(
    house: House, enter: Enter, shot: Any
) -> None:
    page = enter(house.person(Role.AGENT, "aa"))
    hook(page, "seat-state-available").click()
    expect(hook(page, "seat-state-available")).to_have_attribute("aria-pressed", "true")
    page.evaluate("window.isStill = true")

    number = house.open("aa")

    offer = hook(page, "offer")
    expect(offer).to_contain_text("Water, leak or tap")
    expect(offer).to_contain_text("3-12A")
    expect(hook(page, "offer-countdown")).to_have_text(re.compile(r"^(2:00|1:5\d)$"))
    expect(page).to_have_title(re.compile("New work"))
    shot(page, "desk-offer")
    hook(page, "offer-accept").click()

    ticket = hook(page, "ticket")
    expect(ticket).to_have_attribute("data-number", number)
    expect(offer).to_have_count(0)
    expect(ticket).to_contain_text("王小明")
    expect(ticket).to_contain_text("廚房水槽下面一直漏水")
    expect(hook(page, "ticket-phone")).to_have_attribute("href", "tel:+886912345678")

    hook(page, "ticket-note").click()
    page.fill("#note-text", "called back, plumber at four")
    hook(page, "note-send").click()
    expect(ticket).to_contain_text("called back, plumber at four")
    hook(page, "ticket-wait").click()
    page.select_option("#wait-reason", "contractor")
    hook(page, "wait-send").click()
    expect(ticket).to_contain_text("On hold: Waiting for the contractor.")
    shot(page, "desk-ticket")
    hook(page, "ticket-resume").click()
    expect(ticket).to_contain_text("Work goes on.")
    hook(page, "ticket-resolve").click()
    page.select_option("#resolve-disposition", "done")
    hook(page, "resolve-send").click()

    expect(ticket).to_contain_text("Resolved: Done.")
    expect(page.locator(".wrapup")).to_be_visible()
    assert house.ticket(number).state == "resolved"
    assert page.evaluate("window.isStill"), "the page was loaded anew"


def test_the_whole_cycle_needs_no_mouse(house: House, enter: Enter) -> None:
    page = enter(house.person(Role.AGENT, "bb"))
    keys = page.keyboard
    keys.press("1")
    expect(hook(page, "seat-state-available")).to_have_attribute("aria-pressed", "true")
    number = house.open("bb")
    expect(hook(page, "offer")).to_be_visible()

    keys.press("a")
    expect(hook(page, "ticket")).to_have_attribute("data-number", number)
    keys.press("n")
    expect(page.locator("#note-text")).to_be_focused()
    keys.type("no mouse was used")
    keys.press("Control+Enter")
    expect(hook(page, "ticket")).to_contain_text("no mouse was used")
    expect(page.locator("#note-text")).to_be_hidden()
    keys.press("w")
    expect(page.locator("#wait-reason")).to_be_focused()
    keys.press("Control+Enter")
    expect(hook(page, "ticket-resume")).to_be_visible()
    keys.press("r")
    expect(hook(page, "ticket-wait")).to_be_visible()
    keys.press("e")
    expect(page.locator("#resolve-disposition")).to_be_focused()
    keys.press("Control+Enter")

    expect(hook(page, "ticket")).to_contain_text("Resolved: Done.")
    expect(page.locator(".wrapup")).to_be_visible()
    keys.press("x")
    expect(page.get_by_text("30 s more, once")).to_have_count(0)


def test_a_declined_offer_goes_to_the_next_desk(house: House, enter: Enter) -> None:
    first, second = enter(house.person(Role.AGENT, "cc")), enter(house.person(Role.AGENT, "cc"))
    hook(first, "seat-state-available").click()
    expect(hook(first, "seat-state-available")).to_have_attribute("aria-pressed", "true")
    house.open("cc")
    expect(hook(first, "offer")).to_be_visible()
    hook(second, "seat-state-available").click()
    expect(hook(second, "seat-state-available")).to_have_attribute("aria-pressed", "true")

    hook(first, "offer-decline").click()

    expect(hook(second, "offer")).to_be_visible()
    expect(hook(first, "offer")).to_have_count(0)


def test_a_seat_that_lets_two_offers_run_out_is_set_aside_and_says_so(house: House, enter: Enter) -> None:
    page = enter(house.person(Role.AGENT, "dd"))
    hook(page, "seat-state-available").click()
    house.open("dd")
    first = hook(page, "offer").get_attribute("id")

    house.pass_time(121)
    expect(hook(page, "offer")).not_to_have_attribute("id", str(first))
    house.pass_time(242)

    expect(hook(page, "offer")).to_have_count(0)
    expect(page.locator(".seat")).to_contain_text("your seat was set aside")


def test_accepting_what_is_gone_says_so_and_changes_nothing(house: House, enter: Enter) -> None:
    login = house.person(Role.AGENT, "ee")
    page = enter(login)
    hook(page, "seat-state-available").click()
    number = house.open("ee")
    expect(hook(page, "offer")).to_be_visible()
    # The page does not hear that the offer is gone.
    page.context.route("**/desk/side**", lambda route: route.fulfill(status=204))
    house.pass_time(121)

    hook(page, "offer-accept").click()

    expect(page.locator("#notices")).to_contain_text("no longer yours")
    assert house.ticket(number).assignee_id is None


def test_a_break_asks_for_its_reason(house: House, enter: Enter) -> None:
    page = enter(house.person(Role.AGENT, "ff"))

    hook(page, "seat-state-on_break").click()
    page.get_by_role("button", name="Lunch").click()

    expect(hook(page, "seat-state-on_break")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".seat")).to_contain_text("Lunch")


def test_what_is_being_typed_survives_a_live_update(house: House, enter: Enter) -> None:
    page = enter(house.person(Role.AGENT, "gg"))
    hook(page, "seat-state-available").click()
    number = house.open("gg")
    hook(page, "offer-accept").click()
    expect(hook(page, "ticket")).to_have_attribute("data-number", number)
    hook(page, "ticket-note").click()
    page.type("#note-text", "half a sen")

    colleague = enter(house.person(Role.LEAD), f"/tickets/{number}")
    hook(colleague, "ticket-note").click()
    colleague.fill("#note-text", "seen by the lead")
    hook(colleague, "note-send").click()

    expect(hook(page, "ticket")).to_contain_text("seen by the lead")
    expect(page.locator("#note-text")).to_have_value("half a sen")
    expect(page.locator("#note-text")).to_be_focused()


def test_a_masked_number_is_shown_on_record(house: House, enter: Enter) -> None:
    number = house.open("hh")
    page = enter(house.person(Role.AGENT, "hh"), f"/tickets/{number}")
    expect(hook(page, "ticket-phone")).to_have_text("+886 ••• ••• 678")

    hook(page, "show-number").click()

    expect(hook(page, "ticket-phone")).to_have_text("+886 912 345 678")
    page.reload()
    expect(hook(page, "ticket")).to_contain_text("Looked at the whole phone number.")


def test_the_desk_fits_a_narrow_phone(house: House, enter: Enter, shot: Any) -> None:
    page = enter(house.person(Role.AGENT, "ii"), viewport={"width": 360, "height": 740})
    hook(page, "seat-state-available").click()
    house.open("ii")
    expect(hook(page, "offer")).to_be_visible()
    shot(page, "desk-narrow")
    hook(page, "offer-accept").click()
    expect(hook(page, "ticket")).to_be_visible()
    shot(page, "desk-narrow-ticket")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
