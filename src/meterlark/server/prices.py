"""`/api/v1/prices`: what models cost, from when on, who said so; usage that has no price."""

import asyncio
from datetime import date, datetime, time
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import InvalidInputError, NotFoundError, UnavailableError
from meterlark.pricing.document import Rates
from meterlark.pricing.timeline import Entry
from meterlark.pricing.units import UNITS
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.paging import PAGE_SIZE_DEFAULT, Page, PageNumber, PageSize, cut
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time, read_span, read_time
from meterlark.service.price_list import PriceQuery, list_prices, price_history
from meterlark.service.principal import Scope
from meterlark.service.unpriced import UnpricedModel

Name = Annotated[str, Meta(min_length=1, max_length=256)]


class ListPricesQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which prices to list."""

    provider: Annotated[Name, Meta(description="Of this provider.")] | None = None
    search: Annotated[Name, Meta(description="Of models whose name contains this.")] | None = None
    tier: Annotated[Name, Meta(description="Of this service tier, such as `standard` or `batch`.")] | None = None
    at: Annotated[Time, Meta(description="The prices that hold at this moment; now by default.")] | None = None
    page: PageNumber = 1
    page_size: PageSize = PAGE_SIZE_DEFAULT


class UnpricedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Usage of which time to look at; all of it by default."""

    from_: Annotated[Time, Meta(description="First event time, inclusive.")] | None = msgspec.field(name="from", default=None)
    to: Annotated[Time, Meta(description="Last event time, exclusive.")] | None = None


class PriceHistoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which model."""

    provider: Annotated[Name, Meta(description="As events name it.")]
    model: Annotated[Name, Meta(description="As the provider returns it.")]
    source: Annotated[str, Meta(max_length=1024, description="An event's source, whose address says whose prices hold.")] = ""


class UnitRate(msgspec.Struct, frozen=True):
    """The price of a unit.

    Attributes:
        unit: What is paid for, such as `input_tokens`.
        price: In dollars.
        per: How much of the unit the price is for.
    """

    unit: str
    price: Number
    per: int


class LongInput(msgspec.Struct, frozen=True):
    """Prices of a request whose input is longer.

    Attributes:
        above: More input tokens than this.
        rates: By unit; they replace the others.
    """

    above: int
    rates: list[UnitRate]


class ListedPrice(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What one tier of a model costs.

    Attributes:
        provider: Whose price it is.
        model: The model.
        tier: The service tier.
        rates: By unit.
        long_input: Prices of long input, by length.
        since: First day (UTC) on which it holds; null when not known.
        until: First day on which it no longer holds; null when it has no end.
        hours: Daily span in UTC; null for all day.
        document: The price document that has it.
        source: Where it was read.
        seen_on: When it was read.
        note: What a reader should know.
    """

    provider: str
    model: str
    tier: str
    rates: list[UnitRate]
    long_input: list[LongInput]
    since: date | None
    until: date | None
    hours: list[time] | None
    document: str
    source: str
    seen_on: date
    note: str


class PricePage(Page, frozen=True, rename="camel", kw_only=True):
    """One page of prices.

    Attributes:
        items: Ordered by provider, model and tier.
        version: The version of the price book that they are of.
    """

    items: list[ListedPrice]
    version: int


class PriceHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Every price of a model.

    Attributes:
        provider: Whose prices hold.
        model: The model that the name means.
        version: The version of the price book.
        prices: By tier and time; where two hold at the same time, the later one of the list does.
    """

    provider: str
    model: str
    version: int
    prices: list[ListedPrice]


class UnpricedUsageModel(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A tier of a model of which some usage has no price.

    Attributes:
        event_type: Type of the events.
        provider: As the events name it.
        model: As the provider returned it, or as it is listed when only the tier or a unit has no price.
        tier: The service tier.
        reason: Why there is no price.
        events: How many events have none.
        first_at: Minute of the earliest of them.
        last_at: End of the minute of the latest of them.
    """

    event_type: str
    provider: str
    model: str
    tier: str
    reason: str
    events: int
    first_at: datetime
    last_at: datetime


def _price(entry: Entry) -> ListedPrice:
    price = entry.price
    return ListedPrice(
        provider=entry.provider,
        model=entry.model,
        tier=price.tier,
        rates=_rates(price.rates),
        long_input=[LongInput(band.above, _rates(band.rates)) for band in price.long_context],
        since=price.since,
        until=price.until,
        hours=None if price.hours is None else list(price.hours),
        document=entry.document,
        source=entry.source,
        seen_on=entry.seen_on,
        note=price.note,
    )


def _rates(rates: Rates) -> list[UnitRate]:
    return [UnitRate(unit, rates[unit], UNITS[unit].per) for unit in sorted(rates)]


def _unpriced(one: UnpricedModel) -> UnpricedUsageModel:
    return UnpricedUsageModel(**msgspec.structs.asdict(one))


async def list_all(call: Call) -> Reply:
    """Answer `GET /api/v1/prices`."""
    query: ListPricesQuery = call.query
    newest = call.services.prices.journal.newest.number
    asked = PriceQuery(
        at=read_time(query.at, field="at") or call.services.now(),
        provider=query.provider,
        search=None if query.search is None else query.search.lower(),
        tier=query.tier,
    )
    book = call.services.prices.book(newest)
    found = await asyncio.to_thread(list_prices, book, asked)  # 0.2 s of work for all of them
    items = [_price(entry) for entry in cut(found, page=query.page, page_size=query.page_size)]
    page = PricePage(items=items, page=query.page, page_size=query.page_size, total_count=len(found), version=newest)
    return Reply(OK, json_bytes(page), JSON_TYPE)


async def show_history(call: Call) -> Reply:
    """Answer `GET /api/v1/prices/history`."""
    query: PriceHistoryQuery = call.query
    newest = call.services.prices.journal.newest.number
    book = call.services.prices.book(newest)
    provider, model, entries = price_history(book, provider=query.provider, model=query.model, source=query.source)
    history = PriceHistory(provider=provider, model=model, version=newest, prices=[_price(entry) for entry in entries])
    return Reply(OK, json_bytes(history), JSON_TYPE)


async def list_unpriced(call: Call) -> Reply:
    """Answer `GET /api/v1/prices/unpriced`."""
    start, end = read_span(call.query.from_, call.query.to)
    found = await call.services.unpriced.models(by=call.principal, start=start, end=end)
    return Reply(OK, json_bytes([_unpriced(one) for one in found]), JSON_TYPE)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/prices",
        name="listPrices",
        summary="List what each tier of each model costs, by the newest prices.",
        tag="prices",
        scope=Scope.READ,
        handler=list_all,
        query=ListPricesQuery,
        answers=(Answer(OK, "The prices.", (Content(JSON_TYPE, PricePage),)),),
    ),
    Operation(
        method="GET",
        path="/api/v1/prices/history",
        name="getPriceHistory",
        summary="Tell which model a name means, and every price that it has or had, with dates and sources.",
        tag="prices",
        scope=Scope.READ,
        handler=show_history,
        query=PriceHistoryQuery,
        answers=(Answer(OK, "Its prices.", (Content(JSON_TYPE, PriceHistory),)),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="GET",
        path="/api/v1/prices/unpriced",
        name="listUnpriced",
        summary="List the models that were used and have no price, with how often, first and last.",
        tag="prices",
        scope=Scope.READ,
        handler=list_unpriced,
        query=UnpricedQuery,
        answers=(Answer(OK, "They, the most frequent first.", (Content(JSON_TYPE, list[UnpricedUsageModel]),)),),
        problems=(InvalidInputError, UnavailableError),
    ),
)
