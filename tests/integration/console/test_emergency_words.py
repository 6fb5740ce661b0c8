"""The word lists on the page: tried, added to, switched off; which fired; by whom."""

from collections.abc import Callable

from sqlalchemy import select

from tests.integration.console.conftest import Browser, World
from tickets.actors import Actor
from tickets.history import record
from tickets.models import Ticket


def test_a_sentence_is_tried_before_anybody_says_it(browser: Callable[[str], Browser]) -> None:
    boss = browser("boss")

    heard = boss.get("/emergency-words?list=en&say=smoke+everywhere").text
    assert "because of “smoke”" in heard
    assert "No emergency" in boss.get("/emergency-words?list=en&say=the+smoke+detector+beeps").text
    assert "No emergency" in boss.get("/emergency-words?list=ja&say=%3F").text


def test_the_office_adds_a_word_switches_it_off_and_takes_it_back(browser: Callable[[str], Browser]) -> None:
    boss = browser("boss")
    say = "/emergency-words?list=en&say=a+glowing+chimney"
    assert "because of" not in boss.get(say).text

    boss.post("/emergency-words", htmx=False, list="en", kind="fire", phrase="Glowing  chimney", on="1")
    assert "because of “glowing chimney”" in boss.get(say).text
    boss.post("/emergency-words", htmx=False, list="en", kind="fire", phrase="Glowing chimney")
    assert "because of" not in boss.get(say).text
    assert "Glowing chimney" in boss.get("/emergency-words?list=en").text
    boss.post("/emergency-words", htmx=False, list="en", kind="fire", phrase="Glowing chimney", on="1")
    assert "because of “glowing chimney”" in boss.get(say).text


def test_an_exception_of_the_office_counts(browser: Callable[[str], Browser]) -> None:
    boss = browser("boss")
    say = "/emergency-words?list=zh&say=火災講座幾點開始"
    assert "because of" in boss.get(say).text

    boss.post("/emergency-words", htmx=False, list="zh", kind="exception", phrase="火灾讲座", on="1")

    assert "because of" not in boss.get(say).text


def test_what_cannot_be_a_phrase_is_refused_at_the_field(browser: Callable[[str], Browser]) -> None:
    boss = browser("boss")

    for phrase, kind, name in (
        ("a", "fire", "en"),
        ("…", "fire", "en"),
        ("smoke", "weather", "en"),
        ("x" * 61, "fire", "en"),
    ):
        answer = boss.post("/emergency-words", list=name, kind=kind, phrase=phrase, on="1")
        assert answer.status_code == 422, phrase


def test_an_agent_sees_no_lists_and_a_lead_changes_none(browser: Callable[[str], Browser]) -> None:
    assert browser("mei").get("/emergency-words").status_code == 403
    assert browser("lead").get("/emergency-words").status_code == 200
    refused = browser("lead").post("/emergency-words", list="en", kind="fire", phrase="lava", on="1")
    assert refused.status_code == 403


def test_the_word_that_fired_stands_there_with_its_ticket(
    world: World, browser: Callable[[str], Browser]
) -> None:
    number = world.open()
    with world.runtime.transaction() as tx:
        ticket = tx.scalars(select(Ticket).where(Ticket.number == number)).one()
        told = {"phrase": "瓦斯味", "language": "zh-TW"}
        record(tx, ticket.id, "alarm_heard", Actor.CALLER, told, now=world.now)

    page = browser("boss").get("/emergency-words").text
    assert "瓦斯味" in page
    assert number in page
    assert "Sounded like an emergency: “瓦斯味”." in browser("boss").get(f"/tickets/{number}").text
