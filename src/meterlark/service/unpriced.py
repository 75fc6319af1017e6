"""Usage without a price: which models were seen, how often, when first and last. An alarm, since its cost is missing everywhere."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from time import monotonic
from typing import Final

import msgspec

from meterlark.metering.filter import Filter, Operator
from meterlark.metering.measurement import needs_derived
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import plan_query
from meterlark.model.errors import UnavailableError
from meterlark.service.meters import Follower
from meterlark.service.principal import Principal, Scope
from meterlark.service.query import Queries

ALARM_SECONDS: Final = 60
"""How long a count is given again: a scrape or a probe comes every few seconds, and each count is a question to the warehouse."""

ALARM_WAIT_SECONDS: Final = 1.0
"""How long a scrape or a probe waits for a count; longer than a batch of the projection takes."""

WATCHER: Final = Principal("alarm", frozenset((Scope.READ,)))
"""Counts for the alarm, which names nothing."""

_GROUPS: Final = ("provider", "model", "tier", "unpriced")
_UNPRICED: Final = {"unpriced": Filter(Operator.NE, ("",))}


class UnpricedModel(msgspec.Struct, frozen=True):
    """A tier of a model of which some usage has no price.

    Attributes:
        event_type: Type of the events.
        provider: As the events name it.
        model: As it is priced, or as the provider returned it.
        tier: The service tier.
        reason: Why there is no price, for a program.
        events: How many events have none.
        first_at: Minute of the earliest of them.
        last_at: End of the minute of the latest of them.
    """

    event_type: str
    provider: str
    model: str
    tier: str
    reason: str
    events: int
    first_at: datetime
    last_at: datetime


class UnpricedCount(msgspec.Struct, frozen=True):
    """How much usage has no price.

    Attributes:
        events: Events without a complete cost.
        models: Tiers of models that they are of.
    """

    events: int
    models: int


def watched_types(meters: Iterable[Meter]) -> list[str]:
    """Return the event types whose cost some meter asks for, sorted."""
    return sorted({meter.event_type for meter in meters if needs_derived(meter)})


def with_watch(meters: Iterable[Meter]) -> list[Meter]:
    """Return the meters, and for each type whose cost is asked for one that counts its events without a price."""
    given = list(meters)
    return [*given, *map(_watch, watched_types(given))]


class Watch:
    """Tells a follower of the meters and of the counting of what has no price.

    Args:
        follower: The projector.
    """

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def set_meters(self, meters: Iterable[Meter]) -> None:
        """Learn the meters of this moment."""
        self._follower.set_meters(with_watch(meters))


class UnpricedUsage:
    """Lists usage without a price.

    Args:
        queries: Answer how many events there are.
        meters: Gives the live meters.
        clock: Monotonic seconds.
    """

    def __init__(self, queries: Queries, meters: Callable[[], list[Meter]], *, clock: Callable[[], float] = monotonic) -> None:
        self._queries = queries
        self._meters = meters
        self._clock = clock
        self._counted_at: float | None = None
        self._count: UnpricedCount | None = None

    async def count(self) -> UnpricedCount | None:
        """Return how much usage has no price, at most `ALARM_SECONDS` old while the warehouse answers; None when it never has."""
        now = self._clock()
        if self._counted_at is None or now - self._counted_at >= ALARM_SECONDS:
            self._counted_at = now
            try:
                found = await asyncio.wait_for(self.models(by=WATCHER), ALARM_WAIT_SECONDS)
            except (TimeoutError, UnavailableError):
                # That the warehouse lags or fails is told by its own check and metrics; the count before stays, and it is tried again.
                self._counted_at = None if self._count is None else now
            else:
                self._count = UnpricedCount(sum(one.events for one in found), len(found))
        return self._count

    async def models(self, *, by: Principal, start: datetime | None = None, end: datetime | None = None) -> list[UnpricedModel]:
        """Return what the sender may see, the most frequent first.

        Args:
            by: Who asks.
            start: First event time looked at; None for no bound.
            end: First event time after it; None for no bound.

        Raises:
            UnavailableError: The warehouse has not caught up in time, or fails.
        """
        found: list[UnpricedModel] = []
        for event_type in watched_types(self._meters()):
            query = plan_query(_watch(event_type), start=start, end=end, group_by=_GROUPS, filters=_UNPRICED)
            for row in await self._queries.run(query, by=msgspec.structs.replace(by, meters=None)):
                provider, model, tier, reason = (row.groups[name] for name in _GROUPS)
                found.append(UnpricedModel(event_type, provider, model, tier, reason, int(row.value), *row.window))
        return sorted(found, key=lambda one: (-one.events, one.event_type, one.provider, one.model, one.tier, one.reason))

    async def events(self, event_type: str, *, by: Principal, start: datetime, end: datetime) -> int:
        """Return how many events of a type in `[start, end)`, of those that the sender may see, have no price: without grouping, cheaper.

        Raises:
            UnavailableError: As `models`.
        """
        query = plan_query(_watch(event_type), start=start, end=end, filters=_UNPRICED)
        rows = await self._queries.run(query, by=msgspec.structs.replace(by, meters=None))
        return sum(int(row.value) for row in rows)


def _watch(event_type: str) -> Meter:
    """Return the meter that counts events by what their price lacks; it has no slug that anybody could ask for."""
    groups = {name: f"$.meterlark.{name}" for name in _GROUPS}
    return define_meter(slug="unpriced", event_type=event_type, aggregation="COUNT", group_by=groups)
