"""Every operation of the API, in the order of the document."""

from functools import cache
from typing import Final

from meterlark.server import (
    audit,
    backtest,
    charges,
    customers,
    events,
    events_v2,
    features,
    health,
    info,
    ingest,
    keys,
    meters,
    periods,
    portal,
    query,
    rate_cards,
    subjects,
    tail,
    unmeasured,
    v3_customers,
    v3_events,
    v3_meters,
    v3_query,
    voids,
)
from meterlark.server.openapi import openapi_document
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes


async def get_openapi(_call: Call) -> Reply:
    """Answer `GET /api/openapi.json`."""
    return Reply(OK, _document(), JSON_TYPE)


@cache
def _document() -> bytes:
    return json_bytes(openapi_document(OPERATIONS))


_DOCUMENTS: Final = tuple(
    Operation(
        method="GET",
        path=path,
        name=name,
        summary="This document.",
        tag="operations",
        scope=None,
        handler=get_openapi,
        answers=(Answer(OK, "The document.", (Content(JSON_TYPE, dict),)),),
    )
    for path, name in (("/api/openapi.json", "getOpenApi"), ("/api/swagger.json", "getSwagger"))
)

OPERATIONS: Final = (
    ingest.OPERATION,
    *events.OPERATIONS,
    *unmeasured.OPERATIONS,
    *voids.OPERATIONS,
    *tail.OPERATIONS,
    *events_v2.OPERATIONS,
    *meters.OPERATIONS,
    *backtest.OPERATIONS,
    *query.OPERATIONS,
    *customers.OPERATIONS,
    *subjects.OPERATIONS,
    *features.OPERATIONS,
    *rate_cards.OPERATIONS,
    *charges.OPERATIONS,
    *periods.OPERATIONS,
    *portal.OPERATIONS,
    *keys.OPERATIONS,
    *audit.OPERATIONS,
    *info.OPERATIONS,
    *v3_events.OPERATIONS,
    *v3_meters.OPERATIONS,
    *v3_query.OPERATIONS,
    *v3_customers.OPERATIONS,
    *health.OPERATIONS,
    *_DOCUMENTS,
)
