"""A metered client against a bare one over recorded exchanges: the same status, headers, bytes, pieces, objects and exceptions.

The comparison is itself tried on meters that are wrong on purpose.
"""

import asyncio
import gzip
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import anthropic
import httpx
import httpx2
import openai
import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import Message, RawMessageStreamEvent
from openai import AsyncOpenAI, OpenAI
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from recorded_transport import Record, RecordedProvider, answerable, content_of, transport, url_of
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.capture.exchange import Captured, decode_record, event_from_exchange

REPOSITORY = Path(__file__).parents[2]
OWN = REPOSITORY / "tests" / "fixtures" / "exchanges.jsonl"
RECORDED = Path(os.environ.get("METERLARK_DATA") or REPOSITORY.parent / "shared" / "data" / "exchanges")
FILES = ("own", "openai", "azure", "anthropic", "google", "other")
SEED = 20261125
EVERY = 7
"""Of the recorded exchanges every so manyth goes through the SDKs, whose objects cost some milliseconds each."""

Trace = list[Any]


class Way(NamedTuple):
    """How an exchange goes.

    Attributes:
        leave_after: Pieces or chunks after which the caller leaves; None for never.
        seed: Of the places where the answer is cut; None for one piece an event.
        break_after: Pieces after which the network fails; None for never.
        hold_after: Pieces after which nothing more comes and the caller's task is cancelled; None for never.
        is_unreachable: Whether no connection can be made.
    """

    leave_after: int | None = None
    seed: int | None = None
    break_after: int | None = None
    hold_after: int | None = None
    is_unreachable: bool = False

    def provider(self, record: Record) -> RecordedProvider:
        """Return a provider that plays its part."""
        return RecordedProvider(
            record, seed=self.seed, break_after=self.break_after, hold_after=self.hold_after, is_unreachable=self.is_unreachable
        )


WAYS = {
    "events": Way(),
    "pieces": Way(seed=SEED),
    "left": Way(leave_after=2),
    "broken": Way(break_after=2),
    "unreachable": Way(is_unreachable=True),
}
ASYNC_WAYS = {**WAYS, "cancelled": Way(hold_after=2)}


@pytest.fixture(params=FILES)
def records(request: pytest.FixtureRequest) -> list[Record]:
    """Give our own invented exchanges, and the recorded ones if they are there."""
    return read(request.param)


def read(name: str) -> list[Record]:
    """Return the exchanges of a file that can be asked again; the others have nothing to meter."""
    path = OWN if name == "own" else RECORDED / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder to check all of them")
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()
    records = [decode_record(line) for line in lines]
    left_out = [event_from_exchange(record, subject="acme") for record in records if not answerable(record)]
    assert [event for event in left_out if isinstance(event, Captured)] == [], "no exchange is left out that would be metered"
    return [record for record in records if answerable(record)]


@pytest.fixture
def meter(ingest: RecordingIngest, tmp_path: Path) -> Iterator[Meter]:
    """Give a meter that delivers to a server."""
    with Meter(ingest.url, spool_dir=tmp_path) as running:
        yield running


@pytest.fixture
def ingest() -> Iterator[RecordingIngest]:
    """Give the server."""
    with RecordingIngest() as running:
        yield running


def request_of(client: Any, record: Record, *, customer: str = "") -> Any:
    """Return what opens the stream of an exchange with a client of httpx or httpx2; a customer is named in our header."""
    headers = {"content-type": "application/json", **({"x-meterlark-customer": customer} if customer else {})}
    return client.stream(record["method"], url_of(record), content=content_of(record), headers=headers)


def asked(client: Any, record: Record, *, leave_after: int | None = None, customer: str = "") -> Trace:
    """Return everything that a caller of an HTTP client sees of an exchange."""
    trace: Trace = []
    try:
        with request_of(client, record, customer=customer) as response:
            trace += [response.status_code, response.headers.multi_items(), response.http_version, response.request.content]
            for number, piece in enumerate(response.iter_raw(), start=1):
                trace.append(piece)
                if number == leave_after:
                    break
        trace.append(response.is_closed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]
    return trace


