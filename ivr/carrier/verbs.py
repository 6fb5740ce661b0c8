"""Every verb and noun we may emit: its attributes with their documented values, and what may stand inside it.

Sources: Twilio's *TwiML Voice* verb pages. A name or value that is not documented is refused: the SDK's
builder checks nothing, so a typo would otherwise pass silently and be ignored on a real call.
"""

import re
from collections.abc import Callable

from ivr.carrier import voices
from ivr.carrier.voices import words

# None = fine, otherwise what is wrong with the value.
Check = Callable[[str], str | None]

E164 = re.compile(r"\+[1-9]\d{6,14}")
SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


def one_of(*values: str) -> Check:
    """A check for one of a few words."""
    return lambda value: None if value in values else f"is not one of {', '.join(values)}"


def some_of(*values: str) -> Check:
    """A check for words parted by single spaces (a list turned to text by Python is caught here)."""
    return lambda value: (
        None if value and set(value.split(" ")) <= set(values) else f"may hold only {' '.join(values)}"
    )


def whole(low: int, high: int | None = None) -> Check:
    """A check for a whole number within bounds."""

    def check(value: str) -> str | None:
        if not value.isascii() or not value.isdigit():
            return "is not a whole number"
        number = int(value)
        if number < low or (high is not None and number > high):
            return f"is outside {low} to {'any' if high is None else high}"
        return None

    return check


def matches(pattern: str, words: str) -> Check:
    """A check for a full match."""
    form = re.compile(pattern)
    return lambda value: None if form.fullmatch(value) else words


def hints(value: str) -> str | None:
    """At most 500 entries of at most 100 characters, parted by ASCII commas."""
    entries = [entry.strip() for entry in value.split(",")]
    if len(entries) > 500:
        return f"has {len(entries)} entries, 500 allowed"
    longest = max(map(len, entries))
    return f"has an entry of {longest} characters, 100 allowed" if longest > 100 else None


def url(value: str) -> str | None:
    """Relative, or http(s) with a host name without underscore; no blanks."""
    form = re.fullmatch(r"(?:(https?)://(?:[^/@]*@)?([^/:?#]+))?[^\s]*", value)
    if not value or not form or (not form.group(1) and "://" in value.split("?")[0]):
        return "is not a URL"
    return "has an underscore in its host name" if "_" in (form.group(2) or "") else None


METHOD = one_of("GET", "POST")
BOOL = one_of("true", "false")
TEXT: Check = lambda value: None  # noqa: E731
KEY = matches(r"[0-9*#]?", "is more than one key")
TRIM = one_of("trim-silence", "do-not-trim")
PROGRESS = some_of("initiated", "ringing", "answered", "completed")
RECORDING = {
    "recordingStatusCallback": url,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": some_of("in-progress", "completed", "absent"),
}
STATUS = {"statusCallback": url, "statusCallbackMethod": METHOD, "statusCallbackEvent": PROGRESS}
WHISPER = {"url": url, "method": METHOD}
RECORD_CALL = one_of(
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
)
SPEECH_TIMEOUT = matches(r"auto|[1-9]\d*", "is neither auto nor a positive whole number")

