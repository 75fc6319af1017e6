"""`GET /api/v3/openmeter/events`: stored events by pages, newest first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.server.cursor import read_cursor
from meterlark.server.events import event_text
from meterlark.server.events_v2 import next_cursor, read_conditions
from meterlark.server.ingest import OPERATION_V3, PATH_V3
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.v3 import CursorPage, check_parts, read_size
from meterlark.service.events import ListedEvent
from meterlark.service.principal import Scope

_FIELDS: Final = {
    "id": "id",
    "source": "source",
    "subject": "subject",
    "type": "type",
    "customer_id": "customerId",
    "time": "time",
    "ingested_at": "ingestedAt",
    "stored_at": "ingestedAt",
}
_OPERATORS: Final = {"eq": "$eq", "neq": "$ne", "gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}
_SORTS: Final = ("time", "time desc")


class ListMeteringEventsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to list."""

    page: CursorPage = {}
    filter: Annotated[
        dict[str, list[str]],
        Meta(
            description="`filter[subject][eq]=acme`: fields are id, source, subject, type, customer_id, time, ingested_at and stored_at;"
            " operators eq (also left out), neq, oeq (any of a list with commas), contains, gt, gte, lt, lte."
        ),
    ] = {}
    sort: Annotated[str, Meta(description="`time desc`, the only order.")] = "time desc"


class CustomerReference(msgspec.Struct, frozen=True):
    """Whose usage an event is.

    Attributes:
        id: ULID.
    """

    id: str


class MeteringEventAnswer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One stored event.

    Attributes:
        event: The CloudEvent as it was sent, with the time that counts.
        customer: Whose usage it is.
        ingested_at: When it was accepted.
        stored_at: When it was on disk; the same transaction.
        validation_errors: Why meters of its type could not read it; missing when all could.
    """

    event: msgspec.Raw
    customer: CustomerReference | None = None
    ingested_at: datetime
    stored_at: datetime
    validation_errors: tuple[str, ...] = ()


class CursorNumbers(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where the next page is.

    Attributes:
        size: Most entries of a page.
        next: Path and parameters of the next page; missing when this one is not full.
    """

    size: int
    next: str | None = None


class CursorMeta(msgspec.Struct, frozen=True):
    """About a page.

    Attributes:
        page: Where the next one is.
    """

    page: CursorNumbers


class MeteringEventsPage(msgspec.Struct, frozen=True):
    """One page of events.

    Attributes:
        data: The events, newest event time first.
        meta: About the page.
    """

    data: list[MeteringEventAnswer]
    meta: CursorMeta


async def list_events(call: Call) -> Reply:
    """Answer `GET /api/v3/openmeter/events`."""
    query: ListMeteringEventsQuery = call.query
    if query.sort not in _SORTS:
        raise InvalidInputError(f"sort is {query.sort[:80]!r}; allowed is {_SORTS[-1]!r}", field="sort")
    check_parts(query.page, ("size", "after"))
    size = read_size(query.page)
    condition, customers = read_conditions(_filters(query.filter))
    place = read_cursor(query.page["after"][0], field="page[after]") if "after" in query.page else None
    condition = msgspec.structs.replace(condition, after=place, limit=size)
    listed = await call.services.events.listed(condition, by=call.principal, customers=customers)
    cursor = next_cursor(listed, size)
    page = CursorNumbers(size=size, next=None if cursor is None else _address(query, size, cursor))
    return Reply(OK, json_bytes(MeteringEventsPage([_to_api(one) for one in listed], CursorMeta(page))), JSON_TYPE)


def _filters(asked: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the filters in the form of v2."""
    filters: dict[str, Any] = {}
    for key, texts in asked.items():
        name, _, operator = key.partition(".")
        field = f"filter[{name[:80]}]"
        if name not in _FIELDS:
            raise InvalidInputError(f"unknown parameter {field}; allowed are {', '.join(f'filter[{one}]' for one in _FIELDS)}", field=field)
        if len(texts) != 1:
            raise InvalidInputError(f"{field} is given more than once; it takes one value", field=field)
        condition = _condition(operator or "eq", texts[0], field)
        known = filters.get(_FIELDS[name])
        if known is not None and (name == "customer_id" or "$and" in known):
            raise InvalidInputError(f"{field} has too many operators; at most two are accepted, and one for customer_id", field=field)
        filters[_FIELDS[name]] = condition if known is None else {"$and": [known, condition]}
    return filters


def _condition(operator: str, text: str, field: str) -> dict[str, Any]:
    if operator in _OPERATORS:
        return {_OPERATORS[operator]: text}
    if operator == "oeq":
        return {"$in": text.split(",")}
    if operator == "contains":
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return {"$like": f"%{escaped}%"}
    allowed = ", ".join([*_OPERATORS, "oeq", "contains"])
    raise InvalidInputError(f"{field} has the operator {operator[:80]!r}; allowed are {allowed}", field=field)


def _address(query: ListMeteringEventsQuery, size: int, cursor: str) -> str:
    pairs = [("page[size]", str(size)), ("page[after]", cursor)]
    for key, texts in query.filter.items():
        name, _, operator = key.partition(".")
        pairs += [(f"filter[{name}][{operator}]" if operator else f"filter[{name}]", text) for text in texts]
    return f"{PATH_V3}?{urlencode(pairs)}"


def _to_api(listed: ListedEvent) -> MeteringEventAnswer:
    return MeteringEventAnswer(
        event=event_text(listed.event, listed.record),
        customer=None if listed.customer_id is None else CustomerReference(listed.customer_id),
        ingested_at=listed.record.received_at,
        stored_at=listed.record.received_at,
        validation_errors=listed.problems,
    )


OPERATIONS: Final = (
    Operation(
        method="GET",
        path=PATH_V3,
        name="listMeteringEvents",
        summary="List stored events by pages, newest event time first.",
        tag="v3 events",
        scope=Scope.READ,
        handler=list_events,
        query=ListMeteringEventsQuery,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, MeteringEventsPage),)),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
    OPERATION_V3,
)
