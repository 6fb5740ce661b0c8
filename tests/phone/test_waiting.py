"""Waiting on the line: honest figures, music, and being rung back at one's turn with the place kept."""

import itertools
import random
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from infra.outbox import Claimed, OutboxItem
from ivr import callbacks, calling_back, outlook
from ivr.callback_models import Callback
from ivr.carrier.caller import Caller
from ivr.models import Call, Message
from routing.models import Reservation, Seat
from routing.service import Router
from tests.phone.conftest import Town, add_resident
from tests.phone.test_repeats import Tape
from tickets.actors import Actor
from tickets.models import Staff, Ticket

NUMBER, OTHER = "+886912000001", "+886912000077"


@pytest.fixture
def staffed(town: Town) -> Town:
    """The town with a resident and one agent."""
    add_resident(town, NUMBER, "en")
    town.seat("agent", ("home_repairs", "general"), ("en",))
    return town


def wait_long(town: Town, number: str = NUMBER) -> Caller:
    """A caller who has waited until a call-back is offered."""
    caller = town.dial(number).press("1").press("1").press("0").settles()
    for _ in range(12):
        if "called back" in caller.heard:
            return caller
        caller.waits(10)
    raise AssertionError("no call-back was offered")


def asked(town: Town) -> Caller:
    """A caller who asked to be rung back and hung up."""
    return wait_long(town).press("2").hears("call you back").hangs_up()


def row(town: Town) -> Callback:
    with town.runtime.transaction() as tx:
        return tx.scalars(select(Callback)).one()


def take(town: Town) -> None:
    """The agent accepts what is offered, offered anew if the first offer has lapsed."""
    now, router = town.runtime.clock.now(), Router(town.runtime)
    with town.runtime.transaction() as tx:
        seat = tx.scalars(select(Seat)).one()
        if seat.state != "available":
            router.set_state(tx, seat, "available", None, Actor.SYSTEM, now=now)
    router.tick(now)
    with town.runtime.transaction() as tx:
        offer = tx.scalars(select(Reservation).where(Reservation.state == "pending")).one()
        router.accept(tx, offer.id, tx.get_one(Staff, town.staff["agent"].id), now=now)
    town.deliver()


def later(town: Town, minutes: float) -> None:
    town.exchange.advance(town.exchange.now + minutes * 60)
    callbacks.sweep(town.runtime, town.runtime.clock.now())


def test_the_music_is_fetched_without_a_signature(town: Town) -> None:
    client = town.app.test_client()

    sound = client.get("/ivr/hold.wav")

    assert sound.data.startswith(b"RIFF")
    assert client.get("/ivr/hold.wav", headers={"If-None-Match": sound.headers["ETag"]}).status_code == 304
    assert client.get("/ivr/voice").status_code in (403, 405)


@pytest.mark.parametrize(
    ("place", "seats", "talks", "minutes"),
    [
        (1, 1, [], 5),  # 180 s and a wrap-up of 30 s
        (1, 2, [30, 30, 30], 1),
        (2, 1, [60, 60, 60], 3),
        (4, 1, [240, 240, 240], 11),
        (3, 0, [60, 60, 60], None),
    ],
)
def test_the_wait_is_worked_out_from_the_queue_as_it_is(
    place: int, seats: int, talks: list[int], minutes: int | None
) -> None:
    assert outlook.expected_minutes(place, seats, talks) == minutes


