"""The closed periods, kept in the catalog: only ever added to and read. What each covers is known in memory, its lines are on disk."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import msgspec

from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.model.time import format_time
from meterlark.service.audit import entry_of
from meterlark.service.charged import ClosedPeriod, Span, read_closed
from meterlark.service.principal import Actor
from meterlark.service.rate_card import DEFAULT_OWNER


class Coverage(msgspec.Struct, frozen=True):
    """What a closed period has charged.

    Attributes:
        id: The period's.
        customer_id: Who paid.
        start: First event time.
        end: First event time after it.
        currency: Of its amounts; None when there was no rate card.
        position: The last sequence number of the ledger that was looked at.
        repricings: How many repricings there were then.
        spans: Whose events of the period were charged when it was closed.
        adjusted: Whose events of earlier periods were charged then, by the period's id.
    """

    id: str
    customer_id: str
    start: datetime
    end: datetime
    currency: str | None
    position: int
    repricings: int
    spans: tuple[Span, ...]
    adjusted: dict[str, tuple[Span, ...]]


class ClosedPeriods:
    """The closed periods of one server.

    Args:
        catalog: Where they are kept.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: list[Coverage] = []
        self._by_customer: dict[str, list[Coverage]] = {}
        self._paid: dict[str, list[tuple[str, Span]]] = {}
        for record in catalog.records(Kind.CLOSED_PERIOD):
            self._remember(_coverage(read_closed(record)))

    def coverages(self) -> list[Coverage]:
        """Return what each closed period covers, in the order in which they were closed."""
        return list(self._known)

    def paid_by_others(self, customer_id: str, subjects: Iterable[str]) -> list[Span]:
        """Return what other customers were charged for of some subjects."""
        found = [pair for subject in subjects for pair in self._paid.get(subject, ())]
        return [span for payer, span in found if payer != customer_id]

    def of(self, customer_id: str) -> list[Coverage]:
        """Return what each closed period of a customer covers, in order of time."""
        return sorted(self._by_customer.get(customer_id, ()), key=lambda one: one.start)

    def until(self, owner: str) -> datetime | None:
        """Return the end of the last closed period of a customer, or of any for the default card; None when there is none."""
        known = self._known if owner == DEFAULT_OWNER else self._by_customer.get(owner, ())
        return max((one.end for one in known), default=None)

    async def get(self, period_id: str) -> ClosedPeriod:
        """Return one closed period.

        Raises:
            NotFoundError: There is none of that id.
        """
        return read_closed(await asyncio.to_thread(self._catalog.record, Kind.CLOSED_PERIOD, period_id))

    async def add(self, period: ClosedPeriod, *, by: Actor) -> None:
        """Keep a period for ever; the caller has made sure that no other of its customer overlaps.

        Raises:
            ConflictError: One of the same customer begins at the same time.
        """
        bill = period.bill
        summary = {"from": bill.start, "to": bill.end, "customerId": bill.customer_id, "amount": bill.amount, "currency": bill.currency}
        audit = entry_of(by, "closePeriod", f"period:{period.id}", at=period.closed_at, after=summary)
        record = Record(
            kind=Kind.CLOSED_PERIOD,
            id=period.id,
            claims=(Claim("closed_period", f"{bill.customer_id} {format_time(bill.start)}"),),
            created_at=period.closed_at,
            updated_at=period.closed_at,
            definition=msgspec.json.encode(period),
        )
        await asyncio.to_thread(self._catalog.add, record, audit)
        self._remember(_coverage(period))

    def _remember(self, one: Coverage) -> None:
        self._known.append(one)
        self._by_customer.setdefault(one.customer_id, []).append(one)
        for span in (*one.spans, *(span for spans in one.adjusted.values() for span in spans)):
            for subject in span.subjects:
                self._paid.setdefault(subject, []).append((one.customer_id, span))


def _coverage(period: ClosedPeriod) -> Coverage:
    bill = period.bill
    return Coverage(
        id=period.id,
        customer_id=bill.customer_id,
        start=bill.start,
        end=bill.end,
        currency=bill.currency,
        position=bill.position,
        repricings=bill.repricings,
        spans=bill.spans,
        adjusted=bill.adjusted,
    )
