"""OpenInference's instrumentations of the SDKs (Arize Phoenix)."""

from typing import Any

from adapters.sdks import sdk_client
from adapters.spans import Spans
from openinference.instrumentation.anthropic import AnthropicInstrumentor
from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

TITLE = "OpenInference"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic", "google"})
PACKAGES = (
    *("openinference-instrumentation-openai", "openinference-instrumentation-anthropic"),
    "openinference-instrumentation-google-genai",
)


class Adapter:
    """Instruments the modules of the SDKs."""

    def __init__(self) -> None:
        self._spans = Spans()
        for instrumentor in (OpenAIInstrumentor, AnthropicInstrumentor, GoogleGenAIInstrumentor):
            instrumentor().instrument(tracer_provider=self._spans.provider)

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        return sdk_client(kind, root_url)

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        return self._spans.taken()
