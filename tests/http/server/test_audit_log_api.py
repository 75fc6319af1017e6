from collections.abc import Iterator

import pytest
from api import Api, running_api


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """One server with a few changes."""
    with running_api() as running:
        for key in ("acme", "bolt"):
            running.create("/api/v1/customers", {"name": key, "key": key})
        running.ask("PUT", "/api/v1/customers/acme", {"name": "Acme", "key": "acme"})
        running.ask("DELETE", "/api/v1/customers/bolt")
        yield running


def test_entries_say_what_was_before_and_after(api: Api) -> None:
    """Newest first: a deletion has nothing after it, a creation nothing before."""
    found = api.get("/api/v1/audit", limit=4)
    seen = [(one["entry"]["operation"], one["entry"]["before"] is None, one["entry"]["after"] is None) for one in found]
    assert seen == [
        ("deleteCustomer", False, True),
        ("updateCustomer", False, False),
        ("createCustomer", True, False),
        ("createCustomer", True, False),
    ]
    assert (found[1]["entry"]["before"]["name"], found[1]["entry"]["after"]["name"]) == ("acme", "Acme")


def test_pages_follow_the_numbers(api: Api) -> None:
    """`before` takes the last number of the page before."""
    first = api.get("/api/v1/audit", limit=2)
    second = api.get("/api/v1/audit", limit=2, before=first[-1]["number"])
    assert [one["number"] for one in second] == [first[-1]["number"] - 1, first[-1]["number"] - 2]
    assert first[-1]["previous"] == second[0]["digest"]


def test_the_chain_is_checked(api: Api) -> None:
    """As many entries as the newest one's number."""
    [newest] = api.get("/api/v1/audit", limit=1)
    assert api.get("/api/v1/audit/verify") == {"entries": newest["number"]}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"before": 0}, {"color": "red"}])
def test_a_wrong_parameter_is_refused(api: Api, query: dict[str, object]) -> None:
    """400 names it."""
    answer = api.ask("GET", "/api/v1/audit", query=query)
    assert answer.status == 400
    assert next(iter(query)) in answer.detail
