"""`/api/v1/rate-card` and `/api/v1/customers/{customerIdOrKey}/rate-card`: what customers are charged, and from when."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.pricing.money import ZERO
from meterlark.pricing.ratecard import Rate
from meterlark.server.customers import CUSTOMER_PARAMETER, CUSTOMER_PATH
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.parameters import convert_body
from meterlark.server.problem import NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.service.principal import Scope
from meterlark.service.rate_card import DEFAULT_OWNER, CardVersion, Item, define_version
from meterlark.service.rate_cards import CardEntry

VERSION_PARAMETER: Final = {"rateCardId": "The id of the version."}


class GetRateCardQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which version to read."""

    at: Annotated[Time, Meta(description="The version that holds at this moment; now by default.")] | None = None


class RateCardStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """One step of a graduated or volume rate.

    Attributes:
        up_to: Last quantity of the step; null for the last step and only for that.
        price: For `per` of the quantity.
        fee: Charged once when the step is reached.
    """

    up_to: int | None
    price: Number
    fee: Number | None = None


class RateCardRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How an item is charged; which fields there are follows from the type.

    Attributes:
        type: `markup` (percent), `unit` (price, per), `flat` (amount), `graduated` and `volume` (steps, per), `package` (size, price).
        percent: What is added to the cost, in hundredths; -100 to 1000000.
        price: For `per` of the quantity, or for a package.
        per: How many the price is for; 1 by default.
        amount: For the period, whatever was used.
        steps: By quantity, each beginning where the one before ends.
        size: Of a package; one that was begun is paid in full.
    """

    type: Literal["markup", "unit", "flat", "graduated", "volume", "package"]
    percent: Number | None = None
    price: Number | None = None
    per: int | None = None
    amount: Number | None = None
    steps: list[RateCardStep] | None = None
    size: int | None = None


class RateCardItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What is charged for, and how.

    Attributes:
        key: Its key within the card: lower-case letters, digits and single underscores.
        rate: How it is charged.
        meter: Slug of the meter whose usage is charged, which takes SUM or COUNT; a markup charges the cost of the events it measures.
        filters: One filter by dimension of the meter, such as `{"model": {"$in": ["gpt-4o"]}}`.
        unit: What one of it is called on a line; the meter's slug by default.
    """

    key: str
    rate: RateCardRate
    meter: str | None = None
    filters: dict[str, Any] = {}
    unit: str | None = None


class RateCardBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A version of a rate card.

    Attributes:
        key: For people.
        currency: ISO 4217 code of every amount.
        items: What is charged for.
        since: From when on it holds, until the next version's; now by default.
        minimum: Least charge of a period.
    """

    key: str
    currency: str
    items: list[RateCardItem]
    since: Time | None = None
    minimum: Number | None = None


class RateCardAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A version of a rate card as stored.

    Attributes:
        id: ULID of the version.
        customer_id: Whose card it is; missing for the default card.
        key: For people.
        currency: ISO 4217 code of every amount.
        since: From when on it holds.
        items: What is charged for.
        minimum: Least charge of a period.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    customer_id: str | None = None
    key: str
    currency: str
    since: datetime
    items: list[RateCardItem]
    minimum: Number
    created_at: datetime
    updated_at: datetime


def to_api(entry: CardEntry) -> RateCardAnswer:
    """Return a version in the form of the API."""
    version = entry.version
    return RateCardAnswer(
        id=entry.id,
        customer_id=version.owner or None,
        key=version.key,
        currency=version.currency,
        since=version.since,
        items=[item_to_api(item) for item in version.items],
        minimum=version.minimum,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
    )


def item_to_api(item: Item) -> RateCardItem:
    """Return an item in the form of the API."""
    rate = msgspec.convert(msgspec.to_builtins(item.rate, builtin_types=(Decimal,)), RateCardRate)
    return RateCardItem(key=item.key, rate=rate, meter=item.meter, filters=dict(item.filters), unit=item.unit)


def _item(body: RateCardItem, *, field: str) -> Item:
    given = {name: value for name, value in msgspec.to_builtins(body.rate, builtin_types=(Decimal,)).items() if value is not None}
    if body.rate.steps is not None:
        given["steps"] = [{name: value for name, value in step.items() if name == "upTo" or value is not None} for step in given["steps"]]
    rate: Rate = convert_body(given, Rate, field=f"{field}.rate")
    return Item(key=body.key, rate=rate, meter=body.meter, filters=body.filters, unit=body.unit)


async def _owner(call: Call) -> str:
    """Return whose card is asked for: a customer's, or the default one when the path names no customer."""
    asked = call.path.get("customerIdOrKey")
    return DEFAULT_OWNER if asked is None else (await call.services.customers.get(asked, by=call.principal)).id


