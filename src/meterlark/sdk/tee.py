"""The stream of a response that is read by the caller and watched by us: the same bytes, in the same pieces, at the same time.

A stream is over, and metered once, when it ends, fails, is closed, is cancelled or is garbage collected, whatever comes first. Closing it
early is the caller's right: the connection is closed with it (`cancel`), or left to be read on in the background (`drain`).
The two classes are the synchronous and the asynchronous half of one idea; keep them alike.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

from meterlark.capture.asking import UsageFilter
from meterlark.sdk.call import Metering
from meterlark.sdk.drain import Drain, running_loop
from meterlark.sdk.observation import Observation
from meterlark.sdk.shielded import Shielded

STREAM_END: Final = b"[DONE]"
"""What ends a chat stream. OpenAI's SDK stops reading there and closes, so that such a stream is closed before the end of its body."""


class Watched:
    """What both halves share.

    Args:
        stream: The response's own stream.
        observation: Told of every piece and of the end.
        shown: Keeps the usage chunk from the caller; None to show everything.
        metering: How the call is metered.
        extensions: Those of the response.
    """

    def __init__(
        self, stream: Any, observation: Observation, shown: UsageFilter | None, metering: Metering, extensions: Mapping[str, Any]
    ) -> None:
        self._stream = stream
        self._observation = observation
        self._shown = shown
        self._metering = metering
        self._extensions = extensions
        self._pieces: Any = None
        self._is_drained = False
        # Taking it is atomic: a stream that is dropped is closed by its reader's destructor and by ours, in two threads.
        self._closing = [True]

    def _start(self, pieces: Any) -> Any:
        """Begin to read, or begin again."""
        self._pieces = pieces
        if self._metering.on_abandon == "drain":
            self._observation.source = (self._stream, pieces)
        return pieces

    def _show(self, piece: bytes) -> bytes:
        """Take a piece; return what the caller may see of it."""
        try:
            self._observation.add(piece)
            return piece if self._shown is None else self._shown.feed(piece)
        except Exception as error:  # noqa: BLE001 - the caller's bytes must reach him; a defect of ours is counted and logged
            self._metering.host.count_failure(error)
            shown, self._shown = self._shown, None
            return piece if shown is None else shown.release() + piece

    def _rest(self) -> bytes:
        """Return what was held back of an event that will not be finished."""
        return b"" if self._shown is None else self._shown.close()

    def _finish_dropped(self) -> None:
        """Finish at once what will not be read on, so that whoever flushes next finds it."""
        if not self._wants_drain():
            self._observation.finish()

    def _is_first_to_close(self) -> bool:
        try:
            return self._closing.pop()
        except IndexError:
            return False

    def _wants_drain(self) -> bool:
        """Tell whether the caller leaves before the end, and the rest is to be read."""
        if self._metering.on_abandon != "drain" or self._observation.is_finished:
            return False
        return not self._observation.ends_with(STREAM_END)


class WatchedStream(Watched):
    """A stream of `httpx.Client`; a `SyncByteStream` of its library."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces as they come."""
        show = self._show
        pieces = self._start(iter(self._stream))
        try:
            for piece in pieces:
                if shown := show(piece):
                    yield shown
                    if self._is_drained:
                        return
        except Exception:
            # The network's. Whoever is cancelled, interrupted or stops reading closes the stream then, or drops it.
            if rest := self._rest():
                yield rest
            self._observation.finish()
            raise
        if rest := self._rest():
            yield rest
        self._observation.finish(is_complete=True)

    def close(self) -> None:
        """Close the connection, give it back, or leave it to be read on."""
        if not self._is_first_to_close() or (self._wants_drain() and self._drain()):
            return
        try:
            self._stream.close()
        finally:
            self._observation.finish()

    def __del__(self) -> None:
        """Meter and close a stream that was dropped; in another thread, because a destructor may run inside any lock."""
        if self._closing:
            self._finish_dropped()
            self._metering.host.run_later(self.close)

    def _drain(self) -> bool:
        drains = self._metering.host.drains
        drain = None
        try:
            drain = drains.begin(self._observation, self._metering)
            if drain is None:
                return False
            drain.connection = _connection(self._extensions)
            drains.read(drain, iter(self._stream) if self._pieces is None else self._pieces, self._stream)
        except Exception as error:  # noqa: BLE001 - the caller only wanted to close; it is counted and logged, and closed without reading on
            self._metering.host.count_failure(error)
            if drain is not None:
                drains.end(drain)
            return False
        self._is_drained = True
        return True


