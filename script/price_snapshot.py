"""Turn the prices of the genai-prices package into a price document, and check the document against that package's calculator.

Run by `script/prices` in an environment that has the package. What is carried over: names, prices by unit, first days, hours, long-context
prices, tiers. What is not: prices by search type and by route, which have no place in an event; a tier's prices are never filled up from
the standard tier's tokens, as the package does, because the provider's page does not say so. Tool calls are, since no tier changes them.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from genai_prices import Usage, types
from genai_prices.data import providers as listed_providers
from genai_prices.data_snapshot import DataSnapshot
from genai_prices.data_units import unit_data

from meterlark.pricing.book import PriceBook
from meterlark.pricing.cost import price_event
from meterlark.pricing.document import (
    RATE_PLACES_MAX,
    STANDARD,
    Document,
    LongContext,
    Model,
    Price,
    Provider,
    Rates,
    check_document,
    decode_document,
    encode_document,
)
from meterlark.pricing.units import UNITS
from meterlark.pricing.usage import Consumption

TARGET = Path(__file__).parents[1] / "src/meterlark/pricing/data/prices.json"
BYTES_MAX = 1_000_000  # of the file; 400 kB was the aim for what the wheel holds, which is compressed

# Their name of a quantity, and ours.
UNIT_NAMES = {
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_creation_input_tokens",
    "cache_write_5m_tokens": "cache_creation_5m_input_tokens",
    "cache_write_1h_tokens": "cache_creation_1h_input_tokens",
    "cache_text_read_tokens": "cache_read_text_input_tokens",
    "cache_image_read_tokens": "cache_read_image_input_tokens",
    "cache_audio_read_tokens": "cache_read_audio_input_tokens",
    "cache_video_read_tokens": "cache_read_video_input_tokens",
    "output_reasoning_tokens": "reasoning_output_tokens",
    **{name: name for name in unit_data if name in UNITS},
}
PRICE_NAMES = {unit["price_key"]: (UNIT_NAMES[name], unit["per"]) for name, unit in unit_data.items() if name in UNIT_NAMES}
THEIR_NAMES = {ours: theirs for theirs, ours in UNIT_NAMES.items()}

TIERS = ({"processing": "batch"}, {"service_tier": "flex"}, {"service_tier": "priority"}, {"service_tier": "fast"}, {"speed": "fast"})
# Wholes are larger than the 3 of each of their parts; the package counts one request for each event.
SAMPLE = {"cache_read_input_tokens": 13, "cache_creation_input_tokens": 11, "output_tokens": 41, "requests": 1, "input_document_pages": 7}
LEFT_OUT = {"search_type", "route"}

# Hard-coded in the package's calculator: Groq bills at least ten seconds of a transcription.
LEAST = {("groq", name): {"audio_seconds": 10, "input_audio_seconds": 10} for name in ("whisper-large-v3", "whisper-large-v3-turbo")}

Standard = list[tuple[date | None, tuple[time, time] | None, types.ModelPrice]]


def main() -> None:
    """Write the snapshot, or check the stored one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare the stored snapshot with the calculator; write nothing")
    chosen = parser.parse_args()
    if chosen.check:
        document = decode_document(TARGET.read_bytes())
    else:
        document = make_document()
        check_document(document)
    compared = compare(document)
    if not chosen.check:
        content = encode_document(document)
        assert decode_document(content) == document
        assert len(content) <= BYTES_MAX, f"{len(content)} bytes; at most {BYTES_MAX}"
        # One model a line, so that two snapshots can be compared by eye.
        TARGET.write_bytes(content.replace(b'},"', b'},\n"') + b"\n")
    models = [model for provider in document.providers.values() for model in provider.models.values()]
    prices = sum(len(model.prices) for model in models)
    print(f"{document.name} of {document.made_on}: {len(document.providers)} providers, {len(models)} models, {prices} prices")
    print(f"{compared} costs are the same as those of the package's calculator")


def make_document() -> Document:
    """Return the package's prices as a document."""
    return Document(
        name=f"genai-prices {version('genai-prices')}",
        made_on=datetime.now(UTC).date(),
        providers={provider.id.lower(): make_provider(provider) for provider in listed_providers},
    )


def make_provider(provider: types.Provider) -> Provider:
    """Return one provider with all its models."""
    models = {model.id.lower(): make_model(provider, model) for model in provider.models}
    assert len(models) == len(provider.models), f"{provider.id}: two models differ only in case"
    return Provider(
        models=dict(sorted(models.items())),
        urls=(provider.api_pattern,),
        sources=tuple(provider.pricing_urls or ()),
        sells_models_of=tuple(provider.fallback_model_providers or ()),
    )


