"""Prices over the API: looking them up, overriding them, pricing events anew, and what has no price."""

from collections.abc import Iterator
from typing import Any

import pytest
from api import Api, event, running_api

OVERRIDES = "/api/v1/prices/overrides"
REPRICE = "/api/v1/prices/reprice"


@pytest.fixture
def api() -> Iterator[Api]:
    """A new server in memory."""
    with running_api() as made:
        yield made


def usage(event_id: str, model: str = "gpt-4o", subject: str = "acme", tokens: int = 1_000_000) -> dict[str, Any]:
    """Return an event that read some tokens."""
    data = {"provider": "openai", "response_model": model, "input_tokens": tokens, "output_tokens": 0}
    return {**event(event_id, subject, type="llm.usage"), "data": data}


def contract(price: str, model: str = "gpt-4o") -> dict[str, Any]:
    """Return a document with a price for a million tokens of input."""
    models = {model: {"prices": [{"rates": {"input_tokens": price, "output_tokens": "0"}, "note": "contract"}]}}
    return {"name": "contract", "made_on": "2026-11-01", "providers": {"openai": {"models": models}}}


def set_overrides(api: Api, document: dict[str, Any]) -> Any:
    """Set overrides that must be accepted."""
    answer = api.ask("PUT", OVERRIDES, document)
    assert answer.status == 200, answer
    return answer.json()


def cost(api: Api) -> float | None:
    """Return the cost of all usage."""
    rows = api.get("/api/v1/meters/llm_cost/query")["data"]
    return rows[0]["value"] if rows else None


def test_an_override_holds_for_the_events_to_come(api: Api) -> None:
    """Those before keep the price that held when they came, also when the override is deleted."""
    api.ingest(usage("before"))
    version = set_overrides(api, contract("1"))
    api.ingest(usage("with"))
    assert api.ask("DELETE", OVERRIDES).status == 204
    api.ingest(usage("after"))

    assert (version["number"], version["afterSequence"], version["documents"][-1]["origin"]) == (2, 1, "api")
    assert cost(api) == 2.5 + 1 + 2.5


def test_an_override_is_read_as_it_was_set(api: Api) -> None:
    """There is none before, and none after it was deleted."""
    assert api.ask("GET", OVERRIDES).status == 404
    set_overrides(api, contract("1"))
    assert api.get(OVERRIDES) == contract("1")
    api.ask("DELETE", OVERRIDES)
    assert [api.ask(method, OVERRIDES).status for method in ("GET", "DELETE")] == [404, 404]


def test_the_same_override_again_begins_no_version(api: Api) -> None:
    """So it may be sent again."""
    assert [set_overrides(api, contract("1"))["number"] for _ in range(2)] == [2, 2]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (contract("-1"), "the price of input_tokens is -1"),
        ({**contract("1"), "currency": "EUR"}, "costs are in USD"),
        ({**contract("1"), "providers": {"openai": {"models": {"m": {"prices": [{"rates": {"wishes": "1"}}]}}}}}, "'wishes' is not a unit"),
    ],
)
def test_an_override_that_cannot_be_is_refused(api: Api, document: dict[str, Any], message: str) -> None:
    """Nothing changes."""
    answer = api.ask("PUT", OVERRIDES, document)
    assert (answer.status, message in answer.detail) == (400, True)
    assert len(api.get("/api/v1/prices/versions")["versions"]) == 1


def test_a_repricing_is_shown_before_it_is_done(api: Api) -> None:
    """A dry run tells the difference by model, customer and day, and changes nothing."""
    api.ingest(usage("1"), usage("2", subject="zed"), usage("3", "gpt-5"))
    set_overrides(api, contract("1"))

    answer = api.ask("POST", REPRICE, {}, query={"dry_run": "true"}).json()
    assert (answer["repricing"], answer["version"], answer["chosen"], answer["upto"]) == (None, 2, 3, 3)
    total = answer["total"]
    assert (total["events"], total["costBefore"], total["costAfter"], total["newlyPriced"]) == (2, 5, 2, 0)
    assert [(one["key"], one["events"]) for one in answer["byModel"]["groups"]] == [("openai/gpt-4o", 2)]
    assert [(one["key"], one["costAfter"]) for one in answer["byCustomer"]["groups"]] == [("subject:acme", 1), ("subject:zed", 1)]
    assert [one["key"] for one in answer["byDay"]["groups"]] == ["2026-11-01"]
    assert cost(api) == 2.5 + 2.5 + 1.25


