"""Prices and costs without a server."""

from datetime import UTC, date, datetime
from decimal import Decimal

from meterlark.catalog.contract import Catalog
from meterlark.catalog.memory import MemoryCatalog
from meterlark.pricing.document import Document, Model, Price, Provider
from meterlark.pricing.journal import Origin
from meterlark.service.cost import Costs
from meterlark.service.prices import Prices

AT = datetime(2026, 11, 24, tzinfo=UTC)


def document(name: str = "own", /, **prices: str) -> Document:
    """Return a document of the provider acme: by model, dollars for a million tokens of input; output costs twice that."""
    models = {
        model: Model(prices=(Price(rates={"input_tokens": Decimal(price), "output_tokens": 2 * Decimal(price)}),))
        for model, price in prices.items()
    }
    return Document(name=name, made_on=date(2026, 11, 1), providers={"acme": Provider(models=models)})


def prices_of(*documents: Document, catalog: Catalog | None = None, head: int = 0) -> Prices:
    """Return the prices of some documents, as if they shipped with Meterlark."""
    given = [(Origin.BUNDLED, one) for one in documents or (document(),)]
    return Prices(MemoryCatalog() if catalog is None else catalog, given, head=head, now=lambda: AT)


def costs_of(*documents: Document) -> Costs:
    """Return costs at the prices of some documents."""
    return Costs(prices_of(*documents))
