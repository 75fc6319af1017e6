"""`/api/v1/features`: list, create, read and archive features."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.paging import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, Order, Page, PageNumber, PageSize, cut, in_order
from meterlark.server.problem import CREATED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.feature import Feature, define_feature
from meterlark.service.features import FeatureEntry
from meterlark.service.principal import Scope

FEATURE_PATH: Final = "/api/v1/features/{featureIdOrKey}"
FEATURE_PARAMETER: Final = {"featureIdOrKey": "The feature's id or key."}
METERS_MAX: Final = 100

_ORDER_KEYS: Final[dict[str, Any]] = {
    "id": lambda entry: entry.id,
    "key": lambda entry: (entry.feature.key, entry.id),
    "name": lambda entry: (entry.feature.name, entry.id),
    "createdAt": lambda entry: (entry.created_at, entry.id),
    "updatedAt": lambda entry: (entry.updated_at, entry.id),
}


class ListFeaturesQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which features to list; a bare list, or with `page` or `pageSize` a page."""

    meter_slug: Annotated[list[str], Meta(max_length=METERS_MAX, description="Only features of these meters.")] = []
    include_archived: Annotated[bool, Meta(description="List archived features, too.")] = False
    page: PageNumber | None = None
    page_size: PageSize | None = None
    offset: Annotated[int, Meta(ge=0, le=1_000_000, description="Entries of a bare list left out at its start.")] = 0
    limit: Annotated[int, Meta(ge=1, le=PAGE_SIZE_MAX, description="Most entries of a bare list.")] = PAGE_SIZE_MAX
    order: Order = "ASC"
    order_by: Annotated[Literal["id", "key", "name", "createdAt", "updatedAt"], Meta(description="What to sort by.")] = "updatedAt"


class FeatureBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """The definition of a feature.

    Attributes:
        key: Its key: lower-case letters, digits and single underscores.
        name: For people.
        meter_slug: The meter that measures it.
        meter_group_by_filters: The text that a dimension must have, by key.
        advanced_meter_group_by_filters: One filter by dimension, such as `{"model": {"$in": ["gpt-4o"]}}`.
        metadata: Your own labels.
    """

    key: str
    name: str
    meter_slug: str | None = None
    meter_group_by_filters: dict[str, str] | None = None
    advanced_meter_group_by_filters: dict[str, Any] | None = None
    metadata: dict[str, str] | None = None


class FeatureAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A feature as stored.

    Attributes:
        id: ULID.
        key: Its key.
        name: For people.
        meter_slug: The meter that measures it.
        meter_group_by_filters: The text that a dimension must have, by key; missing when a filter says more than that.
        advanced_meter_group_by_filters: One filter by dimension.
        metadata: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
        archived_at: When it was archived.
    """

    id: str
    key: str
    name: str
    meter_slug: str | None = None
    meter_group_by_filters: dict[str, str] | None = None
    advanced_meter_group_by_filters: dict[str, Any] | None = None
    metadata: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


class FeaturePage(Page, frozen=True, rename="camel", kw_only=True):
    """One page of features.

    Attributes:
        items: The features.
    """

    items: list[FeatureAnswer]


def _to_api(entry: FeatureEntry) -> FeatureAnswer:
    feature = entry.feature
    plain = {key: condition["$eq"] for key, condition in feature.filters.items() if set(condition) == {"$eq"}}
    return FeatureAnswer(
        id=entry.id,
        key=feature.key,
        name=feature.name,
        meter_slug=feature.meter_slug,
        meter_group_by_filters=plain if plain and len(plain) == len(feature.filters) else None,
        advanced_meter_group_by_filters=feature.filters or None,
        metadata=feature.metadata,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        archived_at=entry.archived_at,
    )


async def list_features(call: Call) -> Reply:
    """Answer `GET /api/v1/features`."""
    query: ListFeaturesQuery = call.query
    entries = await call.services.features.entries(include_archived=query.include_archived)
    found = [entry for entry in entries if not query.meter_slug or entry.feature.meter_slug in query.meter_slug]
    ordered = in_order(found, _ORDER_KEYS[query.order_by], query.order)
    if query.page is None and query.page_size is None:
        return Reply(OK, json_bytes([_to_api(entry) for entry in ordered[query.offset : query.offset + query.limit]]), JSON_TYPE)
    page, page_size = query.page or 1, query.page_size or PAGE_SIZE_DEFAULT
    items = [_to_api(entry) for entry in cut(ordered, page=page, page_size=page_size)]
    return Reply(OK, json_bytes(FeaturePage(items=items, page=page, page_size=page_size, total_count=len(found))), JSON_TYPE)


async def create_feature(call: Call) -> Reply:
    """Answer `POST /api/v1/features`."""
    body: FeatureBody = call.body

    def define() -> Feature:
        return define_feature(
            key=body.key,
            name=body.name,
            meter=None if body.meter_slug is None else call.services.meters.of_slug(body.meter_slug),
            plain_filters=body.meter_group_by_filters,
            filters=body.advanced_meter_group_by_filters,
            metadata=body.metadata,
        )

    return Reply(CREATED, json_bytes(_to_api(await call.services.features.create(define, by=call.actor))), JSON_TYPE)


async def get_feature(call: Call) -> Reply:
    """Answer `GET /api/v1/features/{featureIdOrKey}`."""
    return Reply(OK, json_bytes(_to_api(await call.services.features.get(call.path["featureIdOrKey"]))), JSON_TYPE)


async def archive_feature(call: Call) -> Reply:
    """Answer `DELETE /api/v1/features/{featureIdOrKey}`."""
    await call.services.features.archive(call.path["featureIdOrKey"], by=call.actor)
    return Reply(NO_CONTENT)


_ONE: Final = (Content(JSON_TYPE, FeatureAnswer),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/features",
        name="listFeatures",
        summary="List the features.",
        tag="features",
        scope=Scope.READ,
        handler=list_features,
        query=ListFeaturesQuery,
        answers=(Answer(OK, "The features.", (Content(JSON_TYPE, list[FeatureAnswer] | FeaturePage),)),),
    ),
    Operation(
        method="POST",
        path="/api/v1/features",
        name="createFeature",
        summary="Create a feature, measured by a meter or not.",
        tag="features",
        scope=Scope.ADMIN,
        handler=create_feature,
        body=(Content(JSON_TYPE, FeatureBody, {"key": "gpt_tokens", "name": "GPT tokens", "meterSlug": "openai_total_tokens"}),),
        answers=(Answer(CREATED, "The feature.", _ONE),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
    Operation(
        method="GET",
        path=FEATURE_PATH,
        name="getFeature",
        summary="Read one feature: an active one by its key, any by its id.",
        tag="features",
        scope=Scope.READ,
        handler=get_feature,
        path_parameters=FEATURE_PARAMETER,
        answers=(Answer(OK, "The feature.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="DELETE",
        path=FEATURE_PATH,
        name="deleteFeature",
        summary="Archive a feature; a new one may take its key.",
        tag="features",
        scope=Scope.ADMIN,
        handler=archive_feature,
        path_parameters=FEATURE_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is archived."),),
        problems=(InvalidInputError, NotFoundError),
    ),
)
