"""What wrappers of OpenTelemetry record: spans in memory, and the names under which each of them writes its numbers."""

import json
from collections.abc import Iterator
from typing import Any

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

NAMES = {
    "input": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
    "output": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
    "cached": (
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read"),
        *("gen_ai.usage.input_tokens.cached", "gen_ai.usage.details.cached_tokens"),
    ),
    "reasoning": (
        *("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning"),
        *("gen_ai.usage.details.reasoning_tokens", "llm.usage.reasoning_tokens"),
    ),
}


class Spans:
    """Collects spans.

    Attributes:
        provider: The tracer provider to instrument with.
        exporter: Where the spans go.
    """

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    def attributes(self) -> list[dict[str, Any]]:
        """Return the attributes of every span since the last call."""
        spans = [dict(span.attributes or {}) for span in self.exporter.get_finished_spans()]
        self.exporter.clear()
        return spans

    def taken(self) -> list[dict[str, Any]]:
        """Return the numbers of every span since the last call."""
        return [numbers_of(attributes) for attributes in self.attributes()]


def numbers_of(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of a span, wherever it writes them."""
    numbers = {what: next((attributes[name] for name in names if name in attributes), None) for what, names in NAMES.items()}
    return numbers | {"tier": next(tiers_of(attributes), None)}


def tiers_of(value: Any) -> Iterator[str]:
    """Yield what a span says of the tier that was used, in an attribute of its own or inside one that is JSON; the request's is not it."""
    if isinstance(value, dict):
        for name, one in value.items():
            if "request" in str(name) or "invocation" in str(name):
                continue
            if str(name).endswith("service_tier") and isinstance(one, str):
                yield one
            else:
                yield from tiers_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from tiers_of(one)
    elif isinstance(value, str) and value.startswith(("{", "[")) and "service_tier" in value:
        try:
            yield from tiers_of(json.loads(value))
        except json.JSONDecodeError:
            return
