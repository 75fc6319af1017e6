"""Prices as people look them up: what each tier of each model costs at a moment, and every price that a model ever had."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from meterlark.model.errors import NotFoundError
from meterlark.pricing.book import PriceBook
from meterlark.pricing.plan import Unpriced
from meterlark.pricing.timeline import Entry


class PriceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which prices to list; None means no condition.

    Attributes:
        at: The prices that hold at this moment, aware.
        provider: Of this provider, by its listed name.
        search: Of models whose name contains this text, in lower case.
        tier: Of this tier.
    """

    at: datetime
    provider: str | None = None
    search: str | None = None
    tier: str | None = None


def list_prices(book: PriceBook, query: PriceQuery) -> list[Entry]:
    """Return the price of each tier of each model that is asked for, ordered by provider, model and tier.

    A price for some hours of the day is listed while it holds. What has no price at the moment is left out.
    """
    return list(_prices(book, query))


def _prices(book: PriceBook, query: PriceQuery) -> Iterator[Entry]:
    for provider, model in book.models():
        if query.provider not in (None, provider) or (query.search is not None and query.search not in model):
            continue
        for tier in sorted({entry.price.tier for entry in book.entries(provider, model)}):
            if query.tier in (None, tier):
                timeline = book.timeline(provider, model, tier)
                bands = None if isinstance(timeline, Unpriced) else timeline.at(query.at)
                if bands is not None:
                    yield bands.entry


def price_history(book: PriceBook, *, provider: str, model: str, source: str = "") -> tuple[str, str, list[Entry]]:
    """Return whose prices hold for a name that a provider returned, as which model, and all its prices by tier and time.

    Raises:
        NotFoundError: It has no price; the message says why.
    """
    found = book.resolve(provider.lower(), model.lower(), source)
    if isinstance(found, Unpriced):
        raise NotFoundError(found.message)
    owner, name = found
    entries = sorted(book.entries(owner, name), key=lambda entry: (entry.price.tier, str(entry.price.since or ""), entry.rank))
    return owner, name, entries
