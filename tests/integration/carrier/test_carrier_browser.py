"""The phone page in a real Chromium: a resident rings, the duty lead accepts on the next card, a text arrives."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.carrier.conftest import Live
from tests.unit.carrier.desk import LEAD, RESIDENT


@pytest.fixture
def page(live: Live, chromium: Browser) -> Iterator[Page]:
    """The phone page, open; at the end nothing may have gone wrong in it."""
    faults: list[str] = []
    opened = chromium.new_page(locale="en-US")
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(live.carrier_url)
    expect(opened.get_by_test_id("who")).to_have_value(RESIDENT)
    yield opened
    opened.close()
    assert faults == []


@pytest.fixture(autouse=True)
def product(live: Live) -> None:
    live.desk.pages |= {
        "/ivr/voice": '<Gather numDigits="1" action="/next" timeout="30"><Say>Press 0 for a person</Say></Gather>',
        "/next": f'<Dial action="/after"><Number url="/whisper">{LEAD}</Number></Dial>',
        "/whisper": '<Gather numDigits="1" action="/accept"><Say>Press 1 to accept</Say></Gather><Hangup/>',
        "/accept": "",
        "/after": "<Say>Goodbye</Say>",
        "/ivr/sms": "<Message>Ticket 10000014 is open</Message>",
    }


def test_rejected_ring_and_recording_button(page: Page, live: Live) -> None:
    live.desk.pages["/after"] = '<Record action="/kept" timeout="20"/>'
    live.desk.pages["/kept"] = "<Say>Thank you</Say>"
    mine = page.locator("article.main")

    page.get_by_test_id("dial").click()
    expect(mine.get_by_test_id("lines")).to_contain_text("Press 0")
    mine.get_by_test_id("key-0").click()
    page.locator(f'article[data-number="{LEAD}"]').get_by_test_id("reject").click()
    record = mine.get_by_test_id("record")
    expect(record).to_be_visible()
    record.hover()
    page.mouse.down()
    expect(record).to_have_class("record on")
    page.mouse.up()
    mine.get_by_test_id("key-hash").click()

    expect(mine.get_by_test_id("lines")).to_contain_text("Thank you")
    assert live.desk.forms("/kept")[0]["RecordingUrl"]


def test_texts_arrive_on_the_page(page: Page) -> None:
    page.get_by_test_id("text-body").fill("status?")
    page.get_by_test_id("text-send").click()

    expect(page.get_by_test_id("messages")).to_contain_text("Ticket 10000014 is open")


def test_page_in_chinese_and_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_test_id("dial").click()
    page.get_by_test_id("language").click()

    expect(page.locator("h1")).to_have_text("電話")
    expect(page.locator("html")).to_have_attribute("lang", "zh-TW")
    expect(page.locator("article.main").get_by_test_id("hangup")).to_have_text("掛斷")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_control_has_a_name(page: Page) -> None:
    page.get_by_test_id("dial").click()
    expect(page.locator("article.main .live")).to_be_visible()

    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button")].filter((node) =>
            !(node.labels?.length || node.getAttribute("aria-label") || node.textContent.trim())).length"""
    )

    assert nameless == 0