def make_model(provider: types.Provider, model: types.ModelInfo) -> Model:
    """Return one model's names and prices."""
    names, prefixes, patterns = set(), set(), set()
    for clause in clauses(model.match):
        if isinstance(clause, types.ClauseEquals):
            names.add(clause.equals.lower())
        elif isinstance(clause, types.ClauseStartsWith):
            prefixes.add(clause.starts_with.lower())
        else:
            patterns.add(pattern_of(clause))
    least = LEAST.get((provider.id, model.id), {})
    prices = [*standard_prices(model, least), *(price for when in TIERS for price in tier_prices(model, when, least))]
    return Model(
        names=tuple(sorted(names - {model.id.lower()})),
        prefixes=tuple(sorted(prefixes)),
        patterns=tuple(sorted(patterns)),
        prices=tuple(without_repeats(prices)),
    )


def clauses(match: Any) -> Iterator[Any]:
    """Yield the alternatives of a rule."""
    if isinstance(match, types.ClauseOr):
        for clause in match.or_:
            yield from clauses(clause)
    else:
        yield match


def pattern_of(clause: Any) -> str:
    """Return a regular expression that matches a whole name exactly when the rule holds."""
    if isinstance(clause, types.ClauseContains):
        return f".*{re.escape(clause.contains.lower())}.*"
    if isinstance(clause, types.ClauseEndsWith):
        return f".*{re.escape(clause.ends_with.lower())}"
    if isinstance(clause, types.ClauseStartsWith):
        return f"{re.escape(clause.starts_with.lower())}.*"
    if isinstance(clause, types.ClauseRegex):
        return clause.regex[1:-1] if re.fullmatch(r"\^[^|]*\$", clause.regex) else f".*(?:{clause.regex}).*"
    assert isinstance(clause, types.ClauseAnd), clause
    return "".join(f"(?={pattern_of(part)}$)" for part in clause.and_) + ".*"


def standard_of(model: types.ModelInfo) -> Standard:
    """Return the standard prices in the package's order: of those that hold, the last one wins."""
    if isinstance(model.prices, types.ModelPrice):
        return [(None, None, model.prices)]
    result: Standard = []
    for entry in model.prices:
        constraint = entry.constraint
        if isinstance(constraint, types.StartDateConstraint):
            result.append((constraint.start_date, None, entry.prices))
        elif isinstance(constraint, types.TimeOfDateConstraint):
            assert constraint.start_time.tzinfo is constraint.end_time.tzinfo is UTC
            result.append((None, (constraint.start_time.replace(tzinfo=None), constraint.end_time.replace(tzinfo=None)), entry.prices))
        else:
            result.append((None, None, entry.prices))
    return result


def standard_at(standard: Standard, day: date | None) -> tuple[types.ModelPrice, Standard]:
    """Return the all-day price of a day, and the prices for some hours that go before it."""
    held = [entry for entry in standard if entry[0] is None or (day is not None and entry[0] <= day)]
    last = max(position for position, entry in enumerate(held) if entry[1] is None)
    return held[last][2], held[last + 1 :]


def standard_prices(model: types.ModelInfo, least: dict[str, int]) -> Iterator[Price]:
    """Yield the standard tier's prices in order of time."""
    standard = standard_of(model)
    for day in (None, *sorted({entry[0] for entry in standard if entry[0] is not None})):
        all_day, hourly = standard_at(standard, day)
        yield from make_price(all_day.__dict__, tier=STANDARD, since=day, least=least)
        for _, hours, prices in hourly:
            yield from make_price(prices.__dict__, tier=STANDARD, since=day, hours=hours, least=least)


def tier_prices(model: types.ModelInfo, when: dict[str, str], least: dict[str, int]) -> Iterator[Price]:
    """Yield the prices of another tier in order of time."""
    variants = [variant for variant in model.price_variants or () if variant.when == when]
    unknown = {key for variant in model.price_variants or () for key in variant.when} - {"service_tier", "processing", "speed"} - LEFT_OUT
    assert not unknown, f"{model.id} has prices by {unknown}, which this script does not know"
    (tier,) = when.values()
    starts = {variant.constraint.start_date if variant.constraint else None for variant in variants}
    standard = standard_of(model)
    changes = starts | {
        entry[0] for entry in standard if None in starts or (entry[0] and any(entry[0] > start for start in starts if start))
    }
    for day in sorted(changes if variants else (), key=lambda day: day or date.min):
        held = next((v for v in variants if v.constraint is None or (day is not None and v.constraint.start_date <= day)), None)
        assert held is not None
        all_day, _ = standard_at(standard, day)
        tools = {key: price for key, price in all_day.__dict__.items() if price is not None and not is_token_price(key)}
        # A tier listed without prices has the standard ones (the package's note: "lists the same rates as standard").
        prices = held.prices.__dict__ or all_day.__dict__
        yield from make_price({**tools, **prices}, tier=tier, since=day, least=least)


