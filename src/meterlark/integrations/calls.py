"""What the integrations share: calls under way, what a framework says of one in the words of OpenAI's API, and never an error for it."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Protocol, TypeVar

import msgspec

from meterlark.capture.attributes import usable_attribute
from meterlark.capture.fields import get
from meterlark.model.errors import UnavailableError
from meterlark.sdk.attribution import customer_here
from meterlark.sdk.meter import OPENAI_URL, Meter

CALLS_MAX: Final = 10_000
"""Calls under way that are remembered; a framework that forgets to say that a call has ended must not fill the memory."""

PROVIDERS: Final = {"azure_openai": "azure", "google_genai": "gemini", "google_vertexai": "vertex", "vertex_ai": "vertex"}
"""Frameworks' names of providers that have another name here."""

URLS: Final = {
    "openai": OPENAI_URL,
    "anthropic": "https://api.anthropic.com/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta",
}
"""Where a call went, if the framework does not say."""

CUSTOMER_KEY: Final = "customer"
"""The name in a framework's metadata under which the customer is found."""


class Call(msgspec.Struct):
    """A call under way.

    Attributes:
        customer: Who pays, empty if nobody was named where the call began.
        told: What the framework said of the request.
        chunks: What came of a streamed answer.
    """

    customer: str
    told: Mapping[str, Any]
    chunks: list[Any]


class Metered(Protocol):
    """What `guarded` needs of the object whose method it guards."""

    meter: Meter


Method = TypeVar("Method", bound=Callable[..., Any])


def guarded(method: Method) -> Method:
    """Keep the errors of a method from the framework; they are counted and logged."""

    @functools.wraps(method)
    def safe(self: Metered, *arguments: Any, **options: Any) -> Any:
        try:
            return method(self, *arguments, **options)
        except Exception as error:  # noqa: BLE001 - metering must not break the caller; the defect is counted and logged
            self.meter.count_failure(error)
            return None

    return safe  # type: ignore[return-value] # the same parameters


class Calls:
    """The calls under way, by the framework's own keys; safe to use from any thread."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._lock = threading.Lock()
        self._calls: OrderedDict[Hashable, Call] = OrderedDict()

    def begin(self, key: Hashable, told: Mapping[str, Any], customer: object = "") -> None:
        """Remember a call, where it begins: who is named around it counts before who is named by the framework."""
        call = Call(customer_here() or usable_attribute(customer), told, [])
        with self._lock:
            self._calls[key] = call
            is_full = len(self._calls) > CALLS_MAX
            if is_full:
                self._calls.popitem(last=False)
        if is_full:
            self._meter.count_failure(UnavailableError(f"more than {CALLS_MAX} calls have begun and not ended; the oldest is forgotten"))

    def get(self, key: Hashable) -> Call | None:
        """Return a call that goes on."""
        with self._lock:
            return self._calls.get(key)

    def end(self, key: Hashable) -> Call | None:
        """Forget a call and return it; None if it is not known, or has ended before."""
        with self._lock:
            return self._calls.pop(key, None)


def provider_and_url(name: object, base_url: object) -> tuple[str, str]:
    """Return the provider and the URL of a call, from a framework's name of the provider and the URL, if it tells one."""
    provider = PROVIDERS.get(name, name) if isinstance(name, str) and name else "openai"
    if isinstance(base_url, str) and base_url:
        return provider, base_url
    # RFC 2606: a host that cannot be; the source of the event shows that it is not known.
    return provider, URLS.get(provider, f"https://{provider}.invalid/v1")


def chat_completion(
    *,
    response_id: object,
    model: object,
    text: str,
    tool_calls: list[dict[str, Any]],
    usage: Mapping[str, Any] | None,
    finish_reason: str = "stop",
    service_tier: object = None,
) -> dict[str, Any]:
    """Return an answer as OpenAI's chat completions have it, or a chunk of a stream if it never came to its end.

    Args:
        response_id: Its id.
        model: The model returned.
        text: What was said.
        tool_calls: As `tool_call` makes them.
        usage: As chat completions have it; None if the framework tells of none.
        finish_reason: Why it ended; empty if it did not.
        service_tier: The tier used.
    """
    message = {"role": "assistant", "content": text, **({"tool_calls": tool_calls} if tool_calls else {})}
    told = {"id": response_id, "model": model, "service_tier": service_tier, "usage": usage}
    choice = {"index": 0, "message" if finish_reason else "delta": message, "finish_reason": finish_reason or None}
    kind = "chat.completion" if finish_reason else "chat.completion.chunk"
    return {"object": kind, "choices": [choice], **{name: value for name, value in told.items() if value}}


def tool_call(name: object, arguments: object) -> dict[str, Any]:
    """Return a call of a function as chat completions have it; the arguments are text, or are made so."""
    text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
    return {"type": "function", "function": {"name": name, "arguments": text}}


def customer_in(metadata: object) -> object:
    """Return the customer that a framework's metadata names."""
    return get(metadata, CUSTOMER_KEY)
