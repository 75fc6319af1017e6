"""Meterlark: `meter.wrap(client)`, delivering to a server that remembers."""

from typing import Any

from adapters.sdks import sdk_client
from recording_ingest import RecordingIngest

from meterlark import Meter

TITLE = "Meterlark"
KINDS = frozenset({"openai", "async_openai", "azure"})
PACKAGES = ("meterlark",)


class Adapter:
    """Wraps the SDKs' clients."""

    def __init__(self) -> None:
        self._ingest = RecordingIngest().__enter__()
        self._meter = Meter(self._ingest.url, spool_dir=None, batch_wait_seconds=0.01)

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        return self._meter.wrap(sdk_client(kind, root_url))

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        assert self._meter.flush(20)
        stats = self._meter.stats()
        assert (stats.dropped, stats.rejected, stats.failed, stats.unmetered) == (0, 0, 0, 0), stats
        events, self._ingest.events = self._ingest.events, []
        return [
            {
                "input": event["data"].get("input_tokens"),
                "output": event["data"].get("output_tokens"),
                "cached": event["data"].get("cache_read_input_tokens"),
                "reasoning": event["data"].get("reasoning_output_tokens"),
                "tier": event["data"].get("service_tier"),
                "source": event["data"]["usage_source"],
            }
            for event in events
        ]
