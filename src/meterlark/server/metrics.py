"""Operational metrics in the Prometheus text format. Label sets are closed; no subject or model is ever a label.

The parts count for themselves in plain integers; they are read only when somebody asks, so counting costs nothing on the way of an event.
"""

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from meterlark.ledger.contract import Verdict
from meterlark.service.services import Services
from meterlark.service.unpriced import UnpricedCount

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The content type that Prometheus asks for (its exposition format, version 0.0.4)."""


def metrics_text(services: Services, unpriced: UnpricedCount | None) -> bytes:
    """Return every metric as it stands; may block for a look at the ledger.

    Args:
        services: What is counted.
        unpriced: How much usage has no price; None when that is not known.
    """
    registry = CollectorRegistry()
    registry.register(_Services(services, unpriced))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)


class _Services(Collector):
    def __init__(self, services: Services, unpriced: UnpricedCount | None) -> None:
        self._services = services
        self._unpriced = unpriced

    def collect(self) -> Iterator[Metric]:
        """Read the counters of the parts."""
        ingest, projector = self._services.ingest, self._services.projector
        events = CounterMetricFamily("meterlark_events", "Events answered with success since the start, by verdict.", labels=["verdict"])
        for verdict in Verdict:
            events.add_metric([verdict.value], ingest.verdicts[verdict])
        yield events
        yield CounterMetricFamily("meterlark_commits", "Transactions of the ledger since the start.", value=ingest.commits)
        seconds = ingest.commit_nanoseconds / 1_000_000_000
        yield CounterMetricFamily("meterlark_commit_seconds", "Time spent in transactions of the ledger since the start.", value=seconds)
        counts = self._services.ledger.counts()
        for name, text, value in (
            ("meterlark_ledger_events", "Events stored.", counts.events),
            ("meterlark_ledger_conflicts", "Other contents that came under the identity of a stored event.", counts.conflicts),
            ("meterlark_ingest_queued_events", "Events that wait for a transaction.", ingest.queued_events),
            ("meterlark_projection_lag_events", "Events stored and not yet in the warehouse.", projector.lag),
            ("meterlark_projection_is_failing", "1 while the warehouse cannot be filled.", int(projector.failure is not None)),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        if self._unpriced is not None:
            yield GaugeMetricFamily("meterlark_unpriced_events", "Events whose cost is not known.", value=self._unpriced.events)
            yield GaugeMetricFamily("meterlark_unpriced_models", "Tiers of models that such events are of.", value=self._unpriced.models)
