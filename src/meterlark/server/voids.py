"""`POST /api/v1/events/void` and `…/correct`: a stored event is taken out of every count, and another one may take its place."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UnavailableError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX
from meterlark.model.void import VOID_SOURCE, EventName
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import CREATED, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.principal import Scope
from meterlark.service.voids import Voiding

REASON_LENGTH_MAX: Final = 1024

Attribute = Annotated[str, Meta(min_length=1, max_length=ATTRIBUTE_LENGTH_MAX)]
Reason = Annotated[str, Meta(min_length=1, max_length=REASON_LENGTH_MAX)]


class VoidBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which event counts no more.

    Attributes:
        source: Of the event.
        id: Of the event.
        reason: Why, for people; kept for ever.
    """

    source: Attribute
    id: Attribute
    reason: Reason


class CorrectBody(VoidBody, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which event counts no more, and what counts instead.

    Attributes:
        correction: A CloudEvent with an identity of its own.
    """

    correction: dict[str, msgspec.Raw]


class EventVoid(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """That an event is voided.

    Attributes:
        source: Of the event that counts no more.
        id: Of the event that counts no more.
        void: The event that says so; it can be listed and explained like any other.
        voided_at: When.
        by: Who said so, as in the audit log.
        reason: Why, for people.
        correction: The event that counts instead; missing when there is none.
    """

    source: str
    id: str
    void: EventName
    voided_at: datetime
    by: str
    reason: str
    correction: EventName | None = None


def void_to_api(voiding: Voiding) -> EventVoid:
    """Return a void in the form of the API."""
    void = voiding.void
    return EventVoid(
        source=void.event.source,
        id=void.event.id,
        void=EventName(VOID_SOURCE, voiding.void_id),
        voided_at=voiding.record.time,
        by=void.by,
        reason=void.reason,
        correction=void.correction,
    )


async def void_event(call: Call) -> Reply:
    """Answer `POST /api/v1/events/void`."""
    body: VoidBody = call.body
    voiding = await call.services.voids.void(EventName(body.source, body.id), reason=body.reason, within=call.principal, by=call.actor)
    return Reply(OK, json_bytes(void_to_api(voiding)), JSON_TYPE)


async def correct_event(call: Call) -> Reply:
    """Answer `POST /api/v1/events/correct`."""
    body: CorrectBody = call.body
    voiding = await call.services.voids.correct(
        EventName(body.source, body.id), body.correction, reason=body.reason, within=call.principal, by=call.actor
    )
    return Reply(CREATED, json_bytes(void_to_api(voiding)), JSON_TYPE)


_VOID_EXAMPLE: Final = {"source": "my-app", "id": "sent-by-mistake", "reason": "a test run with the key of production"}
_CORRECT_EXAMPLE: Final[dict[str, Any]] = {
    "source": "my-app",
    "id": "counted-wrong",
    "reason": "cached tokens were left out",
    "correction": {
        "specversion": "1.0",
        "id": "counted-right",
        "source": "my-app",
        "type": "openai",
        "subject": "acme",
        "time": "2026-11-25T08:30:00Z",
        "data": {"prompt_tokens": 1036, "completion_tokens": 30, "total_tokens": 1066, "model": "gpt-4o-mini"},
    },
}
_PROBLEMS: Final = (InvalidInputError, ForbiddenError, NotFoundError, ConflictError, UnavailableError)

OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/events/void",
        name="voidEvent",
        summary="Take an event out of every count; it stays stored, and its identity stays taken.",
        tag="events",
        scope=Scope.ADMIN,
        handler=void_event,
        body=(Content(JSON_TYPE, VoidBody, _VOID_EXAMPLE),),
        answers=(Answer(OK, "It counts no more.", (Content(JSON_TYPE, EventVoid),)),),
        problems=_PROBLEMS,
    ),
    Operation(
        method="POST",
        path="/api/v1/events/correct",
        name="correctEvent",
        summary="Take an event out of every count and store another one instead, both or neither.",
        tag="events",
        scope=Scope.ADMIN,
        handler=correct_event,
        body=(Content(JSON_TYPE, CorrectBody, _CORRECT_EXAMPLE),),
        answers=(Answer(CREATED, "The other one counts instead.", (Content(JSON_TYPE, EventVoid),)),),
        problems=_PROBLEMS,
    ),
)
