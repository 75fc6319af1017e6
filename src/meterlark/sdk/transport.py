"""A transport of httpx or httpx2 with metering around it.

A transport is the libraries' public place for this (httpx documentation, "Transports", 2026-11): below redirects, authentication and the
user's hooks, so that each request that leaves passes once, and each answer with all of its bytes. Neither library is imported here: the one
in use is found by the response.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from importlib import import_module
from types import ModuleType
from typing import Any, Final, NamedTuple, cast

from meterlark.sdk.call import REFUSAL_BYTES_MAX, REFUSALS, Call, Metering
from meterlark.sdk.tee import Decoded, Replayed, WatchedAsyncStream, WatchedStream

LIBRARIES: Final = ("httpx2", "httpx")
KINDS_MAX: Final = 16
"""Classes of responses that are remembered; each library has one."""


class MeteredTransport:
    """Sends what a transport sends, and watches; synchronous or asynchronous as that is.

    Args:
        transport: Of either library.
        metering: How to meter.
    """

    def __init__(self, transport: Any, metering: Metering) -> None:
        self._transport = transport
        self._metering = metering

    def handle_request(self, request: Any) -> Any:
        """Send a request; see `BaseTransport` of either library."""
        send = self._transport.handle_request
        call = self._metering.begin(request)
        if call is None:
            return send(request)
        response = send(call.request)
        if call.is_asking and response.status_code in REFUSALS:
            pieces = iter(response.stream)
            head = _head(pieces)
            if call.is_refusal(b"".join(head)):
                response.close()
                response = send(call.unask())
            else:
                response.stream = _replayed(response, head, pieces)
        _watch(call, response, is_async=False)
        return response

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request; see `AsyncBaseTransport` of either library."""
        send = self._transport.handle_async_request
        call = self._metering.begin(request)
        if call is None:
            return await send(request)
        response = await send(call.request)
        if call.is_asking and response.status_code in REFUSALS:
            pieces = aiter(response.stream)
            head = await _head_async(pieces)
            if call.is_refusal(b"".join(head)):
                await response.aclose()
                response = await send(call.unask())
            else:
                response.stream = _replayed(response, head, pieces)
        _watch(call, response, is_async=True)
        return response


def library_of(kind: type) -> ModuleType | None:
    """Return httpx2 or httpx, whichever a class comes from; None if neither."""
    names = {base.__module__.partition(".")[0] for base in kind.__mro__}
    return next((import_module(name) for name in LIBRARIES if name in names), None)


class _Kinds(NamedTuple):
    """Our streams as classes of a library."""

    watched: type[Any]
    watched_async: type[Any]
    replayed: type[Any]
    decoded: type[Any]


@lru_cache(maxsize=KINDS_MAX)
def _kinds_of(response_class: Any) -> _Kinds:
    library: Any = library_of(response_class)
    both = (library.SyncByteStream, library.AsyncByteStream)
    return _Kinds(
        watched=type("WatchedStream", (WatchedStream, library.SyncByteStream), {}),
        watched_async=type("WatchedAsyncStream", (WatchedAsyncStream, library.AsyncByteStream), {}),
        replayed=type("Replayed", (Replayed, *both), {}),
        decoded=type("Decoded", (Decoded, *both), {}),
    )


def _watch(call: Call, response: Any, *, is_async: bool) -> None:
    """Put us between the response and whoever reads it; never raises."""
    try:
        if not call.is_metered(response.status_code):
            return
        response_class: Any = type(response)
        kinds = _kinds_of(response_class)
        encoding = response.headers.get("content-encoding")
        decode = None if encoding in (None, "identity") or response.is_closed else partial(_decoded, response_class, encoding)
        if decode is not None and call.is_asking:
            # It was asked not to. What is to be hidden in it is hidden after decoding, and the caller finds nothing left to decode.
            response.stream = kinds.decoded(response_class(200, headers=[("content-encoding", encoding)], stream=response.stream))
            del response.headers["content-encoding"]
            decode = None
        observation = call.observe(response.status_code, response.headers, decode)
        if response.is_closed:
            # A double of the user's tests, whose body has been read already.
            observation.take_body(response.content)
            return
        watched = kinds.watched_async if is_async else kinds.watched
        response.stream = watched(response.stream, observation, call.usage_filter(), call.metering)
    except Exception as error:  # noqa: BLE001 - the caller's response is there; a defect of ours is counted and logged, not raised
        call.metering.host.count_failure(error)


def _decoded(response_class: Any, encoding: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo a content encoding as the library does for the caller."""
    response = response_class(200, headers=[("content-encoding", encoding)], content=iter(pieces))
    with suppress(cast("Any", library_of(response_class)).DecodingError):
        # A cut stream may end inside of what is encoded; what came before that is read.
        yield from response.iter_bytes()


def _replayed(response: Any, head: list[bytes], rest: Any) -> Any:
    response_class: Any = type(response)
    return _kinds_of(response_class).replayed(head, rest, response.stream)


def _head(pieces: Iterator[bytes]) -> list[bytes]:
    head: list[bytes] = []
    for piece in pieces:
        head.append(piece)
        if sum(map(len, head)) >= REFUSAL_BYTES_MAX:
            break
    return head


async def _head_async(pieces: AsyncIterator[bytes]) -> list[bytes]:
    head: list[bytes] = []
    async for piece in pieces:
        head.append(piece)
        if sum(map(len, head)) >= REFUSAL_BYTES_MAX:
            break
    return head
