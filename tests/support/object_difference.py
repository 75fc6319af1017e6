"""What a caller of an SDK sees of a recorded exchange with a wrapped client, against a bare one: objects, chunks, exceptions."""

from typing import Any, NamedTuple

import anthropic
import httpx2
import openai
from anthropic.types import Message, RawMessageStreamEvent
from http_difference import ASYNC_WAYS, WAYS, Trace, cancelled_if_held
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from recorded_transport import Record, transport, url_of

from meterlark import Meter

Kind = tuple[Any, Any, Any]

KINDS: dict[str, Kind] = {
    "/chat/completions": (ChatCompletion, openai.Stream[ChatCompletionChunk], openai.AsyncStream[ChatCompletionChunk]),
    "/responses": (Response, openai.Stream[ResponseStreamEvent], openai.AsyncStream[ResponseStreamEvent]),
    "/embeddings": (CreateEmbeddingResponse, None, None),
    "/v1/messages": (Message, anthropic.Stream[RawMessageStreamEvent], anthropic.AsyncStream[RawMessageStreamEvent]),
}
"""What the SDKs make of an answer, by the end of the path: of a whole one, of a stream, of an asynchronous one."""


def seen(value: Any) -> Any:
    """Return what a caller can see of an object of an SDK, what was sent as null told from what was not sent."""
    return [type(value), value.model_dump(exclude_unset=True)] if hasattr(value, "model_dump") else value


def is_streamed(record: Record) -> bool:
    """Tell whether the caller asked for a stream."""
    return isinstance(record.get("request"), dict) and record["request"].get("stream") is True


def called(client: Any, record: Record, kind: Kind, *, leave_after: int | None) -> Trace:
    """Return everything that a caller of an SDK sees of an exchange."""
    trace: Trace = []
    is_stream = is_streamed(record)
    try:
        answer = client.post(url_of(record), body=record["request"], cast_to=kind[0], stream=is_stream, stream_cls=kind[1])
        if not is_stream:
            return [seen(answer)]
        with answer as stream:
            for number, chunk in enumerate(stream, start=1):
                trace.append(seen(chunk))
                if number == leave_after:
                    break
        trace.append(stream.response.is_closed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]
    return trace


async def called_async(client: Any, record: Record, kind: Kind, trace: Trace, *, leave_after: int | None) -> None:
    """Do as `called`; the trace is filled while it goes."""
    try:
        answer = await client.post(url_of(record), body=record["request"], cast_to=kind[0], stream=is_streamed(record), stream_cls=kind[2])
        if not is_streamed(record):
            trace.append(seen(answer))
            return
        async with answer as stream:
            number = 0
            async for chunk in stream:
                trace.append(seen(chunk))
                number += 1
                if number == leave_after:
                    break
        trace.append(stream.response.is_closed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]


def differing_calls(client_class: Any, record: Record, kind: Kind, meter: Meter) -> list[str]:
    """Return in which ways of calling a wrapped client differs from a bare one."""
    found = []
    for name, way in WAYS.items():
        provider = way.provider(record)
        outcomes = []
        with httpx2.Client(transport=transport(httpx2, provider)) as http_client:
            bare = client_class(api_key="test", http_client=http_client, max_retries=0)
            for client in (bare, meter.wrap(bare)):
                before = (provider.closed, provider.asked)
                trace = called(client, record, kind, leave_after=way.leave_after)
                outcomes.append(Outcome(trace, provider.closed - before[0], provider.asked > before[1]))
        assert provider.unknown == 0, "the recorded provider was asked for what is not recorded"
        if is_other(*outcomes):
            found.append(name)
    return found


async def differing_calls_async(client_class: Any, record: Record, kind: Kind, meter: Meter) -> list[str]:
    """Do as `differing_calls`."""
    found = []
    for name, way in ASYNC_WAYS.items():
        provider = way.provider(record)
        outcomes = []
        async with httpx2.AsyncClient(transport=transport(httpx2, provider, is_async=True)) as http_client:
            bare = client_class(api_key="test", http_client=http_client, max_retries=0)
            for client in (bare, meter.wrap(bare)):
                before = (provider.closed, provider.asked)
                provider.held.clear()
                trace: Trace = []
                await cancelled_if_held(called_async(client, record, kind, trace, leave_after=way.leave_after), provider, trace)
                outcomes.append(Outcome(trace, provider.closed - before[0], provider.asked > before[1]))
        assert provider.unknown == 0, "the recorded provider was asked for what is not recorded"
        if is_other(*outcomes):
            found.append(name)
    return found


class Outcome(NamedTuple):
    """What came of a call.

    Attributes:
        trace: What the caller saw.
        closed: Streams that were closed.
        is_asked: Whether it asked for usage in the caller's name.
    """

    trace: Trace
    closed: int
    is_asked: bool


def is_other(bare: Outcome, metered: Outcome) -> bool:
    """Tell whether a metered client showed something else; see `differences` about usage that comes unasked."""
    assert not bare.is_asked, "a bare client asks for nothing"
    expected = bare.trace
    if metered.is_asked:
        expected = [
            unasked(part) for part in expected if not (isinstance(part, list) and part[1].get("choices") == [] and part[1].get("usage"))
        ]
    return (expected, bare.closed) != (metered.trace, metered.closed)


def unasked(part: Any) -> Any:
    """Return what was seen without usage that is null."""
    if isinstance(part, list) and part[1].get("usage", 0) is None:
        return [part[0], {name: value for name, value in part[1].items() if name != "usage"}]
    return part
