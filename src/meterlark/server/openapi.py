"""The OpenAPI 3.1 document, from the same declarations that are served."""

from collections.abc import Sequence
from http import HTTPStatus
from types import UnionType
from typing import Any, Final, get_args

import msgspec

from meterlark.model.errors import ForbiddenError, UnauthenticatedError, UnavailableError
from meterlark.server.operation import Content, NoParameters, Operation
from meterlark.server.problem import PROBLEM_TYPE, Problem, status_of
from meterlark.service.principal import Scope
from meterlark.version import VERSION

REF: Final = "#/components/schemas/{name}"


def openapi_document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document that describes exactly these operations."""
    kinds = [Problem, *(kind for operation in operations for content in _contents(operation) for kind in _members(content.kind))]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    _write_as_numbers(components)
    by_kind = [(kind, schema) for kind, schema in zip(kinds, schemas, strict=True)]
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Meterlark",
            "version": VERSION,
            "description": "The meter for products built on LLM APIs. Speaks the OpenMeter protocol for events, meters and usage.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key; none is needed while there is no admin key."},
                "portalToken": {"type": "http", "scheme": "bearer", "description": "A portal token, in the portal's own operations."},
            },
        },
    }


def _write_as_numbers(schema: Any) -> None:  # noqa: ANN401 - any part of a document
    """Describe decimals as the numbers that they are on the wire; msgspec calls them texts whatever a type says (`reply.Number`)."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal" and schema.get("type") == "string":
            schema["type"] = "number"
        for part in schema.values():
            _write_as_numbers(part)
    elif isinstance(schema, list):
        for part in schema:
            _write_as_numbers(part)


def _members(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any type
    """Return the types that a body may have: the members of a union, else the type itself; none for a text."""
    if kind is None:
        return ()
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def _contents(operation: Operation) -> list[Content]:
    return [*operation.body, *(content for answer in operation.answers for content in answer.contents)]


def _operation(operation: Operation, by_kind: list[tuple[Any, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary, "tags": [operation.tag]}
    described["security"] = _security(operation.scope)
    parameters = [
        {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in operation.path_parameters.items()
    ]
    parameters += _query_parameters(operation.query)
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body, by_kind)}
    responses: dict[str, Any] = {}
    for answer in operation.answers:
        response: dict[str, Any] = {"description": answer.description}
        if answer.contents:
            response["content"] = _content(answer.contents, by_kind)
        responses[str(int(answer.status))] = response
    refusals = () if operation.scope is None else (UnauthenticatedError, ForbiddenError)
    for status in sorted({status_of(_any_error(kind)) for kind in (*operation.problems, *refusals)}):
        responses[str(int(status))] = _problem(status, by_kind)
    responses["default"] = {"description": "Any other problem.", "content": _content((Content(PROBLEM_TYPE, Problem),), by_kind)}
    described["responses"] = responses
    return described


def _security(scope: Scope | None) -> list[dict[str, list[str]]]:
    """Return what a sender needs: a scope is written as a role, as OpenAPI 3.1 has it for schemes that are not OAuth."""
    if scope is None:
        return []
    return [{"portalToken": []}] if scope is Scope.PORTAL else [{"key": [scope.value]}]


def _any_error(kind: type[Exception]) -> Exception:
    return kind("")


def _problem(status: HTTPStatus, by_kind: list[tuple[Any, Any]]) -> dict[str, Any]:
    problem: dict[str, Any] = {"description": status.phrase, "content": _content((Content(PROBLEM_TYPE, Problem),), by_kind)}
    if status is status_of(UnavailableError("")):
        problem["headers"] = {"retry-after": {"description": "Seconds after which a retry is worth trying.", "schema": {"type": "integer"}}}
    return problem


def _content(contents: Sequence[Content], by_kind: list[tuple[Any, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {}
    for content in contents:
        schemas = [next(schema for kind, schema in by_kind if kind == member) for member in _members(content.kind)]
        described[content.media_type] = {
            "schema": {"anyOf": schemas} if len(schemas) > 1 else schemas[0] if schemas else {"type": "string"}
        }
        if content.example is not None:
            described[content.media_type]["example"] = content.example
    return described


def _query_parameters(kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    if kind is NoParameters:
        return []
    schema = msgspec.json.schema(kind)
    [(_, struct)] = [(name, one) for name, one in schema["$defs"].items() if name == kind.__name__]
    parameters: list[dict[str, Any]] = []
    for name, described in struct["properties"].items():
        schema_of = {key: value for key, value in described.items() if key not in ("description", "default") or key == "default"}
        is_deep = schema_of.get("type") == "object"
        parameter = {"name": name, "in": "query", "required": name in struct.get("required", ()), "schema": schema_of}
        if text := described.get("description") or _description(described):
            parameter["description"] = text
        if is_deep:
            parameter |= {"style": "deepObject", "explode": True}
        elif schema_of.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
        parameters.append(parameter)
    return parameters


def _description(schema: dict[str, Any]) -> str:
    return next((one["description"] for one in schema.get("anyOf", ()) if "description" in one), "")
