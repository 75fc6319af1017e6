"""`POST /api/v1/events` and its twin under `/api/v3`: one event or a batch, stored before it is answered.

The busiest route, so it is served without the layers of the others. Content types may carry parameters; `application/json` takes an event
or an array; with `ce-` headers the body is the data of one event in binary mode. Success is 204 (v3: 202) without a body; with
`Prefer: return=representation` it is 200 and says what became of each event.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.ledger.contract import Verdict
from meterlark.model.errors import ForbiddenError, InvalidInputError, TooLargeError, UnavailableError, UnsupportedMediaTypeError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX, DEFAULT_NAMESPACE, Event, decode_any, decode_batch, decode_event
from meterlark.server.binary_mode import decode_binary_event, is_binary_mode
from meterlark.server.body import read_body
from meterlark.server.operation import Answer, Content, Operation
from meterlark.server.problem import ACCEPTED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Receive, Reply, json_bytes
from meterlark.server.times import Time
from meterlark.service.principal import Principal, Scope
from meterlark.service.services import Services

PATH: Final = "/api/v1/events"
PATH_V3: Final = "/api/v3/openmeter/events"
EVENT_TYPE: Final = "application/cloudevents+json"
BATCH_TYPE: Final = "application/cloudevents-batch+json"

SUCCESS: Final = {PATH: Reply(NO_CONTENT), PATH_V3: Reply(ACCEPTED)}
"""The reply to stored events, by path."""


class EventResult(msgspec.Struct, frozen=True):
    """What became of one event.

    Attributes:
        id: As sent.
        source: As sent.
        verdict: `new`, `duplicate` (the same content came before) or `conflict` (another content came before; that one counts).
    """

    id: str
    source: str
    verdict: Verdict


class IngestResult(msgspec.Struct, frozen=True):
    """What became of the events of one request, in their order.

    Attributes:
        new: Events counted now.
        duplicate: Events that had been counted before.
        conflict: Events whose identity had come before with another content; kept and listed, not counted.
        results: One for each event.
    """

    new: int
    duplicate: int
    conflict: int
    results: list[EventResult]


async def ingest(
    services: Services,
    principal: Principal,
    headers: Mapping[bytes, bytes],
    receive: Receive,
    *,
    success: Reply,
    body_bytes_max: int,
    batch_events_max: int,
) -> Reply:
    """Store the events of a request; they are on disk when this returns.

    Raises:
        InvalidInputError: An event is not valid; nothing of the request was stored.
        TooLargeError: Too many bytes or events.
        UnsupportedMediaTypeError: Another content type.
        ForbiddenError: The key does not allow it, or not for one of the events; nothing was stored.
        UnavailableError: Nothing was stored; the same request may be sent again.
    """
    principal.require(Scope.INGEST)
    read = decode_binary_event if is_binary_mode(headers) else _reader(headers.get(b"content-type", b""))
    body = await read_body(headers, receive, bytes_max=body_bytes_max)
    received_at = services.now()
    if read is decode_event:
        events: Sequence[Event] = [decode_event(body, namespace=DEFAULT_NAMESPACE, received_at=received_at)]
    elif read is decode_binary_event:
        events = [decode_binary_event(headers, body, namespace=DEFAULT_NAMESPACE, received_at=received_at)]
    elif read is decode_batch:
        events = decode_batch(body, namespace=DEFAULT_NAMESPACE, received_at=received_at, limit=batch_events_max)
    else:
        events = decode_any(body, namespace=DEFAULT_NAMESPACE, received_at=received_at, limit=batch_events_max)
    if principal.subjects is not None or principal.sources is not None:
        _check_bindings(principal, events)
    verdicts = await services.ingest.accept(events, received_at=received_at)
    prefer = headers.get(b"prefer")
    if prefer is None or b"return=representation" not in prefer.lower():
        return success
    return Reply(OK, json_bytes(_result(events, verdicts)), JSON_TYPE, (("preference-applied", "return=representation"),))


def _check_bindings(principal: Principal, events: Sequence[Event]) -> None:
    for position, event in enumerate(events):
        for name, value, allowed in (("subject", event.subject, principal.subjects), ("source", event.source, principal.sources)):
            if allowed is not None and value not in allowed:
                raise ForbiddenError(f"event {position}: the key may not write the {name} {value[:80]!r}")


def _reader(content_type: bytes) -> object:
    """Return the decoder of a content type; parameters such as `charset=utf-8` are allowed."""
    name = content_type.partition(b";")[0].strip().lower()
    if name == b"application/cloudevents-batch+json":
        return decode_batch
    if name == b"application/cloudevents+json":
        return decode_event
    if name == b"application/json":
        return decode_any
    raise UnsupportedMediaTypeError(
        f"invalid content type: {content_type[:80].decode('latin-1') or 'none'}; allowed are {EVENT_TYPE}, {BATCH_TYPE} and {JSON_TYPE}",
        field="content-type",
    )


def _result(events: Sequence[Event], verdicts: Sequence[Verdict]) -> IngestResult:
    counts = Counter(verdicts)
    results = [EventResult(event.id, event.source, verdict) for event, verdict in zip(events, verdicts, strict=True)]
    return IngestResult(counts[Verdict.NEW], counts[Verdict.DUPLICATE], counts[Verdict.CONFLICT], results)


_EXAMPLE: Final = {
    "specversion": "1.0",
    "id": "chatcmpl-1",
    "source": "my-app",
    "type": "openai",
    "subject": "acme",
    "time": "2026-11-25T08:30:00Z",
    "data": {"prompt_tokens": 12, "completion_tokens": 30, "total_tokens": 42, "model": "gpt-4o-mini"},
}


Attribute = Annotated[str, Meta(min_length=1, max_length=ATTRIBUTE_LENGTH_MAX)]


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One CloudEvent 1.0 in structured mode; other attributes are extensions and are kept.

    Attributes:
        id: Unique together with `source`: the idempotency key.
        source: Who produced the event.
        specversion: Always `1.0`.
        type: Which meters look at it.
        subject: Who or what used it.
        time: When it happened, RFC 3339; the time of receipt when not given.
        data: What the meters measure.
        datacontenttype: `application/json` or nothing.
        dataschema: A URI or nothing.
    """

    id: Attribute
    source: Attribute
    specversion: Literal["1.0"]
    type: Attribute
    subject: Attribute
    time: Time | None = None
    data: dict[str, msgspec.Raw] | None = None
    datacontenttype: str | None = None
    dataschema: Annotated[str, Meta(min_length=1)] | None = None


