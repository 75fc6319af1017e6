"""What goes back for one request: status, headers, a body or a stream of events, and its pace.

Error bodies and headers have the shape OpenAI sends (recorded exchanges, 2025-2026).
"""

import math
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

HOLD_SECONDS_MAX = 5.0
"""How long a held stream waits for its client to leave: long beside any client's close, short beside a test's limit."""

Headers = tuple[tuple[str, str], ...]
HeadersOf = Callable[[str], Headers]
"""Makes the headers of a reply, given its content type."""

_ERRORS: dict[int, tuple[str, str | None, str]] = {
    400: ("invalid_request_error", None, "The request was refused by the provider's `status` switch."),
    401: (
        "invalid_request_error",
        "invalid_api_key",
        "Incorrect API key provided: the provider's `status` switch refuses every key.",
    ),
    403: ("invalid_request_error", "forbidden", "The provider's `status` switch forbids this request."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist, says the `status` switch."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached, says the provider's `status` switch."),
    500: ("server_error", None, "The server had an error, says the provider's `status` switch."),
    503: ("server_error", None, "The server is overloaded, says the provider's `status` switch."),
}
"""Status to OpenAI's error `type`, `code` and our text; other statuses take the entry of 400 or 500."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a reply is sent.

    Attributes:
        first_byte_seconds: Wait before the status line.
        interval_seconds: Wait before every event of a stream but the first.
        cut_after: Events after which the connection is dropped in mid-stream; None for never.
        end_after: Events after which the stream ends as if complete, without its terminal event; None for never.
        hold_after: Events after which the stream waits until the client leaves, at most `HOLD_SECONDS_MAX`; None for never.
    """

    first_byte_seconds: float = 0.0
    interval_seconds: float = 0.0
    cut_after: int | None = None
    end_after: int | None = None
    hold_after: int | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Status, headers and payload; the payload is a tuple of server-sent events if the reply is a stream.

    Events are whole: each ends with its blank line, and joined they are the stream's bytes.
    """

    status: int
    headers: Headers
    payload: bytes | tuple[bytes, ...]
    pace: Pace = Pace()


def provider_headers(content_type: str) -> Headers:
    """Return the headers OpenAI sends with every answer, with a new request id."""
    return (
        ("content-type", content_type),
        ("x-request-id", f"req_{secrets.token_hex(16)}"),
        ("openai-version", "2020-10-01"),
        ("openai-processing-ms", "1"),
    )


def json_reply(content: bytes, headers: HeadersOf = provider_headers) -> Reply:
    """Return a blocking reply with this JSON text."""
    return Reply(status=200, headers=headers("application/json"), payload=content)


def stream_reply(events: tuple[bytes, ...], headers: HeadersOf = provider_headers) -> Reply:
    """Return a reply that streams these server-sent events."""
    return Reply(status=200, headers=headers("text/event-stream; charset=utf-8"), payload=events)


def error_reply(
    status: int,
    message: str | None = None,
    *,
    param: str | None = None,
    code: str | None = None,
    retry_after_seconds: float | None = None,
) -> Reply:
    """Return OpenAI's error body for a status.

    Args:
        status: 400 to 599.
        message: Text for a person; without it a text that says that a switch asked for the error.
        param: Request field at fault.
        code: OpenAI's error code; without it the usual one of the status.
        retry_after_seconds: Sent as `retry-after` (whole seconds, rounded up) and `retry-after-ms`.
    """
    kind, usual_code, usual_message = _ERRORS.get(status, _ERRORS[400 if status < 500 else 500])
    error: dict[str, Any] = {
        "message": usual_message if message is None else message,
        "type": kind,
        "param": param,
        "code": code if code is not None or message is not None else usual_code,
    }
    headers = provider_headers("application/json")
    if retry_after_seconds is not None:
        headers += (
            ("retry-after", str(math.ceil(retry_after_seconds))),
            ("retry-after-ms", str(round(retry_after_seconds * 1000))),
        )
    return Reply(status=status, headers=headers, payload=msgspec.json.encode({"error": error}))
