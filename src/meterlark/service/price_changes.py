"""Changes of prices: overrides for the events to come, and repricing of those that are there. One at a time, audited, repeatable."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from meterlark.metering.meter import Meter
from meterlark.model.errors import InvalidInputError
from meterlark.pricing.document import Document, check_document
from meterlark.pricing.journal import Choice, PriceVersion, Repricing
from meterlark.service.customers import Customers
from meterlark.service.prices import Prices
from meterlark.service.principal import Actor
from meterlark.service.project import Projector
from meterlark.service.reprice import Comparison, Difference
from meterlark.service.scan import Scan
from meterlark.service.unpriced import watched_types


class PriceChanges:
    """Changes the prices of one server.

    Args:
        prices: What is changed.
        scan: Reads the events that may be priced anew.
        projector: Pauses while prices change, and fills tables anew.
        meters: Gives the live meters.
        customers: Know whose usage an event is.
        now: The clock; aware UTC.
    """

    def __init__(
        self,
        prices: Prices,
        scan: Scan,
        projector: Projector,
        *,
        meters: Callable[[], list[Meter]],
        customers: Customers,
        now: Callable[[], datetime],
    ) -> None:
        self._prices = prices
        self._scan = scan
        self._projector = projector
        self._meters = meters
        self._customers = customers
        self._now = now
        self._changing = asyncio.Lock()

    async def set_overrides(self, document: Document | None, *, by: Actor) -> PriceVersion:
        """Make other overrides hold for the events to come; return the version in force afterwards, the same when nothing changes.

        Args:
            document: The overrides; None for none.
            by: For the audit log.

        Raises:
            InvalidInputError: A price that is not allowed, or another currency than dollars.
        """
        if document is not None:
            check_document(document)
        async with self._changing:
            if document == self._prices.overrides():
                return self._prices.journal.newest
            return await asyncio.to_thread(self._set_overrides, document, by)

    async def preview(self, choice: Choice, *, version: int | None = None) -> Difference:
        """Return what a repricing would change, and change nothing.

        Args:
            choice: Which events.
            version: Number of the price version; None for the newest.

        Raises:
            InvalidInputError: There is no such version, or too many events are chosen.
            UnavailableError: It cannot be told now.
        """
        async with self._changing:
            return await self._compare(choice, self._checked(version))

    async def reprice(self, choice: Choice, *, version: int | None = None, by: Actor) -> tuple[Difference, Repricing | None]:
        """Make a version hold for chosen events that are stored now.

        Returns:
            What has changed, and the entry of the journal; none when nothing changes, so a second call does nothing.

        Raises:
            InvalidInputError: There is no such version, or too many events are chosen.
            UnavailableError: It cannot be told now; nothing was changed.
        """
        async with self._changing:
            difference = await self._compare(choice, self._checked(version))
            if not difference.total.events:
                return difference, None
            number = len(self._prices.journal.repricings) + 1
            repricing = Repricing(number, difference.version, difference.upto, choice, self._now())
            await asyncio.to_thread(self._add_repricing, repricing, by)
            return difference, repricing

    def _checked(self, version: int | None) -> int:
        newest = self._prices.journal.newest.number
        if version is not None and not 1 <= version <= newest:
            raise InvalidInputError(f"there is no price version {version}; there are 1 to {newest}", field="version")
        return newest if version is None else version

    async def _compare(self, choice: Choice, version: int) -> Difference:
        comparison = Comparison(self._prices, version, choice, self._payer_of)
        return await comparison.run(self._scan, watched_types(self._meters()), upto=self._projector.head)

    def _payer_of(self, subject: str) -> str:
        customer = self._customers.customer_of(subject)
        return f"subject:{subject}" if customer is None else customer.id

    def _set_overrides(self, document: Document | None, by: Actor) -> PriceVersion:
        with self._projector.paused() as after:
            return self._prices.set_overrides(document, after=after, by=by)

    def _add_repricing(self, repricing: Repricing, by: Actor) -> None:
        with self._projector.paused():
            self._prices.add_repricing(repricing, by=by)
