"""No wrapper: what a caller sees without one."""

from typing import Any

from adapters.sdks import sdk_client

TITLE = "no wrapper"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic", "google"})
PACKAGES = ("openai", "anthropic", "google-genai")


class Adapter:
    """Gives the SDKs' own clients."""

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        return sdk_client(kind, root_url)

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        return []
