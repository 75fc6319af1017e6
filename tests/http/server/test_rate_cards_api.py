from collections.abc import Iterator
from typing import Any

import pytest
from api import Api, running_api

DEFAULT = "/api/v1/rate-card"
OWN = "/api/v1/customers/acme/rate-card"
TOKENS = {"key": "tokens", "meter": "openai_total_tokens", "unit": "token", "rate": {"type": "unit", "price": 2, "per": 1_000_000}}


@pytest.fixture
def api() -> Iterator[Api]:
    """A server with one customer for each test."""
    with running_api() as running:
        running.create("/api/v1/customers", {"name": "Acme", "key": "acme"})
        yield running


def card(*items: dict[str, Any], since: str = "2026-11-01T00:00:00Z", **more: object) -> dict[str, Any]:
    """Return the body of a version."""
    return {"key": "standard", "currency": "USD", "since": since, "items": list(items), **more}


def test_every_kind_of_rate_comes_back_as_it_was_set(api: Api) -> None:
    """Amounts keep every digit, as numbers or as texts."""
    steps = [{"upTo": 1000, "price": 0, "fee": 0}, {"upTo": None, "price": 0.123456789012, "fee": 5}]
    rates: dict[str, dict[str, Any]] = {
        "markup": {"type": "markup", "percent": 20},
        "unit": {"type": "unit", "price": 2.5, "per": 1_000_000},
        "flat": {"type": "flat", "amount": 49},
        "graduated": {"type": "graduated", "steps": steps, "per": 1},
        "volume": {"type": "volume", "steps": steps, "per": 1},
        "package": {"type": "package", "size": 1000, "price": 1},
    }
    meters = {"markup": "openai_cost"}
    items = [
        {"key": key, "rate": rate, **({} if key == "flat" else {"meter": meters.get(key, "openai_requests")})}
        for key, rate in rates.items()
    ]

    made = api.put(OWN, card(*items, minimum="12.50"))

    assert [one["rate"] for one in made["items"]] == list(rates.values())
    assert made["minimum"] == 12.5
    assert api.get(OWN, at="2026-11-01T00:00:00Z") == made


def test_the_default_card_holds_until_the_first_own_version(api: Api) -> None:
    """And a version holds until the next begins."""
    default = api.put(DEFAULT, card(TOKENS, since="2026-01-01T00:00:00Z"))
    own = api.put(OWN, card(TOKENS, since="2026-06-01T00:00:00Z"))
    later = api.put(OWN, card(TOKENS, since="2026-07-01T00:00:00Z"))

    held = {at: api.get(OWN, at=f"2026-{at}T00:00:00Z")["id"] for at in ("05-31", "06-01", "06-30", "07-01")}

    assert held == {"05-31": default["id"], "06-01": own["id"], "06-30": own["id"], "07-01": later["id"]}
    assert [one["id"] for one in api.get(f"{OWN}/versions")] == [later["id"], own["id"]]
    assert api.ask("GET", OWN, query={"at": "2025-12-31T00:00:00Z"}).status == 404


def test_a_version_of_the_same_date_is_replaced(api: Api) -> None:
    """Setting the same card twice leaves one version."""
    first = api.put(OWN, card(TOKENS))
    second = api.put(OWN, card(TOKENS, minimum=3))

    assert second["id"] == first["id"]
    assert [one["minimum"] for one in api.get(f"{OWN}/versions")] == [3]


