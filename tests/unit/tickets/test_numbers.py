import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.numbers import FIRST_SERIAL, LAST_SERIAL, check_digit, is_valid, make_number, parse

serials = st.integers(1, LAST_SERIAL)


def test_check_digit_is_the_one_of_damms_own_example():
    assert check_digit("572") == 4


def test_number_is_seven_digits_and_a_check_digit():
    number = make_number(FIRST_SERIAL)

    assert number[:7] == "1000001"
    assert len(number) == 8
    assert is_valid(number)


@given(serials, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_caught(serial: int, place: int, shift: int):
    number = make_number(serial)
    wrong = str((int(number[place]) + shift) % 10)

    assert not is_valid(number[:place] + wrong + number[place + 1 :])


@given(serials, st.integers(0, 6))
def test_two_swapped_neighbours_are_caught(serial: int, place: int):
    number = make_number(serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert swapped == number or not is_valid(swapped)


@given(serials)
def test_number_is_found_again_however_it_is_written(serial: int):
    number = make_number(serial)
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in number)

    assert parse(number) == number
    assert parse(f" {number[:4]} {number[4:]} ") == number
    assert parse(", ".join(number) + ".") == number
    assert parse(wide) == number
    assert parse("　".join(wide)) == number


@pytest.mark.parametrize(
    "text", ["", "12345678", "1000001", "ticket 10000018", "²0000001", "１２３", "10000018" * 2]
)
def test_what_is_no_ticket_number_is_refused(text: str):
    assert parse(text) is None


@pytest.mark.parametrize("serial", [0, -1, LAST_SERIAL + 1])
def test_serial_out_of_range_is_refused(serial: int):
    with pytest.raises(ValueError, match="serial"):
        make_number(serial)
