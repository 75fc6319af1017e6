"""Events that a meter of their type could not read, or that have no meter at all, with the reasons."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from meterlark.ledger.contract import Record
from meterlark.metering.filter import Filter, Operator
from meterlark.metering.meter import Meter
from meterlark.model.event import Event
from meterlark.service.cost import Costs
from meterlark.service.explain import no_meter, read_by_meters
from meterlark.service.principal import Principal
from meterlark.service.scan import Scan, Seen
from meterlark.warehouse.contract import ListingFilter, Place

READ_MAX: Final = 10_000
"""Events that one page looks at, about 0.2 s of work; the next page goes on behind them."""


class Reason(NamedTuple):
    """Why an event is not measured.

    Attributes:
        meter: Slug of the meter that could not read it; None when there is no meter for its type.
        text: In the words of the OpenMeter protocol.
    """

    meter: str | None
    text: str


class NotMeasured(msgspec.Struct, frozen=True):
    """One event that is not measured by every meter of its type.

    Attributes:
        event: Parsed.
        record: As the ledger keeps it.
        reasons: One for each meter that could not read it.
    """

    event: Event
    record: Record
    reasons: tuple[Reason, ...]


class UnmeasuredPage(msgspec.Struct, frozen=True):
    """One page.

    Attributes:
        events: Newest event time first.
        counts: How many of them each reason concerns, the most frequent first.
        read: How many events were looked at for this page.
        behind: Where the next page begins; None when every event has been looked at.
    """

    events: list[NotMeasured]
    counts: list[tuple[Reason, int]]
    read: int
    behind: Place | None


class UnmeasuredEvents:
    """Finds them.

    Args:
        scan: Reads events.
        meters: Gives the live meters.
        costs: Works out costs.
    """

    def __init__(self, scan: Scan, meters: Callable[[], list[Meter]], costs: Costs) -> None:
        self._scan = scan
        self._meters = meters
        self._costs = costs

    async def page(
        self, *, meter: Meter | None, start: datetime | None, end: datetime | None, behind: Place | None, limit: int, by: Principal
    ) -> UnmeasuredPage:
        """Return the next events that are not measured.

        Args:
            meter: The only meter asked about; None for all.
            start: First event time, inclusive.
            end: First event time not looked at.
            behind: The end of the page before.
            limit: Most events returned.
            by: Who asks; only events that the sender may see.

        Raises:
            UnavailableError: It cannot be told now.
        """
        condition = ListingFilter(
            start=start,
            end=end,
            after=behind,
            subjects=by.visible_subjects(None),
            texts={} if meter is None else {"type": Filter(Operator.EQ, (meter.event_type,))},
            limit=READ_MAX,
        )
        meters = self._meters() if meter is None else [meter]
        return await self._scan.run(lambda seen: _page(seen, meters, self._costs, limit), condition)


def _page(seen: Iterator[Seen], meters: list[Meter], costs: Costs, limit: int) -> UnmeasuredPage:
    found: list[NotMeasured] = []
    counts: Counter[Reason] = Counter()
    read = 0
    last: Place | None = None
    for one in seen:
        read += 1
        last = one.place
        reasons = _reasons(one, meters, costs)
        if reasons:
            found.append(NotMeasured(one.event, one.record, reasons))
            counts.update(reasons)
        if len(found) == limit:
            break
    is_whole = len(found) < limit and read < READ_MAX
    return UnmeasuredPage(found, counts.most_common(), read, None if is_whole else last)


def _reasons(one: Seen, meters: list[Meter], costs: Costs) -> tuple[Reason, ...]:
    readings = read_by_meters(one.event, meters, costs, sequence=one.record.sequence, is_voided=one.is_voided)
    if not readings:
        return (Reason(None, no_meter(one.event)),)
    return tuple(Reason(reading.meter, reading.reason) for reading in readings if reading.reason is not None)
