"""The document that prices come in: the snapshot, our own overrides and a user's file have the same form.

A price is dated: it holds from the start of `since` (UTC) up to the start of `until`. Without `since` its start is not known, and it holds
for all time before the next one. Nothing is inherited between tiers: a tier without a price has none.
"""

import re
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from typing import Final

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.model.number import is_within_limits
from meterlark.pricing.money import check_currency
from meterlark.pricing.units import UNITS

FORMAT: Final = 1
STANDARD: Final = "standard"

TEXT_LENGTH_MAX: Final = 256
"""Characters of a provider's, model's or tier's name; the longest known has 93."""

RATE_PLACES_MAX: Final = 12
"""Digits after the point of a price: a price for 1,000,000 tokens then has at most 18 for one, and every amount of tokens is exact."""

Rates = dict[str, Decimal]
"""Price by unit, each for `Unit.per` of it."""


class LongContext(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices of a request whose input is longer than `above` tokens; all its tokens are paid at them, not only those above."""

    above: int
    rates: Rates


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one tier of a model costs in one span of time.

    Attributes:
        rates: Price by unit.
        tier: The service tier, as `tier.py` names it.
        since: First UTC day; None when not known.
        until: First UTC day on which it no longer holds; None when it has no end.
        hours: Daily span `[from, to)` in UTC, may pass midnight; None holds all day. Such a price goes before one that holds all day.
        weekdays: With `hours`, the ISO days of the week (UTC) on which they count, 1 for Monday; empty means every day.
        long_context: Rates that replace those above, by input length; ascending.
        least: Smallest quantity that is paid for, by unit, where a request uses any of it.
        source: Where it was read; empty means the provider's sources.
        seen_on: When it was read; None means when the document was made.
        note: What a reader should know.
    """

    rates: Rates
    tier: str = STANDARD
    since: date | None = None
    until: date | None = None
    hours: tuple[time, time] | None = None
    weekdays: tuple[int, ...] = ()
    long_context: tuple[LongContext, ...] = ()
    least: dict[str, int] = {}
    source: str = ""
    seen_on: date | None = None
    note: str = ""


class Model(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A model's names and prices. All names are compared in lower case.

    Attributes:
        names: Names that mean it beside its own, such as dated snapshots.
        prefixes: Beginnings of names that mean it.
        patterns: Regular expressions for whole names that mean it.
        prices: Its prices.
    """

    names: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    prices: tuple[Price, ...] = ()


class Provider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A provider's names, models and sources.

    Attributes:
        models: Models by name.
        names: Names that mean it beside its own, such as those of OpenTelemetry.
        urls: Regular expressions for the beginning of its API's addresses.
        sources: Pages that its prices were read from.
        sells_models_of: Providers at whose prices it sells the models that it lists no price of its own for.
    """

    models: dict[str, Model] = {}
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    sells_models_of: tuple[str, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A set of prices from one hand.

    Attributes:
        name: Names the document in every price record.
        made_on: When its prices were collected.
        format: Version of this form.
        currency: ISO 4217.
        providers: Providers by name.
    """

    name: str
    made_on: date
    format: int = FORMAT
    currency: str = "USD"
    providers: dict[str, Provider] = {}


_decoder: Final = msgspec.json.Decoder(Document)
_encoder: Final = msgspec.json.Encoder(order="deterministic", decimal_format="string")


def decode_document(content: bytes) -> Document:
    """Read a document from JSON and check it.

    Raises:
        InvalidInputError: Not of this form, or a value that is not allowed; `field` is its path where one is known.
    """
    try:
        document = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"the price document cannot be read: {error}") from error
    check_document(document)
    return document


def encode_document(document: Document) -> bytes:
    """Return the document's JSON; equal documents give equal bytes."""
    return _encoder.encode(document)


def digest_document(document: Document) -> str:
    """Return a SHA-256 in hexadecimal that changes with every price, name and date in the document."""
    return sha256(encode_document(document)).hexdigest()


def check_document(document: Document) -> None:
    """Check what the types cannot say.

    Raises:
        InvalidInputError: The first value that is not allowed.
    """
    if document.format != FORMAT:
        raise InvalidInputError(f"format is {document.format}; this version reads {FORMAT}", field="format")
    check_currency(document.currency)
    for provider_name, provider in document.providers.items():
        _check_name(provider_name, field="providers")
        _check_patterns(provider.urls, field=f"providers.{provider_name}.urls")
        for model_name, model in provider.models.items():
            field = f"providers.{provider_name}.models.{model_name[:TEXT_LENGTH_MAX]}"
            _check_name(model_name, field=field)
            _check_patterns(model.patterns, field=f"{field}.patterns")
            seen = set()
            for position, price in enumerate(model.prices):
                _check_price(price, field=f"{field}.prices[{position}]")
                key = (price.tier, price.since, price.hours, price.weekdays)
                if key in seen:
                    raise InvalidInputError(
                        f"the {price.tier} price since {price.since} is given twice", field=f"{field}.prices[{position}]"
                    )
                seen.add(key)


def _check_name(name: str, *, field: str) -> None:
    if not name or len(name) > TEXT_LENGTH_MAX or name != name.lower():
        raise InvalidInputError(
            f"{name[:TEXT_LENGTH_MAX]!r} is not a name; allowed are 1 to {TEXT_LENGTH_MAX} lower-case characters", field=field
        )


def _check_patterns(patterns: tuple[str, ...], *, field: str) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise InvalidInputError(f"{pattern!r} is not a regular expression: {error}", field=field) from error


def _check_price(price: Price, *, field: str) -> None:
    _check_name(price.tier, field=f"{field}.tier")
    if price.since is not None and price.until is not None and price.since >= price.until:
        raise InvalidInputError(f"since is {price.since}, not before until, {price.until}", field=field)
    if price.hours is not None and price.hours[0] == price.hours[1]:
        raise InvalidInputError(f"hours begin and end at {price.hours[0]}; leave them out for all day", field=f"{field}.hours")
    if price.weekdays and (price.hours is None or not set(price.weekdays) <= set(range(1, 8))):
        raise InvalidInputError(f"weekdays are {price.weekdays}; allowed are 1 to 7, together with hours", field=f"{field}.weekdays")
    above = 0
    for band in price.long_context:
        if band.above <= above:
            raise InvalidInputError(f"long_context above {band.above} follows {above}; allowed are ascending numbers", field=field)
        above = band.above
    for rates in (price.rates, *(band.rates for band in price.long_context)):
        _check_rates(rates, field=f"{field}.rates")
    for unit, least in price.least.items():
        if unit not in UNITS or least <= 0:
            raise InvalidInputError(f"least of {unit!r} is {least}; allowed are positive numbers of known units", field=f"{field}.least")


def _check_rates(rates: Rates, *, field: str) -> None:
    for unit, amount in rates.items():
        if unit not in UNITS:
            raise InvalidInputError(f"{unit[:TEXT_LENGTH_MAX]!r} is not a unit; allowed are {', '.join(UNITS)}", field=field)
        if not is_within_limits(amount) or amount < 0 or -int(amount.as_tuple().exponent) > RATE_PLACES_MAX:
            allowed = f"0 and more, with at most {RATE_PLACES_MAX} places"
            raise InvalidInputError(f"the price of {unit} is {amount}; allowed are {allowed}", field=f"{field}.{unit}")
