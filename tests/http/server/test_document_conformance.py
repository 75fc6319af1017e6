"""Requests made from the OpenAPI document, right and wrong ones: no server error, and every answer is one that the document describes."""

import fcntl
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
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
"""Random requests for each operation at most, beside those at the edges of each rule: some 8,900 in all."""

REQUESTS_MIN = 2_000
"""Fewer of them in all, and something keeps the tool from asking; far below, because how many it finds to ask differs from run to run."""

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
ASKED = {
    f"{method.upper()} {path}"
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if operation["operationId"] != "tailEvents"
}
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(operation_id="tailEvents")  # it never ends; test_tail.py has it


class Served(NamedTuple):
    """A real server, who asks it, and how often each operation was asked."""

    url: str
    session: requests.Session
    admin: str
    portal: str
    counts: Counter[str]


@pytest.fixture(scope="module")
def server(counted: Path) -> Iterator[Served]:
    """A server in memory with an admin key, so that keys made on the way close nothing."""
    command = [sys.executable, "-m", "meterlark", "serve", "--memory", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, requests.Session() as session:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        made = session.post(f"{url}/api/v1/keys", json={"name": "admin", "scopes": ["admin"]}, timeout=30).json()
        admin = f"Bearer {made['key']}"
        token = session.post(f"{url}/api/v1/portal/tokens", json={"subject": "acme"}, headers={"authorization": admin}, timeout=30).json()
        counts: Counter[str] = Counter()
        yield Served(url, session, admin, f"Bearer {token['token']}", counts)
        process.terminate()
        process.communicate(timeout=30)
    add_counts(counted, counts)


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Give a file for the counts of this run, the same to all workers among whom the operations are divided."""
    own = tmp_path_factory.getbasetemp()
    return (own if worker_id == "master" else own.parent) / "requests-made.jsonl"


def add_counts(path: Path, counts: Counter[str]) -> None:
    """Note what a worker asked; once every operation has been asked, there must have been enough requests."""
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(counts) + "\n")
        file.seek(0)
        total = sum((Counter(json.loads(line)) for line in file), Counter[str]())
    assert total.keys() <= ASKED
    if total.keys() == ASKED:
        assert total.total() >= REQUESTS_MIN, total


def test_too_few_requests_are_noticed(tmp_path: Path) -> None:
    """Of all workers together, and not before the last of them is done."""
    first, *others = sorted(ASKED)
    add_counts(tmp_path / "counts", Counter({first: REQUESTS_MIN - len(ASKED)}))
    with pytest.raises(AssertionError):
        add_counts(tmp_path / "counts", Counter(others))
    add_counts(tmp_path / "counts", Counter([first]))


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
    server.counts[f"{case.operation.method.upper()} {case.operation.path}"] += 1
    # Wrong parameters are not judged: some that the tool calls wrong are right once they are text, such as null.
    has_body = case.operation.method.upper() in {"POST", "PUT"}
    case.validate_response(response, checks=[*CHECKS, negative_data_rejection] if has_body else CHECKS)
    described = DOCUMENT["paths"][case.operation.path][case.operation.method.lower()]["responses"]
    assert str(response.status_code) in described or response.status_code in ANY_OPERATION