class WatchedAsyncStream(Watched):
    """A stream of `httpx.AsyncClient`; an `AsyncByteStream` of its library. Made on the loop that it is read on."""

    def __init__(
        self, stream: Any, observation: Observation, shown: UsageFilter | None, metering: Metering, extensions: Mapping[str, Any]
    ) -> None:
        super().__init__(stream, observation, shown, metering, extensions)
        self._loop = running_loop()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the pieces as they come."""
        show = self._show
        pieces = aiter(self._stream)
        if self._metering.on_abandon == "drain" and self._loop is not None:
            pieces = Shielded(pieces)
        self._start(pieces)
        try:
            async for piece in pieces:
                if shown := show(piece):
                    yield shown
                    if self._is_drained:
                        return
        except Exception:
            if rest := self._rest():
                yield rest
            self._observation.finish()
            raise
        if rest := self._rest():
            yield rest
        self._observation.finish(is_complete=True)

    async def aclose(self) -> None:
        """Close the connection, give it back, or leave it to be read on."""
        if not self._is_first_to_close():
            return
        if self._wants_drain() and self._drain():
            # A task that is cancelled before it has begun, as at the end of a loop, could not close the connection.
            await asyncio.sleep(0)
            return
        try:
            if isinstance(self._pieces, Shielded):
                await self._pieces.cancel()
            await self._stream.aclose()
        finally:
            self._observation.finish()

    def __del__(self) -> None:
        """Meter and close a stream that was dropped; by its loop, if that still runs."""
        if self._closing:
            self._finish_dropped()
            self._metering.host.run_later(self._dropped)

    def _drain(self) -> bool:
        try:
            drain = self._metering.host.drains.begin(self._observation, self._metering, self._loop) if self._loop is not None else None
            if drain is None:
                return False
            drain.task = asyncio.create_task(self._read_on(drain))
        except Exception as error:  # noqa: BLE001 - as in `WatchedStream`
            self._metering.host.count_failure(error)
            return False
        self._is_drained = True
        return True

    async def _read_on(self, drain: Drain) -> None:
        pieces = self._pieces if isinstance(self._pieces, Shielded) else Shielded(aiter(self._stream))
        await self._metering.host.drains.read_async(drain, pieces, self._stream)

    def _dropped(self) -> None:
        """Do what `aclose` does, from the writer's thread."""
        if not self._is_first_to_close():
            return
        drains = self._metering.host.drains
        drain = None
        if self._loop is not None and self._wants_drain():
            drain = drains.begin(self._observation, self._metering, self._loop)
        if drain is None:
            self._observation.finish()
        if self._loop is None:
            return
        ending = self._stream.aclose() if drain is None else self._read_on(drain)
        try:
            asyncio.run_coroutine_threadsafe(ending, self._loop)
        except RuntimeError:
            # The loop is closed, and its connections with it.
            ending.close()
            self._observation.finish()
            if drain is not None:
                drains.end(drain)


def _connection(extensions: Mapping[str, Any]) -> socket.socket | None:
    """Return a socket of our own on the connection of a response, if that carries nothing else (httpx documentation, "Extensions")."""
    network_stream = extensions.get("network_stream")
    if network_stream is None or not extensions.get("http_version", b"").startswith(b"HTTP/1"):
        return None
    found = network_stream.get_extra_info("socket")
    return socket.fromfd(found.fileno(), found.family, found.type) if found is not None else None


class Replayed:
    """A stream of which the beginning has been read already.

    Args:
        head: The pieces that were read.
        rest: The iterator that gives the others.
        stream: What to close.
    """

    def __init__(self, head: list[bytes], rest: Any, stream: Any) -> None:
        self._head = head
        self._rest = rest
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        """Yield all pieces."""
        yield from self._head
        yield from self._rest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield all pieces."""
        for piece in self._head:
            yield piece
        async for piece in self._rest:
            yield piece

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()


class Decoded:
    """The stream of a response with its content encoding undone.

    Args:
        response: A response of either library with that stream and that encoding.
    """

    def __init__(self, response: Any) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        """Yield decoded pieces."""
        pieces: Iterator[bytes] = self._response.iter_bytes()
        return pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield decoded pieces."""
        pieces: AsyncIterator[bytes] = self._response.aiter_bytes()
        return pieces

    def close(self) -> None:
        """Close the stream."""
        self._response.close()

    async def aclose(self) -> None:
        """Close the stream."""
        await self._response.aclose()
