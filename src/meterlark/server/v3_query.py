"""`POST /api/v3/openmeter/meters/{meterId}/query`: usage by window and dimension, as JSON or CSV. Values are texts, exact."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.metering.filter import DEPTH_MAX, LIST_MAX, Filter, Operator
from meterlark.metering.query import GROUPS_MAX, Query, Row, plan_query
from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.server.formats import CSV_TYPE, NO_CUSTOMER, CustomerColumns, csv_text
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.query import run_usage
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.server.v3_meters import METER_PARAMETER, METER_PATH, meter_of_id
from meterlark.service.customers import CustomerEntry
from meterlark.service.principal import Scope

FILTERS_MAX: Final = 10
"""Dimensions of one filter, as in the protocol."""

Granularity = Literal["PT1M", "PT1H", "P1D", "P1M"]

_WINDOW_SIZES: Final = {"PT1M": "MINUTE", "PT1H": "HOUR", "P1D": "DAY", "P1M": "MONTH"}
_CUSTOMER_NAMES: Final = ("customer_id", "customer_key", "customer_name")


class DimensionFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A condition on the text of a dimension; all that is given must hold.

    Attributes:
        eq: It is this text.
        neq: It is another.
        in_: It is one of these.
        nin: It is none of these.
        contains: This is a part of it.
        ncontains: This is no part of it.
        exists: Whether the event has a text there.
        and_: All of these hold.
        or_: One of these holds.
    """

    eq: str | None = None
    neq: str | None = None
    in_: Annotated[list[str], Meta(min_length=1, max_length=LIST_MAX)] | None = msgspec.field(name="in", default=None)
    nin: Annotated[list[str], Meta(min_length=1, max_length=LIST_MAX)] | None = None
    contains: str | None = None
    ncontains: str | None = None
    exists: bool | None = None
    and_: "Annotated[list[DimensionFilter], Meta(min_length=1, max_length=LIST_MAX)] | None" = msgspec.field(name="and", default=None)
    or_: "Annotated[list[DimensionFilter], Meta(min_length=1, max_length=LIST_MAX)] | None" = msgspec.field(name="or", default=None)


class QueryFilters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions.

    Attributes:
        dimensions: By dimension; `subject` and `customer_id` take only eq and in.
    """

    dimensions: Annotated[dict[str, DimensionFilter], Meta(max_length=FILTERS_MAX)] = {}


class MeterQueryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked of a meter.

    Attributes:
        from_: First event time counted, inclusive.
        to: End of the event times counted, exclusive.
        granularity: Length of the windows.
        time_zone: IANA name of the zone whose clock cuts the windows.
        group_by_dimensions: The meter's dimensions, `subject`, and with customers `customer_id`.
        filters: Conditions.
    """

    from_: Time | None = msgspec.field(name="from", default=None)
    to: Time | None = None
    granularity: Granularity | None = None
    time_zone: str = "UTC"
    group_by_dimensions: Annotated[list[str], Meta(max_length=GROUPS_MAX)] = []
    filters: QueryFilters = QueryFilters()


class MeterQueryRow(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """The usage of one window and one group.

    Attributes:
        value: Exact, as text.
        from_: Inclusive.
        to: Exclusive.
        dimensions: Text of each dimension that splits the rows, with `subject` and `customer_id` where they do.
    """

    value: str
    from_: datetime
    to: datetime
    dimensions: dict[str, str]


class MeterQueryAnswer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename={"from_": "from"}):
    """Usage, ordered by window, customer, subject and dimensions.

    Attributes:
        from_: As asked.
        to: As asked.
        data: The rows.
    """

    from_: datetime | None = None
    to: datetime | None = None
    data: list[MeterQueryRow]


