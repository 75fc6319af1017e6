"""The prices that hold, searched; and the models that were used and have none."""

import asyncio
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from meterlark.dashboard.page import Page, Visit
from meterlark.dashboard.stamp import take_stamp
from meterlark.pricing.book import PriceBook
from meterlark.pricing.timeline import Entry
from meterlark.pricing.units import UNITS
from meterlark.server.operation import Call
from meterlark.server.reply import Reply

PAGE_LINES: Final = 50
PAGE_MAX: Final = 10_000
MAIN_UNITS: Final = ("input_tokens", "cache_read_input_tokens", "output_tokens")
"""Units with a column of their own; the others stand together in one."""


class PricesQuery(msgspec.Struct, frozen=True):
    """Which prices.

    Attributes:
        q: Parts of provider, model and tier, in any order.
        page: Counted from 1.
    """

    q: Annotated[str, Meta(max_length=1_024)] | None = None
    page: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 1


class PriceLine(NamedTuple):
    """One price of one tier of one model.

    Attributes:
        provider: Whose it is.
        model: Of which model.
        tier: The service tier.
        since: First day (UTC) on which it holds; None when not known.
        until: First day on which it holds no more; None for no end.
        main: Price of each of `MAIN_UNITS`, for a million; None where there is none.
        others: Prices of further units, in words.
        document: Which document has it.
        source: Where it was read.
        note: What a reader should know.
    """

    provider: str
    model: str
    tier: str
    since: date | None
    until: date | None
    main: tuple[Decimal | None, ...]
    others: list[str]
    document: str
    source: str
    note: str


async def show(visit: Visit) -> Reply:
    """Show the prices."""
    call = visit.call
    query: PricesQuery = call.query
    stamp = await take_stamp(call)
    unpriced = await call.services.unpriced.models(by=call.principal)
    lines, count = await asyncio.to_thread(_found, call, (query.q or "").casefold().split(), (query.page - 1) * PAGE_LINES)
    return visit.page(
        "prices.html",
        stamp=stamp,
        zone=visit.zone,
        query=query,
        unpriced=unpriced,
        lines=lines,
        count=count,
        first=(query.page - 1) * PAGE_LINES,
        pages=-(-count // PAGE_LINES),
        price_version=call.services.prices.journal.newest,
        main_units=MAIN_UNITS,
    )


def _found(call: Call, words: list[str], first: int) -> tuple[list[PriceLine], int]:
    """Return a page of the prices that hold every word, and how many there are."""
    prices = call.services.prices
    found = list(_matching(prices.book(prices.journal.newest.number), words))
    return [_line(entry) for entry in found[first : first + PAGE_LINES]], len(found)


def _matching(book: PriceBook, words: list[str]) -> Iterator[Entry]:
    for provider, model in book.models():
        for entry in book.entries(provider, model):
            text = f"{provider} {model} {entry.price.tier}".casefold()
            if all(word in text for word in words):
                yield entry


def _line(entry: Entry) -> PriceLine:
    price = entry.price
    others = [f"{unit}: {amount} for {UNITS[unit].per:,}" for unit, amount in price.rates.items() if unit not in MAIN_UNITS]
    bands = [f"above {band.above:,} input tokens: {unit} {amount}" for band in price.long_context for unit, amount in band.rates.items()]
    return PriceLine(
        entry.provider,
        entry.model,
        price.tier,
        price.since,
        price.until,
        tuple(price.rates.get(unit) for unit in MAIN_UNITS),
        others + bands,
        entry.document,
        entry.source,
        price.note,
    )


PAGES: Final = (Page(path="/prices", handler=show, query=PricesQuery),)
