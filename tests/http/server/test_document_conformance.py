"""Requests made from the OpenAPI document, right and wrong ones: no server error, and every answer is one that the document describes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

import pytest
import requests
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from meterlark.server.openapi import openapi_document
from meterlark.server.operations import OPERATIONS
from meterlark.server.reply import json_bytes

EXAMPLES = 45
"""Random requests for each operation at most, beside those at the edges of each rule: some 5,900 in all."""

ANY_OPERATION = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}
"""What the document puts under `default`: a path that is none once a parameter has a slash, another method, a body that is not read."""

DOCUMENT = json.loads(json_bytes(openapi_document(OPERATIONS)))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(operation_id="tailEvents")  # it never ends; test_tail.py has it


class Served(NamedTuple):
    """A real server and who asks it."""

    url: str
    session: requests.Session
    admin: str
    portal: str


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A server in memory with an admin key, so that keys made on the way close nothing."""
    command = [sys.executable, "-m", "meterlark", "serve", "--memory", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, requests.Session() as session:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        made = session.post(f"{url}/api/v1/keys", json={"name": "admin", "scopes": ["admin"]}, timeout=30).json()
        admin = f"Bearer {made['key']}"
        token = session.post(f"{url}/api/v1/portal/tokens", json={"subject": "acme"}, headers={"authorization": admin}, timeout=30).json()
        yield Served(url, session, admin, f"Bearer {token['token']}")
        process.terminate()
        process.communicate(timeout=30)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_answer_is_in_the_document(case: Any, server: Served) -> None:
    """Status, content type, headers and body are as described, whatever was sent; a body that breaks the document is refused."""
    bearer = server.portal if "/portal/meters" in case.operation.path else server.admin
    response = case.call(base_url=server.url, headers={"authorization": bearer}, session=server.session)
    # Wrong parameters are not judged: some that the tool calls wrong are right once they are text, such as null.
    has_body = case.operation.method.upper() in {"POST", "PUT"}
    case.validate_response(response, checks=[*CHECKS, negative_data_rejection] if has_body else CHECKS)
    described = DOCUMENT["paths"][case.operation.path][case.operation.method.lower()]["responses"]
    assert str(response.status_code) in described or response.status_code in ANY_OPERATION
