"""`/api/v1/portal`: tokens for a product's customers, and the usage that they may see."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.metering.meter import Aggregation, Meter
from meterlark.model.errors import InvalidInputError, NotFoundError, UnauthenticatedError, UnavailableError
from meterlark.server.cross_origin import PREFLIGHT
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import NO_CONTENT, OK
from meterlark.server.query import USAGE, GetUsageQuery, answer_usage, get_filters
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.service.portal import PortalToken, shows
from meterlark.service.principal import Scope

LIMIT_DEFAULT: Final = 25
LIMIT_MAX: Final = 100


class NewPortalToken(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a token is for.

    Attributes:
        subject: Whose usage it shows.
        allowed_meter_slugs: The only meters it shows; when not given, all but those of cost.
        expires_at: At most 24 hours from now; an hour when not given.
        id: Read-only; not looked at.
        expired: Read-only; not looked at.
        created_at: Read-only; not looked at.
        token: Read-only; not looked at.
    """

    subject: str
    allowed_meter_slugs: list[str] | None = None
    expires_at: Time | None = None
    id: str | None = None
    expired: bool | None = None
    created_at: str | None = None
    token: str | None = None


class PortalTokenAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A token.

    Attributes:
        id: ULID.
        subject: Whose usage it shows.
        allowed_meter_slugs: The only meters it shows; when missing, all but those of cost.
        expires_at: From when on it is refused.
        expired: Whether that is over.
        created_at: When it was made.
        token: Its text; only in the answer that makes it.
    """

    id: str
    subject: str
    allowed_meter_slugs: list[str] | None = None
    expires_at: datetime
    expired: bool
    created_at: datetime
    token: str | None = None


class PortalMeter(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A meter that a token shows.

    Attributes:
        slug: To ask for its usage.
        name: For people; missing where it has none.
        description: For people.
        aggregation: SUM, COUNT, AVG, MIN, MAX, UNIQUE_COUNT or LATEST; only SUM and COUNT may be added up.
        dimensions: What its usage can be grouped by, sorted.
    """

    slug: str
    name: str | None = None
    description: str | None = None
    aggregation: Aggregation
    dimensions: list[str]


class PortalAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """What a token shows.

    Attributes:
        subject: Whose usage.
        display_name: Of the subject, for people; missing where it has none.
        expires_at: From when on the token is refused.
        meters: In the order in which they were allowed, which is the order to show them in; without a list, sorted by slug.
    """

    subject: str
    display_name: str | None = None
    expires_at: datetime
    meters: list[PortalMeter]


class InvalidateBody(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which tokens to take back: one, all of a subject, or with neither all."""

    id: str | None = None
    subject: str | None = None


class ListTokensQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How many tokens to list."""

    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="Most tokens returned.")] = LIMIT_DEFAULT


async def create_token(call: Call) -> Reply:
    """Answer `POST /api/v1/portal/tokens`."""
    body: NewPortalToken = call.body
    for slug in body.allowed_meter_slugs or ():
        await call.services.meters.get(slug)
    token, text = await call.services.portal.create(
        body.subject,
        meters=body.allowed_meter_slugs,
        expires_at=read_time(body.expires_at, field="expiresAt"),
        by=call.actor,
    )
    return Reply(OK, json_bytes(_to_api(token, call.services.now(), text)), JSON_TYPE)


async def list_tokens(call: Call) -> Reply:
    """Answer `GET /api/v1/portal/tokens`."""
    query: ListTokensQuery = call.query
    now = call.services.now()
    return Reply(OK, json_bytes([_to_api(token, now) for token in await call.services.portal.tokens(limit=query.limit)]), JSON_TYPE)


async def invalidate_tokens(call: Call) -> Reply:
    """Answer `POST /api/v1/portal/tokens/invalidate`."""
    body: InvalidateBody = call.body
    await call.services.portal.invalidate(token_id=body.id, subject=body.subject, by=call.actor)
    return Reply(NO_CONTENT)


async def get_portal(call: Call) -> Reply:
    """Answer `GET /api/v1/portal/meters`: what the token of the request shows."""
    token = call.services.portal.token_of(call.principal)
    known = [entry for entry in await call.services.subjects.entries(by=call.principal) if entry.subject.key == token.subject]
    shown = {meter.slug: meter for meter in call.services.meters.live() if shows(token.meters, meter)}
    slugs = sorted(shown) if token.meters is None else [slug for slug in dict.fromkeys(token.meters) if slug in shown]
    answer = PortalAnswer(
        subject=token.subject,
        display_name=known[0].subject.display_name if known else None,
        expires_at=token.expires_at,
        meters=[_to_meter(shown[slug]) for slug in slugs],
    )
    return Reply(OK, json_bytes(answer), JSON_TYPE)


