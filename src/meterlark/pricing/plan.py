"""Price quantities by one set of unit prices: which unit is told apart, which is paid as its whole, which has no price."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

import msgspec

from meterlark.pricing.decompose import Decomposition, ImpossibleUsageError, Quantities, Quantity, UnknownOverlapError
from meterlark.pricing.money import EXACT, ZERO, exact_share, multiply
from meterlark.pricing.units import REQUESTS, UNITS, Unit, contains


class Reason(StrEnum):
    """Why something has no price."""

    UNKNOWN_PROVIDER = "unknown_provider"
    UNKNOWN_MODEL = "unknown_model"
    UNKNOWN_TIER = "unknown_tier"
    NO_PRICE_AT_THAT_TIME = "no_price_at_that_time"
    NO_PRICE_FOR_UNIT = "no_price_for_unit"
    UNKNOWN_INPUT_LENGTH = "unknown_input_length"
    UNKNOWN_OVERLAP = "unknown_overlap"
    IMPOSSIBLE_USAGE = "impossible_usage"
    UNREADABLE_QUANTITY = "unreadable_quantity"
    NO_QUANTITY = "no_quantity"


class PriceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Where a price comes from; every line points to one.

    Attributes:
        key: Names provider, model, tier, first day and, where they matter, hours and input length.
        provider: Whose price it is.
        model: The model that the returned name means.
        tier: The tier that served.
        since: First UTC day; None when not known.
        until: First UTC day on which it no longer holds; None when it has no end.
        hours: Daily span in UTC; None for all day.
        above: For a price of long input: the input is longer than this; else 0.
        currency: ISO 4217.
        document: The price document's name.
        source: Where the price was read.
        seen_on: When it was read.
        note: What a reader should know.
    """

    key: str
    provider: str
    model: str
    tier: str
    since: date | None
    until: date | None
    hours: tuple[time, time] | None
    above: int
    currency: str
    document: str
    source: str
    seen_on: date
    note: str


class UnitPrice(msgspec.Struct, frozen=True, gc=False):
    """The price of one unit: `amount` for `per` of it.

    Attributes:
        unit: What is priced.
        amount: For `per` units.
        per: How many.
        each: For one; None when that has more than 18 places.
        least: Smallest quantity that is paid for.
        record: Where it comes from.
    """

    unit: str
    amount: Decimal
    per: int
    each: Decimal | None
    least: int
    record: PriceRecord


class Line(msgspec.Struct, frozen=True, gc=False):
    """One unit's part of a cost: quantity x price = amount, exact (see `money`)."""

    price: UnitPrice
    quantity: Quantity
    amount: Decimal


class Unpriced(msgspec.Struct, frozen=True):
    """What has no price.

    Attributes:
        reason: Why, for a program.
        message: Why, for a person.
        unit: The unit; empty when it is the whole event.
        quantity: How much of the unit; None when it is the whole event.
    """

    reason: Reason
    message: str
    unit: str = ""
    quantity: Quantity | None = None


class Plan:
    """The unit prices of one record, made ready: pricing by it costs a few dictionary look-ups."""

    __slots__ = ("_covered", "_decomposition", "_priced_request", "_prices", "record")

    def __init__(self, record: PriceRecord, rates: Mapping[str, Decimal], least: Mapping[str, int]) -> None:
        self.record = record
        self._prices = {
            unit: UnitPrice(unit, amount, UNITS[unit].per, exact_share(amount, UNITS[unit].per), least.get(unit, 0), record)
            for unit, amount in rates.items()
        }
        self._covered = {unit.name: whole for unit in UNITS.values() if (whole := _whole_of(unit, rates)) is not None}
        self._decomposition = Decomposition(rates)
        self._priced_request = {REQUESTS: 1} if REQUESTS in rates else None

    def price(self, quantities: Quantities) -> tuple[list[Line], list[Unpriced], Decimal]:
        """Return the lines, the most specific unit first, what has no price, and the exact sum of the lines."""
        if self._priced_request is not None:
            quantities = {**self._priced_request, **quantities}
        try:
            uncovered = self._uncovered(quantities)
            decomposition = Decomposition((*self._prices, *uncovered)) if uncovered else self._decomposition
            parts = decomposition.split(quantities)
        except ImpossibleUsageError as error:
            return [], [Unpriced(Reason.IMPOSSIBLE_USAGE, str(error))], ZERO
        except UnknownOverlapError as error:
            return [], [Unpriced(Reason.UNKNOWN_OVERLAP, str(error))], ZERO
        lines: list[Line] = []
        unpriced: list[Unpriced] = []
        total = ZERO
        prices, exactly, add = self._prices, EXACT.multiply, EXACT.add
        for unit, quantity in parts.items():
            price = prices.get(unit)
            if price is None:
                unpriced.append(Unpriced(Reason.NO_PRICE_FOR_UNIT, f"{self.record.key} has no price for {unit}", unit, quantity))
                continue
            if price.each is not None and type(quantity) is int and not price.least:  # nearly all lines are tokens
                amount = exactly(price.each, quantity)
            else:
                quantity = max(quantity, price.least)  # noqa: PLW2901 - what is paid for, from here on
                amount = multiply(price.amount, quantity, per=price.per)
            lines.append(Line(price, quantity, amount))
            total = add(total, amount)
        return lines, unpriced, total

    def _uncovered(self, quantities: Quantities) -> list[str]:
        """Return the units that are used, have no price and are not paid as their whole; refuse a covered part larger than its whole."""
        uncovered: list[str] = []
        prices, covered = self._prices, self._covered
        for unit, quantity in quantities.items():
            if unit in prices or not quantity:
                continue
            whole = covered.get(unit)
            if whole is None:
                uncovered.append(unit)
            elif whole not in quantities:
                raise ImpossibleUsageError(f"{unit} is {quantity}, but {whole}, which includes it, is not reported", field=unit)
            elif quantity > quantities[whole]:
                raise ImpossibleUsageError(
                    f"{unit} is {quantity}, more than the {quantities[whole]} of {whole}, which includes it", field=unit
                )
        return uncovered


def _whole_of(unit: Unit, rates: Mapping[str, Decimal]) -> str | None:
    """Return the priced unit as which a unit without a price is paid; None if there is none, or more than one."""
    if unit.name in rates or not unit.is_covered:
        return None
    wholes = [whole for whole in UNITS.values() if contains(whole, unit) and (whole.name in rates or not whole.is_covered)]
    nearest = [whole.name for whole in wholes if not any(contains(whole, other) for other in wholes)]
    return nearest[0] if len(nearest) == 1 and nearest[0] in rates else None
