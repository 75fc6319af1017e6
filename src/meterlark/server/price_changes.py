"""`/api/v1/prices/overrides` and `/api/v1/prices/reprice`: prices of one's own, and events that are there priced anew."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.pricing.document import Document, encode_document
from meterlark.pricing.journal import Choice
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.price_versions import PriceBookVersion, version_to_api
from meterlark.server.problem import NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time, read_span
from meterlark.service.events import SUBJECTS_MAX
from meterlark.service.price_changes import no_overrides
from meterlark.service.principal import Scope
from meterlark.service.reprice import Breakdown, Change, Difference

OVERRIDES_PATH: Final = "/api/v1/prices/overrides"
NAMES_MAX: Final = 1_000

_PRICE: Final = {"since": "2026-11-01", "rates": {"input_tokens": "2", "output_tokens": "8"}, "note": "contract 4711"}
_EXAMPLE: Final[dict[str, Any]] = {
    "name": "our contract",
    "made_on": "2026-11-01",
    "providers": {"openai": {"models": {"gpt-4o": {"prices": [_PRICE]}}}},
}


class RepriceQuery(msgspec.Struct, frozen=True):
    """Whether to do it."""

    dry_run: Annotated[bool, Meta(description="Say what would change, and change nothing.")] = False


class RepriceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which events are priced anew, and at which prices. What is left out is no condition.

    Attributes:
        version: Number of the version of the price book; the newest by default.
        from_: First event time.
        to: End of the event times, exclusive.
        customers: Events of these customers, by id or key.
        subjects: Events of these subjects.
        providers: Events of these providers, as they name them.
        models: Events of these models, as the provider returned them.
    """

    version: int | None = None
    from_: Time | None = msgspec.field(name="from", default=None)
    to: Time | None = None
    customers: Annotated[list[str], Meta(max_length=NAMES_MAX)] = []
    subjects: Annotated[list[str], Meta(max_length=NAMES_MAX)] = []
    providers: Annotated[list[str], Meta(max_length=NAMES_MAX)] = []
    models: Annotated[list[str], Meta(max_length=NAMES_MAX)] = []


