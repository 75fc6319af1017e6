import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from openai import AsyncOpenAI, OpenAI
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.model.errors import InvalidInputError
from meterlark.testing.provider import Provider, Usage

CHUNKS = tuple(f" lark{number}" for number in range(40))
SENT = len(CHUNKS) + 4
"""With the role, the end, the usage and `[DONE]`."""

ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Name forty larks."}], "stream": True}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a provider that takes its time."""
    with Provider(chunks=CHUNKS, usage=Usage(prompt=1000, completion=100), chunk_interval_seconds=0.002) as running:
        yield running


@pytest.fixture(params=["wrap", "httpx", "httpx2"])
def client(request: pytest.FixtureRequest, provider: Provider, meter: Meter) -> Iterator[OpenAI]:
    """Give a client whose abandoned streams are read on."""
    common: Any = {"base_url": provider.base_url, "api_key": "test", "max_retries": 0}
    if request.param == "wrap":
        with OpenAI(**common) as bare:
            yield meter.wrap(bare, on_abandon="drain")
    else:
        library: Any = {"httpx": httpx, "httpx2": httpx2}[request.param]
        with OpenAI(**common, http_client=meter.http_client(base=library.Client, on_abandon="drain")) as made:
            yield made


def judged(meter: Meter, ingest: RecordingIngest) -> list[tuple[str, int]]:
    """Return the sources and totals of the events, and check that nothing of ours is left."""
    assert meter.flush(30)
    assert (meter.stats().failed, meter.stats().unmetered) == (0, 0)
    assert not [thread for thread in threading.enumerate() if thread.name == "meterlark-drain" and thread.is_alive()]
    return [(event["data"]["usage_source"], event["data"]["total_tokens"]) for event in ingest.events]


def close(client: OpenAI) -> None:
    """Close after 10 chunks, and again."""
    stream = client.chat.completions.create(**ASK)
    for _ in range(10):
        next(stream)
    stream.close()
    stream.close()


def leave_block(client: OpenAI) -> None:
    """Leave the `with` block early."""
    with client.chat.completions.create(**ASK) as stream:
        next(stream)


def drop(client: OpenAI) -> None:
    """Break and forget the stream."""
    for _ in client.chat.completions.create(**ASK):
        break
    gc.collect()


def drop_unread(client: OpenAI) -> None:
    """Forget the stream at once."""
    client.chat.completions.create(**ASK)
    gc.collect()


def fail(client: OpenAI) -> None:
    """Raise in the caller's own loop."""

    def work() -> None:
        with client.chat.completions.create(**ASK) as stream:
            next(stream)
            raise LookupError("the caller's own")

    with pytest.raises(LookupError, match="the caller's own"):
        work()


def leave_lines(client: OpenAI) -> None:
    """Leave a body that is read by hand."""
    with client.chat.completions.with_streaming_response.create(**ASK) as response:
        next(response.iter_lines())


@pytest.mark.parametrize("abandon", [close, leave_block, drop, drop_unread, fail, leave_lines])
def test_an_abandoned_stream_is_read_to_its_end(
    abandon: Callable[[OpenAI], None], client: OpenAI, meter: Meter, ingest: RecordingIngest, provider: Provider
) -> None:
    """Its usage is the provider's own, and so is its verdict."""
    abandon(client)

    assert judged(meter, ingest) == [("drained", 1100)]
    (request,) = provider.wait_finished(1)
    assert (request.chunks_sent, request.client_left) == (SENT, False)


def test_a_stream_that_is_read_is_not_drained(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """OpenAI's SDK closes behind `[DONE]`, which is the end."""
    assert list(client.chat.completions.create(**ASK))

    assert judged(meter, ingest) == [("injected", 1100)]


def test_the_caller_does_not_wait_for_the_rest(client: OpenAI, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """And the stream is closed for him."""
    stream = client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "slow=0.01"})
    next(stream)
    stream.close()

    assert not provider.requests[0].is_finished
    assert stream.response.is_closed
    assert list(stream) == []
    assert judged(meter, ingest) == [("drained", 1100)]


def test_an_aborted_responses_stream_is_read_on(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """Its usage comes with its last event."""
    with client.responses.create(model="gpt-4o-mini", input="Name forty larks.", stream=True) as stream:
        next(iter(stream))

    assert judged(meter, ingest) == [("drained", 1100)]


def test_a_stream_that_breaks_later_is_partial(client: OpenAI, meter: Meter, ingest: RecordingIngest) -> None:
    """The caller has left and hears nothing of it."""
    with client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "cut-after=20"}) as stream:
        next(stream)

    assert judged(meter, ingest)[0][0] == "partial"


def test_closing_the_client_ends_what_it_reads_on(client: OpenAI, meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """Its connections are closed then, at once."""
    with client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "hold-after=5"}) as stream:
        next(stream)
    client.close()

    assert judged(meter, ingest)[0][0] == "partial"
    assert provider.wait_finished(1)[0].client_left


