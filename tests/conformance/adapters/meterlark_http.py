"""Meterlark: `meter.http_client()`, given to the SDKs' own clients."""

from typing import Any

from adapters import meterlark_wrap
from adapters.sdks import sdk_client

TITLE = "Meterlark `http_client`"
KINDS = meterlark_wrap.KINDS
PACKAGES = meterlark_wrap.PACKAGES


class Adapter(meterlark_wrap.Adapter):
    """Gives the SDKs' clients a metered HTTP client."""

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        if kind == "async_openai":
            return sdk_client(kind, root_url, http_client=self.meter.async_http_client())
        if kind == "google":
            return sdk_client(kind, root_url, http_options={"base_url": root_url, "httpx_client": self.meter.http_client()})
        return sdk_client(kind, root_url, http_client=self.meter.http_client())
