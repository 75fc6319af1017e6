"""Small price documents and uses for the tests of pricing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from meterlark.pricing.book import PriceBook
from meterlark.pricing.cost import Cost, price_event
from meterlark.pricing.document import Document, Model, Price, Provider, check_document
from meterlark.pricing.usage import Consumption

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MADE_ON = date(2026, 11, 1)


def rates(**amounts: str | int) -> dict[str, Decimal]:
    """Return prices by unit."""
    return {unit: Decimal(amount) for unit, amount in amounts.items()}


PLAIN = rates(input_tokens=10, cache_read_input_tokens=1, output_tokens=40)


def document(*prices: Price, name: str = "ours", model: Model | None = None, provider: Provider | None = None) -> Document:
    """Return a checked document with one model, `maker/m-1`."""
    model = model or Model(prices=prices)
    made = Document(
        name=name, made_on=MADE_ON, providers={"maker": provider or Provider(models={"m-1": model}, sources=("https://maker.test/prices",))}
    )
    check_document(made)
    return made


def book(*prices: Price) -> PriceBook:
    """Return a book of one document with one model, `maker/m-1`."""
    return PriceBook([document(*prices)])


def use(
    quantities: Mapping[str, int | Decimal],
    *,
    at: datetime = NOON,
    model: str = "m-1",
    tier: str = "standard",
    provider: str = "maker",
    source: str = "",
    unreadable: tuple[str, ...] = (),
) -> Consumption:
    """Return a use of `maker/m-1`."""
    return Consumption(provider, model, tier, at, quantities, source, unreadable)


def cost(prices: PriceBook | Price, quantities: Mapping[str, int | Decimal], *, at: datetime = NOON, tier: str = "standard") -> Cost:
    """Return the cost of a use of `maker/m-1`."""
    priced = prices if isinstance(prices, PriceBook) else book(prices)
    return price_event(priced, use(quantities, at=at, tier=tier))


def parts(priced: Cost) -> dict[str, int | Decimal]:
    """Return the quantity of each line by its unit."""
    return {line.price.unit: line.quantity for line in priced.lines}
