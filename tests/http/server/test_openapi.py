"""`GET /api/openapi.json`: a valid OpenAPI 3.1 document of exactly the routes that are served."""

import re
from typing import Any

import pytest
from api import running_api
from openapi_spec_validator import OpenAPIV31SpecValidator
from running_server import EVENTS, METERS, RunningServer, event
from world import make_world

from meterlark.server.operation import Operation
from meterlark.server.operations import OPERATIONS
from meterlark.service.principal import Scope

TAIL = ("GET", "/api/v1/events/tail")
TAKES_ANY_NAME = {"/api/v1/meters/backtest": "/api/v1/meters/{meterIdOrSlug}", "/api/v1/periods/close": "/api/v1/periods/{periodId}"}
"""Paths that are also those of a thing of that name, with its methods."""

METHODS = ("get", "post", "put", "delete", "patch", "head", "options")


@pytest.fixture(scope="module")
def document(server: RunningServer) -> dict[str, Any]:
    """Give the document, with something to read in the server."""
    server.create_meter("documented", "documented", groupBy={"model": "$.model"})
    server.ingest(event("1", "documented", data={"model": "x"}, source="documented"))
    answer = server.get("/api/openapi.json")
    assert answer.status == 200
    content = answer.json()
    assert isinstance(content, dict)
    return content


def operations(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """Return the documented operations by method and path."""
    return {(method.upper(), path): item[method] for path, item in document["paths"].items() for method in METHODS if method in item}


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    """By a validator that is not ours."""
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """And every schema is used."""
    used = {name.split("/")[-1] for name in re.findall(r"'#/components/schemas/[^']+", str(document))}

    assert used == set(document["components"]["schemas"])


def test_names_of_operations_are_unique_and_their_parameters_are_described(document: dict[str, Any]) -> None:
    """Clients are made from them; every path parameter is declared."""
    found = operations(document)

    assert len({operation["operationId"] for operation in found.values()}) == len(found)
    for (_, path), operation in found.items():
        parameters = operation.get("parameters", [])
        assert sorted(one["name"] for one in parameters if one["in"] == "path") == sorted(re.findall(r"\{(\w+)\}", path))
        assert all(one.get("description") for one in parameters), operation["operationId"]
        assert "default" in operation["responses"]


def test_exactly_the_routes_that_are_served_are_described(server: RunningServer, document: dict[str, Any]) -> None:
    """Every described method answers, and every other method on its path is 405."""
    described = set(operations(document))
    assert described == {(operation.method, operation.path) for operation in OPERATIONS}

    for path in document["paths"]:
        filled = re.sub(r"\{\w+\}", "missing", path)
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            if (method, path) == TAIL:
                continue  # it never ends; test_tail.py has it
            answer = server.request(method, filled)
            if (method, path) in described:
                assert answer.status != 405, (method, path)
                assert "nothing is at" not in answer.body.decode(), (method, path)
            elif (method, TAKES_ANY_NAME.get(path)) not in described:
                assert answer.status == 405, (method, path)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.name for operation in OPERATIONS])
def test_every_operation_answers_as_documented(operation: Operation, document: dict[str, Any]) -> None:
    """With the documented example, in a server that has everything, status and content type are the first described."""
    with running_api() as api:
        answer = make_world(api).ask(operation, "portal" if operation.scope is Scope.PORTAL else "admin")

    assert answer.status == operation.answers[0].status, answer
    described = document["paths"][operation.path][operation.method.lower()]["responses"][str(answer.status)]
    if answer.body:
        types = {name.partition(";")[0] for name in described["content"]}
        assert answer.headers["content-type"].partition(";")[0] in types
    else:
        assert "content" not in described


def test_every_form_of_an_event_is_documented_with_an_example_that_works(server: RunningServer, document: dict[str, Any]) -> None:
    """The three content types."""
    content = document["paths"][EVENTS]["post"]["requestBody"]["content"]

    assert len(content) == 3
    for media_type, form in content.items():
        assert server.ingest(form["example"], media_type).status == 204, media_type
    assert server.get(f"{METERS}/openai_total_tokens/query").json()["data"][0]["value"] == 42


def test_unavailable_answers_say_when_to_retry(document: dict[str, Any]) -> None:
    """Where 503 is described, so is its header."""
    answers = [operation["responses"]["503"] for operation in operations(document).values() if "503" in operation["responses"]]

    assert len(answers) >= 5
    assert all("retry-after" in answer["headers"] for answer in answers)
