"""Numbers as typed: valid ones are kept in one form, others refused with what was probably meant."""

import pytest

from tickets.people_phones import BadNumber, checked, region_of


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("0912-345-678", "TW", "+886912345678"),
        ("+886 912 345 678", None, "+886912345678"),
        ("０９１２３４５６７８", "TW", "+886912345678"),
        ("+8860912345678", "TW", "+886912345678"),  # the zero of home kept behind the country code
        ("6123 4567", "HK", "+85261234567"),
        ("138 1234 5678", "CN", "+8613812345678"),
    ],
)
def test_a_valid_number_is_kept_in_one_form(typed: str, region: str | None, kept: str):
    assert checked(typed, region) == kept


@pytest.mark.parametrize(
    ("typed", "region", "proposed"),
    [
        ("O912345678", "TW", "+886912345678"),  # a letter for a zero
        ("912345678", "JP", None),
        ("8869123456789", "TW", "+886912345678"),  # one digit too many
        ("12", "TW", None),
        ("not known", "TW", None),
    ],
)
def test_a_wrong_number_is_refused_with_what_was_probably_meant(
    typed: str, region: str, proposed: str | None
):
    with pytest.raises(BadNumber) as refused:
        checked(typed, region)

    assert refused.value.proposed == proposed


def test_the_region_is_that_of_the_hotline():
    assert [region_of(number) for number in ("+886227000001", "+85221234567", "nonsense")] == [
        "TW",
        "HK",
        None,
    ]
