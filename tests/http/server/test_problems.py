"""Each problem that an operation declares: its status, its body, what it says, and the field at fault.

401 for every operation and sender is in `test_authorisation.py`, success with the declared example in `test_openapi.py`.
"""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from api import JSON, Answered, event, running_api
from problem_cases import CASES, Case
from world import World, make_world

from meterlark.server.operation import Operation
from meterlark.server.operations import OPERATIONS
from meterlark.server.problem import status_of
from meterlark.service.principal import Scope

BY_NAME = {operation.name: operation for operation in OPERATIONS}
ASKED = [operation for operation in OPERATIONS if operation.method != "OPTIONS"]
WITH_BODY = [operation for operation in ASKED if operation.body]
NAMED = [operation for operation in ASKED if operation.path_parameters and operation.name != "getProgress"]

NOT_HERE = {
    ("voidEvent", 403): "needs a bound admin key, which there is not; the use case is tested in test_voids.py",
    ("correctEvent", 403): "the same",
    ("createKey", 403): "needs an admin whose rights are fewer than all, which there is not",
    ("putDefaultRateCard", 404): "declared for both kinds of cards; only a customer can be unknown",
    ("listDefaultRateCardVersions", 404): "the same",
    ("putDefaultRateCard", 409): "a period has to be closed first",
    ("putCustomerRateCard", 409): "the same",
    ("deleteRateCardVersion", 409): "the same",
}
"""What no request of this table can meet, and why."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One server for every case: a request that is refused changes nothing."""
    with running_api() as api:
        made = make_world(api)
        admin = made.bearers["admin"]
        api.ingest(event("voided", "mine"), bearer=admin)
        api.create("/api/v1/events/void", {"source": "test", "id": "voided", "reason": "test"}, bearer=admin)
        grouped = {"slug": "featured", "eventType": "x", "aggregation": "COUNT", "groupBy": {"model": "$.model"}}
        made.ids["featured"] = api.create("/api/v1/meters", grouped, bearer=admin)["id"]
        feature = {"key": "by_model", "name": "By model", "meterSlug": "featured", "meterGroupByFilters": {"model": "a"}}
        api.create("/api/v1/features", feature, bearer=admin)
        made.ids["plain"] = api.create("/api/v1/customers", {"name": "Plain", "key": "plain"}, bearer=admin)["id"]
        bound = {"name": "bound", "scopes": ["ingest"], "subjects": ["another"]}
        made.bearers["bound ingest"] = api.create("/api/v1/keys", bound, bearer=admin)["key"]
        yield made


def assert_problem(answer: Answered, status: int, said: str) -> dict[str, object]:
    """Check the body of a problem, member by member."""
    assert answer.status == status, answer
    assert said in answer.detail
    problem = answer.json()
    assert problem.keys() - {"extensions"} == {"type", "title", "status", "instance", "detail"}
    assert (problem["type"], problem["title"]) == ("about:blank", HTTPStatus(status).phrase)
    assert problem["instance"] == f"urn:request:{answer.headers['x-request-id']}"
    assert isinstance(problem, dict)
    return problem


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}-{case.status}-{number}" for number, case in enumerate(CASES)])
def test_what_is_wrong_is_said(world: World, case: Case) -> None:
    """With the declared status, in words that name what was given, and the field where there is one."""
    operation = BY_NAME[case.name]
    parameters = {name: world.ids.get(value, value) if name.endswith("Id") else value for name, value in case.path.items()}
    answer = world.send(
        operation,
        case.sender,
        parameters=parameters,
        query=case.query,
        body=case.body,
        content_type=case.content_type if case.body is not None else "",
    )

    problem = assert_problem(answer, case.status, case.said)
    if case.field is not None:
        extensions = problem["extensions"]
        assert isinstance(extensions, dict)
        assert [one["field"] for one in extensions["validationErrors"]] == [case.field]


def _sender(operation: Operation) -> str:
    return "portal" if operation.scope is Scope.PORTAL else "admin"


@pytest.mark.parametrize("operation", ASKED, ids=lambda operation: operation.name)
def test_an_unknown_parameter_is_refused(world: World, operation: Operation) -> None:
    """400 names it and those that there are: a misspelt filter would give a wrong number."""
    answer = world.send(operation, _sender(operation), query={"nonsense": "1"})

    assert_problem(answer, 400, "unknown parameter 'nonsense'")


@pytest.mark.parametrize("operation", NAMED, ids=lambda operation: operation.name)
def test_what_is_not_there_is_not_found(world: World, operation: Operation) -> None:
    """404 repeats the name."""
    name = next(iter(operation.path_parameters))
    answer = world.send(operation, _sender(operation), parameters={name: "nobody"})

    assert_problem(answer, 404, "not found: nobody")


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.name)
@pytest.mark.parametrize("body", [b"", b"{", b'{"a": 1, "a": 2}', b"\xff"], ids=["nothing", "a broken one", "a key given twice", "no text"])
def test_a_body_that_is_no_json_is_refused(world: World, operation: Operation, body: bytes) -> None:
    """400, whatever the operation."""
    answer = world.send(operation, _sender(operation), body=body, content_type=JSON)

    assert_problem(answer, 400, "")


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.name)
def test_a_body_of_another_type_is_refused(world: World, operation: Operation) -> None:
    """415 names the types that are read."""
    answer = world.send(operation, _sender(operation), body=b"{}", content_type="application/xml")

    assert_problem(answer, 415, "invalid content type: application/xml; allowed")


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.name)
def test_a_body_that_is_too_long_is_refused(world: World, operation: Operation) -> None:
    """413 names the bound."""
    answer = world.send(operation, _sender(operation), body=b" " * (4 * 1024 * 1024 + 1), content_type=JSON)

    assert_problem(answer, 413, "4194304")


def test_every_declared_problem_has_its_case() -> None:
    """What the document promises is met by a request, but for the few that none can meet."""
    declared = {
        (operation.name, int(status_of(kind(""))))
        for operation in ASKED
        for kind in operation.problems
        if status_of(kind("")) < HTTPStatus.INTERNAL_SERVER_ERROR
    }
    met = {(case.name, case.status) for case in CASES}
    met |= {(operation.name, 400) for operation in ASKED} | {(operation.name, 404) for operation in NAMED}

    assert declared - met == NOT_HERE.keys()
