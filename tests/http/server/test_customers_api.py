from collections.abc import Iterator
from typing import Any

import pytest
from api import Api, running_api

CUSTOMERS = "/api/v1/customers"
ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def api() -> Iterator[Api]:
    """A server of its own for each test."""
    with running_api() as running:
        yield running


def test_a_customer_comes_back_as_it_was_created(api: Api) -> None:
    """Every field that was sent is in the answer and in the next read, by id and by key."""
    sent = {
        "name": "Acme Inc.",
        "key": "acme",
        "usageAttribution": {"subjectKeys": ["acme-a", "acme-b"]},
        "description": "the first",
        "primaryEmail": "billing@acme.test",
        "currency": "EUR",
        "billingAddress": {"country": "DE", "city": "Berlin", "postalCode": "10115"},
        "metadata": {"tier": "gold"},
    }

    made = api.create(CUSTOMERS, sent)

    assert {name: made[name] for name in sent} == sent
    assert api.get(f"{CUSTOMERS}/{made['id']}") == made
    assert api.get(f"{CUSTOMERS}/acme", expand="subscriptions") == made


def test_an_update_replaces_and_clears(api: Api) -> None:
    """What the update does not name is gone; id and time of creation stay."""
    made = api.create(CUSTOMERS, {"name": "Acme", "key": "acme", "currency": "USD"})

    answer = api.ask("PUT", f"{CUSTOMERS}/acme", {"name": "Acme 2", "usageAttribution": {"subjectKeys": ["s"]}})

    assert answer.status == 200
    changed = answer.json()
    assert (changed["id"], changed["createdAt"], changed["name"]) == (made["id"], made["createdAt"], "Acme 2")
    assert not {"key", "currency"} & changed.keys()
    assert api.ask("GET", f"{CUSTOMERS}/acme").status == 404


def test_a_deleted_customer_is_gone_and_frees_what_it_had(api: Api) -> None:
    """It is listed only when asked for, and another may take its key and subjects."""
    body = {"name": "Acme", "key": "acme", "usageAttribution": {"subjectKeys": ["s"]}}
    made = api.create(CUSTOMERS, body)

    assert api.ask("DELETE", f"{CUSTOMERS}/acme").status == 204

    assert api.ask("GET", f"{CUSTOMERS}/{made['id']}").status == 404
    assert api.ask("DELETE", f"{CUSTOMERS}/{made['id']}").status == 404
    assert api.get(CUSTOMERS)["totalCount"] == 0
    assert api.get(CUSTOMERS, includeDeleted="true")["items"][0]["deletedAt"]
    assert api.create(CUSTOMERS, body)["id"] != made["id"]


def test_pages_filters_and_order(api: Api) -> None:
    """A page says how many there are; each filter is a part in any case."""
    for number in range(5):
        api.create(
            CUSTOMERS,
            {
                "name": f"Customer {number}",
                "key": f"key-{number}",
                "primaryEmail": f"p{number}@x.test",
                "usageAttribution": {"subjectKeys": [f"subject-{number}"]},
            },
        )

    page = api.get(CUSTOMERS, page=2, pageSize=2, orderBy="createdAt", order="DESC")

    assert [item["key"] for item in page["items"]] == ["key-2", "key-1"]
    assert (page["page"], page["pageSize"], page["totalCount"]) == (2, 2, 5)
    for name, part in (("key", "Y-3"), ("name", "MER 3"), ("primaryEmail", "P3@"), ("subject", "Ject-3")):
        found = api.get(CUSTOMERS, **{name: part})
        assert ([item["key"] for item in found["items"]], found["totalCount"]) == (["key-3"], 1)
    assert api.get(CUSTOMERS, page=9)["items"] == []


def _two(api: Api) -> dict[str, Any]:
    api.create(CUSTOMERS, {"name": "Bolt", "key": "bolt", "usageAttribution": {"subjectKeys": ["bolt-1"]}})
    made: dict[str, Any] = api.create(CUSTOMERS, {"name": "Acme", "key": "acme", "usageAttribution": {"subjectKeys": ["acme-1"]}})
    return made


TAKEN = {
    "key": ({"name": "x", "key": "acme"}, "another customer's key"),
    "subject key": ({"name": "x", "key": "x", "usageAttribution": {"subjectKeys": ["acme-1"]}}, "subject key 'acme-1'"),
    "key equal to a subject key": ({"name": "x", "key": "acme-1"}, "another customer's subject key"),
}


@pytest.mark.parametrize("name", list(TAKEN))
def test_what_another_customer_has_is_a_conflict(api: Api, name: str) -> None:
    """Creating and changing answer 409, and nothing changes."""
    _two(api)
    body, says = TAKEN[name]
    before = api.get(CUSTOMERS)

    created = api.ask("POST", CUSTOMERS, body)
    changed = api.ask("PUT", f"{CUSTOMERS}/bolt", body)

    assert (created.status, changed.status) == (409, 409)
    assert says in created.detail
    assert says in changed.detail
    assert api.get(CUSTOMERS) == before


