"""What became of one event: what each meter of its type read from it or why not, and what came again under its identity."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from meterlark.ledger.contract import Ledger, Record, Repeats
from meterlark.metering.measurement import Unmeasured, measure, needs_derived
from meterlark.metering.meter import Meter
from meterlark.model.errors import NotFoundError
from meterlark.model.event import DEFAULT_NAMESPACE, Event
from meterlark.service.cost import NEXT, Costs, EventCost
from meterlark.service.principal import Principal


class Reading(msgspec.Struct, frozen=True):
    """What one meter made of one event.

    Attributes:
        meter: Its slug.
        value: What it read: a number, a text for UNIQUE_COUNT, None for COUNT and for an event it could not read.
        groups: Text of each of its dimensions by key; empty for an event it could not read.
        reason: Why it could not read it; None when it did.
    """

    meter: str
    value: int | Decimal | str | None
    groups: dict[str, str]
    reason: str | None


class Story(msgspec.Struct, frozen=True):
    """Everything about one event.

    Attributes:
        event: Parsed.
        record: As the ledger keeps it.
        readings: One for each meter of its type.
        repeats: What came again under its identity.
        cost: What it cost, with the lines; None when no meter of its type asks for that.
    """

    event: Event
    record: Record
    readings: tuple[Reading, ...]
    repeats: Repeats
    cost: EventCost | None


def read_by_meters(event: Event, meters: Iterable[Meter], costs: Costs, *, sequence: int = NEXT) -> tuple[Reading, ...]:
    """Return what each meter of the event's type makes of it, in the order of the meters.

    Args:
        event: What is read.
        meters: By which meters.
        costs: Derives what some of them read.
        sequence: The event's place in the ledger.
    """
    concerned = [meter for meter in meters if meter.event_type == event.type]
    derived = costs.derive(sequence, event) if any(map(needs_derived, concerned)) else {}
    return tuple(_reading(meter, event, derived) for meter in concerned)


def problems_of(event: Event, readings: Sequence[Reading]) -> tuple[str, ...]:
    """Return why an event is not measured: that no meter has its type, or each distinct reason of a meter that could not read it."""
    if not readings:
        return (f"no meter found for event type: {event.type}",)
    return tuple(dict.fromkeys(reading.reason for reading in readings if reading.reason is not None))


def _reading(meter: Meter, event: Event, derived: Mapping[str, Any]) -> Reading:
    if meter.event_from is not None and event.time < meter.event_from:
        return Reading(meter.slug, None, {}, f"event time is before the meter's eventFrom {meter.event_from.isoformat()}")
    found = measure(meter, event, derived)
    if isinstance(found, Unmeasured):
        return Reading(meter.slug, None, {}, found.reason)
    return Reading(meter.slug, found.value, found.groups, None)


class Explain:
    """Tells the story of stored events.

    Args:
        ledger: Holds them.
        meters: Gives the live meters.
        costs: Works out costs.
    """

    def __init__(self, ledger: Ledger, meters: Callable[[], list[Meter]], costs: Costs) -> None:
        self._ledger = ledger
        self._meters = meters
        self._costs = costs

    async def story(self, *, source: str, event_id: str, by: Principal) -> Story:
        """Return everything about the event of an identity.

        Raises:
            NotFoundError: There is none that the sender may see.
        """
        return await asyncio.to_thread(self._story, source, event_id, by)

    def _story(self, source: str, event_id: str, by: Principal) -> Story:
        record = self._ledger.find(namespace=DEFAULT_NAMESPACE, source=source, event_id=event_id)
        event = record.event()
        if by.subjects is not None and event.subject not in by.subjects:
            # In the words of an unknown event: that it exists is not theirs to know.
            raise NotFoundError(f"event not found: id {event_id[:80]!r} of source {source[:80]!r}")
        meters = self._meters()
        readings = read_by_meters(event, meters, self._costs, sequence=record.sequence)
        has_cost = any(meter.event_type == event.type and needs_derived(meter) for meter in meters)
        cost = self._costs.cost_of(record, event) if has_cost else None
        return Story(event, record, readings, self._ledger.repeats(record.sequence), cost)
