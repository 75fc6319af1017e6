"""Stored events, listed with what each meter made of them."""

import asyncio
from collections.abc import Callable
from itertools import islice
from typing import Final

import msgspec

from meterlark.ledger.contract import Conflict, Ledger, Record
from meterlark.metering.meter import Meter
from meterlark.model.event import Event
from meterlark.service.explain import problems_of, read_by_meters
from meterlark.service.principal import Principal
from meterlark.service.project import Projector
from meterlark.service.query import WAIT_SECONDS_MAX
from meterlark.warehouse.contract import LISTING, ListingFilter, Warehouse

CONFLICTS_SCANNED_MAX: Final = 10_000
"""Newest conflicts that are looked through for those that a key bound to subjects may see."""


class ListedEvent(msgspec.Struct, frozen=True):
    """One stored event and why it was not measured.

    Attributes:
        event: Parsed.
        record: As the ledger keeps it, with its verbatim text.
        problems: One line for each reason; empty when every meter of its type measured it.
    """

    event: Event
    record: Record
    problems: tuple[str, ...]


class Events:
    """Lists stored events.

    Args:
        ledger: Holds the texts.
        projector: Knows how far the listing table is.
        warehouse: Finds which events are asked for.
        meters: Gives the live meters.
    """

    def __init__(self, ledger: Ledger, projector: Projector, warehouse: Warehouse, meters: Callable[[], list[Meter]]) -> None:
        self._ledger = ledger
        self._projector = projector
        self._warehouse = warehouse
        self._meters = meters

    async def listed(self, condition: ListingFilter, *, by: Principal) -> list[ListedEvent]:
        """Return the events asked for that the sender may see, newest event time first, then highest sequence first.

        Raises:
            ForbiddenError: A subject was asked for that the sender may not see.
            UnavailableError: The warehouse cannot answer now.
        """
        visible = msgspec.structs.replace(condition, subjects=by.visible_subjects(condition.subjects))
        return await asyncio.to_thread(self._listed, visible)

    async def conflicts(self, *, limit: int, by: Principal) -> list[Conflict]:
        """Return other contents that came under the identity of an event that the sender may see, newest first."""
        conflicts = await asyncio.to_thread(self._ledger.conflicts, limit=limit if by.subjects is None else CONFLICTS_SCANNED_MAX)
        if by.subjects is None:
            return conflicts
        visible = (conflict for conflict in conflicts if conflict.first.event().subject in by.subjects)
        return list(islice(visible, limit))

    def _listed(self, condition: ListingFilter) -> list[ListedEvent]:
        table = self._projector.wait_for_table(LISTING, timeout_seconds=WAIT_SECONDS_MAX)
        sequences = self._warehouse.listing(condition, table=table.key)
        meters = self._meters()
        listed: list[ListedEvent] = []
        for record in self._ledger.get(sequences):
            event = record.event()
            listed.append(ListedEvent(event, record, problems_of(event, read_by_meters(event, meters))))
        return listed