def test_a_repricing_changes_the_cost_of_chosen_events_once(api: Api) -> None:
    """A second time there is nothing to do."""
    api.ingest(usage("1"), usage("2", subject="zed"))
    set_overrides(api, contract("1"))

    first = api.ask("POST", REPRICE, {"subjects": ["zed"]}).json()
    assert (first["repricing"], first["total"]["events"]) == (1, 1)
    assert cost(api) == 2.5 + 1
    second = api.ask("POST", REPRICE, {"subjects": ["zed"]}).json()
    assert (second["repricing"], second["total"]["events"]) == (None, 0)
    assert cost(api) == 2.5 + 1
    assert [one["subjects"] for one in api.get("/api/v1/prices/versions")["repricings"]] == [["zed"]]


def test_a_repricing_of_a_customer_is_that_of_its_subjects(api: Api) -> None:
    """By id or key."""
    api.create("/api/v1/customers", {"name": "Zed", "key": "zed-inc", "usageAttribution": {"subjectKeys": ["zed"]}})
    api.ingest(usage("1"), usage("2", subject="zed"))
    set_overrides(api, contract("1"))

    assert api.ask("POST", REPRICE, {"customers": ["zed-inc"]}).json()["total"]["events"] == 1
    assert cost(api) == 2.5 + 1


def test_customers_of_too_many_subjects_are_refused(api: Api) -> None:
    """Each subject is a condition of the question to the warehouse."""
    for number in range(11):
        keys = [f"{number}-{part}" for part in range(1_000)]
        api.create("/api/v1/customers", {"name": f"c{number}", "key": f"c{number}", "usageAttribution": {"subjectKeys": keys}})

    answer = api.ask("POST", REPRICE, {"customers": [f"c{number}" for number in range(11)]})
    assert (answer.status, "at most 10000 can be chosen at once" in answer.detail) == (400, True)


def test_an_older_version_can_be_given_back(api: Api) -> None:
    """A repricing that was wrong is undone by another one."""
    api.ingest(usage("1"))
    set_overrides(api, contract("1"))
    api.ask("POST", REPRICE, {})
    assert cost(api) == 1

    api.ask("POST", REPRICE, {"version": 1})
    assert cost(api) == 2.5


def test_a_model_gets_its_price_afterwards(api: Api) -> None:
    """Usage of a model that no document knew is unpriced until then, and is counted when it was priced anew."""
    api.ingest(usage("1", "gpt-of-tomorrow"))
    assert cost(api) is None
    set_overrides(api, contract("3", "gpt-of-tomorrow"))

    assert api.ask("POST", REPRICE, {}).json()["total"]["newlyPriced"] == 1
    assert cost(api) == 3
    assert api.get("/api/v1/prices/unpriced") == []


def test_a_voided_event_is_not_priced_anew(api: Api) -> None:
    """It counts no more, so nothing of it changes."""
    api.ingest(usage("1"), usage("2"))
    voided = api.ask("POST", "/api/v1/events/void", {"id": "1", "source": "test", "reason": "sent twice"})
    assert voided.status in {200, 201}, voided
    set_overrides(api, contract("1"))

    assert api.ask("POST", REPRICE, {}).json()["total"]["events"] == 1
    assert cost(api) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"version": 7}, "there is no price version 7; there are 1 to 1"),
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "from must be before to"),
    ],
)
def test_a_repricing_that_cannot_be_is_refused(api: Api, body: dict[str, Any], message: str) -> None:
    """With what is allowed."""
    answer = api.ask("POST", REPRICE, body)
    assert (answer.status, message in answer.detail) == (400, True)


