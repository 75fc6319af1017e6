"""What goes back for one request, and how it is sent over ASGI."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

JSON_TYPE: Final = "application/json"

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NUMBER_MARK: Final = "x-number"
"""Says in the schema of a type that it is a number: msgspec takes every decimal for a text, whatever else is said (`openapi.py`)."""

Number = Annotated[Decimal, Meta(extra_json_schema={NUMBER_MARK: True})]
"""An exact number in an answer: a JSON number with all its digits, which may be more than a double holds."""

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class Reply(msgspec.Struct, frozen=True):
    """Status, body and headers of one answer.

    Attributes:
        status: HTTP status.
        body: The whole body; empty for none.
        media_type: Its content type; empty for none.
        headers: Further headers, names in lower case.
    """

    status: int
    body: bytes = b""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class StreamReply(msgspec.Struct, frozen=True):
    """An answer that goes on until the client leaves or the server stops.

    Attributes:
        status: HTTP status.
        media_type: Its content type.
        pieces: Its bytes as they come.
    """

    status: int
    media_type: str
    pieces: AsyncIterator[bytes]


def json_bytes(value: object) -> bytes:
    """Return JSON text; decimals are numbers with all their digits."""
    return _encoder.encode(value)


async def send_reply(reply: Reply, send: Send, *, request_id: str) -> None:
    """Send a reply."""
    await send({"type": "http.response.start", "status": int(reply.status), "headers": _headers(reply, request_id)})
    await send({"type": "http.response.body", "body": reply.body})


def raw_reply(reply: Reply, *, request_id: str) -> bytes:
    """Return the bytes of a reply after which the connection closes, for a request that never reached ASGI."""
    status = HTTPStatus(reply.status)
    lines = [b"HTTP/1.1 %d %b" % (status.value, status.phrase.encode()), b"connection: close"]
    lines += [b"%b: %b" % header for header in _headers(reply, request_id) if header[0] != b"connection"]
    return b"\r\n".join([*lines, b"", reply.body])


def _headers(reply: Reply, request_id: str) -> list[tuple[bytes, bytes]]:
    headers = [(b"x-request-id", request_id.encode("latin-1"))]
    if reply.media_type:
        headers.append((b"content-type", reply.media_type.encode("latin-1")))
    if reply.body or reply.media_type:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    headers.extend((name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers)
    return headers