@pytest.mark.parametrize("limits", [{"drain_seconds_max": 0.05}, {"drain_bytes_max": 2000}], ids=["seconds", "bytes"])
def test_a_limit_ends_it(limits: Any, ingest: RecordingIngest, provider: Provider) -> None:
    """What came until then is counted, and the connection closed."""
    with Meter(ingest.url, **limits) as meter, OpenAI(base_url=provider.base_url, api_key="test") as bare:
        switch = "hold-after=5" if "drain_seconds_max" in limits else "slow=0.01"
        client = meter.wrap(bare, on_abandon="drain")
        with client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": switch}) as stream:
            next(stream)
        assert judged(meter, ingest)[0][0] == "partial"

    assert provider.wait_finished(1)[0].client_left


def test_a_stream_beyond_the_number_is_cancelled(ingest: RecordingIngest, provider: Provider) -> None:
    """The others are read on."""
    with Meter(ingest.url, drains_max=1) as meter, OpenAI(base_url=provider.base_url, api_key="test") as bare:
        client = meter.wrap(bare, on_abandon="drain")
        streams = [client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "slow=0.005"}) for _ in range(2)]
        for stream in streams:
            next(stream)
        for stream in streams:
            stream.close()
        assert sorted(source for source, _ in judged(meter, ingest)) == ["drained", "partial"]


def test_a_system_without_threads_cancels(
    client: OpenAI, meter: Meter, ingest: RecordingIngest, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller is not told."""
    assert list(client.chat.completions.create(**ASK))
    assert meter.flush()
    stream = client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "hold-after=5"})
    next(stream)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr("meterlark.sdk.drain.threading.Thread.start", refuse)
        stream.close()

    assert meter.flush()
    assert [event["data"]["usage_source"] for event in ingest.events] == ["injected", "partial"]
    assert meter.stats().failed == 1


def test_closing_the_meter_waits_for_what_is_read_on(ingest: RecordingIngest, provider: Provider) -> None:
    """As the end of the program does, for half of `exit_seconds`."""
    with OpenAI(base_url=provider.base_url, api_key="test") as bare:
        with Meter(ingest.url) as meter:
            close(meter.wrap(bare, on_abandon="drain"))
        assert [event["data"]["usage_source"] for event in ingest.events] == ["drained"]


def test_only_two_policies_are_known(meter: Meter) -> None:
    """A mistake at start is said at start."""
    with pytest.raises(InvalidInputError, match="on_abandon is 'wait'; allowed are cancel, drain"):
        meter.http_client(on_abandon="wait")  # type: ignore[arg-type] # a mistake on purpose


@asynccontextmanager
async def talking(kind: str, provider: Provider, meter: Meter) -> AsyncIterator[AsyncOpenAI]:
    """Give an asynchronous client whose abandoned streams are read on."""
    common: Any = {"base_url": provider.base_url, "api_key": "test", "max_retries": 0}
    if kind == "wrap":
        async with AsyncOpenAI(**common) as bare:
            yield meter.wrap(bare, on_abandon="drain")
            await meter.aflush(30)
    else:
        library: Any = {"httpx": httpx, "httpx2": httpx2}[kind]
        http_client = meter.async_http_client(base=library.AsyncClient, on_abandon="drain")
        async with AsyncOpenAI(**common, http_client=http_client) as made:
            yield made
            await meter.aflush(30)


async def close_async(client: AsyncOpenAI) -> None:
    """Close after some chunks, and again."""
    stream = await client.chat.completions.create(**ASK)
    await anext(stream)
    await stream.close()
    await stream.close()


async def leave_block_async(client: AsyncOpenAI) -> None:
    """Leave the `async with` block early."""
    async with await client.chat.completions.create(**ASK) as stream:
        await anext(stream)


async def drop_async(client: AsyncOpenAI) -> None:
    """Break and forget the stream."""
    async for _ in await client.chat.completions.create(**ASK):
        break
    # The loop closes the outer generator first.
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()


async def fail_async(client: AsyncOpenAI) -> None:
    """Raise in the caller's own loop."""

    async def work() -> None:
        async with await client.chat.completions.create(**ASK) as stream:
            await anext(stream)
            raise LookupError("the caller's own")

    with pytest.raises(LookupError, match="the caller's own"):
        await work()


async def cancel_async(client: AsyncOpenAI) -> None:
    """Cancel the task while it waits for a chunk."""
    ready = asyncio.Event()

    async def read() -> None:
        async for _ in await client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "slow=0.02"}):
            ready.set()

    task = asyncio.create_task(read())
    await ready.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def time_out_async(client: AsyncOpenAI) -> None:
    """Run out of the caller's own time, while a chunk is waited for."""
    stream = await client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "slow=0.02"})

    async def read() -> None:
        async for _ in stream:
            pass

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read(), 0.05)


ABANDON_ASYNC = [close_async, leave_block_async, drop_async, fail_async, cancel_async, time_out_async]


