import pytest

from tickets.phones import mask, parse_e164, takes_texts


@pytest.mark.parametrize("e164", ["+886912345678", "+85291234567", "+8613800138000", "+15551234567"])
def test_a_mobile_and_a_number_of_unknown_kind_are_texted(e164: str):
    assert takes_texts(e164)


@pytest.mark.parametrize("e164", ["+886223456789", "+85221234567", "+12", "withheld", ""])
def test_a_land_line_and_what_is_no_number_are_not(e164: str):
    assert not takes_texts(e164)


def test_a_number_as_typed_becomes_e164_or_nothing():
    assert parse_e164("0912-345-678", "TW") == "+886912345678"
    assert parse_e164("+852 9123 4567") == "+85291234567"
    assert parse_e164("0912 345 678") is None
    assert parse_e164("call me", "TW") is None


def test_a_masked_number_hides_its_middle():
    assert mask("+886912345678") == "+886912***678"
    assert mask("+1234") == "***"
