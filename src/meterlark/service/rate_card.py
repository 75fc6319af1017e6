"""A version of a rate card: its items, which usage each one charges for, by which rate, and from when.

An item names a meter and, if it likes, conditions on the meter's dimensions. Its usage is that of the meter; that of a markup is cost, so
its meter is one of cost; a flat amount needs no meter. Only SUM and COUNT can be charged for: their usage over two parts of a period is
that of the whole, so each event is charged once however a period is cut.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.catalog.contract import Record
from meterlark.metering.filter import read_filter
from meterlark.metering.meter import SLUG_LENGTH_MAX, Aggregation, Meter
from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.pricing.money import ZERO
from meterlark.pricing.ratecard import ITEMS_MAX, Flat, Markup, Rate, RateCard, check_amount, check_rate
from meterlark.service.currency import require_currency
from meterlark.service.customer import check_text

UNIT_LENGTH_MAX: Final = 64
DEFAULT_OWNER: Final = ""
"""Stands for every customer without a card of its own."""

CHARGEABLE: Final = (Aggregation.SUM, Aggregation.COUNT)

COST_PATH: Final = "$.meterlark.cost"
"""What a meter of cost adds up."""

COST_CURRENCY: Final = "USD"
"""Of every cost."""

_KEY: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is charged for.

    Attributes:
        key: Its key within the card.
        rate: How it is charged.
        meter: Slug of the meter whose usage it is; None only for a flat amount.
        filters: Condition on the text of one of the meter's dimensions, by key, in the form of the wire.
        unit: What one of it is called; the meter's slug when not given.
    """

    key: str
    rate: Rate
    meter: str | None = None
    filters: dict[str, dict[str, Any]] = {}
    unit: str | None = None


class CardVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a rate card. Build one with `define_version`, which checks the rules.

    Attributes:
        owner: Id of the customer; `DEFAULT_OWNER` for the card of every customer without one.
        key: For people.
        currency: ISO 4217 of every amount on it.
        since: Aware UTC; it holds from this instant until the next version's.
        items: Each with a key of its own.
        minimum: Least charge of a period; 0 for none.
    """

    owner: str
    key: str
    currency: str
    since: datetime
    items: tuple[Item, ...]
    minimum: Decimal = ZERO

    @property
    def rates(self) -> RateCard:
        """The version as pricing reads it."""
        rates = {item.key: item.rate for item in self.items}
        return RateCard(key=self.key, currency=self.currency, since=self.since, rates=rates, minimum=self.minimum)

    def item(self, key: str) -> Item:
        """Return the item of a key, which must be there."""
        return next(item for item in self.items if item.key == key)


def define_version(
    *,
    owner: str,
    key: str,
    currency: str,
    since: datetime,
    items: Sequence[Item],
    minimum: Decimal,
    meter_of: Callable[[str], Meter],
) -> CardVersion:
    """Return a valid version.

    Raises:
        InvalidInputError: A rule is broken; `field` is the name on the wire.
    """
    if len(key) > SLUG_LENGTH_MAX or _KEY.fullmatch(key) is None:
        raise InvalidInputError(_not_a_key(key), field="key")
    require_currency(currency, field="currency")
    check_amount(minimum, field="minimum")
    if len(items) > ITEMS_MAX:
        raise InvalidInputError(f"items has {len(items)} entries; at most {ITEMS_MAX} are accepted", field="items")
    known: set[str] = set()
    for position, item in enumerate(items):
        field = f"items[{position}]"
        if len(item.key) > SLUG_LENGTH_MAX or _KEY.fullmatch(item.key) is None:
            raise InvalidInputError(_not_a_key(item.key), field=f"{field}.key")
        if item.key in known:
            raise InvalidInputError(f"the key {item.key} is given twice", field=f"{field}.key")
        known.add(item.key)
        check_rate(item.rate, field=f"{field}.rate")
        check_text(f"{field}.unit", item.unit, UNIT_LENGTH_MAX)
        _check_usage(item, meter_of, currency, field=field)
    return CardVersion(owner=owner, key=key, currency=currency, since=since, items=tuple(items), minimum=minimum)


def _check_usage(item: Item, meter_of: Callable[[str], Meter], currency: str, *, field: str) -> None:
    """Return when an item says which usage it charges for."""
    if item.meter is None:
        if not isinstance(item.rate, Flat):
            raise InvalidInputError(f"{field}.meter is missing; only a flat amount needs none", field=f"{field}.meter")
        if item.filters:
            raise InvalidInputError(f"{field}.filters needs a meter", field=f"{field}.filters")
        return
    if isinstance(item.rate, Flat):
        raise InvalidInputError(f"{field}.meter is {item.meter!r}; a flat amount is charged whatever was used", field=f"{field}.meter")
    try:
        meter = meter_of(item.meter)
    except NotFoundError as error:
        raise InvalidInputError(str(error), field=f"{field}.meter") from error
    if meter.aggregation not in CHARGEABLE:
        allowed = ", ".join(CHARGEABLE)
        text = f"the meter {meter.slug} takes the {meter.aggregation}; usage is charged by meters that take {allowed}"
        raise InvalidInputError(text, field=f"{field}.meter")
    if isinstance(item.rate, Markup):
        if meter.value_property != COST_PATH or meter.aggregation is not Aggregation.SUM:
            text = f"a markup needs a meter of cost, which takes the SUM of {COST_PATH}; {meter.slug} is none"
            raise InvalidInputError(text, field=f"{field}.meter")
        if currency != COST_CURRENCY:
            text = f"a markup needs a card in {COST_CURRENCY}, the currency of cost; this one is in {currency}"
            raise InvalidInputError(text, field=f"{field}.rate")
    _check_filters(item.filters, meter, field=f"{field}.filters")


def _check_filters(filters: Mapping[str, dict[str, Any]], meter: Meter, *, field: str) -> None:
    for dimension, condition in filters.items():
        name = f"{field}.{dimension[:80]}"
        if dimension not in meter.group_by:
            known = ", ".join(sorted(meter.group_by)) or "no dimension"
            raise InvalidInputError(f"{name} names no dimension of the meter {meter.slug}, which has {known}", field=name)
        read_filter(condition, field=name)


def _not_a_key(key: str) -> str:
    return f"{key[:80]!r} is no key; allowed are lower-case letters, digits and single underscores, at most {SLUG_LENGTH_MAX} characters"


def read_version(record: Record) -> CardVersion:
    """Return the version of a stored record."""
    return msgspec.json.decode(record.definition, type=CardVersion)
