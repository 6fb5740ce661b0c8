"""Headers, cookies, forms."""

from typing import Any

from flask import Flask

from console.security import HEADERS
from console.setup import make_app
from infra.runtime import build_runtime
from tests.integration.console.conftest import PASSWORD, Browser, World


def test_every_answer_carries_the_security_headers(browser: Any) -> None:
    for answer in (browser("mei").get("/desk"), browser(None).get("/login"), browser("mei").get("/nowhere")):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_no_script_and_no_style_stands_in_a_page(browser: Any, world: World) -> None:
    number = world.open()

    for path in ("/wall", f"/tickets/{number}", "/style", "/tickets", "/escalations", "/policies", "/calls"):
        text = browser("boss").get(path).text
        assert "<script>" not in text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(browser: Any) -> None:
    answer = browser(None).post("/login", htmx=False, login="mei", password=PASSWORD)

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure(world: World) -> None:
    config = world.runtime.config.model_copy(update={"public_url": "https://hotline.example"})
    app = make_app(build_runtime(config))
    app.config["WTF_CSRF_ENABLED"] = False

    answer = Browser(app, None).post("/login", htmx=False, login="mei", password=PASSWORD)

    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers
    app.extensions["hotline"].close()


def test_a_form_without_its_token_changes_nothing(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    mei = Browser(app, world.staff["mei"])

    answer = mei.post("/desk/state", state="available")

    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_the_token_of_the_page_is_accepted(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    mei = Browser(app, world.staff["mei"])
    token = mei.get("/desk").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    answer = mei.post("/desk/state", state="available", csrf_token=token)

    assert answer.status_code == 200


def test_static_files_may_be_kept_because_their_address_names_their_content(browser: Any) -> None:
    mei = browser("mei")
    address = mei.get("/desk").text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]

    answer = mei.get(address.replace("&amp;", "&"))

    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()
    assert mei.get("/desk").headers["Cache-Control"] == "no-store"
