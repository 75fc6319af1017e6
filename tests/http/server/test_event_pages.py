import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from api import Api, event, running_api

V2, V3 = "/api/v2/events", "/api/v3/openmeter/events"


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """One server with 25 events, several of one instant, of three subjects, two sources and two types."""
    with running_api() as running:
        running.ingest(
            *(
                event(
                    f"e{n}",
                    f"s{n % 3}",
                    time=f"2026-11-01T10:{n // 4:02}:00Z",
                    source=f"src{n % 2}",
                    type="openai" if n % 5 else "other_100%",
                )
                for n in range(25)
            )
        )
        running.ingest(event("old", "s0", time="0900-01-01T00:00:00Z"))
        yield running


def _ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["event"]["id"] for item in items]


@pytest.fixture(scope="module")
def everything(api: Api) -> list[str]:
    """The ids of all events in the order of the list of v1."""
    return _ids(api.get("/api/v1/events", limit=1000))


def test_pages_of_v2_are_the_whole_list(api: Api, everything: list[str]) -> None:
    """Each event comes once, in the order of v1, over all history; the last page has no cursor."""
    page = api.get(V2, limit=7)
    found = _ids(page["items"])
    while "nextCursor" in page:
        page = api.get(V2, limit=7, cursor=page["nextCursor"])
        found += _ids(page["items"])

    assert len(found) == 26
    assert found == everything


def test_events_that_come_meanwhile_do_not_move_the_pages() -> None:
    """A page behind a cursor is the same after newer events were stored."""
    with running_api() as own:
        own.ingest(*(event(f"m{n}", "s", time=f"2026-11-02T10:00:0{n}Z") for n in range(4)))
        first = own.get(V2, limit=2)
        before = own.get(V2, limit=2, cursor=first["nextCursor"])

        own.ingest(event("m9", "s", time="2026-11-02T11:00:00Z"))

        assert own.get(V2, limit=2, cursor=first["nextCursor"]) == before
        assert _ids(before["items"]) == ["m1", "m0"]


FILTERS: dict[str, Any] = {
    "id": ({"id": {"$in": ["e1", "e2"]}}, lambda n: n in {1, 2}),
    "subject": ({"subject": {"$eq": "s1"}}, lambda n: n % 3 == 1),
    "subjects": ({"subject": {"$ne": "s1"}}, lambda n: n % 3 != 1),
    "source": ({"source": {"$like": "%1"}}, lambda n: n % 2 == 1),
    "type": ({"type": {"$like": "other\\_100\\%"}}, lambda n: n % 5 == 0),
    "either": ({"type": {"$or": [{"$eq": "other_100%"}, {"$eq": "x"}]}}, lambda n: n % 5 == 0),
    "time": ({"time": {"$gte": "2026-11-01T10:01:00Z", "$lt": "2026-11-01T10:02:00Z"}}, lambda n: 4 <= n < 8),
    "times": ({"time": {"$or": [{"$lt": "2026-11-01T10:01:00Z"}, {"$gt": "2026-11-01T10:05:00Z"}]}}, lambda n: n < 4 or n >= 24),
    "received": ({"ingestedAt": {"$lt": "2026-01-01T00:00:00Z"}}, lambda _n: False),
    "all": ({"subject": {"$eq": "s1"}, "source": {"$eq": "src0"}, "type": {"$eq": "openai"}}, lambda n: n % 6 == 4 and n % 5 != 0),
}


