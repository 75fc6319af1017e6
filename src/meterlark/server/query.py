"""`/api/v1/meters/{meterIdOrSlug}/query` and its helpers: usage by window, subject and dimension, as JSON or a file."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from meterlark.metering.filter import Filter, equals_any, read_filter
from meterlark.metering.meter import Meter
from meterlark.metering.query import GROUPS_MAX, SUBJECTS_MAX, Query, Row, plan_query
from meterlark.metering.window import WindowSize
from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.model.event import read_json
from meterlark.server.events import CUSTOMERS_MAX, ClientId
from meterlark.server.formats import (
    ARROW_TYPE,
    CSV_TYPE,
    CUSTOMER_ID,
    LINES_TYPE,
    NO_CUSTOMER,
    PARQUET_TYPE,
    arrow_bytes,
    csv_text,
    json_lines,
    parquet_bytes,
)
from meterlark.server.meters import METER_PARAMETER, METER_PATH
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time, read_span, read_time
from meterlark.service.meters import MeterEntry
from meterlark.service.principal import Scope


class UsageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What is asked of a meter."""

    from_: Annotated[Time, Meta(description="First event time counted, inclusive.")] | None = msgspec.field(name="from", default=None)
    to: Annotated[Time, Meta(description="End of the event times counted, exclusive.")] | None = None
    window_size: Annotated[str, Meta(description="MINUTE, HOUR, DAY or MONTH.")] | None = None
    window_time_zone: Annotated[str, Meta(description="IANA name of the zone whose clock cuts the windows.")] = "UTC"
    subject: Annotated[list[str], Meta(max_length=SUBJECTS_MAX, description="Only these subjects; several split the rows.")] = []
    filter_customer_id: Annotated[list[str], Meta(max_length=CUSTOMERS_MAX, description="Ids; only these customers, one by one.")] = []
    group_by: Annotated[
        list[str], Meta(max_length=GROUPS_MAX, description="The meter's dimensions, `subject`, and with customers `customer_id`.")
    ] = []
    client_id: ClientId | None = None


