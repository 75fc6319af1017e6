"""Cost by ordinary meters: equal to an independent calculation, listed where there is none, and explained."""

import json
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from api import Api, event, running_api

SEED = 20261125
SOURCE = "openai:https://api.openai.com/v1"

# Dollars for a million of input, cached input and output tokens, from the providers' public price pages of November 2026.
PRICES = {
    ("openai", "gpt-4o-mini-2024-07-18", "default"): ("0.15", "0.075", "0.6"),
    ("openai", "gpt-5-2025-08-07", "default"): ("1.25", "0.125", "10"),
    ("openai", "gpt-5-2025-08-07", "flex"): ("0.625", "0.0625", "5"),
    ("openai", "gpt-5-2025-08-07", "priority"): ("2.5", "0.25", "20"),
    ("anthropic", "claude-opus-4-5-20251101", "standard"): ("5", "0.5", "25"),
    ("anthropic", "claude-haiku-4-5-20251001", "standard"): ("1", "0.1", "5"),
}
NAMES = {
    "gpt-4o-mini-2024-07-18": "gpt-4o-mini",
    "gpt-5-2025-08-07": "gpt-5",
    "claude-opus-4-5-20251101": "claude-opus-4-5",
    "claude-haiku-4-5-20251001": "claude-haiku-4-5",
}
ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}
EVENTS = 400


@pytest.fixture
def api() -> Iterator[Api]:
    """A new server in memory."""
    with running_api() as made:
        yield made


def usage(event_id: str, provider: str, model: str, tier: str = "default", subject: str = "acme", **data: Any) -> dict[str, Any]:
    """Return an event of our capture."""
    source = f"{provider}:{ADDRESSES.get(provider, 'https://api.example.com')}"
    names = {"provider": provider, "response_model": model, "model": model, "service_tier": tier}
    sent = event(event_id, subject, source=source, type="llm.usage", time="2026-11-20T10:00:00Z")
    return {**sent, "data": {**names, **data}}


def sums(api: Api, meter: str, **query: object) -> dict[tuple[str, ...], Fraction]:
    """Return the exact usage of a meter by model, provider and tier, where it has them."""
    groups = [name for name in ("model", "provider", "tier") if name in api.services.meters.of_slug(meter).group_by]
    answer = api.ask("GET", f"/api/v1/meters/{meter}/query", query={"groupBy": groups, **query})
    assert answer.status == 200, answer
    data = json.loads(answer.body, parse_float=Fraction, parse_int=Fraction)["data"]
    return {tuple(row["groupBy"][name] for name in groups): Fraction(row["value"]) for row in data}


def test_a_cost_query_is_the_sum_that_fractions_give(api: Api) -> None:
    """Over random uses of several models, tiers and customers, to the last digit."""
    random = Random(SEED)
    expected: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    sent: list[dict[str, Any]] = []
    for number in range(EVENTS):
        (provider, model, tier), (plain, cached, out) = random.choice(list(PRICES.items()))
        read, given, made = random.randrange(5_000), random.randrange(200_000), random.randrange(20_000)
        sent.append(usage(str(number), provider, model, tier, input_tokens=given + read, cache_read_input_tokens=read, output_tokens=made))
        amount = given * Fraction(plain) + read * Fraction(cached) + made * Fraction(out)
        expected[NAMES[model], provider, tier if tier in {"flex", "priority"} else "standard"] += amount / 1_000_000
    api.ingest(*sent)

    assert sums(api, "llm_cost") == expected, f"seed {SEED}"


def test_an_unknown_model_has_no_cost_and_is_listed_with_the_reason(api: Api) -> None:
    """It is never 0: there is no row of it, and the event says why."""
    api.ingest(
        usage("known", "openai", "gpt-5-2025-08-07", input_tokens=1_000_000, output_tokens=0),
        usage("unknown", "openai", "gpt-of-tomorrow", input_tokens=1_000_000, output_tokens=0),
    )

    assert sums(api, "llm_cost") == {("gpt-5", "openai", "standard"): Fraction("1.25")}
    problems = {one["event"]["id"]: one.get("validationError", "") for one in api.get("/api/v1/events")}
    assert "unpriced: no price document has the model 'gpt-of-tomorrow' of openai" in problems["unknown"]
    assert "unpriced" not in problems["known"]


