"""Meter the clients of SDKs: OpenAI's (1 to 3, Azure's too), Anthropic's and Google's (`google-genai`).

Each of them sends through a client of httpx or httpx2, so each is metered by giving it a twin of that one; all that it can do is metered
then, what it will be able to do next year included. The client made by `wrap_client` is of the same type as the one given, which stays as
it was; what `copy` and `with_options` make of it is metered as well.
"""

from typing import Any, TypeVar

from meterlark.capture.origin import AZURE
from meterlark.model.errors import InvalidInputError
from meterlark.sdk.call import Metering
from meterlark.sdk.google import copy_client, is_client, meter_client
from meterlark.sdk.http_client import twin

Client = TypeVar("Client")


def wrap_client(client: Client, metering: Metering) -> Client:
    """Return a metered copy of a client.

    Raises:
        InvalidInputError: It is not a client of one of the SDKs.
    """
    kind: Any = type(client)
    metered: Client
    if is_client(client):
        metered = copy_client(client)
    elif callable(getattr(kind, "copy", None)) and hasattr(client, "_client"):
        metered = kind.copy(client)
    else:
        raise InvalidInputError(
            f"wrap() meters clients of OpenAI's, Anthropic's and Google's SDKs, not {kind.__module__}.{kind.__qualname__}", field="client"
        )
    meter_in_place(metered, metering)
    return metered


def meter_in_place(client: Any, metering: Metering) -> None:
    """Let a client of an SDK send through a metered twin.

    Raises:
        InvalidInputError: What it sends through is no client of httpx or httpx2.
    """
    if is_client(client):
        meter_client(client, metering)
        return
    if "Azure" in type(client).__name__:
        # It may be pointed at a host of the user's own.
        metering.provider = AZURE
    client._client = twin(client._client, metering)