async def get_portal_usage(call: Call) -> Reply:
    """Answer `GET /api/v1/portal/meters/{meterSlug}/query`: the usage of the token's subject."""
    query: GetUsageQuery = call.query
    entry = await call.services.meters.get(call.path["meterSlug"])
    if not shows(call.principal.meters, entry.meter):
        raise UnauthenticatedError("meter slug not allowed")
    if query.subject or query.filter_customer_id:
        raise InvalidInputError("subject and filterCustomerId are set by the token", field="subject")
    return await answer_usage(call, entry, query, get_filters(query))


async def allow_portal_origin(_call: Call) -> Reply:
    """Answer a browser's question whether a page of another origin may ask."""
    return Reply(NO_CONTENT, headers=PREFLIGHT)


def _to_api(token: PortalToken, now: datetime, text: str | None = None) -> PortalTokenAnswer:
    return PortalTokenAnswer(
        id=token.id,
        subject=token.subject,
        allowed_meter_slugs=None if token.meters is None else list(token.meters),
        expires_at=token.expires_at,
        expired=now >= token.expires_at,
        created_at=token.created_at,
        token=text,
    )


def _to_meter(meter: Meter) -> PortalMeter:
    return PortalMeter(
        slug=meter.slug,
        name=meter.name,
        description=meter.description,
        aggregation=meter.aggregation,
        dimensions=sorted(meter.group_by),
    )


_ONE: Final = (Content(JSON_TYPE, PortalTokenAnswer),)
_PATH: Final = "/api/v1/portal/meters"
_QUERY_PATH: Final = f"{_PATH}/{{meterSlug}}/query"
_METER: Final = {"meterSlug": "The meter's slug."}

OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/portal/tokens",
        name="createPortalToken",
        summary="Make a token that shows one subject its own usage.",
        tag="portal",
        scope=Scope.ADMIN,
        handler=create_token,
        body=(Content(JSON_TYPE, NewPortalToken, {"subject": "acme"}),),
        answers=(Answer(OK, "The token, with its text.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="GET",
        path="/api/v1/portal/tokens",
        name="listPortalTokens",
        summary="List the newest tokens, without their texts.",
        tag="portal",
        scope=Scope.ADMIN,
        handler=list_tokens,
        query=ListTokensQuery,
        answers=(Answer(OK, "The tokens.", (Content(JSON_TYPE, list[PortalTokenAnswer]),)),),
    ),
    Operation(
        method="POST",
        path="/api/v1/portal/tokens/invalidate",
        name="invalidatePortalTokens",
        summary="Take tokens back.",
        tag="portal",
        scope=Scope.ADMIN,
        handler=invalidate_tokens,
        body=(Content(JSON_TYPE, InvalidateBody, {"subject": "acme"}),),
        answers=(Answer(NO_CONTENT, "They are refused from now on."),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="GET",
        path=_PATH,
        name="getPortal",
        summary="Tell what the token shows: whose usage, which meters, until when.",
        tag="portal",
        scope=Scope.PORTAL,
        handler=get_portal,
        answers=(Answer(OK, "What it shows.", (Content(JSON_TYPE, PortalAnswer),)),),
    ),
    Operation(
        method="OPTIONS",
        path=_PATH,
        name="allowPortal",
        summary="Tell browsers that pages of other origins may ask.",
        tag="portal",
        scope=None,
        handler=allow_portal_origin,
        answers=(Answer(NO_CONTENT, "They may, if the header says so."),),
    ),
    Operation(
        method="GET",
        path=_QUERY_PATH,
        name="queryPortalMeter",
        summary="Ask for the usage of the token's subject.",
        tag="portal",
        scope=Scope.PORTAL,
        handler=get_portal_usage,
        query=GetUsageQuery,
        path_parameters=_METER,
        answers=USAGE,
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
    Operation(
        method="OPTIONS",
        path=_QUERY_PATH,
        name="allowPortalOrigin",
        summary="Tell browsers that pages of other origins may ask.",
        tag="portal",
        scope=None,
        handler=allow_portal_origin,
        path_parameters=_METER,
        answers=(Answer(NO_CONTENT, "They may, if the header says so."),),
    ),
)
