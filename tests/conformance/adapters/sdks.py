"""The providers' own clients, pointed at the provider on loopback."""

from importlib import import_module
from typing import Any

KEY = "test"


def sdk_client(kind: str, root_url: str) -> Any:
    """Return a client of a provider's SDK.

    Args:
        kind: `openai`, `async_openai`, `azure`, `anthropic` or `google`.
        root_url: The provider's URL without a version.
    """
    match kind:
        case "openai":
            return import_module("openai").OpenAI(base_url=f"{root_url}/v1", api_key=KEY)
        case "async_openai":
            return import_module("openai").AsyncOpenAI(base_url=f"{root_url}/v1", api_key=KEY)
        case "azure":
            return import_module("openai").AzureOpenAI(azure_endpoint=root_url, api_key=KEY, api_version="2024-10-21")
        case "anthropic":
            return import_module("anthropic").Anthropic(base_url=root_url, api_key=KEY)
        case "google":
            return import_module("google.genai").Client(api_key=KEY, http_options={"base_url": root_url})
    raise LookupError(f"there is no client of kind {kind!r}")
