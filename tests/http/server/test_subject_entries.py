from collections.abc import Iterator

import pytest
from api import Api, running_api

SUBJECTS = "/api/v1/subjects"


@pytest.fixture
def api() -> Iterator[Api]:
    """A server of its own for each test."""
    with running_api() as running:
        yield running


def test_an_upsert_changes_only_what_is_present(api: Api) -> None:
    """A missing field stays as it is, null clears it, id and time of creation stay."""
    sent = {
        "key": "acme",
        "displayName": "Acme",
        "metadata": {"a": 1, "b": {"c": [None]}},
        "stripeCustomerId": "cus_1",
        "currentPeriodStart": "2026-11-01T00:00:00Z",
    }
    [made] = api.create(SUBJECTS, [sent])

    [changed] = api.create(SUBJECTS, [{"key": "acme", "displayName": None, "currentPeriodEnd": "2026-12-01T00:00:00Z"}])

    assert {name: made[name] for name in sent} == sent
    assert "displayName" not in changed
    unchanged = ("id", "key", "metadata", "stripeCustomerId", "currentPeriodStart", "createdAt")
    assert {name: changed[name] for name in unchanged} == {name: made[name] for name in unchanged}
    assert changed["currentPeriodEnd"] == "2026-12-01T00:00:00Z"


def test_several_subjects_are_written_in_order(api: Api) -> None:
    """The answer has the order of the request, the list that of the keys; no customer is made."""
    made = api.create(SUBJECTS, [{"key": "b"}, {"key": "a"}, {"key": "b", "displayName": "B"}])

    assert [one["key"] for one in made] == ["b", "a", "b"]
    assert [(one["key"], one.get("displayName")) for one in api.get(SUBJECTS)] == [("a", None), ("b", "B")]
    assert api.get("/api/v1/customers")["totalCount"] == 0


def test_a_subject_is_read_and_deleted_by_id_or_key(api: Api) -> None:
    """Afterwards it is not found, and a new one of the key is another."""
    [made] = api.create(SUBJECTS, [{"key": "acme"}])
    assert api.get(f"{SUBJECTS}/acme") == api.get(f"{SUBJECTS}/{made['id']}") == made

    assert api.ask("DELETE", f"{SUBJECTS}/{made['id']}").status == 204

    for method in ("GET", "DELETE"):
        assert api.ask(method, f"{SUBJECTS}/acme").detail == "subject not found: acme"
    assert api.create(SUBJECTS, [{"key": "acme"}])[0]["id"] != made["id"]


WRONG: dict[str, tuple[object, str]] = {
    "an object": ({"key": "a"}, "array"),
    "no key": ([{"displayName": "x"}], "key"),
    "empty key": ([{"key": ""}], "[0].key"),
    "stripe id": ([{"key": "a"}, {"key": "b", "stripeCustomerId": "x"}], "[1].stripeCustomerId"),
    "time": ([{"key": "a", "currentPeriodStart": "yesterday"}], "is not a time"),
    "unknown field": ([{"key": "a", "color": "red"}], "color"),
    "too many": ([{"key": f"k{number}"} for number in range(1001)], "at most 1000"),
    "metadata too large": ([{"key": "a", "metadata": {"a": "x" * 20_000}}], "metadata"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_body_changes_nothing(api: Api, name: str) -> None:
    """400 says where and what is allowed."""
    body, says = WRONG[name]
    answer = api.ask("POST", SUBJECTS, body)
    assert answer.status == 400
    assert says in answer.detail
    assert api.get(SUBJECTS) == []


def test_a_bound_key_sees_its_own_subjects_only(api: Api) -> None:
    """Another subject is not found."""
    api.create(SUBJECTS, [{"key": "mine"}, {"key": "theirs"}])
    bound = api.create("/api/v1/keys", {"name": "bound", "scopes": ["read"], "subjects": ["mine"]})["key"]
    api.create("/api/v1/keys", {"name": "admin", "scopes": ["admin"]})

    assert [one["key"] for one in api.get(SUBJECTS, bearer=bound)] == ["mine"]
    assert api.ask("GET", f"{SUBJECTS}/theirs", bearer=bound).status == 404