def test_a_key_that_is_another_customers_id_is_a_conflict(api: Api) -> None:
    """Such a key would be found by neither."""
    made = _two(api)
    answer = api.ask("POST", CUSTOMERS, {"name": "x", "key": made["id"]})
    assert (answer.status, "another customer's id" in answer.detail) == (409, True)


def test_a_customer_may_keep_what_it_has(api: Api) -> None:
    """An update with its own key and subjects is no conflict, also when a subject key equals its key."""
    _two(api)
    answer = api.ask("PUT", f"{CUSTOMERS}/acme", {"name": "Acme", "key": "acme", "usageAttribution": {"subjectKeys": ["acme", "acme-1"]}})
    assert answer.status == 200


WRONG: dict[str, tuple[object, str]] = {
    "no name": ({"key": "x"}, "name"),
    "empty name": ({"name": "", "key": "x"}, "name"),
    "no attribution": ({"name": "x"}, "key or usageAttribution.subjectKeys"),
    "empty attribution": ({"name": "x", "usageAttribution": {"subjectKeys": []}}, "key or usageAttribution.subjectKeys"),
    "long key": ({"name": "x", "key": "k" * 257}, "allowed are 1 to 256"),
    "empty subject key": ({"name": "x", "usageAttribution": {"subjectKeys": [""]}}, "subjectKeys"),
    "currency": ({"name": "x", "key": "x", "currency": "EURO"}, "ISO 4217"),
    "country": ({"name": "x", "key": "x", "billingAddress": {"country": "Germany"}}, "ISO 3166-1"),
    "address": ({"name": "x", "key": "x", "primaryEmail": "nobody"}, "primaryEmail"),
    "unknown field": ({"name": "x", "key": "x", "color": "red"}, "color"),
    "metadata": ({"name": "x", "key": "x", "metadata": {"a": 1}}, "metadata"),
    "no object": ([], "object"),
    "no JSON": (b"{", "JSON"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_body_is_refused_with_its_field(api: Api, name: str) -> None:
    """400 with a problem that says what is allowed."""
    body, says = WRONG[name]
    answer = api.ask("POST", CUSTOMERS, body)
    assert answer.status == 400
    assert says in answer.detail


@pytest.mark.parametrize(
    "query", [{"page": 0}, {"pageSize": 1001}, {"orderBy": "color"}, {"order": "up"}, {"planKey": "x"}, {"expand": "y"}]
)
def test_a_wrong_parameter_is_refused(api: Api, query: dict[str, object]) -> None:
    """400 names the parameter."""
    answer = api.ask("GET", CUSTOMERS, query=query)
    assert answer.status == 400
    assert next(iter(query)) in answer.detail


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_customer_is_not_found(api: Api, method: str) -> None:
    """404 names what was asked for."""
    answer = api.ask(method, f"{CUSTOMERS}/nobody", {"name": "x", "key": "x"} if method == "PUT" else None)
    assert (answer.status, answer.detail) == (404, "customer not found: nobody")


def test_a_body_of_another_type_is_refused(api: Api) -> None:
    """415 names what is allowed."""
    answer = api.ask("POST", CUSTOMERS, b"name=x", content_type="application/x-www-form-urlencoded")
    assert (answer.status, "application/json" in answer.detail) == (415, True)


def test_the_third_version_has_the_same_customers(api: Api) -> None:
    """Snake case, by id only, the key cannot change."""
    path = "/api/v3/openmeter/customers"
    made = api.create(path, {"key": "acme", "name": "Acme", "usage_attribution": {"subject_keys": ["s"]}, "labels": {"a": "b"}})

    assert api.get(f"{CUSTOMERS}/acme")["usageAttribution"] == {"subjectKeys": ["s"]}
    listed = api.get(path)
    assert (listed["data"], listed["meta"]) == ([made], {"page": {"number": 1, "size": 100, "total": 1}})
    assert api.ask("GET", f"{path}/acme").status == 404
    changed = api.ask("PUT", f"{path}/{made['id']}", {"name": "Other", "billing_address": {"postal_code": "1"}}).json()
    assert (changed["key"], changed["name"], changed["billing_address"]) == ("acme", "Other", {"postal_code": "1"})
    assert api.ask("POST", path, {"key": "acme", "name": "x"}).status == 409
    assert api.ask("DELETE", f"{path}/{made['id']}").status == 204
    assert api.ask("DELETE", f"{path}/{made['id']}").status == 404


def test_a_bound_key_sees_only_customers_all_of_whose_subjects_are_its_own(api: Api) -> None:
    """Another customer is not found, and is not told from one that does not exist."""
    _two(api)
    made = api.create("/api/v1/keys", {"name": "bound", "scopes": ["read"], "subjects": ["acme", "acme-1", "bolt"]})
    api.create("/api/v1/keys", {"name": "admin", "scopes": ["admin"]})

    listed = api.get(CUSTOMERS, bearer=made["key"])

    assert [item["key"] for item in listed["items"]] == ["acme"]
    assert listed["totalCount"] == 1
    assert api.ask("GET", f"{CUSTOMERS}/bolt", bearer=made["key"]).detail == "customer not found: bolt"