def is_token_price(key: str) -> bool:
    """Tell whether a price is for tokens."""
    return key in PRICE_NAMES and "token" in PRICE_NAMES[key][0]


def make_price(prices: dict[str, Any], *, tier: str, since: date | None, least: dict[str, int], hours: Any = None) -> Iterator[Price]:
    """Yield a price, or nothing where no unit has one."""
    rates: Rates = {}
    long: dict[int, Rates] = {}
    for key, value in sorted(prices.items()):
        if value is None:
            continue
        name, per = PRICE_NAMES[key]
        assert per == UNITS[name].per, f"{key} is for {per}, {name} for {UNITS[name].per}"
        if isinstance(value, types.TieredPrices):
            rates[name] = plain(value.base)
            for step in value.tiers:
                long.setdefault(step.start, {})[name] = plain(step.price)
        else:
            rates[name] = plain(value)
    if rates:
        bands = tuple(LongContext(above, rates) for above, rates in sorted(long.items()))
        yield Price(tier=tier, since=since, hours=hours, rates=rates, long_context=bands, least=least)


def plain(value: Decimal) -> Decimal:
    """Return the number without an exponent or trailing zeros.

    A few prices come from APIs that send binary fractions, such as 0.13999999999999999; they are rounded at the twelfth place.
    """
    return Decimal(format(round(value, RATE_PLACES_MAX).normalize(), "f"))


def without_repeats(prices: list[Price]) -> Iterator[Price]:
    """Leave out a price that only repeats the one before it; where some hours have prices of their own, all stay."""
    last: dict[str, Price] = {}
    hourly = {price.tier for price in prices if price.hours is not None}
    for price in prices:
        before = last.get(price.tier)
        if price.tier in hourly or before is None or (before.rates, before.long_context) != (price.rates, price.long_context):
            yield price
        last[price.tier] = price


def compare(document: Document) -> int:
    """Price every model, tier, first day and input length with both calculators; return how many costs were equal."""
    book = PriceBook([document])
    theirs = DataSnapshot(providers=listed_providers, from_auto_update=False)
    compared = 0
    for provider in listed_providers:
        for model in provider.models:
            for used, context in samples(document, provider.id.lower(), model):
                ours = price_event(book, used)
                if not ours.is_complete:
                    sys.exit(f"{used}: {ours.unpriced[0].message}")
                usage = Usage(**{THEIR_NAMES[unit]: quantity for unit, quantity in used.quantities.items() if unit != "requests"})
                their_price = model.calc_price(usage, provider, genai_request_timestamp=used.at, price_context=context or None).total_price
                # Their division is at most 28 digits long.
                if ours.amount is None or abs(ours.amount - their_price) > Decimal("1e-17"):
                    sys.exit(f"{used}: {ours.amount} here, {their_price} there")
                compared += 1
            for name in names_of(model):
                found_provider, found = theirs.find_provider_model(name, provider, None, None)
                own = book._model_name(found_provider.id.lower(), name)  # noqa: SLF001 - the rule itself is compared
                if own != found.id.lower():
                    sys.exit(f"{provider.id} {name}: {own} here, {found.id} there")
    return compared


def names_of(model: types.ModelInfo) -> set[str]:
    """Return names that mean the model."""
    listed = {clause.equals for clause in clauses(model.match) if isinstance(clause, types.ClauseEquals)}
    begun = {
        f"{clause.starts_with}{rest}"
        for clause in clauses(model.match)
        if isinstance(clause, types.ClauseStartsWith)
        for rest in ("", "-x")
    }
    return {name.lower() for name in listed | begun if model.is_match(name)}


def samples(document: Document, provider: str, model: types.ModelInfo) -> Iterator[tuple[Consumption, dict[str, str]]]:
    """Yield a use of every unit for each of a model's prices, short and long, on its first day and at its hours."""
    contexts = {next(iter(when.values())): when for when in TIERS[:-1]} | ({"fast": TIERS[-1]} if provider == "anthropic" else {})
    for price in document.providers[provider].models[model.id.lower()].prices:
        day = price.since or date(2023, 1, 1)
        at = datetime.combine(day, price.hours[0] if price.hours else time(0), tzinfo=UTC)
        context = {} if price.tier == STANDARD else contexts[price.tier]
        for length in (100, *(band.above + extra for band in price.long_context for extra in (0, 1))):
            amounts = {"input_tokens": length, **SAMPLE}
            quantities: dict[str, int | Decimal] = {unit: amounts.get(unit, 3) for unit in price.rates}
            yield Consumption(provider, model.id.lower(), price.tier, at, quantities), context


if __name__ == "__main__":
    main()
