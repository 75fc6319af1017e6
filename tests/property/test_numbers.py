"""Numbers keep every digit between text, decimal and scaled integer."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from meterlark.model.event import read_json
from meterlark.model.number import (
    SCALE,
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

usable = st.integers(-(10**36) + 1, 10**36 - 1).map(lambda scaled: Decimal(f"{scaled}e-18"))
"""Every number within the limits: a whole number of 10**-18 units."""

spelled = st.builds(
    lambda sign, whole, part, exponent: f"{sign}{whole}{part}{exponent}",
    st.sampled_from(["", "-", "+"]),
    st.text("0123456789", min_size=1, max_size=24),
    st.one_of(st.just(""), st.text("0123456789", max_size=24).map(lambda digits: f".{digits}")),
    st.one_of(st.just(""), st.integers(-40, 40).map(lambda exponent: f"e{exponent}"), st.integers(-999, 999).map(lambda e: f"E{e:+}")),
)
"""Numbers around the limits, in every spelling."""


@given(usable)
def test_a_number_survives_print_and_parse(value: Decimal) -> None:
    """The canonical text reads back as the same number, and prints as the same text."""
    text = canonical_text(value)

    assert parse_number(text) == value
    assert canonical_text(parse_number(text)) == text
    assert "e" not in text.lower()


@given(usable)
def test_a_number_survives_scaling(value: Decimal) -> None:
    """Scaled integers hold every usable number exactly, and within 128 bits."""
    scaled = to_scaled(value)

    assert from_scaled(scaled) == value
    assert Fraction(scaled, SCALE) == Fraction(value)
    assert abs(scaled) < 2**127


@given(spelled)
def test_a_number_is_read_exactly_or_refused(text: str) -> None:
    """Against fractions: what is read is the number that the text spells, and it is refused exactly when it is outside the limits."""
    exact = Fraction(text)
    is_usable = abs(exact) < 10**18 and (exact * SCALE).denominator == 1 and len(text) <= 64

    try:
        value = parse_number(text)
    except NumberError:
        assert not is_usable
    else:
        assert is_usable
        assert Fraction(value) == exact
        assert is_within_limits(value)


@given(spelled.filter(lambda text: any(character in text for character in ".eE")))
def test_a_json_number_is_a_usable_one_or_its_own_text(text: str) -> None:
    """No third thing, and never a float."""
    value = read_json_number(text)

    if isinstance(value, WideNumber):
        assert str(value) == text
    else:
        assert Fraction(value) == Fraction(text)


@given(st.integers(-(10**40), 10**40))
def test_integers_of_json_are_exact(value: int) -> None:
    """Also far beyond 64 bits."""
    assert read_json(b"[%d]" % value) == [value]


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**12))
def test_division_is_the_nearest_with_ties_to_even(scaled: int, count: int) -> None:
    """Against Python's own rounding of fractions."""
    assert divide_scaled(scaled, count) == round(Fraction(scaled, count))