async def query_meter(call: Call) -> Reply:
    """Answer `POST /api/v3/openmeter/meters/{meterId}/query`."""
    body: MeterQueryBody = call.body
    entry = await meter_of_id(call)
    dimensions = dict(body.filters.dimensions)
    subjects = _whole_texts(dimensions.pop("subject", None), "subject")
    customers = _whole_texts(dimensions.pop("customer_id", None), "customer_id")
    query = plan_query(
        entry.meter,
        start=read_time(body.from_, field="from"),
        end=read_time(body.to, field="to"),
        window_size=None if body.granularity is None else _WINDOW_SIZES[body.granularity],
        zone_name=body.time_zone,
        group_by=body.group_by_dimensions,
        subjects=subjects or None,
        filters={key: _to_filter(condition, f"filters.dimensions.{key[:80]}") for key, condition in dimensions.items()},
        by_customer=bool(customers),
    )
    rows = await run_usage(call, query, customers=customers, client_id=None)
    if call.accepts(CSV_TYPE):
        known = {one.id: one for one in await call.services.customers.entries(by=call.principal)}
        columns = CustomerColumns(_CUSTOMER_NAMES, lambda customer_id: _customer_cells(customer_id, known)) if customers else NO_CUSTOMER
        text = csv_text(query, rows, window=("from", "to"), customers=columns)
        disposition = ("content-disposition", f'attachment; filename="{entry.meter.slug}.csv"')
        return Reply(OK, text.encode(), f"{CSV_TYPE}; charset=utf-8", (disposition,))
    return Reply(OK, json_bytes(_to_api(query, rows)), JSON_TYPE)


def _customer_cells(customer_id: str, known: Mapping[str, CustomerEntry]) -> tuple[str, ...]:
    entry = known.get(customer_id)  # it may have been deleted since the question
    return (customer_id, "", "") if entry is None else (customer_id, entry.customer.key or "", entry.customer.name)


def _whole_texts(condition: DimensionFilter | None, key: str) -> Sequence[str]:
    if condition is None:
        return ()
    field = f"filters.dimensions.{key}"
    given = {name: value for name, value in msgspec.structs.asdict(condition).items() if value is not None}
    if given.keys() not in ({"eq"}, {"in_"}):
        raise InvalidInputError(f"{field} takes exactly one of eq and in", field=field)
    return condition.in_ or (condition.eq or "",)


def _to_filter(condition: DimensionFilter, field: str, depth: int = 0) -> Filter:
    if depth > DEPTH_MAX:
        raise InvalidInputError(f"{field} is nested more than {DEPTH_MAX} levels deep", field=field)
    parts: list[Filter] = []
    for operator, text in ((Operator.EQ, condition.eq), (Operator.NE, condition.neq)):
        if text is not None:
            parts.append(Filter(operator, (text,)))
    for operator, texts in ((Operator.IN, condition.in_), (Operator.NIN, condition.nin)):
        if texts is not None:
            parts.append(Filter(operator, tuple(texts)))
    for operator, text in ((Operator.LIKE, condition.contains), (Operator.NLIKE, condition.ncontains)):
        if text is not None:
            parts.append(Filter(operator, (f"%{_escaped(text)}%",)))
    if condition.exists is not None:
        parts.append(Filter(Operator.NE if condition.exists else Operator.EQ, ("",)))
    for operator, joined in ((Operator.AND, condition.and_), (Operator.OR, condition.or_)):
        if joined is not None:
            parts.append(Filter(operator, parts=tuple(_to_filter(part, field, depth + 1) for part in joined)))
    if not parts:
        raise InvalidInputError(f"{field} needs at least one operator", field=field)
    return parts[0] if len(parts) == 1 else Filter(Operator.AND, parts=tuple(parts))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _to_api(query: Query, rows: list[Row]) -> MeterQueryAnswer:
    data = []
    for row in rows:
        dimensions = {} if row.subject is None else {"subject": row.subject}
        if row.customer_id is not None:
            dimensions["customer_id"] = row.customer_id
        data.append(MeterQueryRow(format(row.value, "f"), row.window.start, row.window.end, {**dimensions, **row.groups}))
    return MeterQueryAnswer(from_=query.start, to=query.end, data=data)


OPERATIONS: Final = (
    Operation(
        method="POST",
        path=f"{METER_PATH}/query",
        name="queryMeterV3",
        summary="Ask for usage; every event acknowledged before is in the answer.",
        tag="v3 meters",
        scope=Scope.READ,
        handler=query_meter,
        body=(Content(JSON_TYPE, MeterQueryBody, {"granularity": "P1D", "group_by_dimensions": ["subject"]}),),
        path_parameters=METER_PARAMETER,
        answers=(Answer(OK, "The usage.", (Content(JSON_TYPE, MeterQueryAnswer), Content(CSV_TYPE))),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
)