@pytest.mark.parametrize("kind", ["wrap", "httpx", "httpx2"])
@pytest.mark.parametrize("abandon", ABANDON_ASYNC)
def test_an_abandoned_asynchronous_stream_is_read_to_its_end(
    abandon: Callable[[AsyncOpenAI], Awaitable[None]], kind: str, meter: Meter, ingest: RecordingIngest, provider: Provider
) -> None:
    """A task that is cancelled while it reads leaves the read to us."""

    async def talk() -> None:
        async with talking(kind, provider, meter) as client:
            await abandon(client)

    asyncio.run(talk(), debug=True)

    assert judged(meter, ingest) == [("drained", 1100)]
    (request,) = provider.wait_finished(1)
    assert (request.chunks_sent, request.client_left) == (SENT, False)


def test_a_loop_that_ends_ends_what_it_reads_on(meter: Meter, ingest: RecordingIngest, provider: Provider) -> None:
    """With its tasks; what came until then is counted."""

    async def talk() -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            client = meter.wrap(bare, on_abandon="drain")
            async with await client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": "hold-after=5"}) as stream:
                await anext(stream)

    asyncio.run(talk(), debug=True)

    assert judged(meter, ingest)[0][0] == "partial"
    assert provider.wait_finished(1)[0].client_left


@pytest.mark.parametrize("limits", [{"drain_seconds_max": 0.05}, {"drain_bytes_max": 2000}], ids=["seconds", "bytes"])
def test_an_asynchronous_stream_has_limits(limits: Any, ingest: RecordingIngest, provider: Provider) -> None:
    """As one that a thread reads."""
    switch = "hold-after=5" if "drain_seconds_max" in limits else "slow=0.01"

    async def talk(meter: Meter) -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            client = meter.wrap(bare, on_abandon="drain")
            async with await client.chat.completions.create(**ASK, extra_headers={"x-provider-switch": switch}) as stream:
                await anext(stream)
            assert await meter.aflush(30)

    with Meter(ingest.url, **limits) as meter:
        asyncio.run(talk(meter), debug=True)
        assert judged(meter, ingest)[0][0] == "partial"
    assert provider.wait_finished(1)[0].client_left


def test_an_asynchronous_stream_beyond_the_number_is_cancelled(ingest: RecordingIngest, provider: Provider) -> None:
    """The other is read on, and its place is free afterwards."""

    async def talk(meter: Meter) -> None:
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            client = meter.wrap(bare, on_abandon="drain")
            for number in (2, 1):
                streams = [await client.chat.completions.create(**ASK) for _ in range(number)]
                for stream in streams:
                    await anext(stream)
                    await stream.close()
                assert await meter.aflush(30)

    with Meter(ingest.url, drains_max=1) as meter:
        asyncio.run(talk(meter), debug=True)
        assert sorted(source for source, _ in judged(meter, ingest)) == ["drained", "drained", "partial"]


PROGRAM = """
import sys
from openai import OpenAI
from meterlark import Meter
meter = Meter(sys.argv[1], spool_dir=None)
client = meter.wrap(OpenAI(base_url=sys.argv[2], api_key="test"), on_abandon=sys.argv[3])
stream = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}], stream=True)
next(stream)
if sys.argv[4] == "closed":
    stream.close()
"""


ASYNC_PROGRAM = """
import asyncio, sys
from openai import AsyncOpenAI
from meterlark import Meter
meter = Meter(sys.argv[1], spool_dir=None)
async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # seconds: on a busy machine the debug mode would tell of slow steps
    bare = AsyncOpenAI(base_url=sys.argv[2], api_key="test")
    client = meter.wrap(bare, on_abandon=sys.argv[3])
    stream = await client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}], stream=True)
    await anext(stream)
    await stream.close()
    if sys.argv[4] == "waits":
        await meter.aflush(30)
        await bare.close()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("policy", "state", "source"), [("cancel", "ends", "partial"), ("drain", "ends", "partial"), ("drain", "waits", "drained")]
)
def test_the_end_of_a_program_with_a_loop_meters_its_streams(
    policy: str, state: str, source: str, ingest: RecordingIngest, provider: Provider
) -> None:
    """What is read on ends with its loop, unless the program waits for it. Nothing is left unclosed, and nothing is printed."""
    arguments = [sys.executable, "-X", "dev", "-W", "error", "-c", ASYNC_PROGRAM, ingest.url, provider.base_url, policy, state]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert [event["data"]["usage_source"] for event in ingest.events] == [source]


@pytest.mark.parametrize(
    ("policy", "state", "source"),
    [("cancel", "open", "partial"), ("cancel", "closed", "partial"), ("drain", "open", "partial"), ("drain", "closed", "drained")],
)
def test_the_end_of_the_program_meters_its_streams(
    policy: str, state: str, source: str, ingest: RecordingIngest, provider: Provider
) -> None:
    """Nothing is left unclosed, and nothing is printed."""
    arguments = [sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM, ingest.url, provider.base_url, policy, state]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert [event["data"]["usage_source"] for event in ingest.events] == [source]
