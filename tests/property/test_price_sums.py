import json
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_cases import book, cost, parts

import meterlark.pricing
from meterlark.pricing.book import PriceBook
from meterlark.pricing.charge import Kind, Used, charge_period, graduate, step_of
from meterlark.pricing.cost import price_event
from meterlark.pricing.decompose import Decomposition, ImpossibleUsageError, Quantity, UnknownOverlapError
from meterlark.pricing.document import Price, decode_document
from meterlark.pricing.ratecard import Flat, Graduated, Markup, Package, Rate, RateCard, Step, UnitPrice, Volume, define_rate_card, segments
from meterlark.pricing.units import UNITS, contains
from meterlark.pricing.usage import Consumption

SNAPSHOT = Path(meterlark.pricing.__file__).parent / "data" / "prices.json"

amounts = st.decimals(min_value=0, max_value=10_000, places=6)
quantities = st.one_of(st.integers(min_value=0, max_value=10**12), st.decimals(min_value=0, max_value=10**9, places=6))
token_units = sorted(unit.name for unit in UNITS.values() if unit.traits & {"input", "output"})


@given(st.sets(st.sampled_from(token_units), min_size=1), st.dictionaries(st.sampled_from(token_units), st.integers(0, 1000)))
def test_the_parts_are_the_whole(units: set[str], reported: dict[str, int]) -> None:
    """No token is lost or made: over any unit, its part and the parts within it add up to what was reported; else it is refused."""
    try:
        split = Decomposition(units).split(reported)
    except (ImpossibleUsageError, UnknownOverlapError):
        return

    assert all(quantity > 0 for quantity in split.values())
    for name in units & reported.keys():
        within = sum(quantity for part, quantity in split.items() if part == name or contains(UNITS[name], UNITS[part]))
        assert within == reported[name]


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_parts_than_the_whole_is_refused_and_nothing_else(whole: int, read: int, written: int, hourly: int) -> None:
    """Refused exactly when a part or the sum of parts passes its whole."""
    reported = {
        "input_tokens": whole,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "cache_creation_1h_input_tokens": hourly,
    }
    is_possible = hourly <= written and read + written <= whole

    if is_possible:
        assert sum(Decomposition(reported).split(reported).values()) == whole
    else:
        with pytest.raises(ImpossibleUsageError):
            Decomposition(reported).split(reported)


@given(
    st.fixed_dictionaries(dict.fromkeys(("input_tokens", "cache_read_input_tokens", "output_tokens"), amounts)),
    st.lists(st.integers(0, 10**9), min_size=3, max_size=3),
)
def test_the_lines_add_up_to_the_amount(rates: dict[str, Decimal], numbers: list[int]) -> None:
    """To the last digit, and each line is quantity x price."""
    cached, fresh, written = numbers

    priced = cost(Price(rates=rates), {"input_tokens": cached + fresh, "cache_read_input_tokens": cached, "output_tokens": written})

    assert priced.amount is not None
    assert Fraction(priced.amount) == sum((Fraction(line.amount) for line in priced.lines), Fraction(0))
    for line in priced.lines:
        assert Fraction(line.amount) == Fraction(line.price.amount) * Fraction(line.quantity) / line.price.per
    assert sum(parts(priced).values()) == cached + fresh + written


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_more_use_never_costs_less(one: int, more: int) -> None:
    """With long input dearer, as all providers have it."""
    price = book(Price(rates={"input_tokens": Decimal(3)}))

    first, second = (cost(price, {"input_tokens": length}).amount for length in (one, one + more))

    assert first is not None
    assert second is not None
    assert first < second


def steps() -> st.SearchStrategy[tuple[Step, ...]]:
    """Return valid steps."""
    bounds = st.lists(st.integers(1, 10**9), max_size=5, unique=True).map(sorted)
    return bounds.flatmap(
        lambda ends: st.tuples(*(st.builds(Step, st.just(end), amounts, amounts) for end in [*ends, None])),
    )


def rate() -> st.SearchStrategy[Rate]:
    """Return any valid rate."""
    per = st.sampled_from([1, 7, 1000, 1_000_000])
    return st.one_of(
        st.builds(Markup, st.decimals(min_value=-100, max_value=1000, places=3)),
        st.builds(UnitPrice, amounts, per),
        st.builds(Flat, amounts),
        st.builds(Graduated, steps(), per),
        st.builds(Volume, steps(), per),
        st.builds(Package, st.integers(1, 10**6), amounts),
    )


used_items = st.builds(Used, quantities, st.one_of(st.none(), amounts), st.integers(0, 1))


