"""Each operation of the document, sent by each kind of sender."""

import logging
from collections.abc import Iterator

import pytest
from api import running_api
from world import CANARY, World, audit_length, make_world

from meterlark.server.operation import Operation
from meterlark.server.operations import OPERATIONS
from meterlark.service.principal import Scope

SUCCESS = 0
"""Stands for the first status that the operation declares."""

_REFUSED_EVERYWHERE = {"none": 401, "mistyped": 401, "expired": 401, "revoked": 401, "portal expired": 401, "portal invalidated": 401}
_PORTAL_REFUSED = {"portal": 403}
EXPECTED: dict[Scope | None, dict[str, int]] = {
    None: dict.fromkeys([*_REFUSED_EVERYWHERE, "portal", "ingest", "read", "bound read"], SUCCESS),
    Scope.INGEST: {**_REFUSED_EVERYWHERE, **_PORTAL_REFUSED, "ingest": SUCCESS, "read": 403, "bound read": 403},
    Scope.READ: {**_REFUSED_EVERYWHERE, **_PORTAL_REFUSED, "ingest": 403, "read": SUCCESS, "bound read": SUCCESS},
    Scope.ADMIN: {**_REFUSED_EVERYWHERE, **_PORTAL_REFUSED, "ingest": 403, "read": 403, "bound read": 403},
    Scope.PORTAL: {**_REFUSED_EVERYWHERE, "portal": SUCCESS, "ingest": 401, "read": 401, "bound read": 401},
}

NOT_THEIRS = {
    "getCharges",
    "getPeriod",
    "getCustomerRateCard",
    "listCustomerRateCardVersions",
    "getCustomer",
    "getSubject",
    "getCustomerV3",
    "explainEvent",
}
"""What these would show to a bound key belongs to another subject, so to it there is nothing."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One server for every case: none of them changes anything but the events."""
    with running_api() as api:
        yield make_world(api, hours_later=2)


CASES = [(operation, sender) for operation in OPERATIONS for sender in EXPECTED[operation.scope]]


@pytest.mark.parametrize(("operation", "sender"), CASES, ids=[f"{operation.name}-{sender}" for operation, sender in CASES])
def test_who_may_do_what(world: World, operation: Operation, sender: str, caplog: pytest.LogCaptureFixture) -> None:
    """The status is the one expected; a refusal is a problem and no audit entry; no answer names another subject, and no log line does."""
    entries = audit_length(world)
    with caplog.at_level(logging.DEBUG):
        answer = world.ask(operation, sender)

    expected = EXPECTED[operation.scope][sender] or operation.answers[0].status
    if sender == "bound read" and operation.name in NOT_THEIRS:
        expected = 404
    assert answer.status == expected, answer
    if expected >= 400:
        assert answer.detail
    if expected == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert audit_length(world) == entries
    if sender not in {"read", "admin"}:
        assert CANARY.encode() not in answer.body
        assert CANARY not in str(answer.headers)
    assert CANARY not in caplog.text


def test_the_logs_are_looked_at(world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server logs about a request, here a defect of its own, is seen by the search for the canary."""
    monkeypatch.setattr("meterlark.server.asgi.authorise", None)
    answer = world.ask(next(one for one in OPERATIONS if one.name == "listMeters"), "read")

    assert answer.status == 500
    assert "GET /api/v1/meters failed" in caplog.text


def test_the_canary_can_be_seen(world: World) -> None:
    """Who may see everything does find it where the others must not, so its absence says something."""
    seen = {operation.name for operation in OPERATIONS if CANARY.encode() in world.ask(operation, "read").body}
    assert seen >= {
        *("listEvents", "listEventsV2", "listMeteringEvents", "listMeterSubjects", "listMeterGroupByValues"),
        *("explainEvent", "tailEvents"),
        *("getCharges", "listPeriods", "getPeriod", "getCustomerRateCard", "listCustomerRateCardVersions"),
        *("listCustomers", "getCustomer", "listSubjects", "getSubject", "listCustomersV3", "getCustomerV3"),
    }


def test_every_operation_says_who_may_use_it() -> None:
    """The document's security is that of the declarations."""
    with running_api() as api:
        document = api.get("/api/openapi.json")
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        needed = (
            [] if operation.scope is None else [{"portalToken": []}] if operation.scope is Scope.PORTAL else [{"key": [operation.scope]}]
        )
        assert described["security"] == needed


BOUND_QUESTIONS = {
    "subject": ("GET", "/api/v1/meters/openai_requests/query?subject=canary-subject", None, 403),
    "subject v3": (
        "POST",
        "/api/v3/openmeter/meters/{meterId}/query",
        {"filters": {"dimensions": {"subject": {"eq": "canary-subject"}}}},
        403,
    ),
    "customer": ("GET", "/api/v1/meters/openai_requests/query?filterCustomerId={customerId}", None, 404),
    "customer v3": (
        "POST",
        "/api/v3/openmeter/meters/{meterId}/query",
        {"filters": {"dimensions": {"customer_id": {"eq": "{customerId}"}}}},
        404,
    ),
    "events of a subject": ("GET", "/api/v1/events?subject=canary-subject", None, 403),
    "events of a customer": ("GET", "/api/v1/events?customerId={customerId}", None, 404),
    "events v2": ("GET", '/api/v2/events?filter={"subject":{"$in":["mine","canary-subject"]}}', None, 403),
}


@pytest.mark.parametrize("name", list(BOUND_QUESTIONS))
def test_a_bound_key_cannot_ask_for_others(world: World, name: str) -> None:
    """By subject it is forbidden, by customer there is none; neither answer says more than was asked."""
    method, address, body, status = BOUND_QUESTIONS[name]
    for parameter, known in world.parameters.items():
        address = address.replace(f"{{{parameter}}}", known)
    path, _, query = address.partition("?")
    parameter, _, value = query.partition("=")
    pairs = [(parameter, value)] if query else []
    if body is not None and "customer" in name:
        body = {"filters": {"dimensions": {"customer_id": {"eq": world.parameters["customerId"]}}}}

    answer = world.api.ask(method, path, body, query=pairs, bearer=world.bearers["bound read"])

    assert answer.status == status
    assert CANARY.encode() not in answer.body
