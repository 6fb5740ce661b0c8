"""What a stranger's phone and provider see of a call."""

from typing import Any

import pytest
import requests

from tests.integration.contract.outside import wait_for
from tests.integration.contract.stranger import Outside

pytestmark = pytest.mark.timeout(300)


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
