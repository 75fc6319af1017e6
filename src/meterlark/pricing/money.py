"""Amounts: exact decimals under our own context, and the one place where money is rounded.

The amount of a line is exact: a price for a million has at most 12 places, so one for a token at most 18, and tokens are whole.
Only where a price is for an hour, or a quantity has a fraction, a line can need more places; it is then rounded half to even at the 18th.
Sums of lines are exact. A total that is shown or charged is rounded once, half to even, at the currency's minor unit, by `round_money`.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Final

from meterlark.model.errors import InvalidInputError
from meterlark.model.number import FRACTION_DIGITS_MAX, SCALE, divide_scaled, from_scaled

ZERO: Final = Decimal(0)

# 80 digits: 18 places, and before the point the product of two 18-digit numbers times 10**26 lines. An inexact result is an error.
EXACT: Final = Context(prec=80, rounding=ROUND_HALF_EVEN, traps=[Inexact, InvalidOperation, Overflow, DivisionByZero])
_ROUNDING: Final = Context(prec=80, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, Overflow, DivisionByZero])

# ISO 4217: currencies whose minor unit is not a hundredth.
_PLACES: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def check_currency(currency: str) -> str:
    """Return an ISO 4217 code, or refuse what cannot be one."""
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise InvalidInputError(f"currency is {currency[:20]!r}; allowed are ISO 4217 codes such as USD", field="currency")
    return currency


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    result = ZERO
    add = EXACT.add
    for amount in amounts:
        result = add(result, amount)
    return result


def multiply(amount: Decimal, quantity: int | Decimal, *, per: int = 1) -> Decimal:
    """Return amount x quantity / per, rounded half to even at the 18th place where it has more."""
    numerator, denominator = amount.as_integer_ratio()
    if isinstance(quantity, Decimal):
        top, bottom = quantity.as_integer_ratio()
    else:
        top, bottom = quantity, 1
    return from_scaled(divide_scaled(numerator * top * SCALE, denominator * bottom * per))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round a total to the currency's minor unit, half to even. Call it once, on a sum that was never rounded before."""
    places = _PLACES.get(check_currency(currency), 2)
    return amount.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)


def round_at(amount: Decimal, step: Decimal) -> Decimal:
    """Round to a multiple of a power of ten, half to even: to what somebody who takes the money can take."""
    return amount.quantize(step, context=_ROUNDING)


def exact_share(amount: Decimal, per: int) -> Decimal | None:
    """Return the price of one, when it has at most 18 places; None when amount / per has more."""
    numerator, denominator = amount.as_integer_ratio()
    scaled, remainder = divmod(numerator * SCALE, denominator * per)
    return None if remainder else from_scaled(scaled)


assert FRACTION_DIGITS_MAX == 18  # the docstrings above say so
