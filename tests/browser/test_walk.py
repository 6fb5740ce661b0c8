"""The whole way on a running system: a resident rings from the phone page, an agent does the work, the wall moves."""

import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.workers.system import HOTLINE, System, poll, running_system

pytestmark = pytest.mark.timeout(300)
SIZE = {"width": 1360, "height": 900}
NUMBER = re.compile(r"\b(\d)[ ,]+(\d)[ ,]+(\d)[ ,]+(\d)[ ,]+(\d)[ ,]+(\d)[ ,]+(\d)[ ,]+(\d)\b")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Everything `hotline run` starts."""
    with running_system(tmp_path_factory.mktemp("walk")) as running:
        yield running


@pytest.fixture
def enter(system: System, chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """`enter("an.agent")`: the console's first page of that person, logged in with the demo password."""
    contexts = []

    def open_page(login: str) -> Page:
        info = system.info()
        person = next(p for p in info["staff"] if p["login"] == login)
        contexts.append(chromium.new_context(base_url=info["console_url"], viewport=SIZE, locale="en-US"))
        page = contexts[-1].new_page()
        page.goto("/login")
        page.fill("[name=login]", person["login"])
        page.fill("[name=password]", person["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login" not in address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def resident(info: dict[str, Any], language: str) -> dict[str, Any]:
    """Somebody whose language is known and who needs no key before the menu."""
    return next(r for r in info["residents"] if r["language"] == language and r["estate"] == "cuihu")


def seat_for(system: System, language: str) -> str:
    """Login of an agent of the first estate who speaks `language` and takes repairs at home."""
    speakers = [p for p in system.info()["staff"] if p["role"] == "agent" and "cuihu" in p["estates"]]
    return str(next(p["login"] for p in speakers if language in _seat(system, p)["languages"]))


def _seat(system: System, person: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = system.api(person["login"], "GET", f"/seats/{person['seat_id']}").json()
    return found


def language_of_others(system: System, login: str) -> str:
    """A language in which somebody else, and not this agent, takes repairs at home."""
    seats = system.api("fang.super", "GET", "/seats?limit=100").json()["items"]
    spoken = next(set(seat["languages"]) for seat in seats if seat["login"] == login)
    repairs = [seat for seat in seats if "home_repairs" in seat["skills"] and "cuihu" in seat["estates"]]
    return next(tag for seat in repairs for tag in seat["languages"] if tag not in spoken)


def press(phone: Page, key: str) -> None:
    """Press a key once the flow waits for one or speaks within a menu."""
    phone.get_by_test_id(f"key-{key}").first.click()


def heard(phone: Page) -> str:
    """Everything that the resident has heard in this call."""
    return str(phone.locator("article.main").get_by_test_id("lines").inner_text())


def test_from_the_ring_to_the_work_done(
    system: System, enter: Callable[[str], Page], chromium: Browser, shot: Any
) -> None:
    info = system.info()
    caller, agent = resident(info, "en"), seat_for(system, "en")
    keys = next(c["keys"] for c in info["categories"] if c["code"] == "home.water")
    desk, wall = enter(agent), enter("fang.super")
    wall.goto("/wall")
    for category in ("home.door", "home.appliance", "home.other"):
        report = {"estate": "cuihu", "category": category, "language": language_of_others(system, agent)}
        assert system.api("fang.super", "POST", "/tickets", report).status_code == 201
    expect(wall.get_by_test_id("wall-waiting")).to_have_text("3")
    expect(wall.get_by_test_id("wall")).to_contain_text("翠湖花園")
    before = int(wall.get_by_test_id("wall-waiting").inner_text())
    phone = chromium.new_page(viewport=SIZE, locale="en-US")
    phone.goto(info["carrier_url"])
    phone.get_by_test_id("who").select_option(caller["phone"])
    mine = phone.locator("article.main")

    phone.get_by_test_id("dial").click()
    for key in keys:
        expect(mine).to_have_attribute("data-state", re.compile("gathering|hearing"))
        shown = len(heard(phone))
        press(phone, key)
        poll(lambda shown=shown: len(heard(phone)) > shown)  # type: ignore[misc]
    expect(mine).to_have_attribute("data-state", re.compile("gathering|hearing|recording"))
    mine.get_by_test_id("say-text").fill("The kitchen tap drips and the cupboard is wet.")
    mine.get_by_test_id("say").click()
    number = poll(lambda: "".join(found.groups()) if (found := NUMBER.search(heard(phone))) else None)
    expect(phone.get_by_test_id("messages")).to_contain_text(number)
    shot(phone, "phone")

    expect(wall.get_by_test_id("wall-waiting")).to_have_text(str(before + 1))
    desk.get_by_test_id("seat-state-available").click()
    expect(desk.get_by_test_id("offer")).to_contain_text(caller["unit"])
    shot(desk, "desk-offer")
    desk.get_by_test_id("offer-accept").click()
    expect(desk.get_by_test_id("ticket")).to_have_attribute("data-number", number)
    expect(desk.get_by_test_id("ticket")).to_contain_text("The kitchen tap drips")
    expect(wall.get_by_test_id("wall-waiting")).to_have_text(str(before))
    desk.get_by_test_id("ticket-note").click()
    desk.fill("#note-text", "Rang back: a plumber comes at four.")
    desk.get_by_test_id("note-send").click()
    expect(desk.get_by_test_id("ticket")).to_contain_text("a plumber comes at four")
    shot(desk, "desk")
    shot(wall, "wall")
    desk.get_by_test_id("ticket-resolve").click()
    desk.select_option("#resolve-disposition", "done")
    desk.get_by_test_id("resolve-send").click()
    expect(desk.locator(".wrapup")).to_be_visible()
    assert system.api("fang.super", "GET", f"/tickets/{number}").json()["state"] == "resolved"
    phone.close()


def test_the_terminal_phone_makes_the_same_call(system: System) -> None:
    info = system.info()
    caller = resident(info, "zh-TW")
    keys = next(c["keys"] for c in info["categories"] if c["code"] == "home.other")
    phone = subprocess.Popen(
        [*HOTLINE, "phone"],
        env=system.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert phone.stdin is not None
    assert phone.stdout is not None

    def typed(line: str) -> None:
        assert phone.stdin is not None
        phone.stdin.write(line + "\n")
        phone.stdin.flush()

    def until(*words: str) -> str:
        assert phone.stdout is not None
        for line in phone.stdout:
            if any(word in line for word in words):
                return line
        raise AssertionError(f"the phone ended before {words}")

    until("Who is calling?")
    typed(caller["phone"])
    for key in keys:
        until("your turn")
        typed(key)
    until("your turn", "say something")
    typed("say 油漆剝落")
    number = NUMBER.search(until("編號是"))
    typed("quit")
    phone.communicate(timeout=20)

    assert number, "the number was not read digit by digit"
    ticket = system.api("fang.super", "GET", f"/tickets/{''.join(number.groups())}").json()
    assert ticket["phone"] == caller["phone"]
    assert ticket["text"] == "油漆剝落"
