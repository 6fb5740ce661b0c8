"""The JSON API, health, demo-info and the log, as outsiders rely on them."""

import pytest
import requests

from tests.integration.contract.outside import wait_for
from tests.integration.contract.stranger import SID, TOKEN, Outside

pytestmark = pytest.mark.timeout(300)


def test_demo_info_has_every_key(outside: Outside) -> None:
    info = outside.info

    assert info["twilio"] == {"account_sid": SID, "auth_token": TOKEN}
    assert set(info["keys"]) == {"person", "emergency", "language", "repeat", "back"}
    assert {"zh-TW", "yue", "en"} <= {row["tag"] for row in info["languages"]}
    unasked = [r for r in info["residents"] if r["language"] is None]
    asked = [r for r in info["residents"] if r["language"] is not None and r["phone"].startswith("+")]
    assert len(unasked) >= 3
    assert len([r for r in asked if "," not in r["unit"]]) >= 3
    assert {"agent", "lead", "supervisor", "manager", "security", "admin"} <= {
        p["role"] for p in info["staff"]
    }
    for person in info["staff"]:
        assert {"login", "password", "role", "token", "seat_id", "estates", "name", "phone"} <= set(person)
    for category in info["categories"]:
        assert set(category) == {"code", "class", "queue", "keys"}
        assert all(len(key) == 1 for key in category["keys"])
    for estate in info["estates"]:
        held = {d["role"] for d in info["duty"] if d["estate"] == estate["code"]}
        assert {"lead", "supervisor", "manager"} <= held
    assert len(outside.agents()) >= 3
    assert any(p["role"] == "agent" and "cuihu" not in p["estates"] for p in info["staff"])


def test_the_api_refuses_clearly(outside: Outside) -> None:
    base = f"{outside.info['console_url']}/api/v1"

    assert requests.get(f"{base}/tickets", timeout=5).status_code == 401
    assert outside.api("mei.lin", "GET", "/tickets/99999999").status_code == 404
    assert outside.api("ka.wong", "GET", f"/tickets/{outside.open()['number']}").status_code == 404
    bad = outside.api("fang.super", "POST", "/tickets", {"estate": "cuihu", "category": "no.such"})
    assert bad.status_code == 422
    assert bad.headers["Content-Type"].startswith("application/problem+json")
    assert {"type", "title", "status", "detail"} <= set(bad.json())
    token = next(p["token"] for p in outside.info["staff"] if p["login"] == "fang.super")
    broken = requests.post(
        f"{base}/tickets",
        data=b"{not json",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=5,
    )
    assert broken.status_code == 400
    policy = outside.api("fang.super", "GET", "/policies").json()["items"][0]
    assert outside.api("mei.lin", "PUT", f"/policies/{policy['id']}", policy).status_code == 403
    same = {"Idempotency-Key": "abc-1"}
    body = {
        "estate": "cuihu",
        "category": "home.other",
        "language": "en",
        "phone": "+886911000222",
        "text": "once",
    }
    one = outside.api("fang.super", "POST", "/tickets", body, **same)
    two = outside.api("fang.super", "POST", "/tickets", body, **same)
    assert one.json()["number"] == two.json()["number"]
    for path in (
        "/seats",
        "/queues",
        "/escalations",
        "/policies",
        "/residents",
        "/estates",
        "/calls",
        "/reservations",
    ):
        assert outside.api("fang.super", "GET", path).status_code == 200, path
    assert requests.get(f"{base}/openapi.json", timeout=5).json()["openapi"].startswith("3.1")


def test_health_is_told_by_each_server(outside: Outside) -> None:
    for url in (outside.info["web_url"], outside.info["console_url"]):
        assert requests.get(f"{url}/healthz", timeout=5).status_code == 200
        assert requests.get(f"{url}/readyz", timeout=5).status_code == 200
        assert "# HELP" in requests.get(f"{url}/metrics", timeout=5).text


def test_no_phone_number_and_no_secret_is_in_the_log(outside: Outside) -> None:
    resident = next(r for r in outside.info["residents"] if r["language"] == "en" and r["estate"] == "cuihu")
    phone = outside.phone(resident["phone"]).dial()
    phone.press(*outside.keys("home.other")).say("please ring me back on 0912 345 678")
    assert phone.ticket_number()
    wait_for(lambda: [t for t in outside.provider.texts if t["To"] == resident["phone"]])

    written = outside.system.log.read_text()

    assert TOKEN not in written
    for number in [
        *(r["phone"] for r in outside.info["residents"]),
        *(p["phone"] for p in outside.info["staff"]),
    ]:
        if number.startswith("+"):
            assert number not in written
    for person in outside.info["staff"]:
        assert person["token"] not in written
