"""What callers leave after the tone: brought into our own storage, listened to on record, deleted on its date."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from infra.outbox import Claimed
from infra.telephony import TelephonyError
from ivr import recordings
from ivr.models import Recording, RecordingPlay
from tests.phone.conftest import Town, add_resident
from tests.phone.test_repeats import Tape
from tickets.models import Estate, Ticket

NUMBER = "+886912000001"


@pytest.fixture
def tape(town: Town) -> Tape:
    """Everything that the carrier asks the product from now on."""
    add_resident(town, NUMBER, "en")
    kept = Tape(town.exchange.courier.transport)
    town.exchange.courier.transport = kept
    return kept


def leave_message(town: Town, words: str = "the tap drips") -> Recording:
    """A voicemail of five seconds, and the callbacks about it."""
    town.dial(NUMBER).press("0").waits().records(5, words)
    town.exchange.advance(town.exchange.now + 30)
    with town.runtime.transaction() as tx:
        return tx.scalars(select(Recording)).one()


def read(town: Town, sid: str) -> Recording:
    with town.runtime.transaction() as tx:
        return tx.get_one(Recording, sid)


def later(town: Town, days: int) -> None:
    """So many days pass, and the clock looks for recordings whose date has come."""
    town.exchange.advance(town.exchange.now + days * 86400)
    recordings.expire(town.runtime, town.runtime.clock.now())
    town.deliver()


def test_a_message_is_fetched_to_our_own_storage(town: Town, tape: Tape) -> None:
    made = leave_message(town)

    town.deliver()

    kept = read(town, made.sid)
    assert kept.path is not None
    sound = town.runtime.media.file(kept.path).read_bytes()
    assert sound.startswith(b"RIFF")
    assert (kept.size, kept.content_type) == (len(sound), "audio/x-wav")


def test_words_that_the_provider_wrote_down_are_kept_once(town: Town, tape: Tape) -> None:
    made = leave_message(town, "the tap drips")
    place = next(i for i, k in enumerate(tape.kept) if k[1].endswith("/ivr/transcription"))

    tape.again(place)
    tape.again(place, with_token=False)

    assert read(town, made.sid).transcript == "the tap drips"
    assert [kind for kind, _ in town.history()].count("transcribed") == 1


def test_callbacks_of_a_recording_before_its_turn_make_one_row(town: Town, tape: Tape) -> None:
    leave_message(town)
    told = [i for i, k in enumerate(tape.kept) if k[1].endswith(("/ivr/recording", "/ivr/transcription"))]
    with town.runtime.transaction() as tx:
        for row in tx.scalars(select(Recording)):
            tx.delete(row)

    for place in [*reversed(told), *told]:
        tape.again(place)
    town.deliver()

    with town.runtime.transaction() as tx:
        (made,) = tx.scalars(select(Recording))
    assert made.path is not None
    assert made.ticket_id == town.ticket().id


def test_a_sound_that_is_not_ready_yet_is_asked_for_again(town: Town, tape: Tape) -> None:
    made = leave_message(town)
    hidden = town.exchange.recordings.pop(made.sid)
    item = Claimed(0, "recording.fetch", "k", {"sid": made.sid}, 1)

    with pytest.raises(TelephonyError) as refused:
        recordings.fetch(town.runtime, item)
    town.exchange.recordings[made.sid] = hidden
    recordings.fetch(town.runtime, item)

    assert not refused.value.is_final
    assert recordings.fetch(town.runtime, item) == "kept already"


def test_a_foreign_address_is_never_asked(town: Town, tape: Tape) -> None:
    made = leave_message(town)
    with town.runtime.transaction() as tx:
        tx.execute(update(Recording).values(url="https://elsewhere.example/secret"))

    with pytest.raises(TelephonyError) as refused:
        recordings.fetch(town.runtime, Claimed(0, "recording.fetch", "k", {"sid": made.sid}, 1))

    assert refused.value.is_final


def test_on_its_date_it_is_deleted_here_and_at_the_provider(town: Town, tape: Tape) -> None:
    made = leave_message(town)
    town.deliver()
    path = read(town, made.sid).path or ""

    later(town, 89)
    assert read(town, made.sid).deleted_at is None
    later(town, 2)

    gone = read(town, made.sid)
    assert gone.deleted_at is not None
    assert (gone.path, gone.transcript) == (None, None)
    assert not town.runtime.media.file(path).exists()
    assert made.sid not in town.exchange.recordings


def test_an_estate_chooses_how_long(town: Town, tape: Tape) -> None:
    made = leave_message(town)
    with town.runtime.transaction() as tx:
        tx.execute(update(Estate).values(recording_days=7))

    later(town, 8)

    assert read(town, made.sid).deleted_at is not None


def test_what_is_held_or_belongs_to_an_open_complaint_stays(town: Town, tape: Tape) -> None:
    made = leave_message(town)
    with town.runtime.transaction() as tx:
        tx.execute(update(Ticket).values(kind="complaint"))
    later(town, 91)
    assert read(town, made.sid).deleted_at is None

    with town.runtime.transaction() as tx:
        tx.execute(update(Ticket).values(state="closed"))
        held = tx.get_one(Recording, made.sid)
        recordings.hold(tx, held, town.staff["supervisor"], town.runtime.clock.now())
    later(town, 1)
    assert read(town, made.sid).deleted_at is None

    with town.runtime.transaction() as tx:
        held = tx.get_one(Recording, made.sid)
        recordings.release(tx, held, town.staff["supervisor"], town.runtime.clock.now())
    later(town, 1)
    assert read(town, made.sid).deleted_at is not None


def test_one_listening_counts_once_and_stands_in_the_history(town: Town, tape: Tape) -> None:
    made, now = leave_message(town), town.runtime.clock.now()
    with town.runtime.transaction() as tx:
        for at in (now, now + timedelta(seconds=5), now + timedelta(minutes=5)):
            recordings.note_play(tx, made, town.staff["supervisor"], at)

    with town.runtime.transaction() as tx:
        plays = tx.scalars(select(RecordingPlay)).all()
    assert len(plays) == 2
    assert [kind for kind, _ in town.history()].count("recording_played") == 2
