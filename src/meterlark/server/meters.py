"""`/api/v1/meters`: list, create, read, change and delete meters."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.metering.meter import Aggregation, Meter, define_meter
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import CREATED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.service.meters import MeterEntry
from meterlark.service.principal import Scope

PAGE_SIZE_MAX: Final = 1_000
PAGE_MAX: Final = 1_000_000
METER_PATH: Final = "/api/v1/meters/{meterIdOrSlug}"
METER_PARAMETER: Final = {"meterIdOrSlug": "The meter's slug or id."}

_ORDER_KEYS: Final = {
    "key": lambda entry: entry.meter.slug,
    "name": lambda entry: (entry.meter.name or entry.meter.slug, entry.meter.slug),
    "aggregation": lambda entry: (entry.meter.aggregation, entry.meter.slug),
    "createdAt": lambda entry: (entry.created_at, entry.meter.slug),
    "updatedAt": lambda entry: (entry.updated_at, entry.meter.slug),
}


class ListMetersQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which meters to list."""

    page: Annotated[int, Meta(ge=1, le=PAGE_MAX, description="Page, counted from 1.")] = 1
    page_size: Annotated[int, Meta(ge=1, le=PAGE_SIZE_MAX, description="Meters of a page.")] = PAGE_SIZE_MAX
    order_by: Annotated[Literal["key", "name", "aggregation", "createdAt", "updatedAt"], Meta(description="What to sort by.")] = "key"
    order: Annotated[Literal["ASC", "DESC"], Meta(description="Direction.")] = "ASC"
    include_deleted: Annotated[bool, Meta(description="List deleted meters, too.")] = False


class MeterChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What may change of a meter; what is missing is cleared.

    Attributes:
        name: For people; the slug when not given.
        description: For people.
        metadata: Your own labels.
        group_by: JSONPath of each dimension by its key.
    """

    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] | None = None
    group_by: dict[str, str] | None = None


class NewMeter(MeterChange, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """The definition of a meter.

    Attributes:
        slug: Its key: lower-case letters, digits and single underscores.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        value_property: JSONPath of the value in `data`; not for COUNT.
        event_from: Events before this time are not counted.
    """

    slug: str
    aggregation: str
    event_type: str
    value_property: str | None = None
    event_from: Time | None = None


class MeterAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A meter as stored.

    Attributes:
        id: ULID.
        slug: Its key.
        name: For people.
        description: For people.
        aggregation: How measurements become usage.
        event_type: Events whose `type` equals this are measured.
        event_from: Events before this time are not counted.
        value_property: JSONPath of the value in `data`.
        group_by: JSONPath of each dimension by its key.
        metadata: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
        deleted_at: When it was deleted.
    """

    id: str
    slug: str
    name: str
    description: str | None = None
    aggregation: Aggregation
    event_type: str
    event_from: datetime | None = None
    value_property: str | None = None
    group_by: dict[str, str] = {}
    metadata: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


def to_api(entry: MeterEntry) -> MeterAnswer:
    """Return a meter in the form of the API."""
    meter = entry.meter
    return MeterAnswer(
        id=entry.id,
        slug=meter.slug,
        name=meter.name or meter.slug,
        description=meter.description,
        aggregation=meter.aggregation,
        event_type=meter.event_type,
        event_from=meter.event_from,
        value_property=meter.value_property,
        group_by=meter.group_by,
        metadata=meter.metadata,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        deleted_at=entry.deleted_at,
    )


async def list_meters(call: Call) -> Reply:
    """Answer `GET /api/v1/meters`."""
    query: ListMetersQuery = call.query
    entries = sorted(
        await call.services.meters.entries(include_deleted=query.include_deleted),
        key=_ORDER_KEYS[query.order_by],
        reverse=query.order == "DESC",
    )
    first = (query.page - 1) * query.page_size
    return Reply(OK, json_bytes([to_api(entry) for entry in entries[first : first + query.page_size]]), JSON_TYPE)


def read_meter(body: NewMeter) -> Meter:
    """Return the definition of a meter.

    Raises:
        InvalidInputError: It breaks a rule.
    """
    return define_meter(
        slug=body.slug,
        event_type=body.event_type,
        aggregation=body.aggregation,
        value_property=body.value_property,
        group_by=body.group_by,
        event_from=read_time(body.event_from, field="eventFrom"),
        name=body.name,
        description=body.description,
        metadata=body.metadata,
    )


async def create_meter(call: Call) -> Reply:
    """Answer `POST /api/v1/meters`."""
    return Reply(CREATED, json_bytes(to_api(await call.services.meters.create(read_meter(call.body), by=call.actor))), JSON_TYPE)


async def get_meter(call: Call) -> Reply:
    """Answer `GET /api/v1/meters/{meterIdOrSlug}`."""
    return Reply(OK, json_bytes(to_api(await call.services.meters.get(call.path["meterIdOrSlug"]))), JSON_TYPE)


async def update_meter(call: Call) -> Reply:
    """Answer `PUT /api/v1/meters/{meterIdOrSlug}`."""
    body: MeterChange = call.body
    entry = await call.services.meters.update(
        call.path["meterIdOrSlug"],
        name=body.name,
        description=body.description,
        metadata=body.metadata,
        group_by=body.group_by,
        by=call.actor,
    )
    return Reply(OK, json_bytes(to_api(entry)), JSON_TYPE)


async def delete_meter(call: Call) -> Reply:
    """Answer `DELETE /api/v1/meters/{meterIdOrSlug}`."""
    await call.services.meters.delete(call.path["meterIdOrSlug"], by=call.actor)
    return Reply(NO_CONTENT)


_ONE: Final = (Content(JSON_TYPE, MeterAnswer),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/meters",
        name="listMeters",
        summary="List the meters.",
        tag="meters",
        scope=Scope.READ,
        handler=list_meters,
        query=ListMetersQuery,
        answers=(Answer(OK, "The meters.", (Content(JSON_TYPE, list[MeterAnswer]),)),),
    ),
    Operation(
        method="POST",
        path="/api/v1/meters",
        name="createMeter",
        summary="Create a meter; events already stored are counted by it, too.",
        tag="meters",
        scope=Scope.ADMIN,
        handler=create_meter,
        body=(
            Content(
                JSON_TYPE,
                NewMeter,
                {
                    "slug": "tokens",
                    "eventType": "openai",
                    "aggregation": "SUM",
                    "valueProperty": "$.total_tokens",
                    "groupBy": {"model": "$.model"},
                },
            ),
        ),
        answers=(Answer(CREATED, "The meter.", _ONE),),
        problems=(InvalidInputError, ConflictError),
    ),
    Operation(
        method="GET",
        path=METER_PATH,
        name="getMeter",
        summary="Read one meter.",
        tag="meters",
        scope=Scope.READ,
        handler=get_meter,
        path_parameters=METER_PARAMETER,
        answers=(Answer(OK, "The meter.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="PUT",
        path=METER_PATH,
        name="updateMeter",
        summary="Change a meter's name, description, metadata and dimensions.",
        tag="meters",
        scope=Scope.ADMIN,
        handler=update_meter,
        body=(Content(JSON_TYPE, MeterChange, {"name": "Tokens", "groupBy": {"model": "$.model"}}),),
        path_parameters=METER_PARAMETER,
        answers=(Answer(OK, "The meter.", _ONE),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
    Operation(
        method="DELETE",
        path=METER_PATH,
        name="deleteMeter",
        summary="Delete a meter; its events stay.",
        tag="meters",
        scope=Scope.ADMIN,
        handler=delete_meter,
        path_parameters=METER_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is deleted."),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
)