ATTRIBUTES: dict[str, dict[str, Check]] = {
    "Response": {},
    "Say": {
        "voice": lambda value: None if value in voices.VOICES else "is not a documented voice",
        "language": lambda value: None if value in voices.SAY_LANGUAGES else "is not a language of Say",
        "loop": whole(0, 1000),
    },
    "Play": {"loop": whole(0, 1000), "digits": matches(r"[0-9*#wW]+", "holds other than keys and w")},
    "Pause": {"length": whole(1)},
    "Gather": {
        "input": matches(r"dtmf|speech|dtmf speech|speech dtmf", "is not dtmf, speech or both"),
        "action": url,
        "method": METHOD,
        "timeout": whole(1),
        "speechTimeout": SPEECH_TIMEOUT,
        "maxSpeechTime": whole(1, 60),
        "profanityFilter": BOOL,
        "finishOnKey": KEY,
        "numDigits": whole(1),
        "partialResultCallback": url,
        "partialResultCallbackMethod": METHOD,
        "language": TEXT,  # depends on the speech model: rules.py
        "hints": hints,
        "bargeIn": BOOL,
        "debug": BOOL,
        "actionOnEmptyResult": BOOL,
        "speechModel": one_of(*voices.SPEECH_MODELS),
    },
    "Record": {
        "action": url,
        "method": METHOD,
        "timeout": whole(0),
        "finishOnKey": matches(r"[0-9*#]*", "holds other than keys"),
        "maxLength": whole(1, 14400),
        "playBeep": BOOL,
        "trim": TRIM,
        "transcribe": BOOL,
        "transcribeCallback": url,
        **RECORDING,
    },
    "Dial": {
        "action": url,
        "method": METHOD,
        "timeout": whole(5, 600),
        "hangupOnStar": BOOL,
        "timeLimit": whole(1, 14400),
        "callerId": TEXT,  # must be ours: dialling.py
        "record": RECORD_CALL,
        "trim": TRIM,
        "answerOnBridge": BOOL,
        "ringTone": matches(r"[a-z]{2}(-old)?", "is not a country code"),
        "sequential": BOOL,
        "referUrl": url,
        "referMethod": METHOD,
        **RECORDING,
    },
    "Number": {
        "sendDigits": matches(r"[0-9A-D*#wW]+", "holds other than keys and w"),
        "machineDetection": one_of("Enable", "DetectMessageEnd"),
        "machineDetectionTimeout": whole(3, 60),
        "machineDetectionSpeechThreshold": whole(1000, 6000),
        "machineDetectionSpeechEndThreshold": whole(500, 5000),
        "machineDetectionSilenceTimeout": whole(2000, 10000),
        "amdStatusCallback": url,
        "amdStatusCallbackMethod": METHOD,
        **WHISPER,
        **STATUS,
    },
    "Client": {**WHISPER, **STATUS},
    "Queue": {**WHISPER},
    "Conference": {
        "muted": BOOL,
        "beep": one_of("true", "false", "onEnter", "onExit"),
        "startConferenceOnEnter": BOOL,
        "endConferenceOnExit": BOOL,
        "waitUrl": lambda value: url(value) if value else None,
        "waitMethod": METHOD,
        "maxParticipants": whole(2, 250),
        "record": one_of("do-not-record", "record-from-start"),
        "region": one_of("us1", "us2", "ie1", "sg1", "br1", "au1", "jp1", "de1"),
        "coach": matches(SID.pattern, "is not a call SID"),
        "trim": TRIM,
        "statusCallback": url,
        "statusCallbackMethod": METHOD,
        "statusCallbackEvent": some_of(
            "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
        ),
        "jitterBufferSize": one_of("large", "medium", "small", "off"),
        "participantLabel": matches(r"(?s).{1,128}", "is longer than 128 characters"),
        **RECORDING,
    },
    "Enqueue": {
        "action": url,
        "method": METHOD,
        "maxQueueSize": whole(1, 5000),
        "waitUrl": lambda value: url(value) if value else None,
        "waitUrlMethod": METHOD,
    },
    "Redirect": {"method": METHOD},
    "Reject": {"reason": one_of("rejected", "busy")},
    "Leave": {},
    "Hangup": {},
    # Speech markup inside Say
    "break": {"strength": one_of("none", "x-weak", "weak", "medium", "strong", "x-strong"), "time": TEXT},
    "emphasis": {"level": one_of("strong", "moderate", "reduced")},
    "lang": {"xml:lang": TEXT},
    "p": {},
    "s": {},
    "phoneme": {
        "alphabet": one_of(
            *words("ipa x-sampa x-amazon-jyutping x-amazon-pinyin x-amazon-pron-kana x-amazon-yomigana")
        ),
        "ph": TEXT,
    },
    "prosody": {"volume": TEXT, "rate": TEXT, "pitch": TEXT},
    "say-as": {
        "interpret-as": one_of(
            *words("characters spell-out cardinal number ordinal digits fraction unit"),
            *words("date time address expletive telephone"),
        ),
        "role": TEXT,
    },
    "sub": {"alias": TEXT},
    "w": {"role": TEXT},
}
ATTRIBUTES["break"]["time"] = matches(r"(?:\d|10)(?:\.\d+)?s|\d{1,5}ms", "is not a time of up to 10 s")

SSML = words("break emphasis lang p phoneme prosody s say-as sub w")
VERBS = words("Say Play Pause Gather Record Dial Enqueue Redirect Reject Leave Hangup")
NOUNS = words("Number Client Conference Queue")

# Where a document runs decides what it may do.
ROOMS: dict[str, frozenset[str]] = {
    "call": VERBS - {"Leave"},
    "whisper": words("Say Play Pause Gather Redirect Hangup"),
    "queue": words("Play Say Pause Hangup Redirect Leave Gather"),
    "conference": words("Play Say Pause Redirect"),
}
INSIDE: dict[str, frozenset[str]] = {
    "Gather": words("Say Play Pause"),
    "Dial": NOUNS,
    "Say": SSML,
}
# How many characters a name may have.
NAMES = {"Enqueue": 64, "Queue": 64, "Conference": 128, "Client": 256}
# The attribute that is a URL of ours, by verb: in an inline document these must be absolute.
URLS = words(
    "action url waitUrl statusCallback recordingStatusCallback transcribeCallback partialResultCallback "
    "amdStatusCallback referUrl"
)