def test_usage_without_any_quantity_is_unpriced(api: Api) -> None:
    """Its cost is not known, which is not 0."""
    api.ingest(usage("none", "openai", "gpt-5-2025-08-07", total_tokens=7))

    assert sums(api, "llm_cost") == {}
    [listed] = api.get("/api/v1/events")
    assert "unpriced: no quantity that could be priced is reported" in listed["validationError"]


def test_a_classic_event_is_priced_by_its_type(api: Api) -> None:
    """Events of type openai name no provider; prompt tokens include cached ones."""
    details = {"prompt_tokens_details": {"cached_tokens": 400_000}}
    data = {"model": "gpt-5", "prompt_tokens": 1_000_000, "completion_tokens": 100_000, "total_tokens": 1_100_000, **details}
    api.ingest(event("1", "acme", data=data))

    assert sums(api, "openai_cost") == {("gpt-5", "openai", "standard"): Fraction("0.75") + Fraction("0.05") + 1}


def test_the_story_of_an_event_shows_the_lines_of_its_cost(api: Api) -> None:
    """Unit, quantity, price, where the price was read and from when on it holds; the lines add up."""
    api.ingest(usage("1", "openai", "gpt-5-2025-08-07", input_tokens=1_000_000, cache_read_input_tokens=400_000, output_tokens=100_000))

    story = api.get("/api/v1/events/explain", id="1", source=SOURCE)
    cost = story["cost"]
    assert (cost["amount"], cost["currency"], cost["model"], cost["tier"], cost["priceVersion"]) == (1.8, "USD", "gpt-5", "standard", 1)
    lines = {line["unit"]: (line["quantity"], line["price"], line["per"], line["amount"]) for line in cost["lines"]}
    assert lines == {
        "cache_read_input_tokens": (400_000, 0.125, 1_000_000, 0.05),
        "input_tokens": (600_000, 1.25, 1_000_000, 0.75),
        "output_tokens": (100_000, 10, 1_000_000, 1),
    }
    assert {line["priceKey"] for line in cost["lines"]} == {"openai/gpt-5/standard@start"}
    assert all(line["source"].startswith("https://") and line["seenOn"] == "2026-11-25" for line in cost["lines"])
    assert next(one for one in story["meters"] if one["meter"] == "llm_cost")["value"] == 1.8


def test_the_story_of_an_unpriced_event_says_why(api: Api) -> None:
    """Its amount is null, and nothing was priced."""
    api.ingest(usage("1", "openai", "gpt-of-tomorrow", input_tokens=1))

    cost = api.get("/api/v1/events/explain", id="1", source=SOURCE)["cost"]
    assert (cost["amount"], cost["lines"], [one["reason"] for one in cost["unpriced"]]) == (None, [], ["unknown_model"])


def test_the_cost_that_the_provider_reported_stands_beside_ours(api: Api) -> None:
    """It never replaces ours."""
    reported: dict[str, Any] = {"provider_cost": 0.5, "provider_cost_currency": "USD"}
    api.ingest(usage("1", "openai", "gpt-5-2025-08-07", input_tokens=1_000_000, output_tokens=0, **reported))
    api.create(
        "/api/v1/meters",
        {"slug": "reported", "eventType": "llm.usage", "aggregation": "SUM", "valueProperty": "$.meterlark.reported_cost"},
    )

    assert sums(api, "reported") == {(): Fraction("0.5")}
    assert api.get("/api/v1/events/explain", id="1", source=SOURCE)["cost"]["reportedCost"] == 0.5


def test_what_an_event_itself_says_below_the_reserved_key_is_not_read(api: Api) -> None:
    """Nobody can send a cost of their own in the place of the derived one."""
    api.ingest(usage("1", "openai", "gpt-5-2025-08-07", input_tokens=1_000_000, output_tokens=0, meterlark={"cost": 9_999}))

    assert sums(api, "llm_cost") == {("gpt-5", "openai", "standard"): Fraction("1.25")}


def test_a_dry_run_shows_the_cost(api: Api) -> None:
    """At the prices of now, without storing anything."""
    sent = usage("1", "openai", "gpt-5-2025-08-07", input_tokens=1_000_000, output_tokens=0)
    answer = api.ask("POST", "/api/v1/events", sent, query={"dry_run": "true"}, content_type="application/cloudevents+json")

    [result] = answer.json()["results"]
    assert next(one for one in result["meters"] if one["meter"] == "llm_cost")["value"] == 1.25
