"""Every operation of the API, in the order of the document."""

from typing import Final

from meterlark.server import audit, customers, events, features, health, ingest, keys, meters, portal, query, subjects
from meterlark.server.openapi import openapi_document
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes


async def get_openapi(_call: Call) -> Reply:
    """Answer `GET /api/openapi.json`."""
    return Reply(OK, json_bytes(openapi_document(OPERATIONS)), JSON_TYPE)


_DOCUMENT: Final = Operation(
    method="GET",
    path="/api/openapi.json",
    name="getOpenApi",
    summary="This document.",
    tag="operations",
    scope=None,
    handler=get_openapi,
    answers=(Answer(OK, "The document.", (Content(JSON_TYPE, dict),)),),
)

OPERATIONS: Final = (
    ingest.OPERATION,
    *events.OPERATIONS,
    *meters.OPERATIONS,
    *query.OPERATIONS,
    *customers.OPERATIONS,
    *subjects.OPERATIONS,
    *features.OPERATIONS,
    *portal.OPERATIONS,
    *keys.OPERATIONS,
    *audit.OPERATIONS,
    *health.OPERATIONS,
    _DOCUMENT,
)
