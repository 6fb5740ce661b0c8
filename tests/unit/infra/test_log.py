"""No phone number reaches a log line whole."""

import pytest

from infra.log import mask_phone


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("from +886912345678 now", "from +88…78 now"),
        ("To=%2B85291234567&x", "To=+85…67&x"),
        ("ticket 10000017", "ticket 10000017"),
        ("+1 is short", "+1 is short"),
    ],
)
def test_numbers_are_shortened(text: str, masked: str) -> None:
    assert mask_phone(text) == masked
