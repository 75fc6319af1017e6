"""`/api/v3/openmeter/meters`: list, create, read, change and delete meters; by id only."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.metering.meter import define_meter
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.paging import cut, in_order
from meterlark.server.problem import CREATED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.server.v3 import PREFIX, Labels, NumberedPage, PageMeta, PageNumbers, read_page
from meterlark.service.meters import MeterEntry
from meterlark.service.principal import Scope

METERS_PATH: Final = f"{PREFIX}/meters"
METER_PATH: Final = f"{METERS_PATH}/{{meterId}}"
METER_PARAMETER: Final = {"meterId": "The meter's id."}

AggregationName = Literal["sum", "count", "avg", "min", "max", "unique_count", "latest"]

_SORT_KEYS: Final[dict[str, Any]] = {
    "key": lambda entry: entry.meter.slug,
    "name": lambda entry: (entry.meter.name or entry.meter.slug, entry.id),
    "aggregation": lambda entry: (entry.meter.aggregation, entry.id),
    "created_at": lambda entry: (entry.created_at, entry.id),
    "updated_at": lambda entry: (entry.updated_at, entry.id),
}


class ListMetersV3Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which meters to list."""

    page: NumberedPage = {}
    sort: Annotated[str, Meta(description="key, name, aggregation, created_at or updated_at, with ` desc` for the other way round.")] = (
        "created_at"
    )


class MeterV3Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may change of a meter; what is missing is cleared.

    Attributes:
        name: For people.
        description: For people.
        labels: Your own labels.
        dimensions: JSONPath of each dimension by its key.
    """

    name: str
    description: str | None = None
    labels: Labels | None = None
    dimensions: dict[str, str] | None = None


class NewMeterV3(MeterV3Change, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The definition of a meter.

    Attributes:
        key: Lower-case letters, digits and single underscores.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        value_property: JSONPath of the value in `data`; not for count.
        events_from: Events before this time are not counted.
    """

    key: str
    aggregation: AggregationName
    event_type: str
    value_property: str | None = None
    events_from: Time | None = None


class MeterV3Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A meter as stored.

    Attributes:
        id: ULID.
        key: Its key.
        name: For people.
        description: For people.
        labels: The owner's labels.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        events_from: Events before this time are not counted.
        value_property: JSONPath of the value in `data`.
        dimensions: JSONPath of each dimension by its key.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    key: str
    name: str
    description: str | None = None
    labels: Labels = {}
    aggregation: AggregationName
    event_type: str
    events_from: datetime | None = None
    value_property: str | None = None
    dimensions: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime


class MetersV3Page(msgspec.Struct, frozen=True):
    """One page of meters.

    Attributes:
        data: The meters.
        meta: About the page.
    """

    data: list[MeterV3Answer]
    meta: PageMeta


_NAMES: Final[dict[str, AggregationName]] = {
    "SUM": "sum",
    "COUNT": "count",
    "AVG": "avg",
    "MIN": "min",
    "MAX": "max",
    "UNIQUE_COUNT": "unique_count",
    "LATEST": "latest",
}


def _to_api(entry: MeterEntry) -> MeterV3Answer:
    meter = entry.meter
    return MeterV3Answer(
        id=entry.id,
        key=meter.slug,
        name=meter.name or meter.slug,
        description=meter.description,
        labels=meter.metadata,
        aggregation=_NAMES[meter.aggregation],
        event_type=meter.event_type,
        events_from=meter.event_from,
        value_property=meter.value_property,
        dimensions=meter.group_by,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
    )


async def meter_of_id(call: Call) -> MeterEntry:
    """Return the meter whose id is in the path.

    Raises:
        NotFoundError: There is none; a slug does not count.
    """
    meter_id = call.path["meterId"]
    entry = await call.services.meters.get(meter_id)
    if entry.id != meter_id:
        raise NotFoundError(f"meter not found: {meter_id[:80]}; it is found by its id")
    return entry


