"""Listening to what callers said: roles, estates, pieces of a sound, and the mark that it leaves."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ivr.models import Recording, RecordingPlay
from tests.integration.console.conftest import Browser, World
from tickets.models import Estate

SOUND = b"RIFF" + bytes(range(256)) * 8
SID = "RE" + "a" * 32


@pytest.fixture
def sound(world: World) -> str:
    """The address of a recording of the first estate, kept in our storage."""
    media = world.runtime.media
    media.file("recordings").mkdir(parents=True, exist_ok=True)
    media.file("recordings/one.wav").write_bytes(SOUND)
    number = world.open()
    with world.runtime.transaction() as tx:
        tx.add(
            Recording(
                sid=SID, call_sid="CA1", url="/x", duration_s=5, status="completed", created_at=world.now,
                path="recordings/one.wav", content_type="audio/x-wav", estate_id=world.estate.id,
                ticket_id=world.ticket(number).id, transcript="it drips",
            )
        )  # fmt: skip
    return f"/recordings/{SID}"


def plays(world: World) -> int:
    with world.runtime.transaction() as tx:
        return len(tx.scalars(select(RecordingPlay)).all())


def test_a_piece_of_the_sound_is_given_and_the_listening_written_down(
    world: World, browser: Callable[[str], Browser], sound: str
) -> None:
    client = browser("mei").client

    whole = client.get(sound)
    piece = client.get(sound, headers={"Range": "bytes=4-7"})

    assert (whole.status_code, whole.data) == (200, SOUND)
    assert (piece.status_code, piece.data) == (206, SOUND[4:8])
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert plays(world) == 1
    whole.close()
    piece.close()


def test_another_estate_and_a_role_without_ears_hear_nothing(
    world: World, browser: Callable[[str], Browser], sound: str
) -> None:
    assert browser("chan").get(sound).status_code == 404
    assert browser("root").get(sound).status_code == 403
    assert plays(world) == 0


def test_a_recording_that_was_deleted_does_not_exist(
    world: World, browser: Callable[[str], Browser], sound: str
) -> None:
    with world.runtime.transaction() as tx:
        tx.get_one(Recording, SID).deleted_at = world.now

    assert browser("mei").get(sound).status_code == 404


def test_the_list_shows_them_and_a_lead_holds_one(
    world: World, browser: Callable[[str], Browser], sound: str
) -> None:
    lead = browser("lead")

    shown = lead.get("/recordings").text
    lead.post(f"{sound}/hold", htmx=False)

    assert sound in shown
    assert "it drips" in shown
    with world.runtime.transaction() as tx:
        assert tx.get_one(Recording, SID).held_at is not None
    assert browser("mei").post(f"{sound}/hold").status_code == 403


def test_a_supervisor_sets_the_days_of_an_estate(world: World, browser: Callable[[str], Browser]) -> None:
    boss = browser("boss")

    assert boss.post("/recordings/days", estate="HY", days="0").status_code == 422
    assert boss.post("/recordings/days", estate="LK", days="30").status_code == 404
    assert boss.post("/recordings/days", htmx=False, estate="HY", days="30").status_code == 302

    with world.runtime.transaction() as tx:
        assert tx.get_one(Estate, world.estate.id).recording_days == 30
