"""The provider's words turned into ours. A bad value never raises: it is logged and taken as failed.

Names of parameters, statuses and the keypad spellings of withheld numbers are those of the provider's pages
on webhook requests and caller IDs.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flow.events import DialEnded, Digits, Event, QueueLeft, Recorded, Silence, Speech, Waiting

log = logging.getLogger(__name__)

E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
# Words for a withheld caller, spelt on a keypad: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE.
SPELT_OUT = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
LONGEST_WORDS = 2000
KEYS = re.compile(r"[0-9*#]+\Z")

FINAL_STATUSES = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
CALL_STATUSES = FINAL_STATUSES | {"queued", "initiated", "ringing", "in-progress"}
DIAL_STATUSES = frozenset({"completed", "answered", "busy", "no-answer", "failed", "canceled"})
QUEUE_RESULTS = frozenset(
    {
        "bridged", "bridging-in-process", "error", "hangup", "leave", "redirected",
        "redirected-from-bridged", "queue-full", "system-error",
    }
)  # fmt: skip
MESSAGE_STATUSES = frozenset(
    {
        "queued", "sending", "sent", "delivered", "undelivered", "failed", "receiving", "received",
        "accepted", "scheduled", "read", "partially_delivered", "canceled",
    }
)  # fmt: skip
# How far a status is; a later request with a smaller rank never overwrites (statuses may come out of order).
CALL_RANK = {"queued": 0, "initiated": 1, "ringing": 2, "in-progress": 3} | dict.fromkeys(FINAL_STATUSES, 4)
MESSAGE_RANK = {"accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3} | dict.fromkeys(
    ("delivered", "undelivered", "failed", "canceled", "partially_delivered"), 4
) | {"read": 5}  # fmt: skip

Form = Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """Who rings whom. `from_e164` is None for a withheld, unknown or malformed number."""

    call_sid: str
    from_e164: str | None
    to_e164: str | None


@dataclass(frozen=True)
class TextReceived:
    """An incoming text message."""

    sid: str
    from_e164: str | None
    to_e164: str | None
    body: str


def caller_number(raw: str | None) -> str | None:
    """The E.164 number in `raw`, or None if the caller is withheld or not a telephone number."""
    text = (raw or "").strip()
    if not E164.match(text) or text in SPELT_OUT:
        return None
    return text


def caller(form: Form) -> Caller:
    """Who rings whom, from any voice request."""
    called = caller_number(form.get("To"))
    return Caller(form.get("CallSid", ""), caller_number(form.get("From")), called)


def text_received(form: Form) -> TextReceived:
    """The incoming text in `form`; its body is cut at 1600 characters and freed of control characters."""
    sid = form.get("MessageSid") or form.get("SmsSid", "")
    sender, to = caller_number(form.get("From")), caller_number(form.get("To"))
    return TextReceived(sid, sender, to, clean(form.get("Body", ""), 1600))


def call_status(form: Form) -> str:
    """The call's status; an unknown one is logged and taken as failed."""
    return one_of(CALL_STATUSES, form.get("CallStatus", ""), "failed", "call status")


def message_status(form: Form) -> str:
    """The message's status; an unknown one is logged and taken as failed."""
    given = form.get("MessageStatus") or form.get("SmsStatus", "")
    return one_of(MESSAGE_STATUSES, given, "failed", "message status")


def step_event(form: Form, hint: str = "") -> Event:
    """What happened in a request to the step URL. `hint` is its `e` parameter.

    An empty input is a silence, unless the key that ended it was the star.
    """
    match hint:
        case "record":
            return recorded(form)
        case "dial":
            return dial_ended(form)
        case "queue":
            result = one_of(QUEUE_RESULTS, form.get("QueueResult", ""), "error", "queue result")
            return QueueLeft(result, number(form.get("QueueTime")))
        case _:
            return gathered(form)


def wait_event(form: Form) -> Event:
    """What happened in a request to the wait URL: a key, or the document is asked for again."""
    event = gathered(form)
    return event if isinstance(event, Digits) else Waiting(number(form.get("QueueTime")))


def accepted(form: Form) -> bool:
    """Whether `1` was pressed: a whisper was accepted, an escalation acknowledged."""
    return form.get("Digits", "") == "1"


def gathered(form: Form) -> Event:
    """Keys, words or silence. The key that ended a number is no part of it; a star is told all the same."""
    digits = form.get("Digits", "")
    if form.get("FinishedOnKey") == "*":
        return Digits("*")
    if KEYS.match(digits):
        return Digits(digits[:32])
    words = clean(form.get("SpeechResult", ""), LONGEST_WORDS)
    if words:
        return Speech(words, fraction(form.get("Confidence")))
    return Silence()


def recorded(form: Form) -> Event:
    """A recording, or silence if there is none."""
    url, ended_by = form.get("RecordingUrl", ""), form.get("Digits", "")
    key = ended_by if len(ended_by) == 1 and KEYS.match(ended_by) else ""
    if not url:
        return Digits(key) if key == "*" else Silence()
    sid = form.get("RecordingSid") or url.rstrip("/").rpartition("/")[2]
    seconds = number(form.get("RecordingDuration"))
    return Recorded(url, sid, seconds, key, is_hung_up=ended_by == "hangup" or is_over(form))


def dial_ended(form: Form) -> DialEnded:
    """How the ringing ended. A callee who hung up in the whisper is `completed` too, but was not joined."""
    status = one_of(DIAL_STATUSES, form.get("DialCallStatus", ""), "failed", "dial status")
    bridged = form.get("DialBridged", "").lower()
    is_talk = status in ("completed", "answered") and bridged != "false"
    return DialEnded(is_talk, number(form.get("DialCallDuration")), is_over(form))


def is_over(form: Form) -> bool:
    """Whether the caller's own leg has ended."""
    return form.get("CallStatus", "") in FINAL_STATUSES


def one_of(known: frozenset[str], given: str, otherwise: str, what: str) -> str:
    """`given` if it is known; else `otherwise`, and a line in the log."""
    if given in known:
        return given
    log.warning("unknown value from the provider", extra={"what": what, "given": given[:40]})
    return otherwise


def number(raw: str | None) -> int:
    """A whole number that is not negative; 0 for anything else."""
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 10 else 0


def fraction(raw: str | None) -> float | None:
    """A number from 0 to 1; None for anything else."""
    try:
        value = float(raw or "")
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def clean(text: str, longest: int) -> str:
    """`text` without control characters, at most `longest` characters, outer space removed."""
    return "".join(each if each >= " " else " " for each in text)[:longest].strip()
