"""The provider's forms turned into events; nothing in a form makes it fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import inputs
from ivr.flow.events import DialEnded, Digits, Event, QueueLeft, Recorded, Silence, Speech, Waiting


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+886912345678", "+886912345678"),
        (" +85291234567 ", "+85291234567"),
        ("anonymous", None), ("Anonymous", None), ("unknown", None), ("RESTRICTED", None), ("private", None),
        ("unavailable", None), ("blocked", None), ("withheld", None), ("", None), (None, None),
        ("+266696687", None), ("+7378742833", None), ("+2562533", None), ("+8656696", None),
        ("+86282452253", None),
        ("0912345678", None), ("+0912345678", None), ("+12", None), ("client:desk", None),
        ("sip:a@b.example", None), ("+8869123456789012", None), ("+88691234567x", None),
    ],
)  # fmt: skip
def test_withheld_and_malformed_numbers_are_nobody(raw: str | None, number: str | None) -> None:
    assert inputs.caller_number(raw) == number


@pytest.mark.parametrize(
    ("form", "hint", "event"),
    [
        ({"Digits": "1"}, "", Digits("1")),
        ({"Digits": "#"}, "", Digits("#")),
        ({"Digits": "*"}, "", Digits("*")),
        ({"Digits": "12", "FinishedOnKey": "*"}, "", Digits("*")),
        ({"Digits": "", "FinishedOnKey": "*"}, "", Digits("*")),
        ({"Digits": "12", "FinishedOnKey": ""}, "", Digits("12")),
        ({"Digits": ""}, "", Silence()),
        ({"Digits": "hello"}, "", Silence()),
        ({}, "silence", Silence()),
        ({"SpeechResult": " a tap drips ", "Confidence": "0.87"}, "", Speech("a tap drips", 0.87)),
        ({"SpeechResult": "a\x00b", "Confidence": "high"}, "", Speech("a b", None)),
        ({"SpeechResult": "x", "Confidence": "7"}, "", Speech("x", None)),
        ({"SpeechResult": "x", "Confidence": "nan"}, "", Speech("x", None)),
        ({"SpeechResult": "  "}, "", Silence()),
        (
            {"RecordingUrl": "https://x/RE9", "RecordingDuration": "7", "Digits": "#"},
            "record",
            Recorded("https://x/RE9", "RE9", 7, "#"),
        ),
        (
            {"RecordingUrl": "https://x/RE9", "RecordingSid": "RE8", "Digits": "hangup"},
            "record",
            Recorded("https://x/RE9", "RE8", 0, "", is_hung_up=True),
        ),
        ({"Digits": "*"}, "record", Digits("*")),
        ({}, "record", Silence()),
        (
            {"DialCallStatus": "completed", "DialBridged": "true", "DialCallDuration": "31"},
            "dial",
            DialEnded(True, 31),
        ),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, "dial", DialEnded(False)),
        ({"DialCallStatus": "completed"}, "dial", DialEnded(True)),
        ({"DialCallStatus": "no-answer"}, "dial", DialEnded(False)),
        ({"DialCallStatus": "odd"}, "dial", DialEnded(False)),
        ({}, "dial", DialEnded(False)),
        (
            {"DialCallStatus": "canceled", "CallStatus": "completed"},
            "dial",
            DialEnded(False, 0, is_hung_up=True),
        ),
        ({"QueueResult": "leave", "QueueTime": "40"}, "queue", QueueLeft("leave", 40)),
        ({"QueueResult": "odd"}, "queue", QueueLeft("error")),
    ],
)
def test_what_happened_in_a_step(form: dict[str, str], hint: str, event: Event) -> None:
    assert inputs.step_event(form, hint) == event


def test_the_wait_document_is_asked_for_again_or_a_key_came() -> None:
    assert inputs.wait_event({"QueueTime": "35"}) == Waiting(35)
    assert inputs.wait_event({"Digits": "1"}) == Digits("1")
    assert inputs.wait_event({"QueueTime": "-3"}) == Waiting(0)


@pytest.mark.parametrize(("digits", "is_accepted"), [("1", True), ("2", False), ("", False), ("11", False)])
def test_only_one_accepts(digits: str, is_accepted: bool) -> None:
    assert inputs.accepted({"Digits": digits}) is is_accepted


def test_unknown_statuses_are_failures() -> None:
    assert inputs.call_status({"CallStatus": "in-progress"}) == "in-progress"
    assert inputs.call_status({"CallStatus": "teleported"}) == "failed"
    assert inputs.message_status({"SmsStatus": "delivered"}) == "delivered"
    assert inputs.message_status({}) == "failed"


def test_final_statuses_rank_above_all_others() -> None:
    assert set(inputs.CALL_RANK) == inputs.CALL_STATUSES
    assert all(inputs.CALL_RANK[final] > inputs.CALL_RANK["in-progress"] for final in inputs.FINAL_STATUSES)
    assert inputs.MESSAGE_RANK["read"] > inputs.MESSAGE_RANK["delivered"] > inputs.MESSAGE_RANK["sent"]


def test_who_rings_whom() -> None:
    form = {"CallSid": "CA1", "From": "anonymous", "To": "+886225550100"}

    assert inputs.caller(form) == inputs.Caller("CA1", None, "+886225550100")


def test_a_text_is_cleaned_and_cut() -> None:
    text = inputs.text_received({"SmsSid": "SM1", "From": "+886912345678", "Body": "a\x00b" + "c" * 2000})

    assert (text.sid, text.from_e164, text.to_e164) == ("SM1", "+886912345678", None)
    assert text.body.startswith("a bc")
    assert len(text.body) == 1600


FIELDS = [
    "Digits", "FinishedOnKey", "SpeechResult", "Confidence", "RecordingUrl", "RecordingDuration", "From", "To",
    "DialCallStatus", "DialBridged", "QueueResult", "QueueTime", "CallStatus", "CallSid", "Body",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30)), st.text(max_size=8))
def test_no_form_makes_it_fail(form: dict[str, str], hint: str) -> None:
    inputs.step_event(form, hint)
    for name in ("record", "dial", "queue", ""):
        inputs.step_event(form, name)
    inputs.wait_event(form)
    inputs.caller(form)
    inputs.text_received(form)
    inputs.call_status(form)
    inputs.message_status(form)
