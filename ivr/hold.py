"""The sound of waiting: a soft, slow figure of plucked notes, made by the program itself.

So no recording has to be bought or licensed, and a fresh installation does not leave a caller in silence. An
office that has music of its own names its address in the flow (`music` of the step `wait_for_person`).
"""

import hashlib
import io
import math
import wave
from functools import cache

RATE_HZ = 8000  # what a telephone carries
NOTE_S = 0.8
LOUDNESS = 0.32  # of full scale: heard, and easily spoken over
# A pentatonic figure up and down, in half tones above A3; any two of its notes sound well together.
FIGURE = (0, 4, 7, 9, 12, 9, 7, 4, 2, 7, 9, 14, 16, 14, 9, 7, 0, 7, 12, 16, 12, 7, 4, 2)
BASE_HZ = 220.0
DECAY_S = 0.9


@cache
def music() -> bytes:
    """The sound as a WAV file, 8 kHz mono, about twenty seconds; it may be played again without a gap."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(RATE_HZ)
        writer.writeframes(samples())
    return file.getvalue()


@cache
def etag() -> str:
    """A name of the sound's content, so that the provider may keep its copy."""
    return hashlib.sha256(music()).hexdigest()[:16]


def samples() -> bytes:
    """The notes of the figure, each ringing on into the next ones and the last into the first."""
    step = int(NOTE_S * RATE_HZ)
    length = step * len(FIGURE)
    mixed = [0.0] * length
    for place, half_tones in enumerate(FIGURE):
        for offset, value in enumerate(note(BASE_HZ * 2 ** (half_tones / 12))):
            mixed[(place * step + offset) % length] += value
    return bytes(max(0, min(255, round(128 + 127 * LOUDNESS * value))) for value in mixed)


@cache
def note(pitch_hz: float) -> tuple[float, ...]:
    """One plucked note: a tone with two overtones that fades, begun without a click."""
    tone = 2 * math.pi * pitch_hz / RATE_HZ
    return tuple(
        min(1.0, at / 80)
        * math.exp(-at / (DECAY_S * RATE_HZ))
        * (math.sin(tone * at) + 0.3 * math.sin(2 * tone * at) + 0.1 * math.sin(3 * tone * at))
        for at in range(int(2.5 * RATE_HZ))
    )
