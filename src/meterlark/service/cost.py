"""The cost of stored events: derived from the event and the price version in force at its place in the ledger, never stored."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.ledger.contract import Record
from meterlark.model.event import Event
from meterlark.pricing.cost import Cost, price_event
from meterlark.pricing.derived import consumption_of, derive, reported_cost_of
from meterlark.pricing.journal import PriceVersion
from meterlark.pricing.usage import Consumption
from meterlark.service.prices import Prices

NEXT: Final = 2**63 - 1
"""Place in the ledger of an event that is not stored yet: the newest prices hold for it."""


class EventCost(msgspec.Struct, frozen=True):
    """What one event cost, and why.

    Attributes:
        cost: The amount in dollars with its lines, or what has no price; count it only when it is complete.
        used: What the event used, as far as it can be priced.
        version: The price version that holds for it.
        reported: What the provider itself says it cost, in dollars; None when it does not.
    """

    cost: Cost
    used: Consumption
    version: PriceVersion
    reported: Decimal | None


class Costs:
    """Works out costs.

    Args:
        prices: The prices and their journal.
    """

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    @property
    def revision(self) -> int:
        """How often costs that were there before have changed; what was derived at an older revision is not valid."""
        return self._prices.journal.revision

    def cost_of(self, record: Record, event: Event | None = None) -> EventCost:
        """Return the cost of a stored event.

        Args:
            record: As the ledger keeps it.
            event: The same, decoded, where that is at hand.
        """
        return self.cost_at(record.sequence, record.event() if event is None else event)

    def cost_at(self, sequence: int, event: Event) -> EventCost:
        """Return the cost of an event at a place in the ledger; `NEXT` for one that is not stored yet."""
        journal = self._prices.journal
        used = consumption_of(event)
        number = journal.version_of(sequence, event.subject, used)
        cost = price_event(self._prices.book(number), used)
        return EventCost(cost, used, journal.versions[number - 1], reported_cost_of(event))

    def derive(self, sequence: int, event: Event) -> dict[str, Any]:
        """Return what meters see of an event below `$.meterlark` (`pricing.derived`)."""
        used = consumption_of(event)
        number = self._prices.journal.version_of(sequence, event.subject, used)
        return derive(used, price_event(self._prices.book(number), used), version=number, reported=reported_cost_of(event))

    def derive_all(self, events: Sequence[tuple[Record, Event]]) -> list[dict[str, Any]]:
        """Return what meters see of each of some events."""
        return [self.derive(record.sequence, event) for record, event in events]
