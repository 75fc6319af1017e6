"""Whether anything has come for a closed period since it was looked at last: late events, voids, other prices.

Nearly always nothing has, and two looks into the listing of events say so for all closed periods of a customer at once; only a period for
which something has come is worked out again.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from meterlark.metering.filter import equals_any
from meterlark.model.void import VOID_TYPE
from meterlark.service.charged import Span
from meterlark.service.project import Projector
from meterlark.service.query import WAIT_SECONDS_MAX
from meterlark.warehouse.contract import LISTING, ListingFilter, Warehouse


class Looked(NamedTuple):
    """A closed period as it was looked at last.

    Attributes:
        period_id: Of the period.
        spans: Whose events were looked at.
        position: The last sequence number that was looked at.
        repricings: How many repricings there were then.
    """

    period_id: str
    spans: tuple[Span, ...]
    position: int
    repricings: int


class ChargeChanges:
    """Looks for changes.

    Args:
        projector: Knows how far the listing is.
        warehouse: Lists events.
        repricings: Gives the number of repricings until now.
    """

    def __init__(self, projector: Projector, warehouse: Warehouse, repricings: Callable[[], int]) -> None:
        self._projector = projector
        self._warehouse = warehouse
        self._repricings = repricings

    @property
    def repricings(self) -> int:
        """How many repricings there are now."""
        return self._repricings()

    async def of(self, periods: Sequence[Looked]) -> set[str]:
        """Return the ids of the periods for which something may have come since.

        Raises:
            UnavailableError: The warehouse cannot answer now.
        """
        repriced = {one.period_id for one in periods if one.repricings != self.repricings}
        asked = [one for one in periods if one.spans and one.period_id not in repriced]
        return repriced | (await asyncio.to_thread(self._changed, asked) if asked else set())

    def _changed(self, periods: Sequence[Looked]) -> set[str]:
        table = self._projector.wait_for_table(LISTING, timeout_seconds=WAIT_SECONDS_MAX).key
        spans = [span for one in periods for span in one.spans]
        subjects = tuple(sorted({subject for span in spans for subject in span.subjects}))
        behind = min(one.position for one in periods)
        voids = ListingFilter(subjects=subjects, texts={"type": equals_any((VOID_TYPE,))}, behind=behind, limit=1)
        if self._warehouse.listing(voids, table=table):
            return {one.period_id for one in periods}  # a void has the subject of its event, and a time of its own
        whole = Span(min(span.start for span in spans), max(span.end for span in spans), subjects)
        if not self._has_late(whole, behind, table):
            return set()
        return {one.period_id for one in periods if any(self._has_late(span, one.position, table) for span in one.spans)}

    def _has_late(self, span: Span, behind: int, table: int) -> bool:
        late = ListingFilter(subjects=span.subjects, start=span.start, end=span.end, behind=behind, limit=1)
        return bool(self._warehouse.listing(late, table=table))
