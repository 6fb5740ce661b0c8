"""The contracts with programs from outside, held on a running system with a stranger's phone and provider."""

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import requests

from tests.integration.contract.outside import Phone, Provider, wait_for
from tests.integration.workers.system import System, running_system

pytestmark = pytest.mark.timeout(300)
SID, TOKEN = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef"


@dataclass
class Outside:
    """What a stranger has: the system's own word about itself, and a provider."""

    system: System
    info: dict[str, Any]
    provider: Provider

    def api(
        self, login: str, method: str, path: str, body: object = None, **headers: str
    ) -> requests.Response:
        """Call the JSON API as `login`."""
        token = next(p["token"] for p in self.info["staff"] if p["login"] == login)
        return requests.request(
            method,
            f"{self.info['console_url']}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}", **headers},
            timeout=15,
        )

    def person(self, role: str, estate: str = "cuihu") -> str:
        """Return the login of somebody with `role` in `estate`."""
        return next(p["login"] for p in self.info["staff"] if p["role"] == role and estate in p["estates"])

    def agents(self, estate: str = "cuihu") -> list[dict[str, Any]]:
        """Return agents with a seat who can take home repairs in an estate."""
        found = [p for p in self.info["staff"] if p["role"] == "agent" and estate in p["estates"]]
        seats = {
            s["id"]: s for s in self.api(self.person("manager"), "GET", "/seats?limit=100").json()["items"]
        }
        return [p for p in found if "home_repairs" in seats[p["seat_id"]]["skills"]]

    def phone(self, number: str) -> Phone:
        """Return a phone that rings the first estate's hotline from `number`."""
        return Phone(self.info, number, self.info["estates"][0]["hotline"])

    def keys(self, category: str) -> list[str]:
        """Return what a caller presses for `category`."""
        return next(c["keys"] for c in self.info["categories"] if c["code"] == category)

    def language_keys(self, tag: str) -> list[str]:
        """Return what a caller presses for a language."""
        return next(row["keys"] for row in self.info["languages"] if row["tag"] == tag)

    def open(self, **fields: object) -> dict[str, Any]:
        """Open a ticket by API."""
        body = {
            "estate": "cuihu", "category": "home.other", "language": "zh-TW", "phone": "+886911000111",
            "text": "x", **fields,
        }  # fmt: skip
        answer = self.api(self.person("supervisor"), "POST", "/tickets", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def offers(self, login: str) -> list[dict[str, Any]]:
        """Return the pending reservations of an agent."""
        items: list[dict[str, Any]] = self.api(login, "GET", "/reservations").json()["items"]
        return items

    def policy(self, category: str) -> dict[str, Any]:
        """Return the promise that covers a category in the first estate: its own line, else that of its class."""
        priority_class = next(c["class"] for c in self.info["categories"] if c["code"] == category)
        items = self.api("fang.super", "GET", "/policies?limit=100").json()["items"]
        mine = [p for p in items if p["estate"] == "cuihu" and p["customer_type"] is None]
        own = [p for p in mine if p["category"] == category and p["class"] in (None, priority_class)]
        found = own or [p for p in mine if p["category"] is None and p["class"] == priority_class]
        assert found, items
        first: dict[str, Any] = found[0]
        return first

    def escalations(self, number: str) -> list[dict[str, Any]]:
        """Return the escalations of a ticket, newest first."""
        items: list[dict[str, Any]] = self.api("fang.super", "GET", f"/escalations?ticket={number}").json()[
            "items"
        ]
        return items

    def finish_everything(self) -> None:
        """Resolve what earlier tests left open."""
        for state in ("queued", "reserved", "assigned"):
            for ticket in self.api("fang.super", "GET", f"/tickets?state={state}&limit=100").json()["items"]:
                self.api(
                    "fang.super", "POST", f"/tickets/{ticket['number']}/resolve", {"disposition": "done"}
                )

    def all_offline(self) -> None:
        """Take every agent of the estate off duty."""
        for agent in self.agents():
            self.api(
                self.person("supervisor"),
                "PUT",
                f"/seats/{agent['seat_id']}/state",
                {"state": "offline", "reason": "test"},
            )


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A running system whose telephone provider is ours."""
    provider = Provider(TOKEN)
    variables = {
        "HOTLINE_CARRIER": "0",
        "TWILIO_API_BASE": provider.url,
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_OFFER_SECONDS": "2",
    }
    with running_system(tmp_path_factory.mktemp("contract"), **variables) as system:
        yield Outside(system, system.info(), provider)
    provider.close()


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


@pytest.mark.parametrize("tag", ["zh-TW", "yue", "en"])
def test_a_first_caller_leaves_with_a_number_and_one_text(outside: Outside, tag: str) -> None:
    place = ["zh-TW", "yue", "en"].index(tag)
    resident = [r for r in outside.info["residents"] if r["estate"] == "cuihu"][place]
    phone = outside.phone(resident["phone"]).dial()

    phone.press(*outside.language_keys(tag), *outside.keys("home.other")).say("the paint is coming off")
    number = phone.ticket_number()

    listed = outside.api("fang.super", "GET", f"/tickets?call_sid={phone.sid}").json()["items"]
    assert [t["number"] for t in listed] == [number]
    ticket = listed[0]
    assert ticket["language"] == tag
    assert ticket["category"] == "home.other"
    assert ticket["source"] == "call"
    assert ticket["phone"] == resident["phone"]
    assert ticket["resident"]["unit"] == resident["unit"]
    assert "paint" in ticket["text"]
    texts = wait_for(lambda: [t for t in outside.provider.texts if t["To"] == resident["phone"]])
    assert len(texts) == 1
    assert number in texts[0]["Body"]
    assert texts[0]["From"] == outside.info["estates"][0]["hotline"]


def test_the_language_is_remembered_and_nothing_is_asked_again(outside: Outside) -> None:
    resident = next(r for r in outside.info["residents"] if r["language"] == "en" and r["estate"] == "cuihu")

    phone = outside.phone(resident["phone"]).dial()
    phone.press(*outside.keys("services.fees")).say("a question about my bill")

    number = phone.ticket_number()
    assert outside.api("fang.super", "GET", f"/tickets/{number}").json()["language"] == "en"


def test_a_repeated_webhook_has_the_same_answer_and_no_second_effect(outside: Outside) -> None:
    phone = outside.phone("+886911222333").dial()
    phone.press(*outside.language_keys("en"))
    token = {"I-Twilio-Idempotency-Token": "same-token"}
    first = phone.post(phone.url, token, Digits="1")
    again = phone.post(phone.url, token, Digits="1")

    assert first.text == again.text
    phone.hang_up()
    phone.hang_up()


def test_a_bad_signature_is_403_and_changes_nothing(outside: Outside) -> None:
    for path in ("/ivr/voice", "/ivr/status", "/ivr/sms", "/ivr/sms-status"):
        form = {
            "CallSid": "CA" + "e" * 32,
            "From": "+886900000104",
            "To": "+886277550100",
            "CallStatus": "ringing",
        }
        for headers in ({}, {"X-Twilio-Signature": "AAAA"}):
            answer = requests.post(outside.info["web_url"] + path, data=form, headers=headers, timeout=10)
            assert answer.status_code == 403
            assert answer.content == b""
    assert "e" * 32 not in outside.api("fang.super", "GET", "/calls").text


def test_an_offer_reaches_one_right_seat_and_moves_on(outside: Outside) -> None:
    outside.all_offline()
    outside.finish_everything()
    first, second, third = (p for p in outside.agents()[:3])
    for agent in (first, second, third):
        answer = outside.api(
            agent["login"], "PUT", f"/seats/{agent['seat_id']}/state", {"state": "available"}
        )
        assert answer.status_code == 200, answer.text

    ticket = outside.open(text="offered")
    logins = [a["login"] for a in (first, second, third)]

    def holder() -> tuple[str, dict[str, Any]] | None:
        found = [
            (login, r) for login in logins for r in outside.offers(login) if r["ticket"] == ticket["number"]
        ]
        assert len(found) <= 1
        return found[0] if found else None

    one, offer = wait_for(holder)
    assert (
        outside.api(one, "POST", f"/reservations/{offer['id']}/decline", {"reason": "busy"}).status_code
        == 200
    )
    two, offer = wait_for(holder)
    assert two != one
    wait_for(lambda: (now := holder()) is not None and now[0] not in (one, two))  # left to lapse
    assert outside.api(two, "POST", f"/reservations/{offer['id']}/accept").status_code in (403, 404, 409)
    three, offer = wait_for(holder)
    accepted = outside.api(three, "POST", f"/reservations/{offer['id']}/accept")
    assert accepted.status_code == 200
    assert accepted.json()["state"] == "accepted"
    got = outside.api("fang.super", "GET", f"/tickets/{ticket['number']}").json()
    assert got["assignee"] == three
    assert got["acknowledged_at"]
    done = outside.api(three, "POST", f"/tickets/{ticket['number']}/resolve", {"disposition": "done"})
    assert done.status_code == 200
    outside.all_offline()


def test_a_missed_deadline_is_told_at_once_and_key_1_stops_the_climb(outside: Outside) -> None:
    policy = outside.policy("home.other")
    url = f"/policies/{policy['id']}"
    body = outside.api("fang.super", "GET", url).json()
    quick = {
        **body,
        "targets": {**body["targets"], "first_response": {"seconds": 2, "calendar": "always"}},
        "levels": [
            {"after": 0, "role": "lead"},
            {"after": 6, "role": "supervisor"},
            {"after": 600, "role": "manager"},
        ],
    }
    put = outside.api("fang.super", "PUT", url, quick)
    assert put.status_code == 200, put.text
    assert put.json()["id"] == policy["id"]
    lead = next(d for d in outside.info["duty"] if d["estate"] == "cuihu" and d["role"] == "lead")
    try:
        ticket = outside.open(text="late")
        row = wait_for(
            lambda: outside.api("fang.super", "GET", f"/escalations?ticket={ticket['number']}").json()[
                "items"
            ]
        )[0]
        assert row["level"] == 1
        assert row["role"] == "lead"
        assert row["recipient"] == lead["login"]
        assert re.fullmatch(r".*\.\d{3}Z", row["at"])
        due = datetime.fromisoformat(ticket["created_at"]).timestamp() + 2
        assert 0 <= datetime.fromisoformat(row["at"]).timestamp() - due < 30
        calls = wait_for(lambda: [c for c in outside.provider.calls if c["To"] == lead["phone"]])
        texts = wait_for(lambda: [t for t in outside.provider.texts if t["To"] == lead["phone"]])
        assert ticket["number"] in texts[-1]["Body"]
        at = datetime.fromisoformat(row["at"]).timestamp()
        assert calls[-1]["at"] - at < 30
        assert texts[-1]["at"] - at < 30

        answer = Phone(outside.info, calls[-1]["From"], lead["phone"], sid=calls[-1]["sid"])
        answer.fetch(calls[-1]["Url"], Direction="outbound-api")
        assert "1" in answer.heard or "一" in answer.heard
        answer.press("1")
        got = outside.escalations(ticket["number"])
        assert got[0]["acknowledged_by"] == lead["login"]

        ignored = outside.open(text="ignored")
        rows = wait_for(lambda: len(found := outside.escalations(ignored["number"])) >= 2 and found)
        assert {r["role"] for r in rows} == {"lead", "supervisor"}
        assert (
            len(outside.escalations(ticket["number"])) == 1
        )  # its second level fell due before, and was stopped
    finally:
        assert outside.api("fang.super", "PUT", url, body).status_code == 200
    again = outside.open(text="old promise")
    first = next(t for t in again["targets"] if t["kind"] == "first_response")
    assert datetime.fromisoformat(first["due_at"]).timestamp() - time.time() > 600


def test_what_fell_due_while_the_clock_stood_still_is_done_once_and_grouped(outside: Outside) -> None:
    policy = outside.policy("common.lighting")
    body = outside.api("fang.super", "GET", f"/policies/{policy['id']}").json()
    quick = {
        **body,
        "targets": {"first_response": {"seconds": 2, "calendar": "always"}},
        "levels": [{"after": 0, "role": "lead"}],
    }
    assert outside.api("fang.super", "PUT", f"/policies/{policy['id']}", quick).status_code == 200
    lead = next(d for d in outside.info["duty"] if d["estate"] == "cuihu" and d["role"] == "lead")
    clock = outside.system.pids()["clock"]
    os.kill(clock, signal.SIGSTOP)
    try:
        numbers = [outside.open(category="common.lighting", text=str(n))["number"] for n in range(60)]
        due = time.time() + 2.5
        wait_for(lambda: time.time() > due)
        texts, calls = len(outside.provider.texts), len(outside.provider.calls)
    finally:
        os.kill(clock, signal.SIGCONT)

    def escalated() -> set[str]:
        items = outside.api("fang.super", "GET", "/escalations?limit=200").json()["items"]
        return {row["ticket"] for row in items} & set(numbers)

    wait_for(lambda: len(escalated()) == 60)
    wait_for(lambda: any(c["To"] == lead["phone"] for c in outside.provider.calls[calls:]))
    wait_for(lambda: any(t["To"] == lead["phone"] for t in outside.provider.texts[texts:]))
    told = [t for t in outside.provider.texts[texts:] if t["To"] == lead["phone"]]
    rung = [c for c in outside.provider.calls[calls:] if c["To"] == lead["phone"]]
    assert 1 <= len(told) <= 20
    assert 1 <= len(rung) <= 20
    assert outside.api("fang.super", "PUT", f"/policies/{policy['id']}", body).status_code == 200


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
