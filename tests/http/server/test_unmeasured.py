"""Which stored events are not measured, and why."""

from typing import Any
from unittest.mock import patch

import pytest
from api import Api, event, running_api

from meterlark.service import scan, unmeasured

UNMEASURED = "/api/v1/events/unmeasured"
FOREIGN = "no meter found for event type: foreign"
NO_NUMBER = "invalid event: value cannot be parsed as float64: 'many' is not a decimal number"


def fill(api: Api) -> None:
    """Store two good events, one that a meter cannot read, one of no meter and one that was voided."""
    good = [event(f"good-{n}", "acme", time=f"2026-11-0{n}T10:00:00Z") for n in (1, 2)]
    bad = event("bad", "acme", tokens="many", time="2026-11-03T10:00:00Z")
    foreign = event("foreign", "bolt", type="foreign", time="2026-11-04T10:00:00Z")
    voided = event("voided", "bolt", time="2026-11-05T10:00:00Z")
    api.ingest(*good, bad, foreign, voided)
    api.create("/api/v1/events/void", {"source": "test", "id": "voided", "reason": "test"})


def found(page: Any) -> list[tuple[str, list[tuple[str | None, str]]]]:
    """Return the id of each event with its reasons."""
    return [(item["event"]["id"], [(one.get("meter"), one["reason"]) for one in item["reasons"]]) for item in page["items"]]


def test_each_unmeasured_event_has_its_reasons() -> None:
    """Newest first: voided, of no meter, unreadable; what every meter measured is not listed, nor is the void itself."""
    with running_api() as api:
        fill(api)
        page = api.get(UNMEASURED)

    voided, foreign, bad = found(page)
    assert (voided[0], {reason for _, reason in voided[1]}) == ("voided", {"event is voided"})
    assert foreign == ("foreign", [(None, FOREIGN)])
    assert bad == ("bad", [("openai_total_tokens", NO_NUMBER)])
    assert (page["eventsRead"], "nextCursor" in page) == (5, False)
    assert {(one.get("meter"), one["reason"], one["events"]) for one in page["counts"]} >= {
        (None, FOREIGN, 1),
        ("openai_total_tokens", NO_NUMBER, 1),
    }


@pytest.mark.parametrize("by", ["slug", "id"])
def test_one_meter_may_be_asked_about(by: str) -> None:
    """Only events of its type, and only its own reasons."""
    with running_api() as api:
        fill(api)
        name = api.get("/api/v1/meters/openai_total_tokens")[by]
        page = api.get(UNMEASURED, meter=name, to="2026-11-05T00:00:00Z")

    assert found(page) == [("bad", [("openai_total_tokens", NO_NUMBER)])]
    assert page["counts"] == [{"meter": "openai_total_tokens", "reason": NO_NUMBER, "events": 1}]
    assert page["eventsRead"] == 3


def test_a_range_of_times_bounds_what_is_looked_at() -> None:
    """From inclusive, to exclusive."""
    with running_api() as api:
        fill(api)
        page = api.get(UNMEASURED, **{"from": "2026-11-03T10:00:00Z", "to": "2026-11-04T10:00:00Z"})

    assert ([name for name, _ in found(page)], page["eventsRead"]) == (["bad"], 1)


@pytest.mark.parametrize(("limit", "read_max"), [(1, 10_000), (1000, 1), (1000, 2), (2, 3)])
def test_pages_are_the_whole_list(limit: int, read_max: int) -> None:
    """Cut by their limit or by what one page may read, the pages hold each event once, and their counts add up."""
    with running_api() as api, patch.object(unmeasured, "READ_MAX", read_max), patch.object(scan, "PAGE_EVENTS", 2):
        fill(api)
        page = api.get(UNMEASURED, limit=limit)
        pages = [page]
        while "nextCursor" in page:
            page = api.get(UNMEASURED, limit=limit, cursor=page["nextCursor"])
            pages.append(page)

    assert [name for page in pages for name, _ in found(page)] == ["voided", "foreign", "bad"]
    assert sum(page["eventsRead"] for page in pages) == 5
    assert sum(one["events"] for page in pages for one in page["counts"] if one["reason"] == FOREIGN) == 1
    assert all(len(page["items"]) <= limit and page["eventsRead"] <= read_max for page in pages)


def test_a_key_sees_its_subjects_only() -> None:
    """Events of others are neither listed nor counted."""
    with running_api() as api:
        fill(api)
        admin = api.create("/api/v1/keys", {"name": "admin", "scopes": ["admin"]})["key"]
        bound = api.create("/api/v1/keys", {"name": "bound", "scopes": ["read"], "subjects": ["acme"]}, bearer=admin)["key"]
        page = api.get(UNMEASURED, bearer=bound)

    assert ([name for name, _ in found(page)], page["eventsRead"]) == (["bad"], 3)


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"meter": "nobody"}, 404, "meter not found: nobody"),
        ({"cursor": "x"}, 400, "cursor is 'x'"),
        ({"limit": 0}, 400, "limit is '0'"),
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, 400, "from must be before to"),
        ({"from": "yesterday"}, 400, "'yesterday' is not a time"),
        ({"reason": "x"}, 400, "unknown parameter 'reason'"),
    ],
)
def test_a_wrong_question_is_a_problem(query: dict[str, object], status: int, said: str) -> None:
    """The problem names what was given."""
    with running_api() as api:
        answer = api.ask("GET", UNMEASURED, query=query)

    assert answer.status == status
    assert said in answer.detail


def test_only_a_few_scans_run_at_once() -> None:
    """Beyond it, 503 with the time to come back."""
    with running_api() as api, patch.object(scan, "SCANS_MAX", 0):
        answer = api.ask("GET", UNMEASURED)

    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