def test_place_and_wait_are_heard(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0").settles()

    caller.hears("You are next", "about 5 minutes")


def test_with_the_last_seat_gone_no_figure_is_promised_and_a_message_is_asked_for(staffed: Town) -> None:
    caller = staffed.dial(NUMBER).press("1").press("1").press("0").settles()
    with staffed.runtime.transaction() as tx:
        tx.execute(update(Seat).values(state="offline"))

    caller.waits(25).settles().hears("Nobody is free", "leave a message").does_not_hear("The wait is")

    assert not staffed.ticket().is_live


def test_a_call_back_keeps_the_place_and_rings_after_the_seat_is_reserved(staffed: Town) -> None:
    caller, place = wait_long(staffed), staffed.ticket().rank_at
    caller.press("2").hangs_up()
    phone = staffed.phone_of(NUMBER)
    assert not phone.is_rung
    assert (staffed.ticket().rank_at, staffed.ticket().is_live) == (place, True)

    take(staffed)

    phone.answers().hears("calling back", "press 1").press("1").hears("connecting you")
    agent = staffed.phone("agent").answers().press("1")
    assert phone.talks_with(agent)
    phone.hangs_up()
    assert row(staffed).state == "done"
    assert (staffed.ticket().is_live, staffed.ticket().tags) == (False, [])


def test_another_number_is_rung(staffed: Town) -> None:
    caller = wait_long(staffed).press("2").press("1").press("0912000077").waits()
    caller.hears("0, 9, 1, 2, 0, 0, 0, 0, 7, 7")

    take(staffed)

    assert staffed.phone_of(OTHER).is_rung
    assert not staffed.phone_of(NUMBER).is_rung


@pytest.mark.parametrize("keyed", ["12345", "0014155550100", "0203123456"])
def test_an_impossible_foreign_or_costly_number_is_refused(staffed: Town, keyed: str) -> None:
    wait_long(staffed).press("2").press("1").press(keyed).waits().hears("cannot call that number")

    assert row(staffed).phone_e164 == NUMBER


def test_three_attempts_ten_minutes_apart_then_a_ticket(staffed: Town) -> None:
    asked(staffed)
    rung = []
    for _ in range(3):
        take(staffed)
        rung.append(staffed.runtime.clock.now())
        staffed.phone_of(NUMBER).rejects()
        staffed.exchange.advance(staffed.exchange.now + 5)
        later(staffed, 5)
        assert not staffed.phone_of(NUMBER).is_rung
        later(staffed, 6)

    done, ticket = row(staffed), staffed.ticket()
    assert (done.state, done.attempts) == ("failed", 3)
    assert all(b - a >= timedelta(minutes=10) for a, b in itertools.pairwise(rung))
    assert (ticket.is_live, ticket.tags) == (False, [])
    assert ticket.state in ("queued", "reserved")
    staffed.deliver()
    assert "could not reach you" in staffed.exchange.phone(NUMBER).texts[-1].body


def test_a_voicemail_that_answers_is_an_attempt_in_vain(staffed: Town) -> None:
    asked(staffed)
    take(staffed)

    staffed.phone_of(NUMBER).answers().waits()
    staffed.exchange.advance(staffed.exchange.now + 30)

    assert (row(staffed).state, row(staffed).attempts) == ("resting", 1)
    assert staffed.ticket().state == "waiting"
    assert not staffed.phone("agent").is_rung


def test_the_resident_may_call_it_off(staffed: Town) -> None:
    asked(staffed)
    take(staffed)

    staffed.phone_of(NUMBER).answers().press("2").hears("will not call again")

    assert row(staffed).state == "off"
    assert not staffed.ticket().is_live


def test_after_its_window_it_is_an_ordinary_ticket(staffed: Town) -> None:
    asked(staffed)

    later(staffed, 4 * 60 + 1)

    assert row(staffed).state == "expired"
    assert not staffed.ticket().is_live


def test_the_same_delivery_twice_rings_once(staffed: Town) -> None:
    asked(staffed)
    take(staffed)
    with staffed.runtime.transaction() as tx:
        item = tx.scalars(select(OutboxItem).where(OutboxItem.kind == "seat.connect_call")).all()[-1]
        seat_id = tx.scalars(select(Seat.id)).one()
        tx.execute(update(Callback).values(attempt_sid=None))  # died before it could write down the answer
    claimed = Claimed(item.id, item.kind, item.key, item.payload, 2)

    again = [calling_back.dial(staffed.runtime, claimed, row(staffed).id, seat_id) for _ in range(2)]

    assert again == ["ringing", "ringing already"]
    with staffed.runtime.transaction() as tx:
        calls = tx.scalars(select(Call).where(Call.direction == "callback")).all()
    assert (len(calls), row(staffed).attempts) == (1, 1)


def test_a_ringing_whose_end_was_never_told_is_tried_again(staffed: Town) -> None:
    asked(staffed)
    take(staffed)
    with staffed.runtime.transaction() as tx:
        tx.execute(update(Callback).values(attempt_sid="CA" + "f" * 32))

    later(staffed, 4)

    assert row(staffed).state == "resting"


@pytest.mark.parametrize("with_token", [True, False])
def test_every_request_of_a_call_back_doubled_and_shuffled_changes_nothing(
    staffed: Town, with_token: bool
) -> None:
    tape = Tape(staffed.exchange.courier.transport)
    staffed.exchange.courier.transport = tape
    asked(staffed)
    take(staffed)
    staffed.phone_of(NUMBER).answers().press("1")
    staffed.phone("agent").answers().press("1")
    staffed.phone_of(NUMBER).hangs_up()
    staffed.exchange.advance(staffed.exchange.now + 30)
    before = states(staffed)
    places = [place for place in range(len(tape.kept)) for _ in range(2)]
    random.Random(3).shuffle(places)

    for place in places:
        assert tape.again(place, with_token=with_token)[1].status < 300

    assert states(staffed) == before


def states(town: Town) -> list[tuple[object, ...]]:
    with town.runtime.transaction() as tx:
        rows: list[tuple[object, ...]] = [
            (c.state, c.attempts, c.phone_e164, c.attempt_sid) for c in tx.scalars(select(Callback))
        ]
        rows += [(t.number, t.state, t.is_live, t.seat_id) for t in tx.scalars(select(Ticket))]
        rows += [(c.sid, c.status, c.talk_s) for c in tx.scalars(select(Call).order_by(Call.sid))]
        return rows + [(m.id, m.status) for m in tx.scalars(select(Message))]
