"""Langfuse's replacement of the module `openai`."""

import json
from typing import Any

from adapters.spans import Spans
from langfuse import Langfuse
from langfuse.openai import AsyncOpenAI, AzureOpenAI, OpenAI

TITLE = "Langfuse"
KINDS = frozenset({"openai", "async_openai", "azure"})
PACKAGES = ("langfuse",)
USAGE = "langfuse.observation.usage_details"


class Adapter:
    """Gives the clients of `langfuse.openai`."""

    def __init__(self) -> None:
        self._spans = Spans()
        self._langfuse = Langfuse(
            public_key="pk-test", secret_key="sk-test", base_url="http://127.0.0.1:9", span_exporter=self._spans.exporter, flush_at=1
        )

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        if kind == "azure":
            return AzureOpenAI(azure_endpoint=root_url, api_key="test", api_version="2024-10-21")
        return (AsyncOpenAI if kind == "async_openai" else OpenAI)(base_url=f"{root_url}/v1", api_key="test")

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        self._langfuse.flush()
        return [self._numbers(attributes) for attributes in self._spans.attributes()]

    def _numbers(self, attributes: dict[str, Any]) -> dict[str, Any]:
        # It sends the answer's usage as it is; its server gives the names one form.
        usage = json.loads(attributes.get(USAGE, "{}"))
        inputs = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
        outputs = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
        return {
            "input": usage.get("prompt_tokens", usage.get("input_tokens", usage.get("input"))),
            "output": usage.get("completion_tokens", usage.get("output_tokens", usage.get("output"))),
            "cached": inputs.get("cached_tokens"),
            "reasoning": outputs.get("reasoning_tokens"),
            "tier": next((json.loads(value) for name, value in attributes.items() if name.endswith("metadata.service_tier")), None),
        }
