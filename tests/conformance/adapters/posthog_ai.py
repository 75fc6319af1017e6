"""PostHog's `posthog.ai`: clients of the SDKs' types."""

from typing import Any

from posthog import Posthog
from posthog.ai.anthropic import Anthropic
from posthog.ai.gemini import Client as Gemini
from posthog.ai.openai import AsyncOpenAI, AzureOpenAI, OpenAI

TITLE = "PostHog"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic", "google"})
PACKAGES = ("posthog",)


class Adapter:
    """Gives its clients and takes the events that it would send."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._posthog = Posthog("test", host="http://127.0.0.1:9", sync_mode=True, before_send=self._keep)

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        match kind:
            case "azure":
                return AzureOpenAI(azure_endpoint=root_url, api_key="test", api_version="2024-10-21", posthog_client=self._posthog)
            case "anthropic":
                return Anthropic(base_url=root_url, api_key="test", posthog_client=self._posthog)
            case "google":
                return Gemini(api_key="test", http_options={"base_url": root_url}, posthog_client=self._posthog)
        return (AsyncOpenAI if kind == "async_openai" else OpenAI)(base_url=f"{root_url}/v1", api_key="test", posthog_client=self._posthog)

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        events, self._events = self._events, []
        return [self._numbers(event["properties"]) for event in events if event["event"].startswith("$ai_")]

    def _keep(self, event: dict[str, Any]) -> None:
        self._events.append(event)

    def _numbers(self, properties: dict[str, Any]) -> dict[str, Any]:
        return {
            "input": properties.get("$ai_input_tokens"),
            "output": properties.get("$ai_output_tokens"),
            "cached": properties.get("$ai_cache_read_input_tokens"),
            "reasoning": properties.get("$ai_reasoning_tokens"),
            "tier": next((value for name, value in properties.items() if "service_tier" in name), None),
        }
