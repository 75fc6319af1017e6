"""What a customer used of each item of a rate card, and which of its events no item charges for.

Usage comes from the warehouse, summed by the dimensions that the card's items filter on: a few questions for each meter and event type,
whatever the number of items. Nothing is left out in silence: events that an item's meter could not read (for a markup, events without a
complete cost), events that are in no item, and events whose type no meter measures are counted and listed.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from meterlark.metering.filter import Filter, Operator, matches, read_filter
from meterlark.metering.meter import Aggregation, Meter
from meterlark.metering.query import Query
from meterlark.model.event import RESERVED_PREFIX
from meterlark.pricing.charge import Uncharged, Used
from meterlark.pricing.money import EXACT, ZERO
from meterlark.pricing.ratecard import Markup
from meterlark.service.charged import Part, Span
from meterlark.service.principal import Principal, Scope
from meterlark.service.project import Projector
from meterlark.service.query import WAIT_SECONDS_MAX, Queries
from meterlark.service.rate_card import Item
from meterlark.warehouse.contract import LISTING, ListingFilter, Warehouse

UNMETERED_MAX: Final = 1_000
"""Events of types without a meter that are counted; more are told as "or more"."""

READER: Final = Principal("charges", frozenset((Scope.READ,)))
"""Reads usage for a charge; who may see a customer's charge is decided before."""


class PartUsage(NamedTuple):
    """What was used in one part of a period.

    Attributes:
        used: By item.
        uncharged: What no item charges for.
    """

    used: dict[str, Used]
    uncharged: list[Uncharged]


class _Measured(NamedTuple):
    """An item with its meter and its conditions by path."""

    item: Item
    meter: Meter
    conditions: dict[str, Filter]

    @property
    def is_markup(self) -> bool:
        """Whether its usage is a cost that is marked up."""
        return isinstance(self.item.rate, Markup)

    def passes(self, texts: dict[str, str]) -> bool:
        """Tell whether the item charges for events with these texts by path."""
        return all(matches(condition, texts[path]) for path, condition in self.conditions.items())


Counted = list[tuple[dict[str, str], Decimal]]
"""Usage by the texts of the dimensions asked for, by path."""