class CostChange(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What changes for some events.

    Attributes:
        key: The model, customer or day; empty for all together.
        events: Events whose cost changes.
        newly_priced: Those of them that had no cost before.
        no_longer_priced: Those of them that have none afterwards.
        cost_before: Dollars before, of those that had a cost.
        cost_after: Dollars afterwards, of those that have one.
    """

    key: str
    events: int
    newly_priced: int
    no_longer_priced: int
    cost_before: Number
    cost_after: Number


class CostChanges(msgspec.Struct, frozen=True):
    """The change by models, customers or days.

    Attributes:
        groups: The largest changes first; days in order.
        omitted: How many more there are.
    """

    groups: list[CostChange]
    omitted: int


class RepriceAnswer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What has changed, or would.

    Attributes:
        repricing: Number of the repricing; null for a dry run, and when nothing changes.
        version: The version of the price book that holds for the events.
        upto: Sequence number of the last event that was looked at.
        chosen: Events that were chosen.
        total: The change of all of them.
        by_model: By provider and model.
        by_customer: By the customer's id, or `subject:` and the subject where it is nobody's.
        by_day: By day of the event's time in UTC.
    """

    repricing: int | None
    version: int
    upto: int
    chosen: int
    total: CostChange
    by_model: CostChanges
    by_customer: CostChanges
    by_day: CostChanges


async def get_overrides(call: Call) -> Reply:
    """Answer `GET /api/v1/prices/overrides`."""
    document = call.services.prices.overrides()
    if document is None:
        raise no_overrides()
    return Reply(OK, encode_document(document), JSON_TYPE)


async def put_overrides(call: Call) -> Reply:
    """Answer `PUT /api/v1/prices/overrides`."""
    version = await call.services.price_changes.set_overrides(call.body, by=call.actor)
    return Reply(OK, json_bytes(version_to_api(version)), JSON_TYPE)


async def delete_overrides(call: Call) -> Reply:
    """Answer `DELETE /api/v1/prices/overrides`."""
    await call.services.price_changes.set_overrides(None, by=call.actor)
    return Reply(NO_CONTENT)


async def reprice(call: Call) -> Reply:
    """Answer `POST /api/v1/prices/reprice`."""
    body: RepriceBody = call.body
    choice = await _choice(call, body)
    query: RepriceQuery = call.query
    if query.dry_run:
        return Reply(OK, json_bytes(_to_api(await call.services.price_changes.preview(choice, version=body.version), None)), JSON_TYPE)
    difference, repricing = await call.services.price_changes.reprice(choice, version=body.version, by=call.actor)
    return Reply(OK, json_bytes(_to_api(difference, None if repricing is None else repricing.number)), JSON_TYPE)


async def _choice(call: Call, body: RepriceBody) -> Choice:
    start, end = read_span(body.from_, body.to)
    subjects = frozenset(body.subjects) if body.subjects else None
    if body.customers:
        ids = [(await call.services.customers.get(one, by=call.principal)).id for one in body.customers]
        owned = frozenset(subject for share in await call.services.customers.shares(ids, by=call.principal) for subject in share.subjects)
        subjects = owned if subjects is None else owned & subjects
        if len(subjects) > SUBJECTS_MAX:
            text = f"the customers have {len(subjects)} subjects; at most {SUBJECTS_MAX} can be chosen at once"
            raise InvalidInputError(text, field="customers")
    return Choice(
        start=start,
        end=end,
        subjects=subjects,
        providers=frozenset(one.lower() for one in body.providers),
        models=frozenset(one.lower() for one in body.models),
    )


def _to_api(difference: Difference, repricing: int | None) -> RepriceAnswer:
    return RepriceAnswer(
        repricing=repricing,
        version=difference.version,
        upto=difference.upto,
        chosen=difference.chosen,
        total=_change("", difference.total),
        by_model=_changes(difference.by_model),
        by_customer=_changes(difference.by_customer),
        by_day=_changes(difference.by_day),
    )


def _changes(breakdown: Breakdown) -> CostChanges:
    return CostChanges([_change(group.key, group.change) for group in breakdown.groups], breakdown.omitted)


def _change(key: str, change: Change) -> CostChange:
    return CostChange(
        key=key,
        events=change.events,
        newly_priced=change.newly_priced,
        no_longer_priced=change.no_longer_priced,
        cost_before=change.before,
        cost_after=change.after,
    )


OPERATIONS: Final = (
    Operation(
        method="GET",
        path=OVERRIDES_PATH,
        name="getPriceOverrides",
        summary="Read the price document that was set over the API.",
        tag="prices",
        scope=Scope.READ,
        handler=get_overrides,
        answers=(Answer(OK, "The document.", (Content(JSON_TYPE, Document),)),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="PUT",
        path=OVERRIDES_PATH,
        name="setPriceOverrides",
        summary="Replace the price document of your own; its prices hold for the events to come and go before all others.",
        tag="prices",
        scope=Scope.ADMIN,
        handler=put_overrides,
        body=(Content(JSON_TYPE, Document, _EXAMPLE),),
        answers=(Answer(OK, "The version of the price book in force from now on.", (Content(JSON_TYPE, PriceBookVersion),)),),
    ),
    Operation(
        method="DELETE",
        path=OVERRIDES_PATH,
        name="deletePriceOverrides",
        summary="Let the prices that ship with Meterlark and those of the settings' file hold for the events to come.",
        tag="prices",
        scope=Scope.ADMIN,
        handler=delete_overrides,
        answers=(Answer(NO_CONTENT, "They do."),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="POST",
        path="/api/v1/prices/reprice",
        name="reprice",
        summary="Price events that are stored anew; a second time changes nothing. Queries of their cost wait until it is done.",
        tag="prices",
        scope=Scope.ADMIN,
        handler=reprice,
        query=RepriceQuery,
        body=(Content(JSON_TYPE, RepriceBody, {"from": "2026-11-01T00:00:00Z", "models": ["gpt-4o"]}),),
        answers=(Answer(OK, "What has changed, or would.", (Content(JSON_TYPE, RepriceAnswer),)),),
        problems=(InvalidInputError, NotFoundError, UnavailableError),
    ),
)
