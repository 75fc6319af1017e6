"""Rate cards: what a customer is charged for each item, and from when.

An item is what is charged for: a feature, a model, a kind of token. Which events belong to an item is the caller's business; here it is a
key with a quantity and, for a markup, a cost. A card has a rate for each item; a version of the card holds from `since` until the next.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.pricing.money import ZERO, check_currency

ITEMS_MAX: Final = 1_000
"""Items of one card; each is at least one line of every invoice."""

STEPS_MAX: Final = 100
"""Steps of one tiered rate."""

PERCENT_MAX: Final = 1_000_000
"""A markup of 10,000 times the cost; more is a slip of the keyboard."""


class Markup(msgspec.Struct, frozen=True, tag="markup", forbid_unknown_fields=True):
    """Cost plus a share of it: `percent` 20 charges 1.2 times what the provider charged."""

    percent: Decimal


class UnitPrice(msgspec.Struct, frozen=True, tag="unit", forbid_unknown_fields=True):
    """The same price for each unit: `price` for `per` of them."""

    price: Decimal
    per: int = 1


class Flat(msgspec.Struct, frozen=True, tag="flat", forbid_unknown_fields=True):
    """An amount for the period, whatever was used, and also when nothing was."""

    amount: Decimal


class Step(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One step of a tiered rate.

    Attributes:
        up_to: Last quantity of the step, inclusive; None for the last step, which has no end.
        price: For `per` units within the step.
        fee: Charged once when the step is reached.
    """

    up_to: int | None
    price: Decimal
    fee: Decimal = ZERO


class Graduated(msgspec.Struct, frozen=True, tag="graduated", forbid_unknown_fields=True):
    """Each step's price is for the units that fall into it: the first 1,000 at one price, the next at another."""

    steps: tuple[Step, ...]
    per: int = 1


class Volume(msgspec.Struct, frozen=True, tag="volume", forbid_unknown_fields=True):
    """The step that the total falls into prices all units."""

    steps: tuple[Step, ...]
    per: int = 1


class Package(msgspec.Struct, frozen=True, tag="package", forbid_unknown_fields=True):
    """Whole packages of `size` units; a package that was begun is paid in full."""

    size: int
    price: Decimal


Rate: TypeAlias = Markup | UnitPrice | Flat | Graduated | Volume | Package


class RateCard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a rate card. Build one with `define_rate_card`, which checks the rules.

    Attributes:
        key: The card's key for people and URLs.
        currency: ISO 4217 of every amount on it.
        since: Aware; it holds from this instant until the next version's.
        rates: Rate by item.
        minimum: Least charge of a period; 0 for none.
    """

    key: str
    currency: str
    since: datetime
    rates: dict[str, Rate]
    minimum: Decimal = ZERO


def define_rate_card(card: RateCard) -> RateCard:
    """Return the card if it is valid.

    Raises:
        InvalidInputError: A rule is broken; `field` is its path.
    """
    check_currency(card.currency)
    if card.since.tzinfo is None:
        raise InvalidInputError(f"since is {card.since}, without a time zone", field="since")
    if not card.key or len(card.rates) > ITEMS_MAX:
        raise InvalidInputError(
            f"the card {card.key!r} has {len(card.rates)} rates; allowed are a key and at most {ITEMS_MAX}", field="rates"
        )
    check_amount(card.minimum, field="minimum")
    for item, rate in card.rates.items():
        check_rate(rate, field=f"rates.{item}")
    return card


def segments(versions: Sequence[RateCard], start: datetime, end: datetime) -> list[tuple[datetime, datetime, RateCard]]:
    """Return the parts of a period `[start, end)` and the version that holds in each, in order; they cover the period without gap.

    Raises:
        InvalidInputError: No version holds at the start, two begin at once, or their currencies differ.
    """
    assert start < end
    ordered = sorted(versions, key=lambda card: card.since)
    if any(one.since == other.since for one, other in itertools.pairwise(ordered)):
        raise InvalidInputError("two versions of the rate card begin at the same instant", field="since")
    if len({card.currency for card in ordered}) > 1:
        raise InvalidInputError("the versions of a rate card must have one currency", field="currency")
    held = [card for card in ordered if card.since < end]
    first = max((position for position, card in enumerate(held) if card.since <= start), default=None)
    if first is None:
        raise InvalidInputError(f"no version of the rate card holds at {start.isoformat()}", field="since")
    cards = held[first:]
    bounds = [start, *(card.since for card in cards[1:]), end]
    return list(zip(bounds, bounds[1:], cards, strict=False))


def check_rate(rate: Rate, *, field: str) -> None:
    """Return when a rate is valid.

    Raises:
        InvalidInputError: A rule is broken; its `field` begins with the one given.
    """
    if isinstance(rate, Markup):
        percent = rate.percent
        # 6 places leave a cost of 12 places exact within the 18 places of an amount.
        if not percent.is_finite() or not -100 <= percent <= PERCENT_MAX or -int(percent.as_tuple().exponent) > 6:
            raise InvalidInputError(
                f"percent is {percent}; allowed are -100 to {PERCENT_MAX} with at most 6 digits after the point", field=f"{field}.percent"
            )
    elif isinstance(rate, UnitPrice):
        check_amount(rate.price, field=f"{field}.price")
        _check_count(rate.per, field=f"{field}.per")
    elif isinstance(rate, Flat):
        check_amount(rate.amount, field=f"{field}.amount")
    elif isinstance(rate, Package):
        check_amount(rate.price, field=f"{field}.price")
        _check_count(rate.size, field=f"{field}.size")
    else:
        _check_count(rate.per, field=f"{field}.per")
        _check_steps(rate.steps, field=f"{field}.steps")


def _check_steps(steps: tuple[Step, ...], *, field: str) -> None:
    if not 1 <= len(steps) <= STEPS_MAX:
        raise InvalidInputError(f"there are {len(steps)} steps; allowed are 1 to {STEPS_MAX}", field=field)
    before = 0
    for position, step in enumerate(steps):
        is_last = position == len(steps) - 1
        if (step.up_to is None) is not is_last:
            raise InvalidInputError("only the last step, and the last one always, has no upTo", field=f"{field}[{position}].upTo")
        if step.up_to is not None and step.up_to <= before:
            raise InvalidInputError(f"upTo is {step.up_to}, not more than {before} before it", field=f"{field}[{position}].upTo")
        before = step.up_to or before
        check_amount(step.price, field=f"{field}[{position}].price")
        check_amount(step.fee, field=f"{field}[{position}].fee")


def check_amount(amount: Decimal, *, field: str) -> None:
    """Return when a number can be a price.

    Raises:
        InvalidInputError: It cannot.
    """
    # 12 places leave room for a price per 1,000,000 within the 18 places of an amount.
    if not amount.is_finite() or amount < 0 or -int(amount.as_tuple().exponent) > 12 or amount.adjusted() > 11:
        raise InvalidInputError(
            f"{amount} is no price; allowed are 0 and more, with at most 12 digits before and 12 after the point", field=field
        )


def _check_count(count: int, *, field: str) -> None:
    if not 1 <= count <= 10**12:
        raise InvalidInputError(f"{count} is not a number of units; allowed are 1 to 10**12", field=field)
