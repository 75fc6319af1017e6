"""`GET /api/v1/events`: stored events, newest first, with the reasons why a meter could not read one."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.ledger.contract import Conflict, Record
from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.model.event import Event
from meterlark.model.void import EventName
from meterlark.server.cost import CostStory, cost_to_api
from meterlark.server.ingest import MeterReading, reading_to_api
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, check_order, read_time
from meterlark.server.voids import EventVoid, void_to_api
from meterlark.service.events import ListedEvent
from meterlark.service.explain import problems_of
from meterlark.service.principal import Scope
from meterlark.warehouse.contract import ListingFilter

LIMIT_DEFAULT: Final = 100
LIMIT_MAX: Final = 1_000
"""Events of one answer; the OpenMeter protocol has 100."""

CUSTOMERS_MAX: Final = 100
ClientId = Annotated[str, Meta(min_length=1, max_length=36, description="Name of the client's request, for its own use.")]


class ListEventsQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which events to list."""

    id: Annotated[str, Meta(description="Part of the event's id.")] | None = None
    subject: Annotated[str, Meta(description="The whole subject.")] | None = None
    customer_id: Annotated[list[str], Meta(max_length=CUSTOMERS_MAX, description="Events of these customers.")] = []
    from_: Annotated[Time, Meta(description="First event time, inclusive.")] | None = msgspec.field(name="from", default=None)
    to: Annotated[Time, Meta(description="End of the event times, exclusive.")] | None = None
    ingested_at_from: Annotated[Time, Meta(description="First time of receipt, inclusive.")] | None = None
    ingested_at_to: Annotated[Time, Meta(description="End of the times of receipt, exclusive.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="Most events returned.")] = LIMIT_DEFAULT
    client_id: ClientId | None = None


class StoredEvent(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One stored event.

    Attributes:
        event: The CloudEvent as it was sent, with the time that counts.
        ingested_at: When it was accepted.
        stored_at: When it was on disk; the same transaction.
        customer_id: Whose usage it is.
        validation_error: Why meters of its type could not read it, one reason a line; missing when all could.
        void: By whom, when and why it was voided; missing when it was not.
    """

    event: msgspec.Raw
    ingested_at: datetime
    stored_at: datetime
    customer_id: str | None = None
    validation_error: str | None = None
    void: EventVoid | None = None


async def list_events(call: Call) -> Reply:
    """Answer `GET /api/v1/events`."""
    query: ListEventsQuery = call.query
    condition = ListingFilter(
        id_part=query.id,
        subjects=None if query.subject is None else (query.subject,),
        start=read_time(query.from_, field="from"),
        end=read_time(query.to, field="to"),
        received_from=read_time(query.ingested_at_from, field="ingestedAtFrom"),
        received_to=read_time(query.ingested_at_to, field="ingestedAtTo"),
        limit=query.limit,
    )
    check_order(condition.start, condition.end, "from", "to")
    check_order(condition.received_from, condition.received_to, "ingestedAtFrom", "ingestedAtTo")
    listed = await call.services.events.listed(condition, by=call.principal, customers=query.customer_id)
    return Reply(OK, json_bytes([to_api(one) for one in listed]), JSON_TYPE)


def to_api(listed: ListedEvent) -> StoredEvent:
    """Return an event in the form of the API."""
    return StoredEvent(
        event=event_text(listed.event, listed.record),
        ingested_at=listed.record.received_at,
        stored_at=listed.record.received_at,
        customer_id=listed.customer_id,
        validation_error="\n".join(listed.problems) or None,
        void=None if listed.voiding is None else void_to_api(listed.voiding),
    )


class _Timed(msgspec.Struct):
    time: str | None = None


_timed: Final = msgspec.json.Decoder(_Timed)
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def event_text(event: Event, record: Record) -> msgspec.Raw:
    """Return the event's own text; where it carries no time that counts, the time of receipt is put in."""
    text = record.text
    sent = _timed.decode(text).time
    if sent is not None and not sent.startswith("0001-01-01"):
        return msgspec.Raw(text)
    members = _members.decode(text)
    return msgspec.Raw(msgspec.json.encode({**members, "time": event.time}))


class ExplainQuery(msgspec.Struct, frozen=True):
    """Which event."""

    id: Annotated[str, Meta(min_length=1, description="The event's id.")]
    source: Annotated[str, Meta(min_length=1, description="The event's source.")]


class OtherContent(msgspec.Struct, frozen=True, rename="camel"):
    """Another content that came under the identity of an event.

    Attributes:
        event: The event that counts.
        other: The other one, as it was sent first.
        received_at: When it came first.
        times: How often it came.
    """

    event: msgspec.Raw
    other: msgspec.Raw
    received_at: datetime
    times: int


class EventStory(msgspec.Struct, frozen=True, rename="camel"):
    """Everything about one event.

    Attributes:
        event: As it was sent, with the time that counts.
        sequence: Its place in the ledger.
        ingested_at: When it was accepted.
        stored_at: When it was on disk; the same transaction.
        meters: What each meter of its type made of it.
        validation_error: Why no meter, or not every one, measures it; null when all do.
        duplicates: How often the same content came again.
        conflicts: Other contents that came under its identity.
        cost: What it cost; null when no meter of its type asks for that.
        void: By whom, when and why it was voided; null when it counts.
        corrects: The voided event that it stands for; null when it stands for none.
    """

    event: msgspec.Raw
    sequence: int
    ingested_at: datetime
    stored_at: datetime
    meters: list[MeterReading]
    validation_error: str | None
    duplicates: int
    conflicts: list[OtherContent]
    cost: CostStory | None
    void: EventVoid | None
    corrects: EventName | None


class ListConflictsQuery(msgspec.Struct, frozen=True):
    """How many conflicts to list."""

    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="Most conflicts returned.")] = LIMIT_DEFAULT


async def explain_event(call: Call) -> Reply:
    """Answer `GET /api/v1/events/explain`."""
    query: ExplainQuery = call.query
    story = await call.services.explain.story(source=query.source, event_id=query.id, by=call.principal)
    answer = EventStory(
        event=event_text(story.event, story.record),
        sequence=story.record.sequence,
        ingested_at=story.record.received_at,
        stored_at=story.record.received_at,
        meters=[reading_to_api(reading) for reading in story.readings],
        validation_error="\n".join(problems_of(story.event, story.readings)) or None,
        duplicates=story.repeats.duplicates,
        conflicts=[_conflict_to_api(conflict) for conflict in story.repeats.conflicts],
        cost=None if story.cost is None else cost_to_api(story.cost),
        void=None if story.voiding is None else void_to_api(story.voiding),
        corrects=story.corrects,
    )
    return Reply(OK, json_bytes(answer), JSON_TYPE)


async def list_conflicts(call: Call) -> Reply:
    """Answer `GET /api/v1/events/conflicts`."""
    query: ListConflictsQuery = call.query
    conflicts = await call.services.events.conflicts(limit=query.limit, by=call.principal)
    return Reply(OK, json_bytes([_conflict_to_api(conflict) for conflict in conflicts]), JSON_TYPE)


def _conflict_to_api(conflict: Conflict) -> OtherContent:
    return OtherContent(msgspec.Raw(conflict.first.text), msgspec.Raw(conflict.text), conflict.received_at, conflict.times)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/events",
        name="listEvents",
        summary="List stored events, newest event time first.",
        tag="events",
        scope=Scope.READ,
        handler=list_events,
        query=ListEventsQuery,
        answers=(Answer(OK, "The events.", (Content(JSON_TYPE, list[StoredEvent]),)),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
    Operation(
        method="GET",
        path="/api/v1/events/explain",
        name="explainEvent",
        summary="Tell everything about one event: which meters measured it, with which value, or why not; and what came again.",
        tag="events",
        scope=Scope.READ,
        handler=explain_event,
        query=ExplainQuery,
        answers=(Answer(OK, "Its story.", (Content(JSON_TYPE, EventStory),)),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
    Operation(
        method="GET",
        path="/api/v1/events/conflicts",
        name="listConflicts",
        summary="List other contents that came under the identity of a stored event, newest first.",
        tag="events",
        scope=Scope.READ,
        handler=list_conflicts,
        query=ListConflictsQuery,
        answers=(Answer(OK, "The conflicts.", (Content(JSON_TYPE, list[OtherContent]),)),),
        problems=(InvalidInputError, UnavailableError),
    ),
)
