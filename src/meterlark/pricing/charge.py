"""What a customer is charged for a period: lines that add up to the last digit, by a rate card.

Rules: each part of the period in which one version of the card holds is charged on its own, so steps begin anew with a version. A flat
amount is charged once in a period, by the first version in it that has one for the item. The minimum is that of the version that holds when
the period begins; it adds one line for what is missing to it.
Amounts are exact; the total is rounded once, half to even, at the currency's minor unit (`money.round_money`), and the rounding is a line,
so that the lines of an invoice add up to what is paid.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

import msgspec

from meterlark.pricing.decompose import Quantity
from meterlark.pricing.money import EXACT, multiply, round_money, total
from meterlark.pricing.ratecard import Flat, Graduated, Markup, Package, Rate, RateCard, Step, UnitPrice, Volume


class Kind(StrEnum):
    """What a line charges for."""

    USAGE = "usage"
    MARKUP = "markup"
    FLAT = "flat"
    STEP = "step"
    FEE = "fee"
    PACKAGE = "package"
    MINIMUM = "minimum"
    ROUNDING = "rounding"
    ADJUSTMENT = "adjustment"


class Used(msgspec.Struct, frozen=True):
    """What was used of one item in one part of a period.

    Attributes:
        quantity: How much.
        cost: What its events with a complete cost did cost, for a markup; None when not known.
        unpriced_events: How many of its events have no complete cost; they are not in the cost.
    """

    quantity: Quantity
    cost: Decimal | None = None
    unpriced_events: int = 0


class ChargeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: quantity x price / per = amount, where there is a price.

    Attributes:
        item: What is charged for; empty for a line of the whole period.
        kind: How.
        start: First instant of the events it stands for.
        end: First instant after them.
        quantity: Units, packages, or the cost that is marked up; None where an amount is fixed.
        price: For `per` of the quantity; None where an amount is fixed.
        per: How many the price is for.
        amount: Exact.
    """

    item: str
    kind: Kind
    start: datetime
    end: datetime
    amount: Decimal
    quantity: Quantity | None = None
    price: Decimal | None = None
    per: int = 1


class Uncharged(msgspec.Struct, frozen=True):
    """Usage that could not be charged, and why; a period with any must not be closed unseen."""

    item: str
    start: datetime
    end: datetime
    message: str


class Charge(msgspec.Struct, frozen=True):
    """The charge of a period.

    Attributes:
        currency: ISO 4217.
        lines: They add up to `amount`.
        uncharged: Usage that is in no line.
        amount: What is to be paid, in whole minor units.
    """

    currency: str
    lines: tuple[ChargeLine, ...]
    uncharged: tuple[Uncharged, ...]
    amount: Decimal


Part = tuple[datetime, datetime, RateCard]


def charge_period(parts: Sequence[Part], usage: Sequence[Mapping[str, Used]]) -> Charge:
    """Return the charge of a period.

    Args:
        parts: The period cut where versions of the card change, from `ratecard.segments`.
        usage: For each part, what was used by item.
    """
    assert len(parts) == len(usage) > 0
    first = parts[0][2]
    lines: list[ChargeLine] = []
    uncharged: list[Uncharged] = []
    for (start, end, card), used_items in zip(parts, usage, strict=True):
        for item, used in used_items.items():
            rate = card.rates.get(item)
            if rate is None:
                uncharged.append(Uncharged(item, start, end, f"the rate card {card.key!r} has no rate for {item!r}"))
                continue
            if text := _unchargeable(item, rate, used):
                uncharged.append(Uncharged(item, start, end, text))
            lines.extend(_lines(item, rate, used, start, end))
    start, end = parts[0][0], parts[-1][1]
    flat: dict[str, Flat] = {}
    for _, _, card in parts:
        for item, rate in card.rates.items():
            if isinstance(rate, Flat):
                flat.setdefault(item, rate)
    for item, rate in flat.items():
        lines.append(ChargeLine(item=item, kind=Kind.FLAT, start=start, end=end, amount=rate.amount))
    missing = EXACT.subtract(first.minimum, total(line.amount for line in lines))
    if first.minimum and missing > 0:
        lines.append(ChargeLine(item="", kind=Kind.MINIMUM, start=start, end=end, amount=missing))
    exact = total(line.amount for line in lines)
    amount = round_money(exact, first.currency)
    if amount != exact:
        lines.append(ChargeLine(item="", kind=Kind.ROUNDING, start=start, end=end, amount=EXACT.subtract(amount, exact)))
    assert total(line.amount for line in lines) == amount
    return Charge(first.currency, tuple(lines), tuple(uncharged), amount)


