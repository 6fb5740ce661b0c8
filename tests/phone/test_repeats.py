"""Webhooks sent twice, late and out of order: the same answer, and nothing happens a second time."""

import random
from collections.abc import Mapping

import pytest
from sqlalchemy import text

from ivr.carrier.web import Answer, Transport
from tests.phone.conftest import Town, add_resident

NUMBER = "+886912000001"
COUNTED = ("tickets", "calls", "recordings", "messages", "ticket_events", "caller_preferences", "outbox")


class Tape:
    """A transport that keeps what it carried, so that it can be sent again byte for byte."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.kept: list[tuple[str, str, Mapping[str, str], str | None, Answer]] = []

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None, timeout: float
    ) -> Answer:
        """Carry it, and keep it with its answer."""
        answer = self.inner.send(method, url, headers, body, timeout)
        self.kept.append((method, url, dict(headers), body, answer))
        return answer

    def again(self, place: int, *, with_token: bool = True) -> tuple[Answer, Answer]:
        """Send one of them again; returns the first answer and the new one."""
        method, url, headers, body, first = self.kept[place]
        sent = {k: v for k, v in headers.items() if with_token or k != "I-Twilio-Idempotency-Token"}
        return first, self.inner.send(method, url, sent, body, 15.0)


@pytest.fixture
def tape(town: Town) -> Tape:
    """Everything that the carrier asks the product from now on."""
    add_resident(town, NUMBER, "en")
    kept = Tape(town.exchange.courier.transport)
    town.exchange.courier.transport = kept
    return kept


def counts(town: Town) -> dict[str, int]:
    """How many rows there are in each table that a webhook may write to."""
    with town.runtime.transaction() as tx:
        return {name: tx.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in COUNTED}  # noqa: S608


def states(town: Town) -> list[tuple[object, ...]]:
    """What could be overwritten by a late callback."""
    with town.runtime.transaction() as tx:
        calls = tx.execute(
            text("SELECT sid, status, ended_at, ticket_id, category_code FROM calls ORDER BY sid")
        )
        tickets = tx.execute(
            text("SELECT number, state, text, priority_class, is_live FROM tickets ORDER BY id")
        )
        texts = tx.execute(text("SELECT id, status, sid FROM messages ORDER BY id"))
        return [tuple(row) for rows in (calls, tickets, texts) for row in rows]


def walk(town: Town, way: str) -> None:
    """One of several whole calls, hung up at the end."""
    caller = town.dial(NUMBER)
    if way == "ticket":
        caller.press("1").press("1").press("2").says("it drips").waits()
    elif way == "hang-up":
        caller.press("1").press("1")
    elif way == "recording":
        caller.press("1").press("1").press("2").waits().waits().records(5)
    elif way == "emergency":
        caller.press("*").press("1")
        town.phone("lead").answers().press("1")
    elif way == "message":
        caller.press("0").waits().records(5)
    elif way == "language":
        caller.press("9").press("2").press("1").press("2")
    if not caller.is_over:
        caller.hangs_up()
    town.deliver()
    town.exchange.advance(town.exchange.now + 30)


WAYS = ["ticket", "hang-up", "recording", "emergency", "message", "language"]


@pytest.mark.parametrize("with_token", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_every_request_doubled_and_shuffled_changes_nothing(
    town: Town, tape: Tape, way: str, with_token: bool
) -> None:
    walk(town, way)
    before = counts(town), states(town)
    places = [place for place in range(len(tape.kept)) for _ in range(2)]
    random.Random(way).shuffle(places)

    for place in places:
        first, second = tape.again(place, with_token=with_token)
        assert second.status == first.status
        assert second.body == first.body

    assert (counts(town), states(town)) == before


@pytest.mark.parametrize("way", WAYS)
def test_a_fresh_token_makes_no_second_ticket(town: Town, tape: Tape, way: str) -> None:
    walk(town, way)
    tickets = len(town.tickets())

    for place in range(len(tape.kept)):
        headers = dict(tape.kept[place][2]) | {"I-Twilio-Idempotency-Token": f"fresh-{place}"}
        method, url, _, body, _ = tape.kept[place]
        tape.inner.send(method, url, headers, body, 15.0)

    assert len(town.tickets()) == tickets


def test_the_end_of_a_call_told_before_its_last_words_loses_neither(town: Town, tape: Tape) -> None:
    caller = town.dial(NUMBER).press("1").press("1").press("2")
    caller.says("it drips")
    words = next(k for k in tape.kept if k[3] and "SpeechResult" in k[3])
    caller.hangs_up()
    over = next(k for k in tape.kept if k[1].endswith("/ivr/status"))
    with town.runtime.transaction() as tx:
        for table in ("handled_turns", "ticket_events", "ticket_targets", "ticket_intervals", "outbox"):
            tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            tx.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        tx.execute(text("UPDATE calls SET ticket_id = NULL, status = 'in-progress', ended_at = NULL"))
        tx.execute(text("DELETE FROM tickets"))
        tx.execute(text("UPDATE calls SET state_token = :s"), {"s": words[1].partition("s=")[2]})

    for method, url, headers, body, _ in (over, words):
        tape.inner.send(method, url, headers, body, 15.0)

    assert town.ticket().text == "it drips"
    assert town.ticket().tags == ["hung_up"]


def test_a_late_ringing_never_overwrites_completed(town: Town, tape: Tape) -> None:
    town.dial(NUMBER).hangs_up()
    method, url, headers, body, _ = next(k for k in tape.kept if k[1].endswith("/ivr/status"))

    tape.inner.send(method, url, headers, body, 15.0)

    assert states(town)[0][1] == "completed"
