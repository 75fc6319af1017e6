"""What pricing derives from an event, as meters see it below `$.meterlark`: cost, names, tier, price version, or why there is no cost.

Nothing of it is stored with the event: it follows from the event and the prices in force at its place in the ledger (`journal.py`).
"""

from decimal import Decimal
from typing import Any, Final

from meterlark.metering.measurement import Unmeasured
from meterlark.model.event import Event
from meterlark.model.number import INTEGER_DIGITS_MAX, is_within_limits
from meterlark.pricing.cost import Cost
from meterlark.pricing.usage import Consumption, read_consumption, read_reported_cost

PROVIDER_OF_TYPE: Final = {"openai": "openai"}
"""Whose usage events of a type are, where their data names no provider: the classic type of OpenMeter's example names it."""

CURRENCY: Final = "USD"
"""Currency of every cost; prices in another one are refused, because no exchange rate is known."""

UNPRICED: Final = "unpriced"
"""Begins the reason why an event has no cost."""

_LIMIT: Final = 10**INTEGER_DIGITS_MAX
"""A value's limit before the point; behind it an amount keeps to the limit by itself (`money.py`)."""

_OUT_OF_RANGE: Final = Unmeasured("invalid event: cost out of range")


def consumption_of(event: Event) -> Consumption:
    """Return what an event used, as far as it can be priced."""
    return read_consumption(event.data or {}, event.time, event.source, provider=PROVIDER_OF_TYPE.get(event.type, ""))


def reported_cost_of(event: Event) -> Decimal | None:
    """Return the cost in dollars that the provider itself reported; None when it did not. Kept beside ours, never instead of it."""
    data = event.data or {}
    told = data.get("provider_cost")
    if type(told) is int or type(told) is Decimal:
        return Decimal(told) if data.get("provider_cost_currency", CURRENCY) == CURRENCY else None
    usage = data.get("usage")
    return read_reported_cost(usage) if isinstance(usage, dict) else None


def priced_model(used: Consumption, cost: Cost) -> str:
    """Return the name under which a model is priced; as the provider returned it, in lower case, when it has no price."""
    return used.model.lower() if cost.record is None else cost.record.model


def derive(used: Consumption, cost: Cost, *, version: int, reported: Decimal | None) -> dict[str, Any]:
    """Return what meters see of an event below `$.meterlark`.

    Args:
        used: What it used.
        cost: What that cost.
        version: Number of the price version.
        reported: What the provider says it cost.

    Returns:
        `cost` in dollars, or an `Unmeasured` with the reason; `provider` as the event names it; `model` as priced, else as returned;
        `tier` and `price_version`; `reported_cost` where there is one; for an event without a complete cost also `unpriced`, the reason
        for a program.
    """
    derived: dict[str, Any] = {
        "provider": used.provider.lower(),
        "model": priced_model(used, cost),
        "tier": used.tier,
        "price_version": version,
    }
    if cost.unpriced:
        derived["cost"] = Unmeasured(f"{UNPRICED}: {'; '.join(one.message for one in cost.unpriced)}")
        derived["unpriced"] = cost.unpriced[0].reason.value
    else:
        assert cost.amount is not None
        assert cost.currency == CURRENCY
        derived["cost"] = cost.amount if cost.amount < _LIMIT else _OUT_OF_RANGE
    if reported is not None:
        derived["reported_cost"] = reported if is_within_limits(reported) else _OUT_OF_RANGE
    return derived
