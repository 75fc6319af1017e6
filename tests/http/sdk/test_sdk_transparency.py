import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

from meterlark import Meter
from meterlark.testing.provider import Provider, ToolCall, Usage

CHUNKS = ("Larks", " sing", " at", " dawn.")
MODEL = "gpt-4o-mini"
ASK: Any = {"model": MODEL, "messages": [{"role": "user", "content": "When do larks sing?"}]}
TOOLS: Any = [{"type": "function", "function": {"name": "get_song", "parameters": {"type": "object"}}}]
ALWAYS_NEW = {"id", "created", "created_at", "completed_at", "obfuscation", "item_id", "_request_id"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a provider that says the same to every client."""
    with Provider(chunks=CHUNKS, usage=Usage(prompt=21, completion=9), tool_call=ToolCall("get_song", '{"hour": 5}')) as running:
        yield running


@pytest.fixture(params=["bare", "wrapped"])
def client(request: pytest.FixtureRequest, provider: Provider, meter: Meter) -> Iterator[OpenAI]:
    """Give a client, bare or wrapped: both have to behave as the test says."""
    with OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as bare:
        yield bare if request.param == "bare" else meter.wrap(bare)


def seen(value: Any) -> Any:
    """Return what a caller can see of an answer or chunk, without what differs from answer to answer."""
    if hasattr(value, "model_dump"):
        return [type(value), seen(value.model_dump())]
    if isinstance(value, dict):
        return {name: seen(item) for name, item in value.items() if name not in ALWAYS_NEW}
    return [seen(item) for item in value] if isinstance(value, list) else value


CALLS: Any = [
    pytest.param("chat", ASK, id="chat"),
    pytest.param("chat", {**ASK, "tools": TOOLS}, id="tools"),
    pytest.param("chat", {**ASK, "n": 2}, id="two choices"),
    pytest.param("responses", {"model": MODEL, "input": "Hi"}, id="responses"),
    pytest.param("chat", {**ASK, "stream": True}, id="chat stream"),
    pytest.param("chat", {**ASK, "stream": True, "tools": TOOLS}, id="tools stream"),
    pytest.param("chat", {**ASK, "stream": True, "stream_options": {"include_usage": True}}, id="chat stream with usage"),
    pytest.param("responses", {"model": MODEL, "input": "Hi", "stream": True}, id="responses stream"),
]


@pytest.mark.parametrize(("api", "arguments"), CALLS)
def test_a_wrapped_client_gives_the_same(api: str, arguments: Any, provider: Provider, meter: Meter) -> None:
    """The same objects and the same chunks in the same order, synchronous and asynchronous, as the bare client."""

    def ask(client: OpenAI) -> Any:
        resource: Any = client.chat.completions if api == "chat" else client.responses
        result = resource.create(**arguments)
        return [seen(chunk) for chunk in result] if arguments.get("stream") else seen(result)

    async def ask_async(client: AsyncOpenAI) -> Any:
        resource: Any = client.chat.completions if api == "chat" else client.responses
        result = await resource.create(**arguments)
        return [seen(chunk) async for chunk in result] if arguments.get("stream") else seen(result)

    async def both_async() -> tuple[Any, Any]:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as bare:
            return await ask_async(bare), await ask_async(meter.wrap(bare))

    with OpenAI(base_url=provider.base_url, api_key="test", max_retries=0) as bare:
        expected = ask(bare)
        assert ask(meter.wrap(bare)) == expected
    assert asyncio.run(both_async()) == (expected, expected)
    assert meter.flush()
    assert (meter.stats().sent, meter.stats().failed) == (2, 0)


def test_types_are_those_of_the_sdk(client: OpenAI) -> None:
    """Code that asks for the type goes on to work."""
    assert type(client) is OpenAI
    assert type(client.chat.completions.create(**ASK)) is ChatCompletion
    assert type(client.responses.create(model=MODEL, input="Hi")) is Response
    stream = client.chat.completions.create(**ASK, stream=True)
    assert type(stream) is Stream
    assert type(next(stream)) is ChatCompletionChunk
    assert stream.response.status_code == 200
    stream.close()
    assert stream.response.is_closed


@pytest.mark.parametrize(
    ("switch", "error"),
    [
        ("status=400", openai.BadRequestError),
        ("status=401", openai.AuthenticationError),
        ("status=429", openai.RateLimitError),
        ("status=500", openai.InternalServerError),
    ],
)
def test_errors_of_the_provider_are_raised(switch: str, error: type[Exception], client: OpenAI, meter: Meter) -> None:
    """The same exceptions, blocking and streamed; a call that failed is no event."""
    with pytest.raises(error):
        client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": switch})
    with pytest.raises(error):
        client.chat.completions.create(**ASK, stream=True, extra_headers={"x-provider-switch": switch})

    assert meter.flush()
    assert meter.stats().sent == 0


def test_a_retried_call_is_metered_once(provider: Provider, meter: Meter) -> None:
    """The SDK's own retries are beneath the metering."""
    with OpenAI(base_url=provider.base_url, api_key="test", max_retries=2) as bare:
        meter.wrap(bare).chat.completions.create(**ASK, extra_headers={"x-provider-switch": "status=500,times=1"})

    assert meter.flush()
    assert len(provider.requests) == 2
    assert meter.stats().sent == 1


def test_wrong_arguments_raise_what_the_sdk_raises(client: OpenAI) -> None:
    """Before anything is sent."""
    with pytest.raises(TypeError, match="Missing required arguments"):
        client.chat.completions.create(model=MODEL)  # type: ignore[call-overload] # a mistake on purpose
    with pytest.raises(TypeError, match="unexpected keyword"):
        client.copy(nonsense=1)  # type: ignore[call-arg] # a mistake on purpose


def test_a_stream_can_be_read_in_every_way(client: OpenAI) -> None:
    """With `next`, `for`, `with`, and on after a pause; an ended stream stays ended."""
    with client.chat.completions.create(**ASK, stream=True) as stream:
        first = next(stream)
        rest = [chunk.choices[0].delta.content for chunk in stream]
        assert first.choices[0].delta.role == "assistant"
        assert rest == [*CHUNKS, None]
        assert list(stream) == []
        with pytest.raises(StopIteration):
            next(stream)
    stream.close()


def test_a_defect_of_ours_never_reaches_the_caller(
    provider: Provider, meter: Meter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whichever part fails, the call goes through and the failure is counted and logged."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("our defect")

    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        client = meter.wrap(bare)
        for name in ("call.route_of", "transport._kinds_of", "call.UsageFilter.feed"):
            with monkeypatch.context() as patch:
                patch.setattr(f"meterlark.sdk.{name}", fail)
                assert list(client.chat.completions.create(**ASK, stream=True))
        with monkeypatch.context() as patch:
            patch.setattr("meterlark.capture.event.encode_event", fail)
            assert client.chat.completions.create(**ASK).choices
            assert meter.flush()

    assert meter.stats().failed == 4
    assert "our defect" in caplog.text


def test_a_wrapped_client_is_freed(provider: Provider, meter: Meter) -> None:
    """The meter does not keep clients alive."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        client = meter.wrap(bare)
        client.chat.completions.create(**ASK)
        freed = weakref.ref(client)
        del client
        gc.collect()

    assert freed() is None
