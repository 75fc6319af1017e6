"""Exact numbers and their limits."""

import time
from decimal import Decimal, localcontext

import pytest

from meterlark.model.number import (
    NumberError,
    WideNumber,
    canonical_text,
    divide_scaled,
    from_scaled,
    is_within_limits,
    parse_number,
    read_json_number,
    to_scaled,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1"), ("+4", "4"), ("-0", "0"), ("1e3", "1000"), ("1E+2", "100"), (".5", "0.5"), ("1.", "1"), ("-1.50", "-1.5"), ("007", "7")],
)
def test_forms_that_the_protocol_counts_are_read(text: str, value: str) -> None:
    """Sign, point at either end, exponent and leading zeros."""
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1_000", "0x10", "NaN", "Inf", "-Infinity", "1,5", "١٢", "1e", "e3", ".", "+", "1e1000", "--1", "1\n", "1\x00"]
)
def test_what_is_no_decimal_number_is_refused(text: str) -> None:
    """Also what `Decimal` itself would read."""
    with pytest.raises(NumberError):
        parse_number(text)


@pytest.mark.parametrize(
    "text", ["999999999999999999", "-999999999999999999.999999999999999999", "1e17", "1e-18", "0e999", "1." + "0" * 60]
)
def test_the_limits_are_included(text: str) -> None:
    """18 digits before and 18 after the point; zeros do not count."""
    assert is_within_limits(parse_number(text))


@pytest.mark.parametrize("text", ["1000000000000000000", "1e18", "1e999", "1e-19", "0.1234567890123456789", "1e-999"])
def test_beyond_the_limits_is_refused(text: str) -> None:
    """The message says how many digits are allowed."""
    with pytest.raises(NumberError, match="more than 18 digits before or 18 after"):
        parse_number(text)


def test_a_long_text_is_refused_before_it_is_read() -> None:
    """The cost does not grow with the digits."""
    begun = time.perf_counter()
    with pytest.raises(NumberError, match="400000 characters; at most 64"):
        parse_number("9" * 400_000)
    assert time.perf_counter() - begun < 0.1


def test_not_finite_is_not_within_limits() -> None:
    """Nor is an integer of 19 digits, on either side."""
    values: list[int | Decimal] = [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), 10**18, -(10**18)]
    assert [is_within_limits(value) for value in values] == [False] * 5
    assert is_within_limits(10**18 - 1)


def test_a_wide_json_number_keeps_its_spelling() -> None:
    """Up to 1,024 characters; a longer one is refused."""
    assert type(read_json_number("1." + "9" * 1022)) is WideNumber
    with pytest.raises(NumberError, match="1025 characters; at most 1024"):
        read_json_number("1." + "9" * 1023)


@pytest.mark.parametrize(
    ("value", "text"), [("1E+2", "100"), ("1.50", "1.5"), ("-0.0", "0"), ("0E+9", "0"), ("0.000", "0"), ("1E-18", "0.000000000000000001")]
)
def test_numbers_are_printed_plainly(value: str, text: str) -> None:
    """No exponent, no trailing zeros, one zero."""
    assert canonical_text(Decimal(value)) == text


def test_the_callers_decimal_context_changes_nothing() -> None:
    """A context of three digits rounds everybody's arithmetic but ours."""
    value = Decimal("123456789.000000000000000001")
    with localcontext(prec=3):
        assert from_scaled(to_scaled(value)) == value


@pytest.mark.parametrize(
    ("scaled", "count", "quotient"), [(1, 2, 0), (3, 2, 2), (-1, 2, 0), (-3, 2, -2), (7, 3, 2), (-7, 3, -2), (8, 3, 3)]
)
def test_division_rounds_half_to_even(scaled: int, count: int, quotient: int) -> None:
    """On both sides of zero."""
    assert divide_scaled(scaled, count) == quotient
