"""What the user's program says of an exchange, and which words an event can carry.

Apart from the rest of this folder, because it is all that the thread of an LLM call needs, besides the route: loading counters and dialects
costs more than the import of a whole SDK should.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

EVENT_TYPE: Final = "llm.usage"
UNATTRIBUTED: Final = "unattributed"
"""The subject of usage that nobody was named for: visible, so that it can be found and put right."""

ATTRIBUTE_LENGTH_MAX: Final = 1024
"""Characters that the server accepts in `id`, `source`, `type` and `subject`."""

REQUEST_ID_HEADERS: Final = (
    "x-request-id",
    "apim-request-id",  # Azure
    "request-id",  # Anthropic
    "x-amzn-requestid",  # Bedrock
    "mistral-correlation-id",
    "x-goog-request-id",
)
"""Headers that name one exchange, by provider; the first that is there counts."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one exchange besides the answer.

    Attributes:
        url: The URL of the call.
        subject: Who pays.
        method: The HTTP method.
        provider: Name of the provider; empty to find it by the host.
        event_type: The event's type.
        request: The request's JSON object; None if unknown.
        status: The response's HTTP status.
        headers: The response's headers by lower-case names; the content type, the date and the request's id are read.
        is_stream: Whether the answer was asked for as a stream.
        is_usage_injected: Whether we asked the stream for usage.
        source: Replaces the source made from provider and URL; empty to keep that.
        attributes: Names and values that the event's data get besides ours.
        is_reported_only: Whether to skip an exchange of which the provider reports no usage instead of counting its tokens.
    """

    url: str
    subject: str
    method: str = "POST"
    provider: str = ""
    event_type: str = EVENT_TYPE
    request: Mapping[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = {}
    is_stream: bool = False
    is_usage_injected: bool = False
    source: str = ""
    attributes: Mapping[str, str] = {}
    is_reported_only: bool = False


def usable_attribute(value: object) -> str:
    """Return the value if the server takes it as `id` or `subject`, else an empty string."""
    return value if isinstance(value, str) and len(value) <= ATTRIBUTE_LENGTH_MAX and value.isprintable() else ""