class GetUsageQuery(UsageQuery, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What is asked of a meter, as parameters."""

    filter_group_by: Annotated[dict[str, list[str]], Meta(description="Texts that may pass, by dimension.")] = {}
    advanced_meter_group_by_filters: (
        Annotated[str, Meta(description='JSON object of one filter by dimension, such as `{"model":{"$like":"gpt-4o%"}}`.')] | None
    ) = None


class PostUsageQuery(UsageQuery, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What is asked of a meter, as a body.

    Attributes:
        filter_group_by: Texts that may pass, by dimension.
        advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$like": "gpt-4o%"}}`.
    """

    filter_group_by: dict[str, list[str]] = {}
    advanced_meter_group_by_filters: dict[str, Any] | None = None


class UsageRow(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The usage of one window and one group.

    Attributes:
        value: Exact; may have more digits than a double holds.
        window_start: Inclusive.
        window_end: Exclusive.
        subject: Null when rows are not split by subject.
        group_by: Text of each dimension asked for; empty where an event has none.
        customer_id: Whose usage it is; missing when no customers were asked for.
    """

    value: Number
    window_start: datetime
    window_end: datetime
    subject: str | None
    group_by: dict[str, str]
    customer_id: str | None = None


class UsageAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Usage, ordered by window, customer, subject and dimensions.

    Attributes:
        from_: As asked.
        to: As asked.
        window_size: As asked.
        data: The rows.
    """

    from_: datetime | None = msgspec.field(name="from", default=None)
    to: datetime | None = None
    window_size: WindowSize | None = None
    data: list[UsageRow]


class SpanQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A stretch of time."""

    from_: Annotated[Time, Meta(description="First event time looked at, inclusive.")] | None = msgspec.field(name="from", default=None)
    to: Annotated[Time, Meta(description="End of the event times looked at, exclusive.")] | None = None


async def get_usage(call: Call) -> Reply:
    """Answer `GET …/query`."""
    query: GetUsageQuery = call.query
    entry = await call.services.meters.get(call.path["meterIdOrSlug"])
    return await answer_usage(call, entry, query, get_filters(query))


async def post_usage(call: Call) -> Reply:
    """Answer `POST …/query`."""
    query: PostUsageQuery = call.body
    entry = await call.services.meters.get(call.path["meterIdOrSlug"])
    return await answer_usage(call, entry, query, _filters(query.filter_group_by, query.advanced_meter_group_by_filters))


async def list_subjects(call: Call) -> Reply:
    """Answer `GET …/subjects`."""
    entry = await call.services.meters.get(call.path["meterIdOrSlug"])
    start, end = read_span(call.query.from_, call.query.to)
    return Reply(OK, json_bytes(await call.services.queries.subjects(entry, by=call.principal, start=start, end=end)), JSON_TYPE)


async def list_values(call: Call) -> Reply:
    """Answer `GET …/group-by/{groupByKey}/values`."""
    entry = await call.services.meters.get(call.path["meterIdOrSlug"])
    start, end = read_span(call.query.from_, call.query.to)
    return Reply(
        OK,
        json_bytes(await call.services.queries.values(entry, call.path["groupByKey"], by=call.principal, start=start, end=end)),
        JSON_TYPE,
    )


def get_filters(query: GetUsageQuery) -> dict[str, Filter]:
    """Return the filters of a question given as parameters.

    Raises:
        InvalidInputError: One cannot be read.
    """
    return _filters(query.filter_group_by, _json_filters(query.advanced_meter_group_by_filters))


async def answer_usage(call: Call, entry: MeterEntry, asked: UsageQuery, filters: Mapping[str, Filter]) -> Reply:
    """Return the usage that the sender may see, in the form that it accepts.

    Raises:
        InvalidInputError: A parameter is wrong.
        NotFoundError: A customer is unknown.
        ForbiddenError: Subjects were asked for that the sender may not see.
        UnavailableError: The warehouse cannot answer now.
    """
    query = plan_usage(entry.meter, asked, filters)
    rows = await run_usage(call, query, customers=asked.filter_customer_id, client_id=asked.client_id)
    customers = CUSTOMER_ID if asked.filter_customer_id else NO_CUSTOMER
    if call.accepts(CSV_TYPE):
        return _file(entry.meter.slug, "csv", csv_text(query, rows, customers=customers).encode(), f"{CSV_TYPE}; charset=utf-8")
    if call.accepts(LINES_TYPE):
        return _file(entry.meter.slug, "jsonl", json_lines(query, rows, customers=customers), LINES_TYPE)
    if call.accepts(PARQUET_TYPE):
        return _file(entry.meter.slug, "parquet", await asyncio.to_thread(parquet_bytes, query, rows, customers=customers), PARQUET_TYPE)
    if call.accepts(ARROW_TYPE):
        return _file(entry.meter.slug, "arrows", await asyncio.to_thread(arrow_bytes, query, rows, customers=customers), ARROW_TYPE)
    return Reply(OK, json_bytes(_to_api(query, rows)), JSON_TYPE)


async def run_usage(call: Call, query: Query, *, customers: Sequence[str], client_id: str | None) -> list[Row]:
    """Return the rows of a query, for each of some customers if there are any; `info/progress` tells how far it is.

    Raises:
        NotFoundError: A customer is unknown.
        As `Queries.run`.
    """
    shares = await call.services.customers.shares(customers, by=call.principal) if customers else None
    with call.services.progress.follow(client_id, by=call.principal, total=1 if shares is None else len(shares)) as answered:
        return await call.services.queries.run(query, by=call.principal, shares=shares, answered=answered)


def _file(slug: str, ending: str, content: bytes, media_type: str) -> Reply:
    return Reply(OK, content, media_type, (("content-disposition", f'attachment; filename="{slug}.{ending}"'),))


def plan_usage(meter: Meter, asked: UsageQuery, filters: Mapping[str, Filter]) -> Query:
    """Return the checked query of what a client asked.

    Raises:
        InvalidInputError: A parameter is wrong.
    """
    return plan_query(
        meter,
        start=read_time(asked.from_, field="from"),
        end=read_time(asked.to, field="to"),
        window_size=asked.window_size,
        zone_name=asked.window_time_zone,
        group_by=asked.group_by,
        subjects=asked.subject or None,
        filters=filters,
        by_customer=bool(asked.filter_customer_id),
    )


def _filters(plain: Mapping[str, list[str]], advanced: Mapping[str, Any] | None) -> dict[str, Filter]:
    if plain and advanced:
        raise InvalidInputError("filterGroupBy and advancedMeterGroupByFilters cannot be given together", field="filterGroupBy")
    filters = {key: equals_any(tuple(texts)) for key, texts in plain.items() if texts}
    for key, value in (advanced or {}).items():
        filters[key] = read_filter(value, field=f"advancedMeterGroupByFilters.{key[:80]}")
    return filters


def _json_filters(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        filters = read_json(text.encode())
    except InvalidInputError as error:
        raise InvalidInputError(f"advancedMeterGroupByFilters: {error}", field="advancedMeterGroupByFilters") from error
    if not isinstance(filters, dict):
        raise InvalidInputError(
            "advancedMeterGroupByFilters must be a JSON object of filters by dimension", field="advancedMeterGroupByFilters"
        )
    return filters


def _to_api(query: Query, rows: list[Row]) -> UsageAnswer:
    data = [UsageRow(row.value, row.window.start, row.window.end, row.subject, row.groups, row.customer_id) for row in rows]
    return UsageAnswer(from_=query.start, to=query.end, window_size=query.window_size, data=data)


_FILES: Final = (Content(CSV_TYPE), Content(LINES_TYPE), Content(PARQUET_TYPE), Content(ARROW_TYPE))
USAGE: Final = (Answer(OK, "The usage.", (Content(JSON_TYPE, UsageAnswer), *_FILES)),)
_PROBLEMS: Final = (InvalidInputError, NotFoundError, UnavailableError)
_TEXTS: Final = (Answer(OK, "Sorted, each once.", (Content(JSON_TYPE, list[str]),)),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path=f"{METER_PATH}/query",
        name="queryMeter",
        summary="Ask for usage; every event acknowledged before is in the answer.",
        tag="usage",
        scope=Scope.READ,
        handler=get_usage,
        query=GetUsageQuery,
        path_parameters=METER_PARAMETER,
        answers=USAGE,
        problems=_PROBLEMS,
    ),
    Operation(
        method="POST",
        path=f"{METER_PATH}/query",
        name="queryMeterPost",
        summary="The same, with the question in the body.",
        tag="usage",
        scope=Scope.READ,
        handler=post_usage,
        body=(Content(JSON_TYPE, PostUsageQuery, {"windowSize": "DAY", "groupBy": ["model"]}),),
        path_parameters=METER_PARAMETER,
        answers=USAGE,
        problems=_PROBLEMS,
    ),
    Operation(
        method="GET",
        path=f"{METER_PATH}/subjects",
        name="listMeterSubjects",
        summary="List the subjects that have events of the meter's type.",
        tag="usage",
        scope=Scope.READ,
        handler=list_subjects,
        query=SpanQuery,
        path_parameters=METER_PARAMETER,
        answers=_TEXTS,
        problems=_PROBLEMS,
    ),
    Operation(
        method="GET",
        path=f"{METER_PATH}/group-by/{{groupByKey}}/values",
        name="listMeterGroupByValues",
        summary="List the texts of one of the meter's dimensions.",
        tag="usage",
        scope=Scope.READ,
        handler=list_values,
        query=SpanQuery,
        path_parameters={**METER_PARAMETER, "groupByKey": "Key of the dimension."},
        answers=_TEXTS,
        problems=_PROBLEMS,
    ),
)
