"""Usage without a price: which models were seen, how often, when first and last. An alarm, since its cost is missing everywhere."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import msgspec

from meterlark.metering.filter import Filter, Operator
from meterlark.metering.measurement import needs_derived
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import plan_query
from meterlark.service.meters import Follower
from meterlark.service.principal import Principal
from meterlark.service.query import Queries

_GROUPS: Final = ("provider", "model", "tier", "unpriced")


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
    """

    def __init__(self, queries: Queries, meters: Callable[[], list[Meter]]) -> None:
        self._queries = queries
        self._meters = meters

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
            filters = {"unpriced": Filter(Operator.NE, ("",))}
            query = plan_query(_watch(event_type), start=start, end=end, group_by=_GROUPS, filters=filters)
            for row in await self._queries.run(query, by=msgspec.structs.replace(by, meters=None)):
                provider, model, tier, reason = (row.groups[name] for name in _GROUPS)
                found.append(UnpricedModel(event_type, provider, model, tier, reason, int(row.value), *row.window))
        return sorted(found, key=lambda one: (-one.events, one.event_type, one.provider, one.model, one.tier, one.reason))


def _watch(event_type: str) -> Meter:
    """Return the meter that counts events by what their price lacks; it has no slug that anybody could ask for."""
    groups = {name: f"$.meterlark.{name}" for name in _GROUPS}
    return define_meter(slug="unpriced", event_type=event_type, aggregation="COUNT", group_by=groups)