async def get_rate_card(call: Call) -> Reply:
    """Answer `GET …/rate-card`."""
    query: GetRateCardQuery = call.query
    moment = read_time(query.at, field="at") or call.services.now()
    return Reply(OK, json_bytes(to_api(await call.services.rate_cards.at(await _owner(call), moment))), JSON_TYPE)


async def list_versions(call: Call) -> Reply:
    """Answer `GET …/rate-card/versions`."""
    versions = await call.services.rate_cards.versions(await _owner(call))
    return Reply(OK, json_bytes([to_api(entry) for entry in versions]), JSON_TYPE)


async def put_rate_card(call: Call) -> Reply:
    """Answer `PUT …/rate-card`."""
    body: RateCardBody = call.body
    owner = await _owner(call)
    since = read_time(body.since, field="since")
    items = [_item(one, field=f"items[{position}]") for position, one in enumerate(body.items)]

    def define(now: datetime) -> CardVersion:
        return define_version(
            owner=owner,
            key=body.key,
            currency=body.currency,
            since=since or now,
            items=items,
            minimum=body.minimum or ZERO,
            meter_of=call.services.meters.of_slug,
        )

    return Reply(OK, json_bytes(to_api(await call.services.rate_cards.put(define, by=call.actor))), JSON_TYPE)


async def delete_version(call: Call) -> Reply:
    """Answer `DELETE /api/v1/rate-card/versions/{rateCardId}`."""
    await call.services.rate_cards.delete(call.path["rateCardId"], by=call.actor)
    return Reply(NO_CONTENT)


_ONE: Final = (Content(JSON_TYPE, RateCardAnswer),)
_EXAMPLE: Final = {
    "key": "standard",
    "currency": "USD",
    "items": [
        {"key": "base", "rate": {"type": "flat", "amount": 20}},
        {"key": "tokens", "meter": "llm_total_tokens", "unit": "token", "rate": {"type": "unit", "price": 3, "per": 1_000_000}},
    ],
}
_PLACES: Final[tuple[tuple[str, str, str, dict[str, str]], ...]] = (
    ("/api/v1/rate-card", "Default", "the default rate card", {}),
    (f"{CUSTOMER_PATH}/rate-card", "Customer", "a customer's rate card", CUSTOMER_PARAMETER),
)

OPERATIONS: Final = (
    *(
        operation
        for path, owner, text, parameters in _PLACES
        for operation in (
            Operation(
                method="GET",
                path=path,
                name=f"get{owner}RateCard",
                summary=f"Read the version of {text} that holds at a moment; before a customer's own first one, the default card's.",
                tag="charges",
                scope=Scope.READ,
                handler=get_rate_card,
                query=GetRateCardQuery,
                path_parameters=parameters,
                answers=(Answer(OK, "The version.", _ONE),),
                problems=(InvalidInputError, NotFoundError),
            ),
            Operation(
                method="PUT",
                path=path,
                name=f"put{owner}RateCard",
                summary=f"Add a version of {text}, or replace the one with the same date; closed periods stay as they are.",
                tag="charges",
                scope=Scope.ADMIN,
                handler=put_rate_card,
                body=(Content(JSON_TYPE, RateCardBody, _EXAMPLE),),
                path_parameters=parameters,
                answers=(Answer(OK, "The version.", _ONE),),
                problems=(InvalidInputError, NotFoundError, ConflictError),
            ),
            Operation(
                method="GET",
                path=f"{path}/versions",
                name=f"list{owner}RateCardVersions",
                summary=f"List the versions of {text}, the latest to begin first.",
                tag="charges",
                scope=Scope.READ,
                handler=list_versions,
                path_parameters=parameters,
                answers=(Answer(OK, "The versions.", (Content(JSON_TYPE, list[RateCardAnswer]),)),),
                problems=(InvalidInputError, NotFoundError),
            ),
        )
    ),
    Operation(
        method="DELETE",
        path="/api/v1/rate-card/versions/{rateCardId}",
        name="deleteRateCardVersion",
        summary="Delete a version of any rate card; the one before it holds on.",
        tag="charges",
        scope=Scope.ADMIN,
        handler=delete_version,
        path_parameters=VERSION_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is deleted."),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
)