@pytest.mark.parametrize("name", list(FILTERS))
def test_filters_of_v2(api: Api, name: str) -> None:
    """Every condition holds at once; the order stays."""
    condition, expected = FILTERS[name]
    found = _ids(api.get(V2, limit=1000, filter=json.dumps(condition))["items"])
    assert {one for one in found if one.startswith("e")} == {f"e{n}" for n in range(25) if expected(n)}


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "cursor": ({"cursor": "nonsense"}, "cursor of a page before"),
    "cursor with letters": ({"cursor": "é"}, "cursor of a page before"),
    "limit": ({"limit": 1001}, "limit"),
    "no JSON": ({"filter": "{"}, "filter"),
    "no object": ({"filter": "[]"}, "JSON object"),
    "unknown field": ({"filter": '{"color": {"$eq": "a"}}'}, "customerId"),
    "unknown operator": ({"filter": '{"id": {"$is": "a"}}'}, "$is"),
    "time operator": ({"filter": '{"time": {"$eq": "2026-11-01T10:00:00Z"}}'}, "$eq"),
    "time": ({"filter": '{"time": {"$gt": "now"}}'}, "is not a time"),
    "time joint": ({"filter": '{"time": {"$and": []}}'}, "at least one entry"),
    "customer operator": ({"filter": '{"customerId": {"$ne": "a"}}'}, "$in and $eq"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_parameter_is_refused(api: Api, name: str) -> None:
    """400 says what is allowed."""
    query, says = WRONG[name]
    answer = api.ask("GET", V2, query=query)
    assert answer.status == 400
    assert says in answer.detail


def test_unknown_customers_are_not_found(api: Api) -> None:
    """In v2 and v3."""
    assert api.ask("GET", V2, query={"filter": '{"customerId": {"$in": ["x"]}}'}).detail == "customer not found: x"
    assert api.ask("GET", V3, query={"filter[customer_id][eq]": "x"}).detail == "customer not found: x"


def test_pages_of_v3_are_followed_by_their_address(api: Api) -> None:
    """`next` carries the size and the filters along."""
    query: dict[str, object] = {"page[size]": 3, "filter[subject]": "s2", "filter[time][gte]": "2026-11-01T10:00:00Z"}
    page = api.ask("GET", V3, query=query).json()
    found = _ids(page["data"])
    while "next" in page["meta"]["page"]:
        address = urlsplit(page["meta"]["page"]["next"])
        assert address.path == V3
        page = api.get(V3, **dict(parse_qsl(address.query)))
        found += _ids(page["data"])

    assert found == [f"e{n}" for n in range(23, 1, -3)]
    assert page["meta"]["page"]["size"] == 3


def test_filters_of_v3(api: Api) -> None:
    """Parts, lists, two bounds of one field."""

    def found(**query: str) -> list[str]:
        return sorted(_ids(api.ask("GET", V3, query=query).json()["data"]))

    assert found(**{"filter[id][oeq]": "e3,e4"}) == ["e3", "e4"]
    assert found(**{"filter[type][contains]": "_100%", "filter[source]": "src1"}) == ["e15", "e5"]
    bounds = {"filter[time][gte]": "2026-11-01T10:01:00Z", "filter[time][lt]": "2026-11-01T10:02:00Z"}
    assert found(**bounds) == ["e4", "e5", "e6", "e7"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"page[size]": "0"}, "page[size]"),
        ({"page[before]": "x"}, "page[before]"),
        ({"page[after]": "x"}, "page[after]"),
        ({"sort": "id"}, "time desc"),
        ({"filter[color]": "x"}, "filter[color]"),
        ({"filter[id][is]": "x"}, "oeq"),
        ({"filter[id][eq]": ["x", "y"]}, "more than once"),
    ],
)
def test_a_wrong_parameter_of_v3_is_refused(api: Api, query: dict[str, object], says: str) -> None:
    """400 says what is allowed."""
    answer = api.ask("GET", V3, query=query)
    assert answer.status == 400
    assert says in answer.detail


def test_v3_takes_events_like_v1() -> None:
    """202 without a body; a bad event is 400, another content type 415."""
    with running_api() as own:
        answer = own.ask("POST", V3, event("third", "s", type="third"), content_type="application/cloudevents+json")
        assert (answer.status, answer.body) == (202, b"")
        [listed] = own.get(V3)["data"]
        assert (listed["event"]["id"], listed["validation_errors"]) == ("third", ["no meter found for event type: third"])
        assert own.ask("POST", V3, {"id": "x"}).status == 400
        assert own.ask("POST", V3, b"x", content_type="text/plain").status == 415


def test_a_bound_key_pages_through_its_own_events() -> None:
    """Other subjects are not listed, and asking for one by name is forbidden."""
    with running_api() as own:
        own.ingest(event("1", "mine"), event("2", "theirs"))
        bound = own.create("/api/v1/keys", {"name": "bound", "scopes": ["read"], "subjects": ["mine"]})["key"]
        own.create("/api/v1/keys", {"name": "admin", "scopes": ["admin"]})

        assert _ids(own.get(V2, bearer=bound)["items"]) == ["1"]
        assert _ids(own.get(V3, bearer=bound, **{"filter[subject][neq]": "mine"})["data"]) == []
        assert own.ask("GET", V2, query={"filter": '{"subject": {"$eq": "theirs"}}'}, bearer=bound).status == 403
