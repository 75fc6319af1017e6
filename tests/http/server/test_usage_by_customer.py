from collections.abc import Iterator
from decimal import Decimal

import pytest
from api import Api, event, running_api

METERS = "/api/v1/meters"
AGGREGATIONS = ("SUM", "COUNT", "AVG", "MIN", "MAX", "UNIQUE_COUNT", "LATEST")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """One server with events of three customers and of nobody."""
    with running_api() as running:
        for aggregation in AGGREGATIONS:
            value = {} if aggregation == "COUNT" else {"valueProperty": "$.total_tokens"}
            meter = {"slug": f"m_{aggregation.lower()}", "aggregation": aggregation, "eventType": "openai", "groupBy": {"model": "$.model"}}
            running.create(METERS, {**meter, **value})
        yield running


@pytest.fixture(scope="module")
def ids(api: Api) -> dict[str, str]:
    """Customers by key: acme has two further subjects, bolt none, core one that is bolt's key; idle has no event."""
    found: dict[str, str] = {}
    for key, subjects in (("acme", ["acme-1", "acme-2"]), ("bolt", []), ("core", ["bolt", "core-1"]), ("idle", ["idle-1"])):
        body = {"name": key, "key": key, "usageAttribution": {"subjectKeys": subjects}}
        found[key] = api.create("/api/v1/customers", body)["id"]
    api.ingest(
        event("1", "acme", tokens=1, time="2026-11-01T10:00:00Z"),
        event("2", "acme-1", tokens=2, time="2026-11-01T11:00:00Z"),
        event("3", "acme-2", tokens=5, time="2026-11-02T10:00:00Z"),
        event("4", "bolt", tokens=10, time="2026-11-01T10:00:00Z"),
        event("5", "core-1", tokens=20, time="2026-11-01T10:00:00Z"),
        event("6", "nobody", tokens=1000, time="2026-11-01T10:00:00Z"),
        event("7", "acme-1", tokens=2, time="2026-11-01T11:30:00Z"),
    )
    return found


EXPECTED = {"SUM": "10", "COUNT": "4", "AVG": "2.5", "MIN": "1", "MAX": "5", "UNIQUE_COUNT": "3", "LATEST": "5"}


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_a_customers_usage_is_that_of_all_its_subjects(api: Api, ids: dict[str, str], aggregation: str) -> None:
    """Each aggregation is taken over the events of the key and the subject keys together; one row says whose it is."""
    answer = api.get(f"{METERS}/m_{aggregation.lower()}/query", filterCustomerId=ids["acme"])

    [row] = answer["data"]
    assert (Decimal(str(row["value"])), row["customerId"], row["subject"]) == (Decimal(EXPECTED[aggregation]), ids["acme"], None)


def test_several_customers_are_rows_in_the_order_of_window_and_id(api: Api, ids: dict[str, str]) -> None:
    """The owner of a key has its events; a customer without events has no row, also of a count."""
    asked = [ids["core"], ids["idle"], ids["acme"], ids["bolt"], ids["acme"]]

    answer = api.get(f"{METERS}/m_count/query", filterCustomerId=asked, windowSize="DAY")

    found = [(row["windowStart"][:10], row["customerId"], row["value"]) for row in answer["data"]]
    day = "2026-11-01"
    assert found == [*sorted([(day, ids["acme"], 3), (day, ids["bolt"], 1), (day, ids["core"], 1)]), ("2026-11-02", ids["acme"], 1)]
    assert api.get(f"{METERS}/m_count/query", filterCustomerId=ids["idle"])["data"] == []


def test_subjects_and_customers_together_narrow_each_other(api: Api, ids: dict[str, str]) -> None:
    """Only events of the subjects asked for that are the customer's are counted; several subjects split the rows."""
    answer = api.get(f"{METERS}/m_sum/query", filterCustomerId=ids["acme"], subject=["acme-1", "nobody", "acme"], groupBy=["customer_id"])
    assert [(row["subject"], row["value"]) for row in answer["data"]] == [("acme", 1), ("acme-1", 4)]


def test_the_body_form_asks_the_same(api: Api, ids: dict[str, str]) -> None:
    """POST takes the customers in the body, with `customer_id` in groupBy or not."""
    body = {"filterCustomerId": [ids["acme"]], "groupBy": ["customer_id", "model"]}
    [row] = api.create(f"{METERS}/m_sum/query", body)["data"]
    assert (row["value"], row["groupBy"], row["customerId"]) == (10, {"model": "gpt-4o"}, ids["acme"])