def test_models_without_a_price_are_listed_with_how_often_and_when(api: Api) -> None:
    """The most frequent first."""
    late = {**usage("3", "gpt-of-tomorrow"), "time": "2026-11-05T12:34:56Z"}
    api.ingest(usage("1"), usage("2", "gpt-of-tomorrow"), late, usage("4", "gpt-of-next-week"))

    found = api.get("/api/v1/prices/unpriced")
    assert [(one["model"], one["events"], one["reason"], one["tier"]) for one in found] == [
        ("gpt-of-tomorrow", 2, "unknown_model", "standard"),
        ("gpt-of-next-week", 1, "unknown_model", "standard"),
    ]
    assert (found[0]["firstAt"], found[0]["lastAt"]) == ("2026-11-01T10:00:00Z", "2026-11-05T12:35:00Z")


def test_prices_are_listed_by_pages(api: Api) -> None:
    """With the prices of each unit and where they were read."""
    page = api.get("/api/v1/prices", provider="openai", search="GPT-4o-mini", tier="standard", pageSize=1, page=2)
    [first] = page["items"]
    assert page["totalCount"] > 2
    assert (first["provider"], first["model"], first["tier"]) == ("openai", "gpt-4o-mini", "standard")
    assert {rate["unit"]: (rate["price"], rate["per"]) for rate in first["rates"]}["input_tokens"] == (0.15, 1_000_000)
    assert first["source"].startswith("https://")


def test_an_override_stands_in_the_list(api: Api) -> None:
    """In the place of the price that it overrides."""
    set_overrides(api, contract("1"))
    [found] = [
        one for one in api.get("/api/v1/prices", provider="openai", search="gpt-4o", tier="standard")["items"] if one["model"] == "gpt-4o"
    ]
    assert (found["document"], found["note"], found["rates"][0]["price"]) == ("contract", "contract", 1)


def test_the_history_of_a_model_is_found_by_the_name_that_was_returned(api: Api) -> None:
    """Every price with its first day; a dated name has its own."""
    history = api.get("/api/v1/prices/history", provider="openai", model="GPT-4o-2024-08-06")
    assert (history["provider"], history["model"], history["version"]) == ("openai", "gpt-4o", 1)
    days = [price["since"] for price in history["prices"] if price["tier"] == "standard"]
    assert days == sorted(days, key=lambda day: day or "")


def test_the_history_of_an_unknown_model_says_why_there_is_none(api: Api) -> None:
    """In the words of the unpriced event."""
    answer = api.ask("GET", "/api/v1/prices/history", query={"provider": "openai", "model": "gpt-of-tomorrow"})
    assert (answer.status, "no price document has the model" in answer.detail) == (404, True)


def test_changes_of_prices_are_in_the_audit_log(api: Api) -> None:
    """With the version, and with what was chosen."""
    api.ingest(usage("1"))
    set_overrides(api, contract("1"))
    api.ask("POST", REPRICE, {"models": ["GPT-4o"]})

    log = api.get("/api/v1/audit", limit=3)
    assert [one["entry"]["operation"] for one in log] == ["repriceEvents", "setPriceOverrides", "addPriceDocument"]
    assert log[0]["entry"]["after"]["choice"]["models"] == ["gpt-4o"]


def test_usage_without_a_price_is_an_alarm(api: Api) -> None:
    """In the metrics with how much, and in the health, which stays ready: events are taken and counted."""
    api.ingest(usage("1"), usage("2", "gpt-of-tomorrow"), usage("3", "gpt-of-tomorrow"))

    metrics = api.ask("GET", "/metrics").body.decode()
    assert "meterlark_unpriced_events 2.0" in metrics
    assert "meterlark_unpriced_models 1.0" in metrics
    ready = api.ask("GET", "/healthz/ready")
    assert (ready.status, ready.json()["checks"]["prices"].partition(":")[0]) == (200, "alarm")


def test_without_unpriced_usage_there_is_no_alarm(api: Api) -> None:
    """The count is 0."""
    api.ingest(usage("1"))
    assert "meterlark_unpriced_events 0.0" in api.ask("GET", "/metrics").body.decode()
    assert api.get("/healthz/ready")["checks"]["prices"] == "ok"
