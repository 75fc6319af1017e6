"""The cost of one event in the form of the API: its lines with the prices they point to, and what has no price."""

from datetime import date
from decimal import Decimal

import msgspec

from meterlark.pricing.derived import CURRENCY, priced_model
from meterlark.pricing.plan import Line, Reason, Unpriced
from meterlark.server.reply import Number
from meterlark.service.cost import EventCost


class CostLine(msgspec.Struct, frozen=True, rename="camel"):
    """One unit's part: quantity x price / per = amount.

    Attributes:
        unit: What is paid for, disjoint from the other lines.
        quantity: How much of it.
        price: In dollars.
        per: How much of the unit the price is for.
        amount: In dollars, exact.
        price_key: Names provider, model, tier, first day and, where they matter, hours and input length.
        document: The price document that has the price.
        source: Where the price was read.
        seen_on: When it was read.
        since: First day (UTC) on which it holds; null when not known.
        note: What a reader should know.
    """

    unit: str
    quantity: Number
    price: Number
    per: int
    amount: Number
    price_key: str
    document: str
    source: str
    seen_on: date
    since: date | None
    note: str


class UnpricedPart(msgspec.Struct, frozen=True):
    """What has no price.

    Attributes:
        reason: Why, for a program.
        message: Why, for a person.
        unit: The unit; empty when it is the whole event.
        quantity: How much of the unit; null when it is the whole event.
    """

    reason: Reason
    message: str
    unit: str
    quantity: Number | None


class CostStory(msgspec.Struct, frozen=True, rename="camel"):
    """What an event cost and why.

    Attributes:
        amount: In dollars, exact; null when anything has no price: what could be priced stands in the lines.
        currency: `USD`.
        provider: As the event names it.
        model: As it is priced; as the provider returned it when it has no price.
        tier: The service tier.
        price_version: The version of the price book that holds for the event.
        lines: They add up to the amount.
        unpriced: What has no price.
        reported_cost: What the provider itself says it cost, in dollars.
    """

    amount: Number | None
    currency: str
    provider: str
    model: str
    tier: str
    price_version: int
    lines: list[CostLine]
    unpriced: list[UnpricedPart]
    reported_cost: Number | None


def cost_to_api(found: EventCost) -> CostStory:
    """Return the cost of an event in the form of the API."""
    cost = found.cost
    return CostStory(
        amount=cost.amount if cost.is_complete else None,
        currency=CURRENCY,
        provider=found.used.provider.lower(),
        model=priced_model(found.used, cost),
        tier=found.used.tier,
        price_version=found.version.number,
        lines=[_line(line) for line in cost.lines],
        unpriced=list(map(_unpriced, cost.unpriced)),
        reported_cost=found.reported,
    )


def _line(line: Line) -> CostLine:
    price, record = line.price, line.price.record
    return CostLine(
        unit=price.unit,
        quantity=Decimal(line.quantity),
        price=price.amount,
        per=price.per,
        amount=line.amount,
        price_key=record.key,
        document=record.document,
        source=record.source,
        seen_on=record.seen_on,
        since=record.since,
        note=record.note,
    )


def _unpriced(one: Unpriced) -> UnpricedPart:
    return UnpricedPart(one.reason, one.message, one.unit, None if one.quantity is None else Decimal(one.quantity))
