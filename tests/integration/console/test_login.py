"""Coming in, staying out, and what a person sets for themselves."""

from typing import Any

import pytest

from console import throttle
from tests.integration.console.conftest import PASSWORD, World


def test_the_right_password_leads_to_where_the_work_is(browser: Any) -> None:
    visitor = browser(None)

    answer = visitor.post("/login", htmx=False, login="mei", password=PASSWORD)

    assert answer.status_code == 302
    assert visitor.client.get("/", follow_redirects=True).request.path == "/desk"


def test_a_supervisor_lands_on_the_wall(browser: Any) -> None:
    assert browser("boss").get("/").headers["Location"] == "/wall"


@pytest.mark.parametrize(("login", "password"), [("mei", "wrong"), ("nobody", PASSWORD), ("m\x00ei", "x")])
def test_a_wrong_login_or_password_is_refused_without_saying_which(
    browser: Any, login: str, password: str
) -> None:
    visitor = browser(None)

    answer = visitor.post("/login", htmx=False, login=login, password=password)

    assert answer.status_code == 401
    assert "Login or password is not right." in answer.text
    assert visitor.get("/desk").headers["Location"].startswith("/login?next=")


def test_who_guesses_has_to_wait(browser: Any, world: World) -> None:
    for _ in range(throttle.PER_LOGIN):
        throttle.count_failure(world.runtime.valkey, "mei", "127.0.0.1")

    answer = browser(None).post("/login", htmx=False, login="MEI", password=PASSWORD)

    assert answer.status_code == 429
    assert "15 minutes" in answer.text


def test_after_the_login_one_is_where_one_wanted_to_be(browser: Any) -> None:
    visitor = browser(None)
    form = {"login": "mei", "password": PASSWORD}

    inside = visitor.post("/login", htmx=False, next="/tickets?q=1", **form)
    outside = visitor.post("/login", htmx=False, next="//evil.example/", **form)

    assert inside.headers["Location"] == "/tickets?q=1"
    assert outside.headers["Location"] == "/"


def test_a_new_password_ends_old_sessions(browser: Any, world: World) -> None:
    mei = browser("mei")
    with world.runtime.transaction() as tx:
        tx.merge(world.staff["mei"]).password_hash = "another-hash"

    assert mei.get("/desk").status_code == 302


def test_somebody_who_left_is_out_at_once(browser: Any, world: World) -> None:
    mei = browser("mei")
    with world.runtime.transaction() as tx:
        tx.merge(world.staff["mei"]).is_active = False

    assert mei.get("/desk").status_code == 302


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(browser: Any) -> None:
    answer = browser(None).get("/desk/side", htmx=True)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_logging_out_ends_the_session(browser: Any) -> None:
    mei = browser("mei")

    mei.post("/logout", htmx=False)

    assert mei.get("/desk").status_code == 302


def test_the_language_is_kept_with_the_person(browser: Any) -> None:
    browser("mei").post("/me/language", htmx=False, language="zh-TW")

    page = browser("mei").get("/desk").text

    assert 'lang="zh-Hant-TW"' in page
    assert "待命" in page


def test_an_unknown_language_changes_nothing(browser: Any) -> None:
    browser("mei").post("/me/language", htmx=False, language="tlh")

    assert 'lang="en"' in browser("mei").get("/desk").text


def test_the_login_page_speaks_what_the_browser_wishes(browser: Any) -> None:
    visitor = browser(None)

    def spoken(wish: str) -> str:
        return visitor.client.get("/login", headers={"Accept-Language": wish}).text

    assert 'lang="zh-Hant-TW"' in spoken("zh-Hant,en;q=0.5")
    assert 'lang="zh-Hans-CN"' in spoken("zh-CN")
    assert 'lang="yue-Hant-HK"' in spoken("yue")
    assert 'lang="en"' in spoken("fr")


def test_colours_are_kept_in_the_browser(browser: Any) -> None:
    mei = browser("mei")

    mei.post("/me/theme", htmx=False, theme="dark")

    assert 'data-theme="dark"' in mei.get("/desk").text
