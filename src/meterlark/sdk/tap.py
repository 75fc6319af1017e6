"""Watch a stream of OpenAI's SDK without the caller noticing.

The `Stream` object stays the one that the SDK made. What changes is where it gets its server-sent events: each is passed on, and its text
kept, because a text costs nothing to keep, while the SDK's objects kept for later cost more than they did to make (the collector of the
interpreter walks over them). A usage chunk that the caller did not ask for is kept back before the SDK reads it.

A stream is over, and metered once, when it ends, fails, is closed, is cancelled or is garbage collected, whatever comes first.
"""

import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import msgspec

from meterlark.sdk.observation import Observation, response_headers


def tap_stream(stream: Any, observation: Observation, *, hides_usage: bool) -> None:  # noqa: ANN401 - the SDK is typed by what it does
    """Watch a `Stream` or `AsyncStream` that nobody has read from yet.

    Args:
        stream: The stream.
        observation: Told of every event and of the end.
        hides_usage: Whether to keep back the chunk that carries nothing but usage.

    Raises:
        AttributeError: It is neither; nothing was changed.
    """
    # The SDK has no public hook (reference llm-usage.md section 1.4). Its iterator is a generator, which asks for the events when it is
    # first read, and so finds ours.
    inner, events, close = stream._iterator, stream._iter_events, stream.close  # noqa: SLF001 - as above
    observation.take_headers(response_headers(stream.response))
    if hasattr(inner, "__anext__"):
        stream._iter_events = lambda: _heard_async(events(), observation, hides_usage=hides_usage)  # noqa: SLF001 - as above
        weakref.finalize(stream, observation.finish).atexit = False
        stream.close = _closing_async(close, observation)
    else:
        stream._iter_events = lambda: _heard(events(), observation.add_event, hides_usage=hides_usage)  # noqa: SLF001 - as above
        tapped = _until_end(inner, observation)
        # A generator that was never entered ends without a word.
        next(tapped)
        stream._iterator = tapped  # noqa: SLF001 - as above
        stream.close = _closing(close, observation)


def _heard(events: Iterator[Any], add: Callable[[str], None], *, hides_usage: bool) -> Iterator[Any]:
    for event in events:
        data = event.data
        add(data)
        # Only a text with an empty list can be the one to hide; looking for that costs a twentieth of reading each.
        if hides_usage and "[]" in data and _is_usage_alone(data):
            continue
        yield event


async def _heard_async(events: AsyncIterator[Any], observation: Observation, *, hides_usage: bool) -> AsyncIterator[Any]:
    add = observation.add_event
    try:
        async for event in events:
            data = event.data
            add(data)
            if hides_usage and "[]" in data and _is_usage_alone(data):
                continue
            yield event
    finally:
        # The end of the stream, an error of the network, a cancelled task, or the collector.
        observation.finish()


def _until_end(inner: Iterator[Any], observation: Observation) -> Iterator[Any]:
    try:
        yield
        yield from inner
    finally:
        # The end of the stream, an error of the provider or the network, an interrupt, or the collector.
        observation.finish()


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


def _is_usage_alone(data: str) -> bool:
    try:
        chunk = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        # The SDK will say so to the caller.
        return False
    return isinstance(chunk, dict) and chunk.get("usage") is not None and chunk.get("choices") == []
