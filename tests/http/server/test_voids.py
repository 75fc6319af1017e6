"""Voids and corrections: what they change in every answer, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from api import Api, event, running_api
from running_server import EVENTS, RunningServer
from running_server import event as stored_event

from meterlark.model.errors import ForbiddenError, NotFoundError
from meterlark.model.void import EventName
from meterlark.service.principal import Actor, Principal, Scope

VOID = f"{EVENTS}/void"
CORRECT = f"{EVENTS}/correct"
NAME = {"source": "test", "id": "1"}
AGGREGATIONS = ("SUM", "COUNT", "AVG", "MIN", "MAX", "UNIQUE_COUNT", "LATEST")


def correction(event_id: str = "1-right", **more: Any) -> dict[str, Any]:
    """Return the body that corrects the event of NAME."""
    return {**NAME, "reason": "wrong count", "correction": event(event_id, "acme", tokens=7, **more)}


def usage(api: Api, meter: str = "openai_total_tokens") -> list[Any]:
    """Return the values that a meter answers."""
    return [row["value"] for row in api.get(f"/api/v1/meters/{meter}/query")["data"]]


def explained(api: Api, event_id: str) -> Any:
    """Return the story of an event."""
    return api.get(f"{EVENTS}/explain", id=event_id, source="test")


def test_a_voided_event_counts_in_no_aggregation_of_old_and_new_meters(server: RunningServer, name: Callable[[], str]) -> None:
    """Each answer is the one over the other events, also of a meter that is made afterwards."""
    kind = name()
    body = {"valueProperty": "$.n", "groupBy": {"model": "$.model"}}

    def make(when: str) -> None:
        for aggregation in AGGREGATIONS:
            extra = {"groupBy": body["groupBy"]} if aggregation == "COUNT" else body
            server.create_meter(f"{kind}_{when}_{aggregation.lower()}", kind, aggregation, **extra)

    make("before")
    times = ["2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z", "2026-11-01T12:00:00Z"]
    values = [5, 3, 100]
    server.ingest([stored_event(f"{kind}-{n}", kind, data={"n": values[n], "model": "m"}, source=kind, time=times[n]) for n in range(3)])
    body_of_void = {"source": kind, "id": f"{kind}-2", "reason": "test"}
    answer = server.request("POST", VOID, json.dumps(body_of_void).encode(), {"content-type": "application/json"})
    assert answer.status == 200, answer.body
    make("after")

    expected = {"SUM": 8, "COUNT": 2, "AVG": 4, "MIN": 3, "MAX": 5, "UNIQUE_COUNT": 2, "LATEST": 3}
    for when in ("before", "after"):
        for aggregation, value in expected.items():
            [row] = server.usage(f"{kind}_{when}_{aggregation.lower()}")
            assert row["value"] == value, (when, aggregation)


def test_a_void_says_who_when_and_why_in_every_view() -> None:
    """The answer, the list, the second version's list, the story, and the void as an event of its own."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5))
        said = api.create(VOID, {**NAME, "reason": "a test run"})

        assert (said["source"], said["id"], said["by"], said["reason"]) == ("test", "1", "open", "a test run")
        listed = {one["event"]["id"]: one for one in api.get(EVENTS)}
        assert listed["1"]["void"] == said
        assert listed["1"]["validationError"] == "event is voided"
        assert listed["1"] in api.get("/api/v2/events")["items"]
        story = explained(api, "1")
        assert story["void"] == said
        assert {meter["reason"] for meter in story["meters"]} == {"event is voided"}
        assert listed[said["void"]["id"]]["event"]["data"] == {"event": NAME, "by": "open", "reason": "a test run", "correction": None}
        assert "validationError" not in listed[said["void"]["id"]]


