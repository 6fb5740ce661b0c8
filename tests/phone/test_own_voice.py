"""The office's own recordings on the telephone, and a language that lives by recordings alone."""

import struct

import pytest
from sqlalchemy import select

from infra.runtime import Runtime
from ivr import own_voice
from ivr.flow import recorded
from ivr.scripts import ScriptBook
from ivr.sounds import NotASound, seconds_of
from ivr.word_models import PromptRecording
from tests.phone.conftest import Town, add_resident
from tickets.errors import FieldError
from tickets.models import Estate

NUMBER = "+886912000001"


def make_wav(seconds: float = 1.0, coding: int = 1) -> bytes:
    data = b"\x00\x00" * int(8000 * seconds)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, coding, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def record(town: Town, key: str, language: str, published: bool = True) -> PromptRecording:
    now = town.runtime.clock.now()
    with town.runtime.transaction() as tx:
        estate = tx.get_one(Estate, town.estate_id)
        row = own_voice.upload(tx, estate, key, language, make_wav(), town.staff["supervisor"], now=now)
        if published:
            own_voice.publish(tx, row, now=now)
    return row


def test_a_published_recording_is_played_and_fetched_and_a_draft_is_not(town: Town) -> None:
    draft = record(town, "greeting.emergency", "en", published=False)
    add_resident(town, NUMBER, "en")
    town.dial(NUMBER).hears("In an emergency, press star").hangs_up()

    with town.runtime.transaction() as tx:
        row = own_voice.lock(tx, draft.id, frozenset({town.estate_id}))
        own_voice.publish(tx, row, now=town.runtime.clock.now())
    town.dial(NUMBER).does_not_hear("In an emergency").hears("Garden").hangs_up()

    answer = town.app.test_client().get(own_voice.url_of(draft))
    assert (answer.status_code, answer.data, answer.mimetype) == (200, make_wav(), "audio/wav")
    assert town.app.test_client().get(f"/prompts/{draft.id}-0000.wav").status_code == 404


def test_going_back_is_one_step(town: Town) -> None:
    row = record(town, "greeting.emergency", "en")
    with town.runtime.transaction() as tx:
        own_voice.withdraw(tx, own_voice.lock(tx, row.id, frozenset({town.estate_id})))
    add_resident(town, NUMBER, "en")

    town.dial(NUMBER).hears("In an emergency, press star")


def test_what_changes_from_call_to_call_is_spoken_after_the_recording(town: Town) -> None:
    record(town, "place.known", "en")
    add_resident(town, NUMBER, "en")

    town.dial(NUMBER).hears("12th floor").does_not_hear("You are calling about")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"RIFF" + b"\x00" * 60, make_wav(61), make_wav(coding=85), make_wav(0)]
)
def test_what_is_no_sound_or_too_long_is_refused(town: Town, content: bytes) -> None:
    with pytest.raises(NotASound):
        seconds_of(content)
    with pytest.raises(FieldError), town.runtime.transaction() as tx:
        estate = tx.get_one(Estate, town.estate_id)
        now = town.runtime.clock.now()
        own_voice.upload(tx, estate, "goodbye", "en", content, town.staff["supervisor"], now=now)


def needs(runtime: Runtime, tx: object, town: Town) -> list[str]:
    place = ScriptBook(runtime).read(tx).by_id[town.estate_id]  # type: ignore[arg-type]
    return recorded.needed(place.desk, own_voice.spoken_keys(place.flows))


def test_a_language_without_a_voice_is_offered_once_nothing_is_missing_and_works_by_keys(town: Town) -> None:
    runtime, now = town.runtime, town.runtime.clock.now()
    with runtime.transaction() as tx:
        estate, staff = tx.get_one(Estate, town.estate_id), town.staff["supervisor"]
        place = ScriptBook(runtime).read(tx).by_id[town.estate_id]
        first, *others = needs(runtime, tx, town)
        for key in others:
            row = own_voice.upload(tx, estate, key, "nan", make_wav(0.1), staff, now=now)
            own_voice.publish(tx, row, now=now)
        with pytest.raises(own_voice.StillLacking) as refused:
            own_voice.switch_on(tx, estate, place.desk, place.flows, "nan")
        assert refused.value.facts["keys"] == [first]
        row = own_voice.upload(tx, estate, first, "nan", make_wav(0.1), staff, now=now)
        own_voice.publish(tx, row, now=now)
        own_voice.switch_on(tx, estate, place.desk, place.flows, "nan")
    add_resident(town, NUMBER)

    caller = town.dial(NUMBER).press("4").press("1").press("6").hangs_up()

    ticket = town.ticket()
    assert (ticket.category_code, ticket.language) == ("home.other", "nan")
    assert caller.heard == ""
    with runtime.transaction() as tx, pytest.raises(own_voice.StillLacking):
        one = tx.scalars(select(PromptRecording.id)).first() or 0
        own_voice.withdraw(tx, own_voice.lock(tx, one, frozenset({town.estate_id})))


def test_an_estate_used_to_elevators_hears_of_elevators(town: Town) -> None:
    with town.runtime.transaction() as tx:
        tx.get_one(Estate, town.estate_id).wording = {"lift": "elevator"}
    add_resident(town, NUMBER, "en")

    town.dial(NUMBER).press("2").hears("Elevator out of order").does_not_hear("lift")
