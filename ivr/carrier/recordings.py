"""Recordings: their place in the REST API, their sound, and the callbacks about them."""

import io
import math
import struct
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.carrier.leg import Leg
from ivr.carrier.timeline import rfc2822

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET

    from ivr.carrier.exchange import Exchange

RATE = 8000
MAX_SOUND_S = 60


@dataclass
class Recording:
    """A finished recording. `words` is what was said, known to us because the caller types it."""

    sid: str
    call: Leg
    source: str
    started_at: float
    duration: int
    channels: int
    words: str
    url: str
    deleted: bool = False


def keep(
    leg: Leg, source: str, started_at: float, seconds: float, words: str = "", channels: int = 1
) -> Recording:
    """Store a recording of `leg` and return it."""
    exchange: Exchange = leg.exchange
    sid = exchange.new_sid("RE")
    made = Recording(
        sid,
        leg,
        source,
        started_at,
        max(1, round(seconds)),
        channels,
        words,
        exchange.api_url(f"Recordings/{sid}"),
    )
    exchange.recordings[sid] = made
    exchange.changed()
    return made


def tell(recording: Recording, el: "ET.Element", base_url: str) -> None:
    """Send the status callback, and the transcription, that the verb `el` asked for."""
    leg = recording.call
    send = leg.exchange.callbacks.send
    account = leg.exchange.settings.account_sid
    url = el.get("recordingStatusCallback")
    if url and "completed" in el.get("recordingStatusCallbackEvent", "completed").split():
        params = {
            "AccountSid": account,
            "CallSid": leg.sid,
            "RecordingChannels": str(recording.channels),
            "RecordingDuration": str(recording.duration),
            "RecordingSid": recording.sid,
            "RecordingSource": recording.source,
            "RecordingStartTime": rfc2822(recording.started_at) or "",
            "RecordingStatus": "completed",
            "RecordingUrl": recording.url,
        }
        send(leg, urljoin(base_url, url), el.get("recordingStatusCallbackMethod", "POST"), params)
    wanted = el.get("transcribeCallback")
    if wanted and el.get("transcribe") == "true":
        # Only US English of 2 to 120 s is transcribed; everything else fails, which the product has to bear.
        heard = recording.words.isascii() and recording.words and 2 <= recording.duration <= 120
        sid = leg.exchange.new_sid("TR")
        params = {
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
            "TranscriptionSid": sid,
            "TranscriptionStatus": "completed" if heard else "failed",
            "TranscriptionText": recording.words if heard else "",
            "TranscriptionUrl": leg.exchange.api_url(f"Transcriptions/{sid}"),
        }
        send(leg, urljoin(base_url, wanted), "POST", params, standard=True)


def wav(recording: Recording) -> bytes:
    """A WAV file of the recording's length (at most a minute): a soft hum, since nobody really spoke."""
    seconds = min(recording.duration, MAX_SOUND_S)
    hum = [round(1500 * math.sin(2 * math.pi * 220 * n / RATE)) for n in range(RATE)]
    second = struct.pack(f"<{RATE}h", *hum)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(second * seconds)
    return out.getvalue()
