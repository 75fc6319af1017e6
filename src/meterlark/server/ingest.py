"""`POST /api/v1/events` and its twin under `/api/v3`: one event or a batch, stored before it is answered.

The busiest route, so it is served without the layers of the others. Success is 204 without a body; with `Prefer: return=representation` it
is 200 and says what became of each event; with `dry_run=true` it is 200, says what would become of each, and nothing is stored.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.ledger.contract import Verdict
from meterlark.model.errors import ForbiddenError, InvalidInputError, TooLargeError, UnavailableError, UnsupportedMediaTypeError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX, Event
from meterlark.server.body import read_body
from meterlark.server.cloudevents import BATCH_TYPE, EVENT_TYPE, mode_of, read_events
from meterlark.server.operation import Answer, Content, Operation
from meterlark.server.parameters import read_query
from meterlark.server.problem import ACCEPTED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Number, Receive, Reply, json_bytes
from meterlark.server.times import Time
from meterlark.service.explain import Reading, read_by_meters
from meterlark.service.principal import Principal, Scope
from meterlark.service.services import Services

PATH: Final = "/api/v1/events"
PATH_V3: Final = "/api/v3/openmeter/events"

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


class MeterReading(msgspec.Struct, frozen=True, rename="camel"):
    """What one meter would make of an event.

    Attributes:
        meter: Its slug.
        value: The number it reads; null for a meter that counts, and for an event it cannot read.
        text: The text it reads, for UNIQUE_COUNT; null otherwise.
        group_by: Text of each of its dimensions.
        reason: Why it cannot read it; null when it can.
    """

    meter: str
    value: Number | None
    text: str | None
    group_by: dict[str, str]
    reason: str | None


class DryRunEventResult(msgspec.Struct, frozen=True):
    """What would become of one event.

    Attributes:
        id: As sent.
        source: As sent.
        verdict: As in `EventResult`.
        meters: What each meter of its type would make of it; empty when none measures it.
    """

    id: str
    source: str
    verdict: Verdict
    meters: list[MeterReading]


class DryRunResult(msgspec.Struct, frozen=True):
    """What a request would do; nothing was stored.

    Attributes:
        new: Events that would be counted.
        duplicate: Events that were counted before.
        conflict: Events whose identity came before with another content.
        results: One for each event.
    """

    new: int
    duplicate: int
    conflict: int
    results: list[DryRunEventResult]


class IngestQuery(msgspec.Struct, frozen=True):
    """How to take events."""

    dry_run: Annotated[bool, Meta(description="Say what the request would do, and store nothing.")] = False


async def ingest(
    services: Services,
    principal: Principal,
    headers: Mapping[bytes, bytes],
    receive: Receive,
    *,
    query_string: bytes,
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
    is_dry_run = bool(query_string) and read_query(IngestQuery, query_string).dry_run
    mode = mode_of(headers)
    body = await read_body(headers, receive, bytes_max=body_bytes_max)
    received_at = services.now()
    events = read_events(mode, headers, body, received_at=received_at, limit=batch_events_max)
    if principal.subjects is not None or principal.sources is not None:
        for position, event in enumerate(events):
            principal.require_writable(event, what=f"event {position}")
    if is_dry_run:
        return Reply(OK, json_bytes(_dry_run_result(events, await services.ingest.judge(events), services)), JSON_TYPE)
    verdicts = await services.ingest.accept(events, received_at=received_at)
    prefer = headers.get(b"prefer")
    if prefer is None or b"return=representation" not in prefer.lower():
        return success
    return Reply(OK, json_bytes(_result(events, verdicts)), JSON_TYPE, (("preference-applied", "return=representation"),))


def _result(events: Sequence[Event], verdicts: Sequence[Verdict]) -> IngestResult:
    counts = Counter(verdicts)
    results = [EventResult(event.id, event.source, verdict) for event, verdict in zip(events, verdicts, strict=True)]
    return IngestResult(counts[Verdict.NEW], counts[Verdict.DUPLICATE], counts[Verdict.CONFLICT], results)


def _dry_run_result(events: Sequence[Event], verdicts: Sequence[Verdict], services: Services) -> DryRunResult:
    counts = Counter(verdicts)
    meters = services.meters.live()
    results = [
        DryRunEventResult(event.id, event.source, verdict, list(map(reading_to_api, read_by_meters(event, meters, services.costs))))
        for event, verdict in zip(events, verdicts, strict=True)
    ]
    return DryRunResult(counts[Verdict.NEW], counts[Verdict.DUPLICATE], counts[Verdict.CONFLICT], results)


def reading_to_api(reading: Reading) -> MeterReading:
    """Return what a meter made of an event in the form of the API."""
    is_text = isinstance(reading.value, str)
    value = None if is_text or reading.value is None else Decimal(reading.value)
    return MeterReading(reading.meter, value, str(reading.value) if is_text else None, reading.groups, reading.reason)


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
_RESULT: Final = Answer(
    OK, "With `Prefer: return=representation`, or what a dry run says.", (Content(JSON_TYPE, IngestResult | DryRunResult),)
)
_PROBLEMS: Final = (InvalidInputError, ForbiddenError, TooLargeError, UnsupportedMediaTypeError, UnavailableError)

OPERATION: Final = Operation(
    method="POST",
    path=PATH,
    name="ingestEvents",
    summary="Store one event or a batch; each identity (source, id) is counted once, for ever.",
    tag="events",
    scope=Scope.INGEST,
    query=IngestQuery,
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
    query=IngestQuery,
    body=_BODY,
    answers=(Answer(ACCEPTED, "Every event is on disk."), _RESULT),
    problems=_PROBLEMS,
)
