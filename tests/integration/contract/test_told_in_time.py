"""What falls due is told within seconds, once, and grouped."""

import os
import re
import signal
import time
from datetime import datetime

import pytest

from tests.integration.contract.outside import Phone, wait_for
from tests.integration.contract.stranger import Outside

pytestmark = pytest.mark.timeout(300)


def test_a_missed_deadline_is_told_at_once_and_key_1_stops_the_climb(outside: Outside) -> None:
    policy = outside.policy("home.other")
    url = f"/policies/{policy['id']}"
    body = outside.api("fang.super", "GET", url).json()
    quick = {
        **body,
        "targets": {**body["targets"], "first_response": {"seconds": 2, "calendar": "always"}},
        "levels": [
            {"after": 0, "role": "lead"},
            {"after": 10, "role": "supervisor"},
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
        assert 0 <= datetime.fromisoformat(row["at"]).timestamp() - due < 5
        calls = wait_for(lambda: [c for c in outside.provider.calls if c["To"] == lead["phone"]])
        texts = wait_for(lambda: [t for t in outside.provider.texts if t["To"] == lead["phone"]])
        assert ticket["number"] in texts[-1]["Body"]
        at = datetime.fromisoformat(row["at"]).timestamp()
        assert calls[-1]["at"] - at < 5
        assert texts[-1]["at"] - at < 5

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
