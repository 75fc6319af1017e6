"""`GET /api/v2/events`: stored events by pages over all history, with conditions on each text and time."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from meterlark.metering.filter import Filter, Operator, read_filter
from meterlark.metering.time_filter import read_time_filter
from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.model.event import read_json
from meterlark.server.cursor import read_cursor, write_cursor
from meterlark.server.events import CUSTOMERS_MAX, LIMIT_DEFAULT, LIMIT_MAX, ClientId, StoredEvent, to_api
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.events import ListedEvent
from meterlark.service.principal import Scope
from meterlark.warehouse.contract import ListingFilter, Place, TextField, TimeField

_TEXTS: Final[dict[str, TextField]] = {"id": "id", "source": "source", "subject": "subject", "type": "type"}
_TIMES: Final[dict[str, TimeField]] = {"time": "time_us", "ingestedAt": "received_us"}


class ListEventsV2Query(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which events to list."""

    cursor: Annotated[str, Meta(description="`nextCursor` of the page before.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="Events of a page.")] = LIMIT_DEFAULT
    client_id: ClientId | None = None
    filter: (
        Annotated[
            str,
            Meta(
                description='JSON object of one filter by field: `id`, `source`, `subject`, `type` (such as `{"$like": "a%"}`),'
                " `customerId` (`$in`), `time`, `ingestedAt` (`$gte`, `$lt`).",
                examples=['{"subject": {"$eq": "acme"}}'],
            ),
        ]
        | None
    ) = None


class EventsPage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One page of events.

    Attributes:
        items: The events, newest event time first.
        next_cursor: Where the next page begins; missing when this one is not full.
    """

    items: list[StoredEvent]
    next_cursor: str | None = None


async def list_events(call: Call) -> Reply:
    """Answer `GET /api/v2/events`."""
    query: ListEventsV2Query = call.query
    condition, customers = read_conditions(_json_filters(query.filter))
    place = None if query.cursor is None else read_cursor(query.cursor, field="cursor")
    condition = msgspec.structs.replace(condition, after=place, limit=query.limit)
    listed = await call.services.events.listed(condition, by=call.principal, customers=customers)
    page = EventsPage(items=[to_api(one) for one in listed], next_cursor=next_cursor(listed, query.limit))
    return Reply(OK, json_bytes(page), JSON_TYPE)


def next_cursor(listed: list[ListedEvent], limit: int) -> str | None:
    """Return where the page behind a full one begins."""
    return write_cursor(Place(listed[-1].record.time_us, listed[-1].record.sequence)) if len(listed) == limit else None


def read_conditions(filters: Mapping[str, Any]) -> tuple[ListingFilter, tuple[str, ...]]:
    """Return the conditions of an object of filters, and the ids of the customers that it names.

    Raises:
        InvalidInputError: Names the field at fault.
    """
    texts: dict[TextField, Filter] = {}
    times: dict[TimeField, Any] = {}
    subjects: tuple[str, ...] | None = None
    customers: tuple[str, ...] = ()
    for name, value in filters.items():
        field = f"filter.{name[:80]}"
        if name == "customerId":
            customers = _whole_texts(read_filter(value, field=field), field)
        elif name == "subject" and (condition := read_filter(value, field=field)).operator in {Operator.EQ, Operator.IN}:
            subjects = condition.texts
        elif name in _TEXTS:
            texts[_TEXTS[name]] = read_filter(value, field=field)
        elif name in _TIMES:
            times[_TIMES[name]] = read_time_filter(value, field=field)
        else:
            raise InvalidInputError(f"filter names {name[:80]!r}; allowed are {', '.join([*_TEXTS, 'customerId', *_TIMES])}", field=field)
    return ListingFilter(subjects=subjects, texts=texts, times=times), customers


def _whole_texts(condition: Filter, field: str) -> tuple[str, ...]:
    if condition.operator not in {Operator.EQ, Operator.IN}:
        raise InvalidInputError(f"{field} has the operator {condition.operator}; allowed are $in and $eq", field=field)
    assert len(condition.texts) <= CUSTOMERS_MAX
    return condition.texts


def _json_filters(text: str | None) -> Mapping[str, Any]:
    if text is None:
        return {}
    try:
        filters = read_json(text.encode())
    except InvalidInputError as error:
        raise InvalidInputError(f"filter: {error}", field="filter") from error
    if not isinstance(filters, dict):
        raise InvalidInputError("filter must be a JSON object of filters by field", field="filter")
    return filters


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v2/events",
        name="listEventsV2",
        summary="List stored events by pages, newest event time first.",
        tag="events",
        scope=Scope.READ,
        handler=list_events,
        query=ListEventsV2Query,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, EventsPage),)),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
)