@given(steps(), quantities)
def test_graduated_steps_share_out_the_quantity(made: tuple[Step, ...], quantity: Quantity) -> None:
    """Each unit is in one step, and a step is used only when those before it are full."""
    shared = list(graduate(made, quantity))

    assert sum((Fraction(within) for _, within in shared), Fraction(0)) == Fraction(quantity)
    sizes = [(end.up_to or 0) - (begin.up_to or 0) for begin, end in pairwise((Step(0, Decimal(0)), *made))]
    for (_, within), size in zip(shared[:-1], sizes, strict=False):
        assert within == size
    if shared:
        assert shared[-1][0] == step_of(made, quantity)


@given(
    st.dictionaries(st.sampled_from("abcdef"), rate(), max_size=6),
    st.dictionaries(st.sampled_from("abcdef"), used_items, max_size=6),
    st.dictionaries(st.sampled_from("abcdef"), used_items, max_size=6),
    amounts,
)
def test_the_lines_of_a_period_add_up_to_its_charge(
    rates: dict[str, Rate], early: dict[str, Used], late: dict[str, Used], minimum: Decimal
) -> None:
    """To the last digit; at least the minimum; rounded once; and every used item is in a line or listed as uncharged."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    change, end = start + timedelta(days=10), start + timedelta(days=31)
    first = define_rate_card(RateCard(key="k", currency="USD", since=start, rates=rates, minimum=minimum))
    second = define_rate_card(RateCard(key="k", currency="USD", since=change, rates=rates, minimum=minimum))

    charged = charge_period(segments([first, second], start, end), [early, late])

    exact = sum((Fraction(line.amount) for line in charged.lines if line.kind is not Kind.ROUNDING), Fraction(0))
    assert sum((Fraction(line.amount) for line in charged.lines), Fraction(0)) == Fraction(charged.amount)
    assert abs(exact - Fraction(charged.amount)) <= Fraction(1, 200)
    assert charged.amount == round(exact, 2)  # Python rounds fractions half to even
    assert exact >= Fraction(minimum)
    told = {line.item for line in charged.lines} | {uncharged.item for uncharged in charged.uncharged}
    assert {item for item, used in (early | late).items() if used.quantity and not isinstance(rates.get(item), Flat)} <= told | {
        item for item, used in early.items() if item in late and not late[item].quantity
    }


def generated_events(random: Random, models: list[tuple[str, str, dict[str, Any]]], count: int) -> Any:
    """Yield events over the models whose prices are flat; the cached, written and fresh tokens are drawn apart."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    for _ in range(count):
        provider, model, rates = models[random.randrange(len(models))]
        cached = random.randrange(200_000) if "cache_read_input_tokens" in rates else 0
        written = random.randrange(50_000) if "cache_creation_input_tokens" in rates else 0
        fresh, output = random.randrange(100_000), random.randrange(10_000)
        used: dict[str, int | Decimal] = {"input_tokens": cached + written + fresh, "output_tokens": output}
        if cached:
            used["cache_read_input_tokens"] = cached
        if written:
            used["cache_creation_input_tokens"] = written
        yield Consumption(provider, model, "standard", at, used), rates, (cached, written, fresh, output)


@pytest.mark.slow
def test_a_million_events_cost_what_an_independent_calculation_says() -> None:
    """The independent one reads the snapshot's JSON itself and counts whole units of 10**-12 dollars as integers."""
    raw = json.loads(SNAPSHOT.read_bytes(), parse_float=Decimal)
    models = [
        (provider, model, listed["prices"][0]["rates"])
        for provider, maker in raw["providers"].items()
        for model, listed in maker["models"].items()
        if len(prices := listed.get("prices", [])) == 1
        and "long_context" not in prices[0]
        and {"input_tokens", "output_tokens"} <= prices[0]["rates"].keys()
        and "requests" not in prices[0]["rates"]
        and prices[0].get("tier", "standard") == "standard"
        and "since" not in prices[0]
    ]
    assert len(models) > 1000
    scaled = {id(rates): {unit: int(Decimal(rate).scaleb(12)) for unit, rate in rates.items()} for _, _, rates in models}
    prices = PriceBook([decode_document(SNAPSHOT.read_bytes())])
    names = ("cache_read_input_tokens", "cache_creation_input_tokens", "input_tokens", "output_tokens")

    ours = Decimal(0)
    add = Context(prec=60).add
    expected = 0
    for used, rates, counts in generated_events(Random(20261125), models, 1_000_000):
        priced = price_event(prices, used)
        assert priced.amount is not None
        assert not priced.unpriced
        ours = add(ours, priced.amount)
        by_unit = scaled[id(rates)]
        expected += sum(by_unit.get(name, 0) * count for name, count in zip(names, counts, strict=True))

    assert ours == Decimal(expected).scaleb(-18)
