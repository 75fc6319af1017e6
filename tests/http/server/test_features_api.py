from collections.abc import Iterator

import pytest
from api import Api, running_api

FEATURES = "/api/v1/features"
METER = {
    "slug": "tokens",
    "aggregation": "SUM",
    "eventType": "e",
    "valueProperty": "$.n",
    "groupBy": {"model": "$.model", "kind": "$.kind"},
}


@pytest.fixture
def api() -> Iterator[Api]:
    """A server with one meter for each test."""
    with running_api() as running:
        running.create("/api/v1/meters", METER)
        yield running


def test_a_feature_comes_back_as_it_was_created(api: Api) -> None:
    """By id and by key; plain filters are shown in both forms."""
    sent = {"key": "gpt", "name": "GPT", "meterSlug": "tokens", "meterGroupByFilters": {"model": "gpt-4o"}, "metadata": {"a": "b"}}

    made = api.create(FEATURES, sent)

    assert {name: made[name] for name in sent} == sent
    assert made["advancedMeterGroupByFilters"] == {"model": {"$eq": "gpt-4o"}}
    assert api.get(f"{FEATURES}/gpt") == api.get(f"{FEATURES}/{made['id']}") == made


def test_a_feature_without_a_meter(api: Api) -> None:
    """Nothing needs to be measured."""
    assert "meterSlug" not in api.create(FEATURES, {"key": "seat", "name": "Seat"})


def test_an_archived_feature_is_found_by_its_id_only(api: Api) -> None:
    """Its key is free; it is listed when asked for, and cannot be archived twice."""
    made = api.create(FEATURES, {"key": "gpt", "name": "GPT"})

    assert api.ask("DELETE", f"{FEATURES}/gpt").status == 204

    assert api.get(f"{FEATURES}/{made['id']}")["archivedAt"]
    assert api.ask("GET", f"{FEATURES}/gpt").detail == "feature not found: gpt"
    assert api.ask("DELETE", f"{FEATURES}/{made['id']}").status == 404
    assert api.get(FEATURES) == []
    assert [one["id"] for one in api.get(FEATURES, includeArchived="true")] == [made["id"]]
    api.create(FEATURES, {"key": "gpt", "name": "GPT"})


def test_the_list_is_bare_without_a_page(api: Api) -> None:
    """`page` or `pageSize` gives a page object; filters and order hold in both."""
    for key in ("c", "a", "b"):
        api.create(FEATURES, {"key": key, "name": key, **({"meterSlug": "tokens"} if key != "b" else {})})

    assert [one["key"] for one in api.get(FEATURES, orderBy="key")] == ["a", "b", "c"]
    assert [one["key"] for one in api.get(FEATURES, orderBy="key", order="DESC", meterSlug="tokens")] == ["c", "a"]
    assert [one["key"] for one in api.get(FEATURES, orderBy="key", offset=1, limit=1)] == ["b"]
    page = api.get(FEATURES, orderBy="key", pageSize=2)
    assert ([one["key"] for one in page["items"]], page["page"], page["pageSize"], page["totalCount"]) == (["a", "b"], 1, 2, 3)
    assert [one["key"] for one in api.get(FEATURES, orderBy="key", page=2, pageSize=2)["items"]] == ["c"]


WRONG: dict[str, tuple[object, int, str]] = {
    "no key": ({"name": "x"}, 400, "key"),
    "bad key": ({"key": "A-b", "name": "x"}, 400, "lower-case"),
    "key like an id": ({"key": "01arz3ndektsv4rrffq69g5fav", "name": "x"}, 400, "form of an id"),
    "empty name": ({"key": "x", "name": ""}, 400, "name"),
    "both filters": (
        {
            "key": "x",
            "name": "x",
            "meterSlug": "tokens",
            "meterGroupByFilters": {"model": "a"},
            "advancedMeterGroupByFilters": {"kind": {"$eq": "b"}},
        },
        400,
        "together",
    ),
    "filter without a meter": ({"key": "x", "name": "x", "meterGroupByFilters": {"model": "a"}}, 400, "needs a meterSlug"),
    "unknown dimension": ({"key": "x", "name": "x", "meterSlug": "tokens", "meterGroupByFilters": {"region": "a"}}, 400, "kind, model"),
    "bad filter": ({"key": "x", "name": "x", "meterSlug": "tokens", "advancedMeterGroupByFilters": {"model": {"$no": "a"}}}, 400, "$no"),
    "unknown meter": ({"key": "x", "name": "x", "meterSlug": "nothing"}, 404, "meter not found: nothing"),
    "taken key": ({"key": "taken", "name": "x"}, 409, "same key already exists: taken"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_feature_is_refused(api: Api, name: str) -> None:
    """The problem says what is allowed, and nothing is stored."""
    api.create(FEATURES, {"key": "taken", "name": "x"})
    body, status, says = WRONG[name]

    answer = api.ask("POST", FEATURES, body)

    assert answer.status == status
    assert says in answer.detail
    assert len(api.get(FEATURES)) == 1


def test_a_meter_that_a_feature_needs_cannot_be_deleted(api: Api) -> None:
    """409 names the feature; once that is archived, the meter can go."""
    api.create(FEATURES, {"key": "gpt", "name": "GPT", "meterSlug": "tokens"})
    meter = api.get("/api/v1/meters/tokens")["id"]

    for path in ("/api/v1/meters/tokens", f"/api/v3/openmeter/meters/{meter}"):
        answer = api.ask("DELETE", path)
        assert (answer.status, "the feature gpt" in answer.detail) == (409, True)
    api.ask("DELETE", f"{FEATURES}/gpt")
    assert api.ask("DELETE", "/api/v1/meters/tokens").status == 204


def test_a_meter_cannot_lose_a_dimension_that_a_feature_filters_on(api: Api) -> None:
    """409 names it; another dimension may go."""
    api.create(
        FEATURES, {"key": "gpt", "name": "GPT", "meterSlug": "tokens", "advancedMeterGroupByFilters": {"model": {"$in": ["a", "b"]}}}
    )

    answer = api.ask("PUT", "/api/v1/meters/tokens", {"groupBy": {"kind": "$.kind"}})

    assert (answer.status, "dimension model" in answer.detail) == (409, True)
    assert api.ask("PUT", "/api/v1/meters/tokens", {"groupBy": {"model": "$.model"}}).status == 200
