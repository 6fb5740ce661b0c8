import pytest

from ivr.carrier.segments import segments


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("漏" * 70, 1),
        ("漏" * 71, 2),
        ("漏" * 134, 2),
        ("漏" * 135, 3),
        ("🔧" * 35, 1),
        ("🔧" * 36, 2),
    ],
)
def test_segments(body: str, count: int) -> None:
    assert segments(body) == count
