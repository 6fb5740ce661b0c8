"""The sound of waiting is a file that a telephone can play."""

import io
import wave

from ivr import hold


def test_the_music_is_a_telephone_sound_of_some_seconds() -> None:
    with wave.open(io.BytesIO(hold.music()), "rb") as reader:
        assert (reader.getnchannels(), reader.getframerate()) == (1, 8000)
        assert 15 <= reader.getnframes() / reader.getframerate() <= 30
        levels = reader.readframes(reader.getnframes())

    assert 60 < max(levels) - min(levels) < 256
    assert abs(levels[0] - levels[-1]) < 40  # it begins where it ends, so that repeating makes no click


def test_its_name_follows_its_content() -> None:
    assert len(hold.etag()) == 16
