import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.testing.provider import Provider
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

CHUNKS = tuple(f" lark{number}" for number in range(40))
ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Name forty larks."}], "stream": True}
# 3 to start the answer, 3 for the message and 1 for its role.
PROMPT = 7 + count_text("Name forty larks.", Encoding.O200K)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a provider that takes its time."""
    with Provider(chunks=CHUNKS, chunk_interval_seconds=0.002) as running:
        yield running


@pytest.fixture(params=["wrap", "httpx", "httpx2"])
def client(request: pytest.FixtureRequest, provider: Provider, meter: Meter) -> Iterator[OpenAI]:
    """Give a metered client."""
    common: Any = {"base_url": provider.base_url, "api_key": "test", "max_retries": 0}
    if request.param == "wrap":
        with OpenAI(**common) as bare:
            yield meter.wrap(bare)
    else:
        library: Any = {"httpx": httpx, "httpx2": httpx2}[request.param]
        with OpenAI(**common, http_client=meter.http_client(base=library.Client)) as made:
            yield made


def assert_partial(meter: Meter, ingest: RecordingIngest, chunks: int) -> None:
    """Check that the one event counts what arrived: the role chunk and then words."""
    assert meter.flush()
    (event,) = ingest.events
    data = event["data"]
    expected = count_text("".join(CHUNKS[: max(0, chunks - 1)]), Encoding.O200K)
    assert (data["usage_source"], data["prompt_tokens"], data["completion_tokens"]) == ("partial", PROMPT, expected)
    assert event["id"].startswith("chatcmpl-" if chunks else "req:")
    assert meter.stats().failed == 0


def close(client: OpenAI) -> None:
    """Close after 10 chunks."""
    stream = client.chat.completions.create(**ASK)
    for _ in range(10):
        next(stream)
    stream.close()
    stream.close()


def leave_block(client: OpenAI) -> None:
    """Leave the `with` block early."""
    with client.chat.completions.create(**ASK) as stream:
        for position, _ in enumerate(stream, start=1):
            if position == 10:
                break


def drop(client: OpenAI) -> None:
    """Break and forget the stream."""
    for position, _ in enumerate(client.chat.completions.create(**ASK), start=1):
        if position == 10:
            break
    gc.collect()


def fail(client: OpenAI) -> None:
    """Raise in the caller's own loop."""

    def work() -> None:
        with client.chat.completions.create(**ASK) as stream:
            for position, _ in enumerate(stream, start=1):
                if position == 10:
                    raise LookupError("the caller's own")

    with pytest.raises(LookupError, match="the caller's own"):
        work()


@pytest.mark.parametrize("abandon", [close, leave_block, drop, fail])
def test_an_abandoned_stream_is_counted(abandon: Callable[[OpenAI], None], client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """Exactly what arrived, marked partial."""
    abandon(client)

    assert_partial(meter, ingest, 10)


def test_a_stream_that_nobody_reads_is_counted(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """The provider has read the prompt; the request id is the identity."""
    client.chat.completions.create(**ASK).close()

    assert_partial(meter, ingest, 0)


def test_a_cut_connection_is_counted_and_raised(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """The caller gets the SDK's error."""
    stream = client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "cut-after=10"})
    with pytest.raises(openai.APIConnectionError):
        list(stream)

    assert_partial(meter, ingest, 10)


def test_a_stream_that_ends_too_early_is_partial(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """No chunk said that the answer had ended."""
    assert len(list(client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "end-after=10"}))) == 10

    assert_partial(meter, ingest, 10)


def test_a_stream_left_after_its_last_word_is_counted_in_full(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """Everything arrived but the usage: the count is of the whole answer."""
    with client.chat.completions.create(**ASK) as stream:
        for chunk in stream:
            if chunk.choices[0].finish_reason:
                break

    assert meter.flush()
    data = ingest.events[0]["data"]
    assert (data["usage_source"], data["completion_tokens"]) == ("counted", count_text("".join(CHUNKS), Encoding.O200K))


def test_a_cancelled_task_is_counted(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """The task stays cancelled."""

    async def talk() -> None:
        arrived: list[Any] = []
        ready = asyncio.Event()

        async def read(client: AsyncOpenAI) -> None:
            async for chunk in await client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "slow=0.02"}):
                arrived.append(chunk)
                if len(arrived) == 5:
                    ready.set()

        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            task = asyncio.create_task(read(meter.wrap(bare)))
            await asyncio.wait_for(ready.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(assert_partial, meter, ingest, len(arrived))

    asyncio.run(talk())


@pytest.mark.parametrize("method", ["close", "aclose"])
def test_a_closed_asynchronous_stream_is_counted(method: str, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Both names of the method, and the `async with` block that uses one."""

    async def talk() -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            stream = await meter.wrap(bare).chat.completions.create(**ASK)
            for _ in range(10):
                await anext(stream)
            await getattr(stream, method)()

    asyncio.run(talk())

    assert_partial(meter, ingest, 10)


def test_a_dropped_asynchronous_stream_is_counted(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """When it is collected."""

    async def talk() -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            stream = await meter.wrap(bare).chat.completions.create(**ASK)
            for _ in range(10):
                await anext(stream)
            del stream
            gc.collect()
            await asyncio.sleep(0.01)

    asyncio.run(talk())

    assert_partial(meter, ingest, 10)


def test_a_stream_that_nobody_reads_is_closed_when_it_is_dropped(client: OpenAI, meter: Meter, provider: Provider) -> None:
    """A bare SDK would keep its connection until the client is closed."""
    client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "hold-after=1"})
    gc.collect()

    assert meter.flush()
    assert provider.wait_finished(1)[0].client_left


def test_an_asynchronous_stream_that_nobody_reads_is_closed_when_it_is_dropped(meter: Meter, provider: Provider) -> None:
    """By its loop."""

    async def talk() -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            await meter.wrap(bare).chat.completions.create(**ASK, extra_headers={"x-provider-switch": "hold-after=1"})
            gc.collect()
            assert await meter.aflush()
            (request,) = await asyncio.to_thread(provider.wait_finished, 1)
            assert request.client_left

    asyncio.run(talk(), debug=True)


def test_an_aborted_responses_stream_is_counted(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """Its usage would have come with the last event."""
    with client.responses.create(model="gpt-4o-mini", input="Name forty larks.", stream=True) as stream:
        texts: list[str] = []
        for event in stream:
            if event.type == "response.output_text.delta":
                texts.append(event.delta)
            if len(texts) == 7:
                break

    assert meter.flush()
    data = ingest.events[0]["data"]
    assert (data["usage_source"], data["prompt_tokens"]) == ("partial", PROMPT)
    assert data["completion_tokens"] == count_text("".join(texts), Encoding.O200K)


def test_closing_the_meter_meters_streams_under_way(ingest: RecordingIngest, provider: Provider) -> None:
    """As the end of the process does; reading on afterwards harms nobody."""
    with Meter(ingest.url) as meter, OpenAI(base_url=provider.base_url, api_key="test") as bare:
        stream = meter.wrap(bare).chat.completions.create(**ASK)
        for _ in range(10):
            next(stream)
        meter.close()
        assert len(list(stream)) == len(CHUNKS) - 8

    assert [event["data"]["usage_source"] for event in ingest.events] == ["partial"]


def test_a_stream_finished_by_two_threads_is_one_event(ingest: RecordingIngest, provider: Provider, meter: Meter) -> None:
    """Whoever is first."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        stream = meter.wrap(bare).chat.completions.create(**ASK)
        next(stream)
        threads = [threading.Thread(target=stream.close) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert_partial(meter, ingest, 1)
