"""`GET /api/v1/events/tail`: stored events as they come, as server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import ForbiddenError, InvalidInputError, UnavailableError
from meterlark.server.events import to_api
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import StreamReply, json_bytes
from meterlark.service.events import ListedEvent
from meterlark.service.principal import Scope
from meterlark.service.tail import TailFilter

STREAM_TYPE: Final = "text/event-stream"
_LAST_EVENT_ID: Final = b"last-event-id"
PAUSE: Final = b":\n\n"
"""A comment: it keeps the connection open and says nothing."""


class TailQuery(msgspec.Struct, frozen=True):
    """Which events to follow."""

    subject: Annotated[str, Meta(description="The whole subject.")] | None = None
    type: Annotated[str, Meta(description="The whole type.")] | None = None
    after: Annotated[int, Meta(ge=0, description="Begin after this place in the ledger; with what comes now when not given.")] | None = None


class TailMessage(msgspec.Struct, frozen=True):
    """One message of the tail, as a reader of server-sent events gives it.

    Attributes:
        id: The event's place in the ledger; send it as `last-event-id` to go on after it.
        data: JSON text of a stored event, as in the list of events.
    """

    id: str
    data: str


async def tail_events(call: Call) -> StreamReply:
    """Answer `GET /api/v1/events/tail`; each event's id is its place in the ledger, so a browser that reconnects misses nothing."""
    query: TailQuery = call.query
    last = last_seen(call.headers)
    after = query.after if last is None else last
    followed = call.services.tail.follow(TailFilter(query.subject, query.type), after=after, by=call.principal)
    return StreamReply(OK, STREAM_TYPE, _frames(followed))


def last_seen(headers: Mapping[bytes, bytes]) -> int | None:
    """Return the place of the last event that a client which comes back has seen; None for one that has seen none.

    Raises:
        InvalidInputError: It is no place.
    """
    last = headers.get(_LAST_EVENT_ID)
    if last is None:
        return None
    if not last.isdigit() or len(last) > 18:
        raise InvalidInputError(f"last-event-id is {last[:40].decode('latin-1')!r}; allowed is a whole number", field="last-event-id")
    return int(last)


async def _frames(followed: AsyncIterator[list[ListedEvent]]) -> AsyncIterator[bytes]:
    yield PAUSE  # so that the client knows at once that it is connected
    async for listed in followed:
        yield b"".join(_frame(one) for one in listed) or PAUSE


def _frame(listed: ListedEvent) -> bytes:
    # JSON text may be sent with line ends between its members; a data line cannot hold them.
    text = msgspec.json.format(json_bytes(to_api(listed)), indent=-1)
    return b"id: %d\ndata: %b\n\n" % (listed.record.sequence, text)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/events/tail",
        name="tailEvents",
        summary="Follow stored events as they come; each message is one event with its place in the ledger as id.",
        tag="events",
        scope=Scope.READ,
        handler=tail_events,
        query=TailQuery,
        answers=(Answer(OK, "The events, until the client leaves.", (Content(STREAM_TYPE, TailMessage),)),),
        problems=(InvalidInputError, ForbiddenError, UnavailableError),
    ),
)
