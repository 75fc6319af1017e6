"""Read a request's body within bounds on bytes and time, decompressed."""

import asyncio
import zlib
from collections.abc import Mapping
from typing import Final

from meterlark.model.errors import InvalidInputError, TooLargeError, UnsupportedMediaTypeError
from meterlark.server.problem import TimedOutError, UpgradeOfferedError
from meterlark.server.reply import Receive

BODY_SECONDS_MAX: Final = 60
"""How long a body may take to arrive; the read time-out of the OpenMeter server."""

GZIP_MEMBERS_MAX: Final = 256
"""Members of one gzip body. Parallel compressors make one per 64 KiB, 64 in the largest body; each one costs a copy of what follows it."""

_GZIP_WINDOW_BITS: Final = 31
"""zlib's way to say: gzip, with the largest window."""


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete; there is nobody to answer."""


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, *, bytes_max: int) -> bytes:
    """Return the whole body as the sender wrote it.

    Args:
        headers: By lower-case name.
        receive: ASGI's.
        bytes_max: Limit on the body as sent and again after decompression, inclusive.

    Raises:
        TooLargeError: The limit is passed; memory stays within twice the limit.
        UnsupportedMediaTypeError: An encoding other than gzip.
        InvalidInputError: Not gzip although said so.
        UpgradeOfferedError: The parser does not give the body of such a request.
        TimedOutError: It did not arrive in time.
        ClientGoneError: The client left.
    """
    if b"upgrade" in headers:
        raise UpgradeOfferedError("the request offers an upgrade, so its body cannot be read; send it as plain HTTP/1.1", field="upgrade")
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding not in (b"identity", b"gzip", b"x-gzip", b""):
        raise UnsupportedMediaTypeError(
            f"content-encoding is {encoding[:40].decode('latin-1')!r}; allowed are gzip and identity", field="content-encoding"
        )
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and (len(declared) > 18 or int(declared) > bytes_max):
        raise TooLargeError(f"the body has {declared[:40].decode()} bytes; at most {bytes_max} are accepted")
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            body = await _receive_all(receive, bytes_max)
    except TimeoutError as error:
        raise TimedOutError(f"the body did not arrive within {BODY_SECONDS_MAX} seconds") from error
    return body if encoding in (b"identity", b"") else decompress(body, bytes_max=bytes_max)


async def _receive_all(receive: Receive, bytes_max: int) -> bytes:
    message = await receive()
    first: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        if len(first) > bytes_max:
            raise TooLargeError(f"the body has {len(first)} bytes; at most {bytes_max} are accepted")
        return first
    body = bytearray(first)
    while message["type"] == "http.request" and message.get("more_body"):
        if len(body) > bytes_max:
            raise TooLargeError(f"the body has more than {bytes_max} bytes; at most that many are accepted")
        message = await receive()
        body += message.get("body", b"")
    if message["type"] != "http.request":
        raise ClientGoneError
    if len(body) > bytes_max:
        raise TooLargeError(f"the body has {len(body)} bytes; at most {bytes_max} are accepted")
    return bytes(body)


def decompress(body: bytes, *, bytes_max: int) -> bytes:
    """Return what a gzip body holds, of one or several members.

    Raises:
        TooLargeError: More than `bytes_max` bytes come out, nothing beyond them is made; or it has too many members.
        InvalidInputError: It is not gzip, or is cut.
    """
    content = bytearray()
    rest = body
    members = 0
    while rest:
        members += 1
        if members > GZIP_MEMBERS_MAX:
            raise TooLargeError(f"the gzip body has more than {GZIP_MEMBERS_MAX} members; at most that many are accepted")
        inflater = zlib.decompressobj(wbits=_GZIP_WINDOW_BITS)
        try:
            content += inflater.decompress(rest, bytes_max + 1 - len(content))
        except zlib.error as error:
            raise InvalidInputError(f"content-encoding is gzip, but the body is not: {error}", field="content-encoding") from error
        if len(content) > bytes_max:
            raise TooLargeError(f"the decompressed body has more than {bytes_max} bytes; at most that many are accepted")
        if not inflater.eof:
            raise InvalidInputError("content-encoding is gzip, but the body ends in the middle", field="content-encoding")
        rest = inflater.unused_data
    if not body:
        raise InvalidInputError("content-encoding is gzip, but the body is empty", field="content-encoding")
    return bytes(content)