class ChargeUsage:
    """Reads usage for charges.

    Args:
        queries: Answer questions about meters.
        projector: Knows how far the listing is.
        warehouse: Lists events of types without a meter.
        meters: Gives the live meters.
    """

    def __init__(self, queries: Queries, projector: Projector, warehouse: Warehouse, meters: Callable[[], list[Meter]]) -> None:
        self._queries = queries
        self._projector = projector
        self._warehouse = warehouse
        self._meters = meters

    async def read(self, part: Part, spans: Sequence[Span], *, upto: int) -> PartUsage:
        """Return what was used in a part of a period.

        Args:
            part: The stretch and its version of the rate card.
            spans: Whose events, within the part.
            upto: Last sequence number of the ledger that counts.

        Raises:
            UnavailableError: The warehouse cannot answer now.
        """
        meters = {meter.slug: meter for meter in self._meters()}
        items = [_measured(item, meters[item.meter]) for item in part.version.items if item.meter is not None]
        quantities: dict[str, Decimal] = {}
        unread: dict[str, Decimal] = {}
        in_none: dict[str, Decimal] = {}
        for event_type in sorted({meter.event_type for meter in meters.values()}):
            charged = [one for one in items if one.meter.event_type == event_type]
            paths = sorted({path for one in charged for path in one.conditions})
            for span in spans:
                events = await self._count(_events_of(event_type), paths, span, upto)
                _add(in_none, event_type, (count for texts, count in events if not any(one.passes(texts) for one in charged)))
                for meter in {one.meter.slug: one.meter for one in charged}.values():
                    usage = await self._count(meter, paths, span, upto)
                    counted = usage if meter.value_property is None else await self._count(_measured_by(meter), paths, span, upto)
                    for one in charged:
                        if one.meter.slug == meter.slug:
                            _add(quantities, one.item.key, (value for texts, value in usage if one.passes(texts)))
                            _add(unread, one.item.key, (count for texts, count in events if one.passes(texts)))
                            _add(unread, one.item.key, (-count for texts, count in counted if one.passes(texts)))
        uncharged = [
            *(_not_read(one, unread[one.item.key], part) for one in items if unread.get(one.item.key) and not one.is_markup),
            *(_in_none(event_type, count, part) for event_type, count in in_none.items() if count),
            *await self.unmetered(spans, part.start, part.end, upto=upto),
        ]
        return PartUsage(_used(items, quantities, unread), uncharged)

    async def unpaid(self, spans: Sequence[Span], start: datetime, end: datetime, *, upto: int) -> list[Uncharged]:
        """Return all usage of a stretch of time in which there is no rate card, as uncharged."""
        counts: dict[str, Decimal] = {}
        for event_type in sorted({meter.event_type for meter in self._meters()}):
            for span in spans:
                _add(counts, event_type, (count for _, count in await self._count(_events_of(event_type), [], span, upto)))
        found = [
            Uncharged("", start, end, f"{count} events of type {event_type!r}: no rate card holds at their time")
            for event_type, count in counts.items()
            if count
        ]
        return [*found, *await self.unmetered(spans, start, end, upto=upto)]

    async def unmetered(self, spans: Sequence[Span], start: datetime, end: datetime, *, upto: int) -> list[Uncharged]:
        """Return the events whose type no meter measures, as uncharged."""
        count = sum([await asyncio.to_thread(self._unmetered, span, upto) for span in spans])
        if not count:
            return []
        number = f"{count} or more" if count >= UNMETERED_MAX else str(count)
        return [Uncharged("", start, end, f"{number} events are of types that no meter measures")]

    def _unmetered(self, span: Span, upto: int) -> int:
        table = self._projector.wait_for_table(LISTING, timeout_seconds=WAIT_SECONDS_MAX)
        types = tuple(sorted({meter.event_type for meter in self._meters()}))
        known = (Filter(Operator.NIN, types),) if types else ()
        unknown = Filter(Operator.AND, parts=(*known, Filter(Operator.NLIKE, (f"{RESERVED_PREFIX}%",))))
        condition = ListingFilter(subjects=span.subjects, start=span.start, end=span.end, texts={"type": unknown}, limit=UNMETERED_MAX)
        listed = [sequence for sequence in self._warehouse.listing(condition, table=table.key) if sequence <= upto]
        return len(listed) - len(self._warehouse.voided(listed, table=table.key))

    async def _count(self, meter: Meter, paths: Sequence[str], span: Span, upto: int) -> Counted:
        """Return a meter's usage in a span by the texts at some paths."""
        names = {f"d{position}": path for position, path in enumerate(paths)}
        query = Query(
            msgspec.structs.replace(meter, group_by=names),
            start=span.start,
            end=span.end,
            group_by=tuple(names),
            subjects=span.subjects,
            upto=upto,
        )
        rows = await self._queries.run(query, by=READER)
        return [({path: row.groups[name] for name, path in names.items()}, row.value) for row in rows if row.value]


def _measured(item: Item, meter: Meter) -> _Measured:
    conditions = {meter.group_by[key]: read_filter(condition, field=key) for key, condition in item.filters.items()}
    return _Measured(item, meter, conditions)


def _used(items: Sequence[_Measured], quantities: dict[str, Decimal], unread: dict[str, Decimal]) -> dict[str, Used]:
    """Return the usage by item; that of a markup is the cost."""
    used: dict[str, Used] = {}
    for one in items:
        key = one.item.key
        quantity = quantities.get(key)
        if one.is_markup and (quantity is not None or unread.get(key)):
            used[key] = Used(quantity or ZERO, quantity, int(unread.get(key, ZERO)))
        elif quantity is not None:
            used[key] = Used(quantity)
    return used


def _events_of(event_type: str) -> Meter:
    """Return a meter that counts every event of a type."""
    return Meter(slug="events", event_type=event_type, aggregation=Aggregation.COUNT)


def _measured_by(meter: Meter) -> Meter:
    """Return a meter that counts the events whose value another one could read."""
    return msgspec.structs.replace(meter, aggregation=Aggregation.COUNT)


def _add(totals: dict[str, Decimal], key: str, values: Iterable[Decimal]) -> None:
    for value in values:
        totals[key] = EXACT.add(totals.get(key, ZERO), value)


def _not_read(one: _Measured, count: Decimal, part: Part) -> Uncharged:
    text = f"{count} events were not measured by the meter {one.meter.slug}; their listing says why"
    return Uncharged(one.item.key, part.start, part.end, text)


def _in_none(event_type: str, count: Decimal, part: Part) -> Uncharged:
    text = f"{count} events of type {event_type!r} are in no item of the rate card {part.version.key}"
    return Uncharged("", part.start, part.end, text)
