"""What became of one event: what each meter of its type read from it or why not, and what came again under its identity."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from meterlark.ledger.contract import Ledger, Record, Repeats
from meterlark.metering.measurement import Unmeasured, measure, needs_derived
from meterlark.metering.meter import Meter
from meterlark.model.event import DEFAULT_NAMESPACE, RESERVED_PREFIX, Event
from meterlark.model.void import CORRECTS_ID, CORRECTS_SOURCE, EventName
from meterlark.service.cost import NEXT, Costs, EventCost
from meterlark.service.principal import Principal
from meterlark.service.voids import Voiding, unknown_event, voiding_of

VOIDED: Final = "event is voided"
"""Why a voided event is not measured."""


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
        voiding: By whom, when and why it was voided; None when it counts.
        corrects: The voided event that it stands for; None when it stands for none.
        cost: What it cost, with the lines; None when no meter of its type asks for that.
    """

    event: Event
    record: Record
    readings: tuple[Reading, ...]
    repeats: Repeats
    voiding: Voiding | None
    corrects: EventName | None
    cost: EventCost | None


def read_by_meters(
    event: Event, meters: Iterable[Meter], costs: Costs, *, sequence: int = NEXT, is_voided: bool = False
) -> tuple[Reading, ...]:
    """Return what each meter of the event's type makes of it, in the order of the meters.

    Args:
        event: What is read.
        meters: By which meters.
        costs: Derives what some of them read.
        sequence: The event's place in the ledger.
        is_voided: Whether it counts no more.
    """
    concerned = [meter for meter in meters if meter.event_type == event.type]
    if is_voided:
        return tuple(Reading(meter.slug, None, {}, VOIDED) for meter in concerned)
    derived = costs.derive(sequence, event) if any(map(needs_derived, concerned)) else {}
    return tuple(_reading(meter, event, derived) for meter in concerned)


def problems_of(event: Event, readings: Sequence[Reading]) -> tuple[str, ...]:
    """Return why an event is not measured: that no meter has its type, or each distinct reason of a meter that could not read it.

    An event that Meterlark wrote itself is not there to be measured.
    """
    if event.type.startswith(RESERVED_PREFIX):
        return ()
    if not readings:
        return (no_meter(event),)
    return tuple(dict.fromkeys(reading.reason for reading in readings if reading.reason is not None))


def no_meter(event: Event) -> str:
    """Return the reason of an event whose type no meter has."""
    return f"no meter found for event type: {event.type}"


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
            raise unknown_event(EventName(source, event_id))
        voiding = voiding_of(self._ledger, EventName(source, event_id), namespace=event.namespace)
        meters = self._meters()
        readings = read_by_meters(event, meters, self._costs, sequence=record.sequence, is_voided=voiding is not None)
        has_cost = any(meter.event_type == event.type and needs_derived(meter) for meter in meters)
        cost = self._costs.cost_of(record, event) if has_cost else None
        return Story(event, record, readings, self._ledger.repeats(record.sequence), voiding, self._corrected_by(event), cost)

    def _corrected_by(self, event: Event) -> EventName | None:
        """Return the event that another one corrects; the void of that must say so, too, for anybody may send such attributes."""
        names = _links.decode(event.text)
        if not isinstance(names.source, str) or not isinstance(names.id, str):
            return None
        corrected = EventName(names.source, names.id)
        void = voiding_of(self._ledger, corrected, namespace=event.namespace)
        return corrected if void is not None and void.void.correction == EventName(event.source, event.id) else None


class _Links(msgspec.Struct):
    source: object = msgspec.field(name=CORRECTS_SOURCE, default=None)
    id: object = msgspec.field(name=CORRECTS_ID, default=None)


_links: Final = msgspec.json.Decoder(_Links)
