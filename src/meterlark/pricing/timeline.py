"""Which price holds when: the prices of one tier of one model, from all documents, put in order of time once.

Of two prices that hold at the same time the one of the later document wins, within a document the one that began later. A price for some
hours of the day goes before the all-day price unless that one outranks it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import msgspec

from meterlark.pricing.decompose import Quantities
from meterlark.pricing.document import Price
from meterlark.pricing.plan import Plan, PriceRecord
from meterlark.pricing.units import INPUT

_FIRST = date.min


class Entry(msgspec.Struct, frozen=True):
    """A price and what its records say about it.

    Attributes:
        rank: Place of its document; the higher wins.
        price: The price.
        provider: Whose it is.
        model: Of which model.
        currency: ISO 4217.
        document: The document's name.
        source: Where it was read.
        seen_on: When it was read.
    """

    rank: int
    price: Price
    provider: str
    model: str
    currency: str
    document: str
    source: str
    seen_on: date


class Bands:
    """The plans of one price, by input length."""

    __slots__ = ("_above", "_plans", "entry")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        price = entry.price
        self._above = [band.above for band in price.long_context]
        rates = dict(price.rates)
        self._plans = [Plan(_record(entry, above=0), rates, price.least)]
        for band in price.long_context:
            rates = {**rates, **band.rates}
            self._plans.append(Plan(_record(entry, above=band.above), rates, price.least))

    def plan(self, quantities: Quantities) -> Plan | None:
        """Return the plan for the input's length; None when the length matters and is not reported."""
        if not self._above:
            return self._plans[0]
        length = quantities.get(INPUT)
        return None if length is None else self._plans[sum(length > above for above in self._above)]


class Timeline:
    """The prices of one tier of one model, ordered by time."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        days = {day for entry in entries for day in (entry.price.since, entry.price.until) if day is not None}
        starts = [_FIRST, *sorted(days)]
        self._starts = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in starts]
        self._all_day: list[Bands | None] = []
        self._hourly: list[tuple[tuple[time, time, tuple[int, ...], Bands], ...]] = []
        bands = {id(entry): Bands(entry) for entry in entries}
        for day in starts:
            held = sorted((entry for entry in entries if _holds(entry.price, day)), key=_rank, reverse=True)
            position, all_day = next(((n, entry) for n, entry in enumerate(held) if entry.price.hours is None), (len(held), None))
            self._all_day.append(bands[id(all_day)] if all_day is not None else None)
            self._hourly.append(
                tuple(
                    (*entry.price.hours, entry.price.weekdays, bands[id(entry)])
                    for entry in held[:position]
                    if entry.price.hours is not None
                )
            )
        self._changes = bool(days)
        self.first_day = None if any(entry.price.since is None for entry in entries) else min(days)

    def at(self, moment: datetime) -> Bands | None:
        """Return the bands that hold at an aware instant; None when no price holds then."""
        # Most prices never changed; then the search would be a third of the work.
        position = bisect_right(self._starts, moment) - 1 if self._changes else 0
        hourly = self._hourly[position]
        if hourly:
            moment = moment.astimezone(UTC)
            clock = moment.time()
            for start, end, weekdays, bands in hourly:
                is_inside = start <= clock < end if start < end else (clock >= start or clock < end)
                if is_inside and (not weekdays or moment.isoweekday() in weekdays):
                    return bands
        return self._all_day[position]


def _holds(price: Price, day: date) -> bool:
    return (price.since is None or price.since <= day) and (price.until is None or day < price.until)


def _rank(entry: Entry) -> tuple[int, date, bool]:
    # At the same rank and start, hours go before all day.
    return entry.rank, entry.price.since or _FIRST, entry.price.hours is not None


def _record(entry: Entry, *, above: int) -> PriceRecord:
    price = entry.price
    hours = "" if price.hours is None else f" {price.hours[0]:%H:%M}-{price.hours[1]:%H:%M}"
    weekdays = f" on {','.join(map(str, price.weekdays))}" if price.weekdays else ""
    length = f" >{above}" if above else ""
    return PriceRecord(
        key=f"{entry.provider}/{entry.model}/{price.tier}@{price.since or 'start'}{hours}{weekdays}{length}",
        provider=entry.provider,
        model=entry.model,
        tier=price.tier,
        since=price.since,
        until=price.until,
        hours=price.hours,
        above=above,
        currency=entry.currency,
        document=entry.document,
        source=entry.source,
        seen_on=entry.seen_on,
        note=price.note,
    )