def test_an_event_that_is_sent_again_after_its_void_counts_nothing() -> None:
    """Its identity stays taken: it is a duplicate of what counts no more."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5), event("2", "acme", tokens=3))
        api.create(VOID, {**NAME, "reason": "test"})

        answer = api.ask("POST", EVENTS, event("1", "acme", tokens=5), headers={"prefer": "return=representation"})

        assert answer.json()["duplicate"] == 1
        assert usage(api) == [3]


def test_a_correction_counts_instead() -> None:
    """The old event counts no more, the new one does, and each names the other."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5))
        answer = api.ask("POST", CORRECT, correction())

        assert answer.status == 201
        assert answer.json()["correction"] == {"source": "test", "id": "1-right"}
        assert usage(api) == [7]
        assert explained(api, "1")["void"]["correction"] == {"source": "test", "id": "1-right"}
        right = explained(api, "1-right")
        assert (right["void"], right["corrects"]) == (None, NAME)
        assert (right["event"]["correctssource"], right["event"]["correctsid"]) == ("test", "1")


def test_a_voided_event_costs_nothing_and_its_correction_does() -> None:
    """Cost follows: the meter that derives it counts neither more nor less than the tokens' meter."""
    with running_api() as api:
        api.ingest(event("1", "acme"), event("2", "acme"))
        [both] = usage(api, "openai_cost")
        api.create(VOID, {**NAME, "reason": "test"})
        [one] = usage(api, "openai_cost")
        api.create(CORRECT, {**correction("2-right"), "id": "2"})
        [corrected] = usage(api, "openai_cost")

    assert 0 < one < both
    assert corrected == one


def test_a_correction_may_be_voided_and_corrected_itself() -> None:
    """It is an event like any other."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5))
        api.create(CORRECT, correction())
        api.create(CORRECT, {"source": "test", "id": "1-right", "reason": "again", "correction": event("1-last", "acme", tokens=9)})

        assert usage(api) == [9]
        assert explained(api, "1-last")["corrects"] == {"source": "test", "id": "1-right"}


def test_who_claims_to_correct_does_not() -> None:
    """Attributes that any sender may write link nothing without a void that says the same."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5), event("2", "acme", tokens=6, correctssource="test", correctsid="1"))

        assert explained(api, "2")["corrects"] is None
        assert usage(api) == [11]


def test_the_numbers_of_a_correction_keep_every_digit() -> None:
    """Its text is that of its sender, but for the link."""
    with running_api() as api:
        api.ingest(event("1", "acme"))
        body = json.dumps(correction()).replace('"total_tokens": 7', '"total_tokens": 7.000000000000000001').encode()
        assert api.ask("POST", CORRECT, body).status == 201

        assert b'"value":7.000000000000000001' in api.ask("GET", "/api/v1/meters/openai_total_tokens/query").body


@pytest.mark.parametrize("path", [VOID, CORRECT])
def test_voiding_twice_is_a_conflict_that_names_the_first(path: str) -> None:
    """409, and nothing changes."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5))
        api.create(CORRECT, correction())
        answer = api.ask("POST", path, {**NAME, "reason": "again"} if path == VOID else correction("other"))

        assert answer.status == 409
        assert "the event was voided at" in answer.detail
        assert "by open; what counts instead is id '1-right' of source 'test'" in answer.detail
        assert usage(api) == [7]


@pytest.mark.parametrize("path", [VOID, CORRECT])
def test_an_unknown_event_is_not_found(path: str) -> None:
    """404 names the identity."""
    with running_api() as api:
        answer = api.ask("POST", path, {**NAME, "reason": "test"} if path == VOID else correction())

        assert (answer.status, answer.detail) == (404, "event not found: id '1' of source 'test'")


@pytest.mark.parametrize("path", [VOID, CORRECT])
def test_a_void_is_never_voided(path: str) -> None:
    """What was voided stays so; 409."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5))
        void = api.create(VOID, {**NAME, "reason": "test"})["void"]
        answer = api.ask("POST", path, {**void, "reason": "undo"} if path == VOID else {**correction(), **void})

        assert answer.status == 409
        assert "meterlark.void" in answer.detail
        assert usage(api) == []


