"""Costs at the prices of providers' public pages. Each page was read as a stored copy; `copy` says what dates it.

A row that our prices do not agree with is in `DISAGREEMENTS`, with our number and why, never adjusted; a listed row that agrees fails.
"""

import json
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from meterlark.price_files import read_bundled_documents
from meterlark.pricing.book import PriceBook
from meterlark.pricing.cost import Cost, price_event
from meterlark.pricing.usage import Consumption

PAGES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "provider_pages.json").read_text())
ROWS = [(page, row) for page in PAGES for row in page["rows"]]
BOOK = PriceBook(read_bundled_documents())

DISAGREEMENTS: dict[tuple[str, str], tuple[str, str]] = {
    ("github-copilot", "gpt-5.6-sol"): (
        "0.3650286",
        "the copy is older than the price cut of 2026-08-21: 5 / 0.5 / 6.25 / 30 there, 4 / 0.4 / 5 / 20 here",
    ),
    ("fireworks", "accounts/fireworks/models/glm-4p7"): (
        "0.0470012",
        "the copy lists cached input at 0.30, the snapshot lists none: unpriced here",
    ),
}


def consume(page: dict[str, Any], row: dict[str, Any]) -> Consumption:
    """Return a use of every unit of a row, with an input as long as the row's prices need."""
    rates = row["rates"]
    counts: dict[str, int] = {
        "input_tokens": row["above"] + 1 if row.get("above") else 100_000,
        "output_tokens": 5_003,
        "cache_read_input_tokens": 40_009,
        "cache_creation_input_tokens": 9_001,
        "cache_creation_1h_input_tokens": 1_009,
        "input_audio_tokens": 20_011,
        "output_audio_tokens": 2_003,
    }
    quantities: dict[str, int | Decimal] = {unit: counts[unit] for unit in rates}
    at = datetime.fromisoformat(page["at"])
    return Consumption(page["provider"], row["model"], row.get("tier", "standard"), at, quantities)


def amount_by_page(used: Consumption, rates: dict[str, str]) -> Fraction:
    """Price the disjoint parts by hand, in fractions: no code of ours takes part."""
    quantity = {unit: Fraction(used.quantities.get(unit, 0)) for unit in (*rates, "cache_creation_1h_input_tokens")}
    parts = dict(quantity)
    if "cache_creation_1h_input_tokens" in rates:
        parts["cache_creation_input_tokens"] -= quantity["cache_creation_1h_input_tokens"]
    for whole, within in (
        ("input_tokens", ("cache_read_input_tokens", "cache_creation_input_tokens", "input_audio_tokens")),
        ("output_tokens", ("output_audio_tokens",)),
    ):
        if whole not in rates:
            continue
        parts[whole] -= sum(quantity[unit] for unit in within if unit in rates)
    return sum((parts[unit] * Fraction(rate) / 1_000_000 for unit, rate in rates.items()), Fraction(0))


def priced(page: dict[str, Any], row: dict[str, Any]) -> tuple[Cost, Fraction]:
    """Return our cost and the page's amount."""
    used = consume(page, row)
    return price_event(BOOK, used), amount_by_page(used, row["rates"])


@pytest.mark.parametrize(("page", "row"), ROWS, ids=[f"{page['provider']}-{row['model']}-{n}" for n, (page, row) in enumerate(ROWS)])
def test_a_cost_is_that_of_the_providers_page(page: dict[str, Any], row: dict[str, Any]) -> None:
    """Each row of each page gives the page's amount to the last digit, or is listed as a disagreement that still exists."""
    cost, expected = priced(page, row)

    assert cost.amount is not None, cost.unpriced
    listed = DISAGREEMENTS.get((page["provider"], row["model"]))
    if listed is None:
        assert cost.is_complete, cost.unpriced
        assert Fraction(cost.amount) == expected
    else:
        assert Fraction(cost.amount) != expected
        assert cost.amount == Decimal(listed[0])


def test_the_pages_cover_what_was_asked_for() -> None:
    """At least 40 models, with cached input, cache writes, batch, flex, priority and long context among them."""
    models = {(page["provider"], row["model"]) for page, row in ROWS}
    tiers = {row.get("tier", "standard") for _, row in ROWS}
    units = {unit for _, row in ROWS for unit in row["rates"]}

    assert len(models) >= 40
    assert tiers >= {"standard", "batch", "flex", "priority"}
    assert units >= {"cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation_1h_input_tokens", "input_audio_tokens"}
    assert any(row.get("above") for _, row in ROWS)
    assert len(DISAGREEMENTS) * 10 < len(ROWS)


FLEX_MODELS = ("gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2", "gpt-5.4", "gpt-5.5", "o3", "o4-mini")


@pytest.mark.parametrize("model", FLEX_MODELS)
def test_flex_is_priced_at_batch_rates(model: str) -> None:
    """OpenAI's flex guide: "Tokens are priced at Batch API rates" (developers.openai.com, guides/flex-processing.md, read 2026-11-25)."""
    at = datetime.fromisoformat("2026-11-20T12:00:00Z")
    quantities = {"input_tokens": 300_001, "output_tokens": 7_001}

    flex, batch = (price_event(BOOK, Consumption("openai", model, tier, at, quantities)).amount for tier in ("flex", "batch"))

    assert flex is not None
    assert flex == batch
