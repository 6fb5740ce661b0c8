"""Sound files of the office: is it a WAV file, how long does it play. Nothing else is taken, since every telephone
and every browser can play it and its length is known without decoding."""

import struct

FORMATS = {1: "PCM", 6: "A-law", 7: "µ-law"}
LONGEST_S = 60.0
LARGEST = 980_000  # a minute as telephones hear it: 8 kHz, 16 bits


class NotASound(ValueError):
    """Why a file cannot be taken, in words."""


def seconds_of(content: bytes) -> float:
    """How long the WAV file `content` plays. Raises `NotASound` for anything else, and for one that is too long."""
    if len(content) > LARGEST:
        raise NotASound("the file is too large")
    if len(content) < 44 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotASound("this is no WAV file")
    rate, data, at = 0, 0, 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack("<I", content[at + 4 : at + 8])[0]
        if name == b"fmt " and size >= 16:
            coding, _channels, _samples, rate = struct.unpack("<HHII", content[at + 8 : at + 20])
            if coding not in FORMATS:
                raise NotASound("this kind of WAV file cannot be played on the telephone")
        if name == b"data":
            data = min(size, len(content) - at - 8)
            break
        at += 8 + size + size % 2
    if not rate or not data:
        raise NotASound("there is no sound in this file")
    if data / rate > LONGEST_S:
        raise NotASound("the recording is longer than a minute")
    return round(data / rate, 2)