def test_a_deleted_version_gives_way_to_the_one_before(api: Api) -> None:
    """It can be deleted once."""
    first = api.put(OWN, card(TOKENS))
    second = api.put(OWN, card(TOKENS, since="2026-11-02T00:00:00Z"))

    assert api.ask("DELETE", f"{DEFAULT}/versions/{second['id']}").status == 204

    assert api.get(OWN)["id"] == first["id"]
    assert api.ask("DELETE", f"{DEFAULT}/versions/{second['id']}").status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "Standard Card"}, "key"),
        ({"currency": "XXX"}, "currency"),
        ({"since": "yesterday"}, "since"),
        ({"minimum": -1}, "minimum"),
        ({"minimum": "NaN"}, "minimum"),
        ({"items": [{**TOKENS, "key": ""}]}, "items[0].key"),
        ({"items": [TOKENS, TOKENS]}, "items[1].key"),
        ({"items": [TOKENS, {**TOKENS, "key": "b", "meter": "no_such"}]}, "items[1].meter"),
        ({"items": [{**TOKENS, "meter": "peak"}]}, "items[0].meter"),
        ({"items": [{"key": "b", "rate": TOKENS["rate"]}]}, "items[0].meter"),
        ({"items": [{**TOKENS, "rate": {"type": "flat", "amount": 1}}]}, "items[0].meter"),
        ({"items": [{**TOKENS, "filters": {"planet": {"$eq": "Mars"}}}]}, "items[0].filters.planet"),
        ({"items": [{**TOKENS, "filters": {"model": {"$is": "x"}}}]}, "items[0].filters.model"),
        ({"items": [{**TOKENS, "unit": ""}]}, "items[0].unit"),
        ({"items": [{**TOKENS, "rate": {"type": "unit", "price": "-1"}}]}, "items[0].rate.price"),
        ({"items": [{**TOKENS, "rate": {"type": "unit", "price": "1e400000"}}]}, "items[0].rate.price"),
        ({"items": [{**TOKENS, "rate": {"type": "unit", "price": 1, "per": 0}}]}, "items[0].rate.per"),
        ({"items": [{**TOKENS, "rate": {"type": "markup", "percent": -101}}]}, "items[0].rate.percent"),
        ({"items": [{**TOKENS, "rate": {"type": "volume", "steps": []}}]}, "items[0].rate.steps"),
        ({"items": [{**TOKENS, "rate": {"type": "volume", "steps": [{"upTo": 1, "price": 1}]}}]}, "items[0].rate.steps[0].upTo"),
        ({"items": [{**TOKENS, "rate": {"type": "discount"}}]}, "items[0].rate.type"),
        ({"items": [{**TOKENS, "rate": {"type": "unit"}}]}, "items[0].rate.price"),
        ({"items": [{**TOKENS, "rate": {"type": "unit", "price": 1, "size": 2}}]}, "items[0].rate.size"),
    ],
)
def test_a_mistake_is_named_by_its_field(api: Api, change: dict[str, Any], field: str) -> None:
    """And nothing is stored."""
    api.create("/api/v1/meters", {"slug": "peak", "eventType": "e", "aggregation": "MAX", "valueProperty": "$.n"})

    answer = api.ask("PUT", OWN, {**card(TOKENS), **change})

    assert answer.status == 400, answer
    assert answer.json()["extensions"]["validationErrors"][0]["field"] == field
    assert api.get(f"{OWN}/versions") == []


def test_the_versions_of_a_card_have_one_currency(api: Api) -> None:
    """Amounts of two currencies cannot be added up."""
    api.put(OWN, card(TOKENS))

    answer = api.ask("PUT", OWN, card(TOKENS, since="2026-12-01T00:00:00Z", currency="EUR"))

    assert answer.status == 400
    assert answer.json()["extensions"]["validationErrors"][0]["field"] == "currency"


def test_a_meter_that_a_card_needs_stays(api: Api) -> None:
    """It cannot be deleted, nor lose a dimension that an item filters on."""
    api.put(OWN, card({**TOKENS, "filters": {"model": {"$eq": "gpt-4o"}}}))

    assert "the item tokens" in api.ask("DELETE", "/api/v1/meters/openai_total_tokens").detail
    assert "dimension model" in api.ask("PUT", "/api/v1/meters/openai_total_tokens", {"groupBy": {}}).detail
