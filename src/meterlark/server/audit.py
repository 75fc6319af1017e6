"""`GET /api/v1/audit`: who changed what; and whether the log is whole."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.catalog.audit import StoredEntry
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.principal import Scope

LIMIT_MAX: Final = 1_000


class ListAuditQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which entries to list."""

    before: Annotated[int, Meta(ge=1, description="Only entries with a smaller number: the last one of the page before.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="Most entries returned.")] = 100


class AuditVerified(msgspec.Struct, frozen=True):
    """The chain holds.

    Attributes:
        entries: How many entries it has.
    """

    entries: int


async def list_audit(call: Call) -> Reply:
    """Answer `GET /api/v1/audit`."""
    query: ListAuditQuery = call.query
    return Reply(OK, json_bytes(await call.services.audit.entries(before=query.before, limit=query.limit)), JSON_TYPE)


async def verify_audit(call: Call) -> Reply:
    """Answer `GET /api/v1/audit/verify`."""
    return Reply(OK, json_bytes(AuditVerified(await call.services.audit.verify())), JSON_TYPE)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/audit",
        name="listAudit",
        summary="List management calls, newest first.",
        tag="audit",
        scope=Scope.ADMIN,
        handler=list_audit,
        query=ListAuditQuery,
        answers=(Answer(OK, "The entries.", (Content(JSON_TYPE, list[StoredEntry]),)),),
    ),
    Operation(
        method="GET",
        path="/api/v1/audit/verify",
        name="verifyAudit",
        summary="Check that no entry was changed or removed.",
        tag="audit",
        scope=Scope.ADMIN,
        handler=verify_audit,
        answers=(Answer(OK, "The chain holds.", (Content(JSON_TYPE, AuditVerified),)),),
    ),
)
