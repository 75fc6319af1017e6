"""Stored events read one after the other, newest first, a bounded number of them: for questions that no table of the warehouse answers."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple, TypeVar

import msgspec

from meterlark.ledger.contract import Ledger, Record
from meterlark.metering.filter import Filter, Operator
from meterlark.model.errors import UnavailableError
from meterlark.model.event import RESERVED_PREFIX, Event
from meterlark.service.project import Projector
from meterlark.service.query import WAIT_SECONDS_MAX
from meterlark.warehouse.contract import LISTING, ListingFilter, Place, Warehouse

PAGE_EVENTS: Final = 500
"""Events read at once, some 10 ms of work: between pages other threads get their turn."""

SCANS_MAX: Final = 2
"""Scans at the same time; each is worth seconds of one core at most, and ingest needs the interpreter, too."""

_NOT_RESERVED: Final = Filter(Operator.NLIKE, (f"{RESERVED_PREFIX}%",))

Result = TypeVar("Result")


class Seen(NamedTuple):
    """One event of a scan.

    Attributes:
        record: As the ledger keeps it.
        event: Parsed.
        is_voided: Whether it counts no more.
    """

    record: Record
    event: Event
    is_voided: bool

    @property
    def place(self) -> Place:
        """Where it stands in the listing."""
        return Place(self.record.time_us, self.record.sequence)


class Scan:
    """Reads stored events.

    Args:
        ledger: Holds them.
        projector: Knows how far the listing table is.
        warehouse: Finds which are asked for.
    """

    def __init__(self, ledger: Ledger, projector: Projector, warehouse: Warehouse) -> None:
        self._ledger = ledger
        self._projector = projector
        self._warehouse = warehouse
        self._running = 0

    async def run(self, work: Callable[[Iterator[Seen]], Result], condition: ListingFilter) -> Result:
        """Give the events asked for, newest first, `condition.limit` at most, to a piece of work in another thread.

        Unless the condition names types, what Meterlark wrote itself is left out. Every event acknowledged before this call is among them.

        Raises:
            UnavailableError: Too many scans run, or the warehouse cannot answer now.
        """
        if self._running >= SCANS_MAX:
            raise UnavailableError(f"{SCANS_MAX} questions that read events one by one run already; ask again", retry_after_seconds=2)
        self._running += 1
        try:
            return await asyncio.to_thread(lambda: work(chain.from_iterable(self._pages(condition))))
        finally:
            self._running -= 1

    def _pages(self, condition: ListingFilter) -> Iterator[list[Seen]]:
        table = self._projector.wait_for_table(LISTING, timeout_seconds=WAIT_SECONDS_MAX).key
        condition = msgspec.structs.replace(condition, texts={"type": _NOT_RESERVED, **condition.texts})
        left = condition.limit
        place = condition.after
        while left > 0:
            size = min(PAGE_EVENTS, left)
            sequences = self._warehouse.listing(msgspec.structs.replace(condition, after=place, limit=size), table=table)
            voided = self._warehouse.voided(sequences, table=table)
            page = [Seen(record, record.event(), record.sequence in voided) for record in self._ledger.get(sequences)]
            yield page
            if len(page) < size:
                return
            left -= size
            place = page[-1].place