async def asked_async(client: Any, record: Record, trace: Trace, *, leave_after: int | None = None, customer: str = "") -> None:
    """Do as `asked`; the trace is filled while it goes."""
    try:
        async with request_of(client, record, customer=customer) as response:
            trace += [response.status_code, response.headers.multi_items(), response.http_version, response.request.content]
            number = 0
            async for piece in response.aiter_raw():
                trace.append(piece)
                number += 1
                if number == leave_after:
                    break
        trace.append(response.is_closed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]


async def cancelled_if_held(reading: Coroutine[Any, Any, None], provider: RecordedProvider, trace: Trace) -> None:
    """Run what reads an exchange, in a task that is cancelled when nothing more comes."""
    task, held = asyncio.ensure_future(reading), asyncio.ensure_future(provider.held.wait())
    await asyncio.wait({task, held}, return_when=asyncio.FIRST_COMPLETED)
    held.cancel()
    task.cancel()
    ended = await asyncio.gather(task, return_exceptions=True)
    trace += [type(end) for end in ended if end is not None]


def joined(trace: Trace) -> Trace:
    """Return a trace in which the cuts between the pieces are gone."""
    pieces = [part for part in trace[4:] if isinstance(part, bytes)]
    return [*trace[:4], b"".join(pieces), *(part for part in trace[4:] if not isinstance(part, bytes))]


def without_usage(trace: Trace) -> Trace:
    """Return a trace without the events that carry usage and no choice; its pieces are whole events, or the whole body."""
    shown = []
    for part in trace:
        if isinstance(part, bytes):
            events = re.split(rb"(?<=\n\n)|(?<=\r\n\r\n)", part)
            if kept := b"".join(event for event in events if not is_usage_event(event)):
                shown.append(kept)
        else:
            shown.append(part)
    return shown


def is_usage_event(event: bytes) -> bool:
    """Tell whether a whole event is such a chunk; by plain code that knows nothing of the package."""
    try:
        chunk = json.loads(event.partition(b":")[2])
    except ValueError:
        return False
    return isinstance(chunk, dict) and chunk.get("choices") == [] and bool(chunk.get("usage"))


def differences(library: Any, record: Record, meter: Meter, *, is_async: bool = False) -> list[str]:
    """Return in which ways of reading a metered client differs from a bare one."""
    found = []
    for name, way in (ASYNC_WAYS if is_async else WAYS).items():
        providers = [way.provider(record) for _ in range(2)]
        traces = [
            traced(library, record, way, provider, measured_by, is_async=is_async)
            for provider, measured_by in zip(providers, (None, meter), strict=True)
        ]
        assert [provider.unknown for provider in providers] == [0, 0], "the recorded provider was asked for what is not recorded"
        if providers[1].asked:
            # What is hidden from the caller may be cut into other pieces: an event that is not finished waits for its end.
            traces = [joined(trace) if way.seed is not None else trace for trace in traces]
            # Some recorded servers send the usage though the recorded request does not ask for it. That is hidden as well.
            traces[0] = without_usage(traces[0])
        if traces[0] != traces[1] or (providers[0].closed, bool(providers[0].asked)) != (providers[1].closed, False):
            found.append(name)
    return found


def traced(library: Any, record: Record, way: Way, provider: RecordedProvider, meter: Meter | None, *, is_async: bool) -> Trace:
    """Return what a caller sees of an exchange, through a meter's client if there is a meter."""
    inner = transport(library, provider, is_async=is_async)
    customer = "acme" if meter is not None and way == WAYS["events"] else ""
    if not is_async:
        with library.Client(transport=inner) if meter is None else meter.http_client(base=library.Client, transport=inner) as client:
            return asked(client, record, leave_after=way.leave_after, customer=customer)
    base = library.AsyncClient
    trace: Trace = []

    async def ask() -> None:
        async with base(transport=inner) if meter is None else meter.async_http_client(base=base, transport=inner) as client:
            await cancelled_if_held(asked_async(client, record, trace, leave_after=way.leave_after, customer=customer), provider, trace)

    asyncio.run(ask())
    return trace


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_the_bytes_are_the_same(library: Any, records: list[Record], meter: Meter) -> None:
    """Of every exchange: whole, in pieces, left early, broken by the network; errors of the provider are among them."""
    chosen = records[:: 1 if library is httpx2 else EVERY]
    assert [(url_of(record), found) for record in chosen if (found := differences(library, record, meter))] == []
    assert meter.stats().failed == 0


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_the_bytes_are_the_same_in_tasks(library: Any, records: list[Record], meter: Meter) -> None:
    """As above with asynchronous clients, and cancelled while a piece is waited for."""
    chosen = records[:: EVERY if library is httpx2 else EVERY**2]
    assert [(url_of(record), found) for record in chosen if (found := differences(library, record, meter, is_async=True))] == []
    assert meter.stats().failed == 0