async def list_meters(call: Call) -> Reply:
    """Answer `GET /api/v3/openmeter/meters`."""
    query: ListMetersV3Query = call.query
    name, _, direction = query.sort.partition(" ")
    if name not in _SORT_KEYS or direction not in {"", "asc", "desc"}:
        raise InvalidInputError(f"sort is {query.sort[:80]!r}; allowed are {', '.join(_SORT_KEYS)}, with ' desc'", field="sort")
    number, size = read_page(query.page)
    entries = in_order(await call.services.meters.entries(), _SORT_KEYS[name], direction.upper())
    data = [_to_api(entry) for entry in cut(entries, page=number, page_size=size)]
    meta = PageMeta(PageNumbers(number=number, size=size, total=len(entries)))
    return Reply(OK, json_bytes(MetersV3Page(data, meta)), JSON_TYPE)


async def create_meter(call: Call) -> Reply:
    """Answer `POST /api/v3/openmeter/meters`."""
    body: NewMeterV3 = call.body
    meter = define_meter(
        slug=body.key,
        event_type=body.event_type,
        aggregation=body.aggregation.upper(),
        value_property=body.value_property,
        group_by=body.dimensions,
        event_from=read_time(body.events_from, field="events_from"),
        name=body.name,
        description=body.description,
        metadata=body.labels,
    )
    return Reply(CREATED, json_bytes(_to_api(await call.services.meters.create(meter, by=call.actor))), JSON_TYPE)


async def get_meter(call: Call) -> Reply:
    """Answer `GET /api/v3/openmeter/meters/{meterId}`."""
    return Reply(OK, json_bytes(_to_api(await meter_of_id(call))), JSON_TYPE)


async def update_meter(call: Call) -> Reply:
    """Answer `PUT /api/v3/openmeter/meters/{meterId}`."""
    body: MeterV3Change = call.body
    old = await meter_of_id(call)
    entry = await call.services.meters.update(
        old.id, name=body.name, description=body.description, metadata=body.labels, group_by=body.dimensions, by=call.actor
    )
    return Reply(OK, json_bytes(_to_api(entry)), JSON_TYPE)


async def delete_meter(call: Call) -> Reply:
    """Answer `DELETE /api/v3/openmeter/meters/{meterId}`."""
    await call.services.meters.delete((await meter_of_id(call)).id, by=call.actor)
    return Reply(NO_CONTENT)


_ONE: Final = (Content(JSON_TYPE, MeterV3Answer),)
_EXAMPLE: Final = {
    "key": "tokens_by_model",
    "name": "Tokens",
    "event_type": "openai",
    "aggregation": "sum",
    "value_property": "$.total_tokens",
    "dimensions": {"model": "$.model"},
}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path=METERS_PATH,
        name="listMetersV3",
        summary="List the meters, by pages.",
        tag="v3 meters",
        scope=Scope.READ,
        handler=list_meters,
        query=ListMetersV3Query,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, MetersV3Page),)),),
    ),
    Operation(
        method="POST",
        path=METERS_PATH,
        name="createMeterV3",
        summary="Create a meter; events already stored are counted by it, too.",
        tag="v3 meters",
        scope=Scope.ADMIN,
        handler=create_meter,
        body=(Content(JSON_TYPE, NewMeterV3, _EXAMPLE),),
        answers=(Answer(CREATED, "The meter.", _ONE),),
        problems=(InvalidInputError, ConflictError),
    ),
    Operation(
        method="GET",
        path=METER_PATH,
        name="getMeterV3",
        summary="Read one meter.",
        tag="v3 meters",
        scope=Scope.READ,
        handler=get_meter,
        path_parameters=METER_PARAMETER,
        answers=(Answer(OK, "The meter.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="PUT",
        path=METER_PATH,
        name="updateMeterV3",
        summary="Change a meter's name, description, labels and dimensions.",
        tag="v3 meters",
        scope=Scope.ADMIN,
        handler=update_meter,
        body=(Content(JSON_TYPE, MeterV3Change, {"name": "Tokens"}),),
        path_parameters=METER_PARAMETER,
        answers=(Answer(OK, "The meter.", _ONE),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
    Operation(
        method="DELETE",
        path=METER_PATH,
        name="deleteMeterV3",
        summary="Delete a meter; its events stay.",
        tag="v3 meters",
        scope=Scope.ADMIN,
        handler=delete_meter,
        path_parameters=METER_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is deleted."),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
)