def test_csv_names_the_customer(api: Api, ids: dict[str, str]) -> None:
    """The customer is a column of its own."""
    answer = api.ask(
        "GET",
        f"{METERS}/m_sum/query",
        query={"filterCustomerId": ids["bolt"], "groupBy": ["subject", "model"]},
        headers={"accept": "text/csv"},
    )
    assert answer.body.decode().splitlines() == [
        "window_start,window_end,subject,customer_id,model,value",
        f"2026-11-01T10:00:00Z,2026-11-01T10:01:00Z,bolt,{ids['bolt']},gpt-4o,10",
    ]


def test_customers_must_be_known(api: Api, ids: dict[str, str]) -> None:
    """An unknown id is 404, and a key is no id."""
    for unknown in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "acme"):
        answer = api.ask("GET", f"{METERS}/m_sum/query", query={"filterCustomerId": [ids["acme"], unknown]})
        assert (answer.status, answer.detail) == (404, f"customer not found: {unknown}")


def test_grouping_by_customer_needs_customers(api: Api) -> None:
    """Without a filter `customer_id` is refused."""
    answer = api.ask("GET", f"{METERS}/m_sum/query", query={"groupBy": "customer_id"})
    assert (answer.status, "filterCustomerId" in answer.detail) == (400, True)


def test_events_say_whose_they_are(api: Api, ids: dict[str, str]) -> None:
    """Each entry has its customer; that nobody has a subject is its validation error."""
    listed = {one["event"]["id"]: one for one in api.get("/api/v1/events")}

    assert [listed[number].get("customerId") for number in "123456"] == [ids["acme"]] * 3 + [ids["bolt"], ids["core"], None]
    assert "validationError" not in listed["1"]
    assert listed["6"]["validationError"] == "no customer found for event subject: nobody"


def test_events_of_customers(api: Api, ids: dict[str, str]) -> None:
    """The filter takes ids, several join; with a subject it narrows; an unknown one is 404."""
    found = api.get("/api/v1/events", customerId=[ids["bolt"], ids["acme"]])
    assert {one["event"]["id"] for one in found} == {"1", "2", "3", "4", "7"}
    assert [one["event"]["id"] for one in api.get("/api/v1/events", customerId=ids["acme"], subject="acme")] == ["1"]
    assert api.get("/api/v1/events", customerId=ids["acme"], subject="bolt") == []
    assert api.ask("GET", "/api/v1/events", query={"customerId": "acme"}).detail == "customer not found: acme"


def test_the_third_version_asks_for_customers(api: Api, ids: dict[str, str]) -> None:
    """Customers are a dimension that takes eq and in; the CSV names them."""
    meter = api.get(f"{METERS}/m_sum")["id"]
    path = f"/api/v3/openmeter/meters/{meter}/query"
    body = {"group_by_dimensions": ["customer_id"], "filters": {"dimensions": {"customer_id": {"in": [ids["acme"], ids["bolt"]]}}}}

    answer = api.create(path, body)
    text = api.ask("POST", path, body, headers={"accept": "text/csv"}).body.decode().splitlines()

    found = {row["dimensions"]["customer_id"]: row["value"] for row in answer["data"]}
    assert found == {ids["acme"]: "10", ids["bolt"]: "10"}
    assert text[0] == "from,to,customer_id,customer_key,customer_name,value"
    assert {line.split(",", 2)[2] for line in text[1:]} == {f"{ids['acme']},acme,acme,10", f"{ids['bolt']},bolt,bolt,10"}
    wrong = api.ask("POST", path, {"filters": {"dimensions": {"customer_id": {"neq": "x"}}}})
    assert (wrong.status, "exactly one of eq and in" in wrong.detail) == (400, True)


def test_progress_of_a_named_question(api: Api, ids: dict[str, str]) -> None:
    """It counts a part for each customer; an unknown name is 404, and a failed question has failed parts."""
    api.get(f"{METERS}/m_sum/query", filterCustomerId=[ids["acme"], ids["bolt"]], clientId="mine")

    progress = api.get("/api/v1/info/progress/mine")

    assert (progress["total"], progress["success"], progress["failure"]) == (2, 2, 0)
    assert progress["updatedAt"]
    assert api.ask("GET", "/api/v1/info/progress/other").detail == "progress not found: other"