def test_what_passes_is_metered_as_it_is_read(records: list[Record], meter: Meter, ingest: RecordingIngest) -> None:
    """The event of every exchange has the numbers that reading the recording gives."""
    expected = {}
    for number, record in enumerate(records):
        with meter.http_client(base=httpx2.Client, transport=transport(httpx2, RecordedProvider(record, seed=SEED))) as client:
            asked(client, record, customer=f"exchange {number}")
        # A client knows a provider by its URL alone, so what the recorder called it is left out.
        if isinstance(read_event := event_from_exchange({**record, "url": url_of(record), "provider": ""}, subject="acme"), Captured):
            expected[f"exchange {number}"] = read_event.event["data"]
        if number % 1000 == 0:
            assert meter.flush(60)
    assert meter.flush(60)

    metered = {event["subject"]: event["data"] for event in ingest.events}
    # Where we ask for usage, the recorded provider tells numbers of its own.
    others = {
        subject: (data, metered.get(subject))
        for subject, data in expected.items()
        if metered.get(subject, {}).get("usage_source") != "injected" and not same_numbers(data, metered.get(subject, {}))
    }
    assert (len(expected) > 0, others) == (True, {})
    assert (meter.stats().failed, meter.stats().dropped) == (0, 0)


def same_numbers(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two events say the same usage."""
    names = ("usage_source", "input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens", "model", "operation", "provider")
    return all(one.get(name) == other.get(name) for name in names)


Kind = tuple[Any, Any, Any]

KINDS: dict[str, Kind] = {
    "/chat/completions": (ChatCompletion, openai.Stream[ChatCompletionChunk], openai.AsyncStream[ChatCompletionChunk]),
    "/responses": (Response, openai.Stream[ResponseStreamEvent], openai.AsyncStream[ResponseStreamEvent]),
    "/embeddings": (CreateEmbeddingResponse, None, None),
    "/v1/messages": (Message, anthropic.Stream[RawMessageStreamEvent], anthropic.AsyncStream[RawMessageStreamEvent]),
}
"""What the SDKs make of an answer, by the end of the path: of a whole one, of a stream, of an asynchronous one."""

CLIENTS: Any = {"openai": (OpenAI, AsyncOpenAI), "azure": (OpenAI, AsyncOpenAI), "anthropic": (Anthropic, AsyncAnthropic)}


def seen(value: Any) -> Any:
    """Return what a caller can see of an object of an SDK."""
    return [type(value), value.model_dump()] if hasattr(value, "model_dump") else value


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
        expected = [part for part in expected if not (isinstance(part, list) and part[1].get("choices") == [] and part[1].get("usage"))]
    return (expected, bare.closed) != (metered.trace, metered.closed)


@pytest.mark.parametrize("name", CLIENTS)
def test_the_objects_are_the_same(name: str, meter: Meter) -> None:
    """Of the SDKs, synchronous and asynchronous: the same answers, chunks in the same order, exceptions."""
    posted = [record for record in read(name) if record["method"] == "POST" and isinstance(record.get("request"), dict)]
    kinds = [(record, next((kind for end, kind in KINDS.items() if url_of(record).endswith(end)), None)) for record in posted]
    chosen = [(record, kind) for record, kind in kinds if kind is not None][::EVERY]
    client_class, async_class = CLIENTS[name]

    async def check() -> list[Any]:
        return [(url_of(one), found) for one, kind in chosen if (found := await differing_calls_async(async_class, one, kind, meter))]

    assert len(chosen) > 20
    assert [(url_of(one), found) for one, kind in chosen if (found := differing_calls(client_class, one, kind, meter))] == []
    assert asyncio.run(check()) == []
    assert meter.stats().failed == 0


def drop_a_piece(_: Any, piece: bytes) -> bytes:
    """Lose what comes with a comma."""
    return b"" if b"," in piece else piece


def repeat_a_piece(_: Any, piece: bytes) -> bytes:
    """Say everything twice."""
    return piece + piece


def change_a_piece(_: Any, piece: bytes) -> bytes:
    """Say something else."""
    return piece.replace(b'"b"', b'"x"')


def show_late(watched: Any, piece: bytes) -> bytes:
    """Hold each piece back until the next one comes."""
    late, watched.late = getattr(watched, "late", b""), piece
    return late


def swallow(watched: Any) -> Iterator[bytes]:
    """Keep the network's failure to ourselves."""
    with suppress(Exception):
        yield from watched._stream


async def swallow_async(watched: Any) -> AsyncIterator[bytes]:
    """Do so, with the cancellation too."""
    with suppress(Exception, asyncio.CancelledError):
        async for piece in watched._stream:
            yield piece


async def nothing_async(_: Any) -> None:
    """Close nothing."""


def refuse(transport: Any, request: Any) -> Any:
    """Raise an exception of our own for the network's."""
    try:
        return transport._transport.handle_request(request)
    except Exception as error:
        raise RuntimeError("not the network's") from error


CHUNKS = [{"id": "chatcmpl-12345", "choices": [{"index": 0, "delta": {"content": text}}], "model": "m"} for text in ("a", "b", "c", "d")]
STREAM = {
    "method": "POST",
    "url": "https://api.openai.com/v1/chat/completions",
    "status": 200,
    "request": {"model": "m", "messages": [], "stream": True},
    "response_events": CHUNKS,
}


WRONG: Any = {
    "a chunk is lost": ("tee.Watched._show", drop_a_piece, {"events", "pieces", "left"}),
    "a chunk comes twice": ("tee.Watched._show", repeat_a_piece, {"events", "pieces", "left", "broken"}),
    "a chunk is changed": ("tee.Watched._show", change_a_piece, {"events", "left", "broken"}),
    "a chunk comes late": ("tee.Watched._show", show_late, {"events", "broken"}),
    "the usage chunk leaks": ("call.Call.usage_filter", lambda _: None, {"events"}),
}
"""Meters that are wrong, whoever reads: what is replaced, by what, and the ways in which it shows at least."""

WRONG_SYNC: Any = {
    **WRONG,
    "the connection stays open": ("tee.WatchedStream.close", lambda _: None, {"left"}),
    "an exception is swallowed": ("tee.WatchedStream.__iter__", swallow, {"broken"}),
    "an exception is another": ("transport.MeteredTransport.handle_request", refuse, {"unreachable"}),
}
WRONG_ASYNC: Any = {
    **WRONG,
    "the connection stays open": ("tee.WatchedAsyncStream.aclose", nothing_async, {"left", "cancelled"}),
    "an exception is swallowed": ("tee.WatchedAsyncStream.__aiter__", swallow_async, {"broken", "cancelled"}),
}


@pytest.mark.parametrize(("place", "wrong", "ways"), WRONG_SYNC.values(), ids=WRONG_SYNC)
def test_a_meter_that_is_wrong_is_caught(
    place: str, wrong: Callable[..., Any], ways: set[str], meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison sees what it is there to see, of bytes and of objects."""
    kind = KINDS["/chat/completions"]
    assert (differences(httpx2, STREAM, meter), differing_calls(OpenAI, STREAM, kind, meter)) == ([], [])

    monkeypatch.setattr(f"meterlark.sdk.{place}", wrong)

    assert ways <= set(differences(httpx2, STREAM, meter))
    assert ways <= set(differing_calls(OpenAI, STREAM, kind, meter))


@pytest.mark.parametrize(("place", "wrong", "ways"), WRONG_ASYNC.values(), ids=WRONG_ASYNC)
def test_a_meter_that_is_wrong_is_caught_in_tasks(
    place: str, wrong: Callable[..., Any], ways: set[str], meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, asynchronously."""
    kind = KINDS["/chat/completions"]

    def found() -> tuple[list[str], list[str]]:
        calls = asyncio.run(differing_calls_async(AsyncOpenAI, STREAM, kind, meter))
        return differences(httpx2, STREAM, meter, is_async=True), calls

    assert found() == ([], [])

    monkeypatch.setattr(f"meterlark.sdk.{place}", wrong)

    of_bytes, of_objects = found()
    assert ways <= set(of_bytes)
    assert ways <= set(of_objects)
