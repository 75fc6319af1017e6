"""Reach into a client of Google's SDK (`google-genai`), which has no method that copies it.

A client and its parts (`models`, `aio`, `chats`, ...) share one API client, and that sends through a client of httpx or httpx2. A copy has
an API client of its own on the same connections.
"""

import copy
from typing import Any, Final

from meterlark.sdk.call import Metering
from meterlark.sdk.http_client import twin

_PACKAGE: Final = "google.genai"
_LAZY: Final = "google.genai._gaos"
"""Where the parts come from that are made when they are first asked for."""


def is_client(client: object) -> bool:
    """Tell whether this is a client of Google's SDK."""
    return type(client).__module__.startswith(_PACKAGE) and hasattr(client, "_api_client")


def copy_client(client: Any) -> Any:
    """Return a copy that sends through the same connections and leaves it to the first to close them."""
    old = client._api_client
    new = copy.copy(old)
    # The SDK does not close what the user has given to it.
    given = {"httpx_client": old._httpx_client, "httpx_async_client": old._async_httpx_client}
    new._http_options = old._http_options.model_copy(update=given)
    return _on_api(client, old, new)


def meter_client(client: Any, metering: Metering) -> None:
    """Let a client send through metered twins."""
    api = client._api_client
    api._httpx_client = twin(api._httpx_client, metering)
    if api._async_httpx_client is not None:
        api._async_httpx_client = twin(api._async_httpx_client, metering)
        # Where aiohttp is installed too, it would be used, and nothing seen.
        api._use_aiohttp = lambda: False


def _on_api(part: Any, old: Any, new: Any) -> Any:
    """Return a copy of a part of the client, and of the parts in it, that calls another API client."""
    made = object.__new__(type(part))
    for name, value in vars(part).items():
        if value is old:
            changed = new
        elif getattr(value, "_api_client", None) is old:
            changed = _on_api(value, old, new)
        else:
            changed = None if type(value).__module__.startswith(_LAZY) else value
        made.__dict__[name] = changed
    return made
