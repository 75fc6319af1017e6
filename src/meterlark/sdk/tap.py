"""Watch a stream of OpenAI's SDK without the caller noticing.

The `Stream` object stays the one that the SDK made; what changes is its inner iterator, which passes each chunk on, and its `close`. A
stream is over, and metered once, when it ends, fails, is closed, is cancelled or is garbage collected, whatever comes first. A usage chunk
that the caller did not ask for is kept back.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from meterlark.sdk.observation import Observation, response_headers


class Tap:
    """The inner iterator of a synchronous stream.

    Args:
        inner: The SDK's iterator of chunks.
        observation: Told of every chunk and of the end.
        hides_usage: Whether to keep back the chunk that carries nothing but usage.
    """

    def __init__(self, inner: Iterator[Any], observation: Observation, *, hides_usage: bool) -> None:
        self._inner = inner
        self._observation = observation
        self._hides_usage = hides_usage

    def __iter__(self) -> Iterator[Any]:
        """Return itself."""
        return self

    def __next__(self) -> Any:  # noqa: ANN401 - whatever the SDK yields
        """Return the next chunk that the caller should see."""
        try:
            chunk = next(self._inner)
            self._observation.add_chunk(chunk)
            while self._hides_usage and _is_usage_alone(chunk):
                chunk = next(self._inner)
                self._observation.add_chunk(chunk)
        except BaseException:
            # The end of the stream, an error of the provider or the network, or an interrupt: all are the caller's to see.
            self._observation.finish()
            raise
        return chunk

    def __del__(self) -> None:
        """Meter a stream that was dropped."""
        self._observation.finish()


class AsyncTap:
    """The inner iterator of an asynchronous stream; see `Tap`."""

    def __init__(self, inner: AsyncIterator[Any], observation: Observation, *, hides_usage: bool) -> None:
        self._inner = inner
        self._observation = observation
        self._hides_usage = hides_usage

    def __aiter__(self) -> AsyncIterator[Any]:
        """Return itself."""
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 - whatever the SDK yields
        """Return the next chunk that the caller should see."""
        try:
            chunk = await anext(self._inner)
            self._observation.add_chunk(chunk)
            while self._hides_usage and _is_usage_alone(chunk):
                chunk = await anext(self._inner)
                self._observation.add_chunk(chunk)
        except BaseException:
            # As in `Tap`; a cancelled task arrives here too.
            self._observation.finish()
            raise
        return chunk

    def __del__(self) -> None:
        """Meter a stream that was dropped."""
        self._observation.finish()


def tap_stream(stream: Any, observation: Observation, *, hides_usage: bool) -> None:  # noqa: ANN401 - the SDK is typed by what it does
    """Watch a `Stream` or `AsyncStream` from now on.

    Raises:
        AttributeError: It is neither; nothing was changed.
    """
    inner, close = stream._iterator, stream.close  # noqa: SLF001 - the SDK has no public hook (reference llm-usage.md section 1.4)
    observation.take_headers(response_headers(stream.response))
    if hasattr(inner, "__anext__"):
        stream._iterator = AsyncTap(inner, observation, hides_usage=hides_usage)  # noqa: SLF001 - as above
        stream.close = _closing_async(close, observation)
    else:
        stream._iterator = Tap(inner, observation, hides_usage=hides_usage)  # noqa: SLF001 - as above
        stream.close = _closing(close, observation)


def _closing(close: Callable[[], None], observation: Observation) -> Callable[[], None]:
    def closed() -> None:
        try:
            close()
        finally:
            observation.finish()

    return closed


def _closing_async(close: Callable[[], Awaitable[None]], observation: Observation) -> Callable[[], Awaitable[None]]:
    async def closed() -> None:
        try:
            await close()
        finally:
            observation.finish()

    return closed


def _is_usage_alone(chunk: object) -> bool:
    return getattr(chunk, "usage", None) is not None and getattr(chunk, "choices", None) == []
