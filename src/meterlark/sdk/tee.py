"""The stream of a response that is read by the caller and watched by us: the same bytes, in the same pieces, at the same time.

A stream is over, and metered once, when it ends, fails, is closed, is cancelled or is garbage collected, whatever comes first. Closing it
early is the caller's right: the connection is closed with it (`cancel`), or left to be read on in the background (`drain`).
The two classes are the synchronous and the asynchronous half of one idea; keep them alike.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from meterlark.capture.asking import UsageFilter
from meterlark.sdk.call import Metering
from meterlark.sdk.observation import Observation

STREAM_END: Final = b"[DONE]"
"""What ends a chat stream. OpenAI's SDK stops reading there and closes, so that such a stream is closed before the end of its body."""


class Watched:
    """What both halves share.

    Args:
        stream: The response's own stream.
        observation: Told of every piece and of the end.
        shown: Keeps the usage chunk from the caller; None to show everything.
        metering: How the call is metered.
    """

    def __init__(self, stream: Any, observation: Observation, shown: UsageFilter | None, metering: Metering) -> None:
        self._stream = stream
        self._observation = observation
        self._shown = shown
        self._metering = metering
        self._is_closed = False

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


class WatchedStream(Watched):
    """A stream of `httpx.Client`; a `SyncByteStream` of its library."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces as they come."""
        show = self._show
        try:
            for piece in self._stream:
                if shown := show(piece):
                    yield shown
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
        """Close the connection, or give it back."""
        self._is_closed = True
        try:
            self._stream.close()
        finally:
            self._observation.finish()

    def __del__(self) -> None:
        """Meter and close a stream that was dropped; in another thread, because a destructor may run inside any lock."""
        if not self._is_closed:
            self._metering.host.run_later(self.close)


class WatchedAsyncStream(Watched):
    """A stream of `httpx.AsyncClient`; an `AsyncByteStream` of its library."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the pieces as they come."""
        show = self._show
        try:
            async for piece in self._stream:
                if shown := show(piece):
                    yield shown
        except Exception:
            if rest := self._rest():
                yield rest
            self._observation.finish()
            raise
        if rest := self._rest():
            yield rest
        self._observation.finish(is_complete=True)

    async def aclose(self) -> None:
        """Close the connection, or give it back."""
        self._is_closed = True
        try:
            await self._stream.aclose()
        finally:
            self._observation.finish()

    def __del__(self) -> None:
        """Meter a stream that was dropped. Its connection is closed with its client, as that of a bare one."""
        if not self._is_closed:
            self._observation.finish()


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