_BODY: Final = (
    Content(EVENT_TYPE, CloudEvent, _EXAMPLE),
    Content(BATCH_TYPE, list[CloudEvent], [_EXAMPLE]),
    Content(JSON_TYPE, CloudEvent | list[CloudEvent], _EXAMPLE),
)
_RESULT: Final = Answer(OK, "The same, with `Prefer: return=representation`.", (Content(JSON_TYPE, IngestResult),))
_PROBLEMS: Final = (InvalidInputError, ForbiddenError, TooLargeError, UnsupportedMediaTypeError, UnavailableError)

OPERATION: Final = Operation(
    method="POST",
    path=PATH,
    name="ingestEvents",
    summary="Store one event or a batch; each identity (source, id) is counted once, for ever.",
    tag="events",
    scope=Scope.INGEST,
    body=_BODY,
    answers=(Answer(NO_CONTENT, "Every event is on disk."), _RESULT),
    problems=_PROBLEMS,
)

OPERATION_V3: Final = Operation(
    method="POST",
    path=PATH_V3,
    name="ingestMeteringEvents",
    summary="Store one event or a batch; each identity (source, id) is counted once, for ever.",
    tag="v3 events",
    scope=Scope.INGEST,
    body=_BODY,
    answers=(Answer(ACCEPTED, "Every event is on disk."), _RESULT),
    problems=_PROBLEMS,
)
