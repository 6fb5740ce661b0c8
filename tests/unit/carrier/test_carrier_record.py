"""`<Record>` against Twilio's documented behaviour."""

import pytest

from tests.unit.carrier.desk import Desk

RECORD = '<Record action="/done" timeout="4"/><Say>nothing was said</Say>'


def test_silence_ends_the_recording(desk: Desk) -> None:
    caller = desk.dialled(RECORD, done="<Say>thank you</Say>")
    begun = caller.exchange.now

    caller.records(12, "water leaks").hears("thank you")

    form = desk.forms("/done")[0]
    assert form["RecordingDuration"] == "12"
    assert "/Recordings/RE" in form["RecordingUrl"]
    assert "Digits" not in form
    assert caller.exchange.now >= begun + 16


def test_silence_alone_falls_through(desk: Desk) -> None:
    caller = desk.dialled(RECORD).waits().hears("nothing was said")

    assert desk.forms("/done") == []
    assert caller.exchange.recordings == {}


def test_finishing_key_is_told(desk: Desk) -> None:
    caller = desk.dialled('<Record action="/done" finishOnKey="#"/>')
    caller.phone.say("water leaks", 30)
    caller.exchange.advance(caller.exchange.now + 6)

    caller.press("5").press("#")

    form = desk.forms("/done")[0]
    assert (form["Digits"], form["RecordingDuration"]) == ("#", "6")


def test_any_key_finishes_by_default(desk: Desk) -> None:
    caller = desk.dialled('<Record action="/done"/>')
    caller.phone.say("water leaks", 30)

    caller.press("7")

    assert desk.forms("/done")[0]["Digits"] == "7"


def test_hang_up_reports_the_recording(desk: Desk) -> None:
    caller = desk.dialled(RECORD)
    caller.phone.say("water leaks", 8)
    caller.exchange.advance(caller.exchange.now + 8)

    caller.hangs_up()

    form = desk.forms("/done")[0]
    assert (form["Digits"], form["CallStatus"]) == ("hangup", "completed")
    assert desk.paths() == ["/ivr/voice", "/done", "/ivr/status"]


def test_hang_up_without_a_word_records_nothing(desk: Desk) -> None:
    desk.dialled(RECORD).hangs_up()

    assert desk.forms("/done") == []


def test_longest_length(desk: Desk) -> None:
    desk.dialled('<Record action="/done" maxLength="20"/>').records(60)

    assert desk.forms("/done")[0]["RecordingDuration"] == "20"


def test_timeout_zero_waits_for_a_key(desk: Desk) -> None:
    caller = desk.dialled('<Record action="/done" timeout="0" maxLength="300"/>')
    caller.phone.say("one", 2)
    caller.exchange.advance(caller.exchange.now + 60)
    assert desk.forms("/done") == []

    caller.press("#")

    assert desk.forms("/done")[0]["RecordingDuration"] == "2"


def test_silence_is_kept_when_not_trimmed(desk: Desk) -> None:
    desk.dialled('<Record action="/done" trim="do-not-trim" timeout="3"/>').records(5)

    assert desk.forms("/done")[0]["RecordingDuration"] == "8"


def test_missing_action_is_the_current_document(desk: Desk) -> None:
    pages = iter(["<Record/>", "<Say>round two</Say>"])

    desk.dialled(lambda form: next(pages)).records(3).hears("round two")


def test_beep_unless_switched_off(desk: Desk) -> None:
    assert [line.kind for line in desk.dialled("<Record/>").lines] == ["beep"]
    assert desk.dialled('<Record playBeep="false"/>').lines == []


def test_recording_status_callback(desk: Desk) -> None:
    caller = desk.dialled('<Record action="/done" recordingStatusCallback="/kept"/>').records(5)

    form = desk.forms("/kept")[0]
    assert (form["RecordingStatus"], form["RecordingSource"]) == ("completed", "RecordVerb")
    assert form["CallSid"] == caller.call_sid
    assert "From" not in form
    assert form["RecordingUrl"] == desk.forms("/done")[0]["RecordingUrl"]


@pytest.mark.parametrize(("words", "status"), [("the lift is stuck", "completed"), ("電梯壞了", "failed")])
def test_transcription_is_us_english_only(desk: Desk, words: str, status: str) -> None:
    desk.dialled('<Record transcribe="true" transcribeCallback="/text"/>').records(5, words)

    form = desk.forms("/text")[0]
    assert form["TranscriptionStatus"] == status
    assert form["TranscriptionText"] == (words if status == "completed" else "")