def test_a_correction_needs_an_identity_of_its_own() -> None:
    """With a taken one, 409, and the old event still counts."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5), event("2", "acme", tokens=3))

        for taken in ("1", "2"):
            answer = api.ask("POST", CORRECT, correction(taken))
            assert (answer.status, answer.detail) == (409, f"an event with id '{taken}' of source 'test' is stored already")
        assert usage(api) == [8]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], "correction"),
        ({**event("2", "acme"), "type": ""}, "correction.type"),
        ({**event("2", "acme"), "type": "meterlark.void"}, "correction.type"),
        ({**event("2", "acme"), "data": 7}, "correction.data"),
    ],
)
def test_a_correction_that_is_no_event_changes_nothing(given: object, field: str) -> None:
    """400 names the field, and the old event still counts."""
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5))
        answer = api.ask("POST", CORRECT, {**correction(), "correction": given})

        assert answer.status == 400
        assert answer.json()["extensions"]["validationErrors"][0]["field"] == field
        assert usage(api) == [5]


@pytest.mark.parametrize("reserved", [{"type": "meterlark.void"}, {"source": "meterlark.void"}, {"type": "meterlark.anything"}])
def test_nobody_else_writes_voids(reserved: dict[str, str]) -> None:
    """A reserved type or source is refused at the door, alone and in a batch."""
    with running_api() as api:
        one = {**event("1", "acme"), **reserved}
        alone = api.ask("POST", EVENTS, one)
        batch = api.ask("POST", EVENTS, [event("2", "acme"), one])

        assert (alone.status, batch.status) == (400, 400)
        assert "reserved" in alone.detail
        assert batch.json()["extensions"]["validationErrors"][0]["field"] == f"[1].{next(iter(reserved))}"
        assert api.get(EVENTS) == []


def test_rights_are_checked_again_where_events_are_read() -> None:
    """Whoever is bound to subjects and sources finds no other's event and writes for no other."""
    bound = Principal("bound", frozenset({Scope.ADMIN}), subjects=frozenset({"acme"}), sources=frozenset({"test"}))
    with running_api() as api:
        api.ingest(event("1", "acme", tokens=5), event("2", "other", tokens=3))
        voids = api.services.voids
        foreign = {key: msgspec.Raw(json.dumps(value).encode()) for key, value in event("3", "other").items()}

        with pytest.raises(NotFoundError, match="event not found"):
            api.run(voids.void(EventName("test", "2"), reason="test", within=bound, by=Actor("bound")))
        with pytest.raises(ForbiddenError, match="correction: the key may not write the subject 'other'"):
            api.run(voids.correct(EventName("test", "1"), foreign, reason="test", within=bound, by=Actor("bound")))
        assert usage(api) == [8]


def test_each_void_is_in_the_audit_log() -> None:
    """With what it says; what was refused is not."""
    with running_api() as api:
        api.ingest(event("1", "acme"), event("2", "acme"))
        api.create(VOID, {"source": "test", "id": "2", "reason": "first"})
        api.create(CORRECT, correction())
        api.ask("POST", VOID, {**NAME, "reason": "again"})

        corrected, voided = (one["entry"] for one in api.get("/api/v1/audit", limit=2))

        assert (voided["operation"], voided["after"]["reason"]) == ("voidEvent", "first")
        assert (corrected["operation"], corrected["after"]["correction"]) == ("correctEvent", {"source": "test", "id": "1-right"})


def test_a_void_is_seen_in_the_tail() -> None:
    """Who follows the events learns of it in its place."""
    with running_api() as api:
        api.ingest(event("1", "acme"))
        void = api.create(VOID, {**NAME, "reason": "test"})["void"]

        tail = api.ask("GET", f"{EVENTS}/tail", query={"after": 1}).body

        assert void["id"].encode() in tail
