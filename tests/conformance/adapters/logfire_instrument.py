"""Logfire's `instrument_openai` and `instrument_anthropic`."""

import json
from typing import Any

import logfire
from adapters.sdks import sdk_client
from adapters.spans import Spans, numbers_of
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

TITLE = "Logfire"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic"})
PACKAGES = ("logfire",)


class Adapter:
    """Instruments each client."""

    def __init__(self) -> None:
        self._spans = Spans()
        logfire.configure(
            send_to_logfire=False, console=False, metrics=False, additional_span_processors=[SimpleSpanProcessor(self._spans.exporter)]
        )

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        client = sdk_client(kind, root_url)
        instrument = logfire.instrument_anthropic if kind == "anthropic" else logfire.instrument_openai
        instrument(client)
        return client

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call; what a span keeps of the answer's own JSON counts too.

        Anthropic's SDK writes spans of its own to Logfire's tracer; they are not Logfire's.
        """
        own = [attributes for attributes in self._spans.attributes() if "logfire.msg_template" in attributes]
        return [self._numbers(attributes) for attributes in own]

    def _numbers(self, attributes: dict[str, Any]) -> dict[str, Any]:
        numbers = numbers_of(attributes)
        usage = json.loads(attributes.get("gen_ai.usage.raw", "{}"))
        inputs = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
        outputs = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
        kept = {
            "input": usage.get("prompt_tokens", usage.get("input_tokens")),
            "output": usage.get("completion_tokens", usage.get("output_tokens")),
            "cached": inputs.get("cached_tokens", usage.get("cache_read_input_tokens")),
            "reasoning": outputs.get("reasoning_tokens", outputs.get("thinking_tokens")),
        }
        kept["tier"] = usage.get("service_tier")
        return {name: kept.get(name) if number is None else number for name, number in numbers.items()}
