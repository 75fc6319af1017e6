"""`meterlark prices`: list prices, show a model's history and the versions of the price book, list models without a price."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say

PRICES_PATH: Final = "/api/v1/prices"
PAGE_SIZE: Final = 1_000
"""Prices of one request: the most that the server gives."""

_COLUMNS: Final = ("input_tokens", "cache_read_input_tokens", "output_tokens")

ProviderOption = Annotated[str | None, Parameter(help="Of this provider.")]


class UnitRate(msgspec.Struct, frozen=True):
    """The price of a unit."""

    unit: str
    price: Decimal
    per: int


class PriceRow(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A price as the server answers it; other members pass by."""

    provider: str
    model: str
    tier: str
    rates: list[UnitRate]
    since: str | None
    until: str | None
    document: str
    source: str
    seen_on: str
    note: str

    def cells(self) -> tuple[str, ...]:
        """Return the prices of the usual units, and how many others there are."""
        rates = {rate.unit: f"{rate.price:f}" for rate in self.rates}
        others = len(rates.keys() - set(_COLUMNS))
        return (*(rates.get(unit, "") for unit in _COLUMNS), f"+{others}" if others else "")


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    items: list[msgspec.Raw]
    total_count: int


class _History(msgspec.Struct, frozen=True):
    provider: str
    model: str
    version: int
    prices: list[PriceRow]


class _Unpriced(msgspec.Struct, frozen=True, rename="camel"):
    provider: str
    model: str
    tier: str
    reason: str
    events: int
    first_at: str
    last_at: str
    event_type: str


class _Document(msgspec.Struct, frozen=True):
    origin: str
    name: str


class _Version(msgspec.Struct, frozen=True, rename="camel"):
    number: int
    after_sequence: int
    made_at: str
    documents: list[_Document]


class _Journal(msgspec.Struct, frozen=True):
    versions: list[msgspec.Raw]
    repricings: list[msgspec.Raw]


def list_all(
    *,
    provider: ProviderOption = None,
    search: Annotated[str | None, Parameter(help="Of models whose name contains this.")] = None,
    tier: Annotated[str | None, Parameter(help="Of this service tier, such as standard or batch.")] = None,
    at: Annotated[str | None, Parameter(help="The prices that hold at this moment (RFC 3339); now by default.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """List what models cost, in dollars for a million tokens."""
    parameters = {"provider": provider, "search": search, "tier": tier, "at": at}
    with Client(url) as client:
        found = list(_all_prices(client, parameters))
    if json_output:
        print_json(found)
        return
    rows = [msgspec.json.decode(one, type=PriceRow) for one in found]
    print_table(
        ["provider", "model", "tier", "input", "cached", "output", "more", "since", "document"],
        [(row.provider, row.model, row.tier, *row.cells(), row.since or "", row.document) for row in rows],
    )


def _all_prices(client: Client, parameters: dict[str, str | None]) -> Iterator[msgspec.Raw]:
    page, seen, total = 1, 0, 1
    while seen < total:
        found = client.fetch(PRICES_PATH, _Page, {**parameters, "page": str(page), "pageSize": str(PAGE_SIZE)})
        yield from found.items
        page, seen, total = page + 1, seen + len(found.items), found.total_count
        if not found.items:
            return


def show(
    provider: Annotated[str, Parameter(help="As events name it.")],
    model: Annotated[str, Parameter(help="As the provider returns it.")],
    /,
    *,
    source: Annotated[str | None, Parameter(help="An event's source, whose address says whose prices hold.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Show which model a name means, and every price that it has or had."""
    with Client(url) as client:
        raw = client.fetch(f"{PRICES_PATH}/history", msgspec.Raw, {"provider": provider, "model": model, "source": source})
    if json_output:
        print_json([raw])
        return
    history = msgspec.json.decode(raw, type=_History)
    say(f"{model} is priced as {history.provider}/{history.model}; dollars, price version {history.version}")
    rows = [
        (price.tier, rate.unit, f"{rate.price:f}", f"{rate.per:,}", price.since or "", price.until or "", price.document, price.source)
        for price in history.prices
        for rate in price.rates
    ]
    print_table(["tier", "unit", "price", "for", "since", "until", "document", "source"], rows)


def unpriced(*, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """List the models that were used and have no price."""
    with Client(url) as client:
        found = client.fetch(f"{PRICES_PATH}/unpriced", list[msgspec.Raw])
    if json_output:
        print_json(found)
        return
    rows = [msgspec.json.decode(one, type=_Unpriced) for one in found]
    if not rows:
        say("everything that was used has a price")
        return
    print_table(
        ["provider", "model", "tier", "why", "events", "first", "last", "type"],
        [(one.provider, one.model, one.tier, one.reason, one.events, one.first_at, one.last_at, one.event_type) for one in rows],
    )


def versions(*, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """List the versions of the price book."""
    with Client(url) as client:
        journal = client.fetch(f"{PRICES_PATH}/versions", _Journal)
    if json_output:
        print_json(journal.versions)
        return
    rows = [msgspec.json.decode(one, type=_Version) for one in journal.versions]
    print_table(
        ["version", "events after", "made", "documents"],
        [
            (str(one.number), str(one.after_sequence), one.made_at, ", ".join(f"{part.name} ({part.origin})" for part in one.documents))
            for one in rows
        ],
    )
    if journal.repricings:
        say(f"times that events were priced anew: {len(journal.repricings)}; GET {PRICES_PATH}/versions has each")
