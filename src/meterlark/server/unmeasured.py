"""`GET /api/v1/events/unmeasured`: stored events that are not measured, with the reasons and how many events each concerns."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.server.cursor import read_cursor, write_cursor
from meterlark.server.events import LIMIT_DEFAULT, LIMIT_MAX, event_text
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_span
from meterlark.service.principal import Scope
from meterlark.service.unmeasured import READ_MAX, NotMeasured


class ListUnmeasuredQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to look at."""

    meter: Annotated[str, Meta(description="Slug or id of the only meter asked about; all meters when not given.")] | None = None
    from_: Annotated[Time, Meta(description="First event time, inclusive.")] | None = msgspec.field(name="from", default=None)
    to: Annotated[Time, Meta(description="End of the event times, exclusive.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="Most events of a page.")] = LIMIT_DEFAULT
    cursor: Annotated[str, Meta(description="`nextCursor` of the page before.")] | None = None


class UnmeasuredReason(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Why an event is not measured.

    Attributes:
        meter: Slug of the meter that could not read it; missing when no meter has its type.
        reason: In words.
    """

    meter: str | None = None
    reason: str


class ReasonCount(UnmeasuredReason, frozen=True, omit_defaults=True, kw_only=True):
    """How many events of a page a reason concerns.

    Attributes:
        events: How many.
    """

    events: int


class UnmeasuredEvent(msgspec.Struct, frozen=True, rename="camel"):
    """One event that is not measured by every meter of its type.

    Attributes:
        event: The CloudEvent as it was sent, with the time that counts.
        ingested_at: When it was accepted.
        reasons: One for each meter that could not read it.
    """

    event: msgspec.Raw
    ingested_at: datetime
    reasons: list[UnmeasuredReason]


class UnmeasuredEventsPage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One page; a page may have fewer events than its limit, or none, and not be the last.

    Attributes:
        items: Newest event time first.
        counts: How many of them each reason concerns, the most frequent first.
        events_read: How many events were looked at for this page, measured ones included.
        next_cursor: Where the next page begins; missing when every event has been looked at.
    """

    items: list[UnmeasuredEvent]
    counts: list[ReasonCount]
    events_read: int
    next_cursor: str | None = None


async def list_unmeasured(call: Call) -> Reply:
    """Answer `GET /api/v1/events/unmeasured`."""
    query: ListUnmeasuredQuery = call.query
    start, end = read_span(query.from_, query.to)
    page = await call.services.unmeasured.page(
        meter=None if query.meter is None else (await call.services.meters.get(query.meter)).meter,
        start=start,
        end=end,
        behind=None if query.cursor is None else read_cursor(query.cursor, field="cursor"),
        limit=query.limit,
        by=call.principal,
    )
    answer = UnmeasuredEventsPage(
        items=[_to_api(one) for one in page.events],
        counts=[ReasonCount(meter=reason.meter, reason=reason.text, events=events) for reason, events in page.counts],
        events_read=page.read,
        next_cursor=None if page.behind is None else write_cursor(page.behind),
    )
    return Reply(OK, json_bytes(answer), JSON_TYPE)


def _to_api(one: NotMeasured) -> UnmeasuredEvent:
    reasons = [UnmeasuredReason(meter=reason.meter, reason=reason.text) for reason in one.reasons]
    return UnmeasuredEvent(event_text(one.event, one.record), one.record.received_at, reasons)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/events/unmeasured",
        name="listUnmeasuredEvents",
        summary=f"List stored events that are not measured, with the reasons; a page looks at {READ_MAX:,} events at most.",
        tag="events",
        scope=Scope.READ,
        handler=list_unmeasured,
        query=ListUnmeasuredQuery,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, UnmeasuredEventsPage),)),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
)
