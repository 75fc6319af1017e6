"""Transports of httpx and httpx2 that answer from a recorded exchange, in pieces as a network cuts them, without a socket.

A request that asks for usage where the recorded one did not is answered as a provider would: with the usage chunk before `[DONE]`, and
with null usage in the chunks before that.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from meterlark.capture.exchange import raw_bytes
from meterlark.testing.received import ReceivedRequest
from meterlark.testing.replay import Recording

Record = dict[str, Any]

encode = msgspec.json.Encoder(decimal_format="number").encode

USAGE = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}
"""What the chunk says that is added."""


def answerable(record: Record) -> bool:
    """Tell whether the recording has an answer; one without has nothing to show a caller and nothing to meter."""
    has_answer = any(record.get(name) is not None for name in ("response", "response_sse", "response_raw", "response_events"))
    return has_answer and isinstance(record.get("status"), int)


def url_of(record: Record) -> str:
    """Return where a record went, as `event_from_exchange` does; a recorder may have put a placeholder for scheme and host."""
    url = str(record.get("url") or f"https://{record.get('provider') or 'unknown'}.invalid/{str(record.get('endpoint') or '').strip('/')}")
    return url if url.startswith("http") else f"https://recorded.invalid/{url.partition('/')[2]}"


def content_of(record: Record) -> bytes | None:
    """Return the body of a record's request; None if it had none, or one that was not recorded, such as a form with files."""
    return None if record.get("request") is None else encode(record["request"])


class RecordedProvider:
    """Answers requests from one exchange.

    Args:
        record: The exchange.
        seed: Of the places where the answer is cut; None for one piece an event.
        break_after: Pieces after which the network fails; None for never.
        hold_after: Pieces after which nothing more comes; None for never. For asynchronous streams.
        is_unreachable: Whether no connection can be made.

    Attributes:
        closed: Streams that were closed.
        asked: Requests that asked for usage where the recorded one did not.
        unknown: Requests that were not recorded.
        held: Set when nothing more comes.
    """

    def __init__(
        self,
        record: Record,
        *,
        seed: int | None = None,
        break_after: int | None = None,
        hold_after: int | None = None,
        is_unreachable: bool = False,
    ) -> None:
        self._recording = Recording([encode(_as_sent(record))])
        self._record = record
        self._seed = seed
        self.break_after = break_after
        self.hold_after = hold_after
        self.is_unreachable = is_unreachable
        self.closed = 0
        self.asked = 0
        self.unknown = 0
        self.held = asyncio.Event()

    def answer(self, request: Any) -> tuple[int, tuple[tuple[str, str], ...], list[bytes]]:
        """Return status, headers and the pieces of the body."""
        body = json.loads(request.content or b"null")
        reply = self._recording.reply_to(self._received(request, body))
        if reply.status == 404 and isinstance(body, dict) and (body.pop("stream_options", None) or {}).get("include_usage"):
            self.asked += 1
            if "stream_options" in self._record["request"]:
                body["stream_options"] = self._record["request"]["stream_options"]
            reply = self._recording.reply_to(self._received(request, body))
            reply = msgspec.structs.replace(reply, payload=_with_usage(reply.payload))
        self.unknown += reply.status != self._record["status"]
        assert reply.status == self._record["status"], f"the recording does not know the request: {reply.payload!r}"
        # The request's id is drawn anew for every answer, and would differ between two clients.
        headers = tuple((name, value) for name, value in reply.headers if name != "x-request-id")
        raw = self._record.get("response_raw") if self._record.get("response_sse") is None else None
        # A recorder writes bytes that are no text in base64 or hexadecimal; on the wire they are bytes.
        whole = reply.payload if raw is None else raw_bytes(raw)
        payload = whole if isinstance(whole, tuple) else (whole,)
        return reply.status, headers, list(payload) if self._seed is None else _cut(b"".join(payload), random.Random(self._seed))

    def _received(self, request: Any, body: Any) -> ReceivedRequest:
        return ReceivedRequest(
            method=request.method, path=request.url.path, query="", headers={}, content=msgspec.json.encode(body), body=body
        )


def transport(library: Any, provider: RecordedProvider, *, is_async: bool = False) -> Any:
    """Return a transport of httpx or httpx2 that answers as the provider does."""

    class Stream(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc] # of either library
        """A body in pieces."""

        def __init__(self, pieces: list[bytes], request: Any) -> None:
            self.pieces = pieces
            self.request = request

        def __iter__(self) -> Iterator[bytes]:
            """Yield them; fail where the network is to fail."""
            for number, piece in enumerate(self.pieces):
                if number == provider.break_after:
                    raise library.ReadError("the network failed", request=self.request)
                yield piece

        async def __aiter__(self) -> AsyncIterator[bytes]:
            """Yield them; wait for ever where nothing more is to come."""
            for number, piece in enumerate(self):
                if number == provider.hold_after:
                    provider.held.set()
                    await asyncio.Event().wait()
                yield piece

        def close(self) -> None:
            """Count it."""
            provider.closed += 1

        async def aclose(self) -> None:
            """Count it."""
            provider.closed += 1

    def response(request: Any) -> Any:
        if provider.is_unreachable:
            raise library.ConnectTimeout("nobody is there", request=request)
        status, headers, pieces = provider.answer(request)
        return library.Response(status, headers=headers, stream=Stream(pieces, request), extensions={"http_version": b"HTTP/1.1"})

    class Transport(library.AsyncBaseTransport if is_async else library.BaseTransport):  # type: ignore[misc] # as above
        """Answers."""

        def handle_request(self, request: Any) -> Any:
            """Answer."""
            return response(request)

        async def handle_async_request(self, request: Any) -> Any:
            """Answer."""
            return response(request)

    return Transport()


def _as_sent(record: Record) -> Record:
    """Return a record with a URL, and with a stream that its recorder split into lines in one piece."""
    lines = record.get("response")
    is_split = isinstance(lines, list) and all(isinstance(line, str) for line in lines)
    return {**record, "url": url_of(record), **({"response": None, "response_sse": "\n".join(lines or ())} if is_split else {})}


def _with_usage(payload: bytes | tuple[bytes, ...]) -> bytes | tuple[bytes, ...]:
    """Return a stream as a provider sends it if it is asked for usage."""
    if not isinstance(payload, tuple):
        return payload
    done = next((at for at, event in enumerate(payload) if event.startswith((b"data: [DONE]", b"data:[DONE]"))), len(payload))
    chunks = (_with_null(event) for event in payload[:done])
    return (*chunks, b"data: " + msgspec.json.encode({"choices": [], "usage": USAGE}) + b"\n\n", *payload[done:])


def _with_null(event: bytes) -> bytes:
    """Return a chunk that says null usage, if it said none."""
    data = event.rstrip(b"\r\n")
    is_chunk = data.startswith(b"data:") and data.endswith(b"}") and b'"usage"' not in data
    return data.removesuffix(b"}") + b',"usage":null}' + event[len(data) :] if is_chunk else event


def _cut(whole: bytes, source: random.Random) -> list[bytes]:
    cuts = sorted({source.randrange(1, len(whole) + 1) for _ in range(min(8, len(whole)))})
    return [whole[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True) if start < stop]
