"""Exact numbers: JSON numbers and numeric strings become `Decimal`, or are refused; a float never appears.

Limits come first, `Decimal` second: `int(Decimal("1e400000"))` takes seconds and `Decimal` reads `1_000` and Arabic digits, so the text is
matched and bounded before it is handed over.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Final

INTEGER_DIGITS_MAX: Final = 18
"""Digits before the point of a usable value: 10**18 - 1 fits a signed 64-bit integer, so sums of 10**19 values fit 128 bits."""

FRACTION_DIGITS_MAX: Final = 18
"""Digits after the point of a usable value; kept as an integer count of 10**-18, which also fits 64 bits."""

TEXT_LENGTH_MAX: Final = 64
"""Characters of a number's text. The longest usable one, sign, 18 digits, point, 18 digits and an exponent, has fewer than 50."""

_NUMBER: Final = re.compile(r"[+-]?(?:(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]*))?|\.(?P<only>[0-9]+))(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?")
_INTEGER_LIMIT: Final = 10**INTEGER_DIGITS_MAX


LITERAL_LENGTH_MAX: Final = 1024
"""Characters of a JSON number that is stored at all. Reading a longer one costs time that grows with the square of its length."""


class NumberError(ValueError):
    """The text is not a number, or not one that Meterlark can hold exactly."""


class WideNumber(str):
    """The literal text of a JSON number outside the limits: valid JSON and kept verbatim, but never a quantity."""

    __slots__ = ()


def parse_number(text: str) -> Decimal:
    """Read a decimal number exactly.

    Accepts an optional sign, digits with an optional point, and an exponent of at most three digits (the forms that the OpenMeter protocol
    counts: `1`, `+4`, `1e3`, `.5`, `1.`); no blanks, underscores, hexadecimal, NaN or infinity.

    Args:
        text: The number as sent.

    Returns:
        The value, with at most `INTEGER_DIGITS_MAX` digits before and `FRACTION_DIGITS_MAX` after the point.

    Raises:
        NumberError: The text is no number, or has more digits than the limits allow.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise NumberError(f"a number of {len(text)} characters; at most {TEXT_LENGTH_MAX} are read")
    if _NUMBER.fullmatch(text) is None:
        raise NumberError(f"{text!r} is not a decimal number")
    value = Decimal(text)
    if not is_within_limits(value):
        raise NumberError(f"{text} has more than {INTEGER_DIGITS_MAX} digits before or {FRACTION_DIGITS_MAX} after the point")
    return value


def is_within_limits(value: int | Decimal) -> bool:
    """Tell whether a value can be held exactly; the cost does not depend on the size of an exponent."""
    if isinstance(value, int):
        return -_INTEGER_LIMIT < value < _INTEGER_LIMIT
    if not value.is_finite():
        return False
    if value.is_zero():
        return True
    if value.adjusted() >= INTEGER_DIGITS_MAX:
        return False
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if exponent >= -FRACTION_DIGITS_MAX:
        return True
    # More places than the limit are harmless when they are all zeros, as in 1.50000000000000000000.
    surplus = -FRACTION_DIGITS_MAX - exponent
    return surplus < len(digits) and not any(digits[-surplus:])


def read_json_number(text: str) -> Decimal | WideNumber:
    """Read a JSON number that has a point or an exponent; the decoder calls this for each one.

    Returns:
        The exact value, or the text itself as a `WideNumber` when it is outside the limits.

    Raises:
        NumberError: The number has more than `LITERAL_LENGTH_MAX` characters.
    """
    if len(text) > LITERAL_LENGTH_MAX:
        raise NumberError(f"a number of {len(text)} characters; at most {LITERAL_LENGTH_MAX} are accepted")
    try:
        return parse_number(text)
    except NumberError:
        return WideNumber(text)


def canonical_text(value: int | Decimal) -> str:
    """Print a number within the limits in plain notation, without exponent and without trailing zeros after the point."""
    if isinstance(value, int):
        return str(value)
    assert is_within_limits(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


SCALE: Final = 10**FRACTION_DIGITS_MAX
"""Scaled integers count units of 10**-18, so that sums are integer sums and exact at any size."""

_EXACT: Final = Context(prec=200, rounding=ROUND_HALF_EVEN, traps=[Inexact, InvalidOperation, Overflow])
"""Our own context: the caller's must not change a number. 200 digits hold the sum of any count of values that fits a disk."""


def to_scaled(value: int | Decimal) -> int:
    """Return a value within the limits as a whole number of 10**-18 units; exact."""
    if isinstance(value, int):
        return value * SCALE
    return int(_EXACT.multiply(value, Decimal(SCALE)))


def from_scaled(scaled: int) -> Decimal:
    """Return the exact decimal of a number of 10**-18 units, without trailing zeros; the reverse of `to_scaled`."""
    whole, part = divmod(abs(scaled), SCALE)
    text = f"{'-' if scaled < 0 else ''}{whole}"
    if part:
        text += f".{part:0{FRACTION_DIGITS_MAX}d}".rstrip("0")
    return Decimal(text)


def divide_scaled(scaled: int, count: int) -> int:
    """Divide a scaled number by a positive count, rounded half to even at the last of the 18 places."""
    assert count > 0
    quotient, remainder = divmod(scaled, count)
    twice = 2 * remainder
    return quotient + (1 if twice > count or (twice == count and quotient % 2) else 0)
