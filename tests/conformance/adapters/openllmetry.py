"""OpenLLMetry's instrumentations of the SDKs."""

from typing import Any

from adapters.sdks import sdk_client
from adapters.spans import Spans
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor
from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor
from opentelemetry.instrumentation.openai import OpenAIInstrumentor

TITLE = "OpenLLMetry"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic", "google"})
PACKAGES = (
    *("opentelemetry-instrumentation-openai", "opentelemetry-instrumentation-anthropic"),
    "opentelemetry-instrumentation-google-generativeai",
)


class Adapter:
    """Instruments the modules of the SDKs."""

    def __init__(self) -> None:
        self._spans = Spans()
        for instrumentor in (OpenAIInstrumentor, AnthropicInstrumentor, GoogleGenerativeAiInstrumentor):
            instrumentor().instrument(tracer_provider=self._spans.provider)

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        return sdk_client(kind, root_url)

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        return self._spans.taken()
