from collections.abc import Iterator
from typing import Any

import pytest
from api import Api, event, running_api

METERS = "/api/v3/openmeter/meters"
METER = {
    "key": "mine",
    "name": "Mine",
    "event_type": "openai",
    "aggregation": "sum",
    "value_property": "$.total_tokens",
    "dimensions": {"model": "$.model"},
    "labels": {"a": "b"},
}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """One server with a few events."""
    with running_api() as running:
        running.ingest(
            event("1", "acme", tokens="0.1", time="2026-11-01T10:00:00Z"),
            event("2", "acme", tokens="0.2", time="2026-11-02T10:00:00Z"),
            event("3", "bolt", tokens=5, data={"total_tokens": 5, "model": "50%_off"}),
            event("4", "bolt", tokens=7, data={"total_tokens": 7}),
        )
        yield running


@pytest.fixture(scope="module")
def meter(api: Api) -> dict[str, Any]:
    """The meter of the questions."""
    made: dict[str, Any] = api.create(METERS, METER)
    return made


def test_a_meter_is_the_same_in_both_versions(api: Api, meter: dict[str, Any]) -> None:
    """Snake case here, camel case there."""
    assert {name: meter[name] for name in METER} == METER
    assert api.get(f"{METERS}/{meter['id']}") == meter
    first = api.get("/api/v1/meters/mine")
    assert (first["id"], first["aggregation"], first["groupBy"], first["metadata"]) == (
        meter["id"],
        "SUM",
        {"model": "$.model"},
        {"a": "b"},
    )


def test_meters_are_listed_by_pages(api: Api, meter: dict[str, Any]) -> None:
    """Sorted as asked, with the total."""
    page = api.ask("GET", METERS, query={"page[size]": 2, "page[number]": 1, "sort": "created_at desc"}).json()
    assert page["data"][0]["id"] == meter["id"]
    assert page["meta"] == {"page": {"number": 1, "size": 2, "total": 20}}


def test_a_meter_is_changed_and_deleted_by_its_id_only(api: Api) -> None:
    """A slug is not found; a deleted meter neither."""
    made = api.create(METERS, {"key": "short", "name": "Short", "event_type": "e", "aggregation": "count"})
    path = f"{METERS}/{made['id']}"

    changed = api.ask("PUT", path, {"name": "Other", "dimensions": {"x": "$.x"}}).json()

    assert (changed["name"], changed["dimensions"], changed["key"]) == ("Other", {"x": "$.x"}, "short")
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        assert api.ask(method, f"{METERS}/short", body).status == 404
    assert api.ask("DELETE", path).status == 204
    assert api.ask("DELETE", path).status == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"aggregation": "SUM"}, 400),
        ({"key": "Bad"}, 400),
        ({"key": "openai_requests"}, 409),
        ({"value_property": None}, 400),
        ({"x": 1}, 400),
    ],
)
def test_a_wrong_meter_is_refused(api: Api, change: dict[str, object], status: int) -> None:
    """With a problem."""
    answer = api.ask("POST", METERS, {**METER, "key": "wrong", **change})
    assert answer.status == status
    assert answer.detail


QUERIES: dict[str, tuple[dict[str, Any], list[tuple[str, dict[str, str]]]]] = {
    "all": ({}, [("12.3", {})]),
    "subject": ({"filters": {"dimensions": {"subject": {"eq": "acme"}}}}, [("0.3", {})]),
    "subjects": (
        {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "filters": {"dimensions": {"subject": {"in": ["acme", "bolt"]}}}},
        [("0.3", {"subject": "acme"}), ("12", {"subject": "bolt"})],
    ),
    "days": ({"granularity": "P1D", "filters": {"dimensions": {"subject": {"eq": "acme"}}}}, [("0.1", {}), ("0.2", {})]),
    "contains": ({"filters": {"dimensions": {"model": {"contains": "%_"}}}}, [("5", {})]),
    "ncontains": ({"filters": {"dimensions": {"model": {"ncontains": "%_", "exists": True}}}}, [("0.3", {})]),
    "exists": ({"filters": {"dimensions": {"model": {"exists": False}}}}, [("7", {})]),
    "nested": (
        {"filters": {"dimensions": {"model": {"or": [{"eq": "gpt-4o"}, {"and": [{"neq": "gpt-4o"}, {"exists": False}]}]}}}},
        [("7.3", {})],
    ),
    "groups": (
        {"group_by_dimensions": ["model"], "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"},
        [("7", {"model": ""}), ("5", {"model": "50%_off"}), ("0.3", {"model": "gpt-4o"})],
    ),
}


@pytest.mark.parametrize("name", list(QUERIES))
def test_usage(api: Api, meter: dict[str, Any], name: str) -> None:
    """Values are exact texts, dimensions say what splits the rows."""
    body, expected = QUERIES[name]
    answer = api.create(f"{METERS}/{meter['id']}/query", body)
    assert [(row["value"], row["dimensions"]) for row in answer["data"]] == expected
    assert {name: answer[name] for name in ("from", "to") if name in body} == {name: body[name] for name in ("from", "to") if name in body}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"granularity": "P1Y"}, "P1Y"),
        ({"group_by_dimensions": ["color"]}, "color"),
        ({"filters": {"dimensions": {"model": {}}}}, "at least one operator"),
        ({"filters": {"dimensions": {"color": {"eq": "x"}}}}, "color"),
        ({"filters": {"dimensions": {"subject": {"contains": "x"}}}}, "exactly one of eq and in"),
        ({"filters": {"dimensions": {"model": {"in": []}}}}, "length"),
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "from must be before to"),
        ({"time_zone": "Nowhere"}, "Nowhere"),
    ],
)
def test_a_wrong_question_is_refused(api: Api, meter: dict[str, Any], body: dict[str, Any], says: str) -> None:
    """400 says what is allowed."""
    answer = api.ask("POST", f"{METERS}/{meter['id']}/query", body)
    assert answer.status == 400
    assert says in answer.detail


def test_a_filter_nested_too_deeply_is_refused(api: Api, meter: dict[str, Any]) -> None:
    """Whatever the depth, the answer is a 400."""
    for depth in (10, 2_000):
        body = b'{"filters":{"dimensions":{"model":' + b'{"and":[' * depth + b'{"eq":"x"}' + b"]}" * depth + b"}}}"
        assert api.ask("POST", f"{METERS}/{meter['id']}/query", body).status == 400


def test_a_question_to_an_unknown_meter(api: Api) -> None:
    """404, also by slug."""
    assert api.ask("POST", f"{METERS}/mine/query", {}).status == 404


def test_lookups(api: Api) -> None:
    """Currencies with their digits, metrics as text, the document at both addresses."""
    currencies = {one["code"]: one for one in api.get("/api/v1/info/currencies")}
    assert currencies["JPY"] == {"code": "JPY", "name": "Yen", "symbol": "¥", "subunits": 0}
    assert currencies["USD"]["subunits"] == 2
    assert b"meterlark_events_total" in api.ask("GET", "/api/v1/debug/metrics").body
    assert api.get("/api/swagger.json") == api.get("/api/openapi.json")