def _unchargeable(item: str, rate: Rate, used: Used) -> str:
    """Return what of the usage a rate cannot charge, and why; empty when it charges all."""
    if isinstance(rate, Markup):
        if used.cost is None:
            return f"the cost of {item!r} is not known, so that a markup on it cannot be charged"
        if used.unpriced_events:
            return f"{used.unpriced_events} events of {item!r} have no complete cost, so that a markup on it cannot be charged"
    elif isinstance(rate, Graduated | Volume | Package) and used.quantity < 0:
        return f"the usage of {item!r} is {used.quantity}; steps and packages begin at 0"
    return ""


def _lines(item: str, rate: Rate, used: Used, start: datetime, end: datetime) -> Iterator[ChargeLine]:
    """Yield the lines of one item in one part of the period; none when there is nothing to charge."""

    def line(kind: Kind, quantity: Quantity | None, price: Decimal, *, per: int = 1) -> ChargeLine:
        amount = price if quantity is None else multiply(price, quantity, per=per)
        shown = None if quantity is None else price
        return ChargeLine(item=item, kind=kind, start=start, end=end, quantity=quantity, price=shown, per=per, amount=amount)

    quantity = used.quantity
    if isinstance(rate, Flat):
        return
    if isinstance(rate, Markup):
        if used.cost is not None:
            yield line(Kind.MARKUP, used.cost, EXACT.add(Decimal(100), rate.percent), per=100)
    elif not quantity or (quantity < 0 and not isinstance(rate, UnitPrice)):
        return
    elif isinstance(rate, UnitPrice):
        yield line(Kind.USAGE, quantity, rate.price, per=rate.per)
    elif isinstance(rate, Package):
        yield line(Kind.PACKAGE, packages(quantity, rate.size), rate.price)
    elif isinstance(rate, Graduated):
        for step, within in graduate(rate.steps, quantity):
            yield line(Kind.STEP, within, step.price, per=rate.per)
            if step.fee:
                yield line(Kind.FEE, None, step.fee)
    elif isinstance(rate, Volume):
        step = step_of(rate.steps, quantity)
        yield line(Kind.STEP, quantity, step.price, per=rate.per)
        if step.fee:
            yield line(Kind.FEE, None, step.fee)
    else:
        assert_never(rate)


def packages(quantity: Quantity, size: int) -> int:
    """Return how many packages hold the quantity."""
    numerator, denominator = quantity.as_integer_ratio()
    return -(-numerator // (denominator * size))


def graduate(steps: Sequence[Step], quantity: Quantity) -> Iterator[tuple[Step, Quantity]]:
    """Yield each step that is reached, with the units within it; together they are the quantity."""
    begun: Quantity = 0
    for step in steps:
        if quantity <= begun:
            return
        end = quantity if step.up_to is None or quantity <= step.up_to else step.up_to
        yield step, _difference(end, begun)
        begun = end


def step_of(steps: Sequence[Step], quantity: Quantity) -> Step:
    """Return the step that a quantity falls into; `up_to` is the last quantity of its step."""
    return next(step for step in steps if step.up_to is None or quantity <= step.up_to)


def _difference(one: Quantity, other: Quantity) -> Quantity:
    if isinstance(one, int) and isinstance(other, int):
        return one - other
    return EXACT.subtract(one, other)
