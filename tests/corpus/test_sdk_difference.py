"""A metered client against a bare one over recorded exchanges: the same status, headers, bytes, pieces, objects and exceptions.

The comparison is itself tried on meters that are wrong on purpose.
"""

import asyncio
import gzip
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


def asked(client: Any, record: Record, *, leave_after: int | None = None, customer: str = "") -> Trace:
    """Return everything that a caller of an HTTP client sees of an exchange.

    Args:
        client: Of httpx or httpx2.
        record: The exchange.
        leave_after: Pieces after which the caller leaves; None for never.
        customer: Sent in our header.
    """
    trace: Trace = []
    headers = {"content-type": "application/json", **({"x-meterlark-customer": customer} if customer else {})}
    try:
        with client.stream(record["method"], url_of(record), content=content_of(record), headers=headers) as response:
            trace += [response.status_code, response.headers.multi_items(), response.http_version, response.request.content]
            for number, piece in enumerate(response.iter_raw(), start=1):
                trace.append(piece)
                if number == leave_after:
                    break
        trace.append(response.is_closed)
    except AssertionError:
        # The recorded provider's own: it was asked for something that is not recorded, so nothing would be compared.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]
    return trace


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


def differences(library: Any, record: Record, meter: Meter, *, customer: str = "") -> list[str]:
    """Return in which ways of reading a metered client differs from a bare one."""
    found = []
    for name, seed, leave_after, break_after in (
        ("events", None, None, None),
        ("pieces", SEED, None, None),
        ("left", None, 2, None),
        ("broken", None, None, 2),
    ):
        traces, providers = [], []
        for is_metered in (False, True):
            provider = RecordedProvider(record, seed=seed, break_after=break_after)
            inner = transport(library, provider)
            made = meter.http_client(base=library.Client, transport=inner) if is_metered else library.Client(transport=inner)
            with made as client:
                named = customer if is_metered and name == "events" else ""
                traces.append(asked(client, record, leave_after=leave_after, customer=named))
            providers.append(provider)
        if providers[1].asked:
            # What is hidden from the caller may be cut into other pieces: an event that is not finished waits for its end.
            traces = [joined(trace) if seed is not None else trace for trace in traces]
            # Some recorded servers send the usage though the recorded request does not ask for it. That is hidden as well.
            traces[0] = without_usage(traces[0])
        if traces[0] != traces[1] or (providers[0].closed, bool(providers[0].asked)) != (providers[1].closed, False):
            found.append(name)
    return found


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_the_bytes_are_the_same(library: Any, records: list[Record], meter: Meter) -> None:
    """Of every exchange: whole, in pieces, left early, broken by the network; errors of the provider are among them."""
    chosen = records[:: 1 if library is httpx2 else EVERY]
    assert [(url_of(record), found) for record in chosen if (found := differences(library, record, meter))] == []
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


async def called_async(client: Any, record: Record, kind: Kind, *, leave_after: int | None) -> Trace:
    """Do as `called`."""
    trace: Trace = []
    is_stream = is_streamed(record)
    try:
        answer = await client.post(url_of(record), body=record["request"], cast_to=kind[0], stream=is_stream, stream_cls=kind[2])
        if not is_stream:
            return [seen(answer)]
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
    return trace


def differing_calls(client_class: Any, record: Record, kind: Kind, meter: Meter) -> list[str]:
    """Return in which ways of calling a wrapped client differs from a bare one."""
    found = []
    for name, leave_after, break_after in (("whole", None, None), ("left", 2, None), ("broken", None, 2)):
        traces = []
        provider = RecordedProvider(record, seed=None, break_after=break_after)
        with httpx2.Client(transport=transport(httpx2, provider)) as http_client:
            bare = client_class(api_key="test", http_client=http_client, max_retries=0)
            for client in (bare, meter.wrap(bare)):
                before = provider.asked
                trace = called(client, record, kind, leave_after=leave_after)
                traces.append((trace, provider.asked > before))
        if is_other(*traces):
            found.append(name)
    return found


async def differing_calls_async(client_class: Any, record: Record, kind: Kind, meter: Meter) -> list[str]:
    """Do as `differing_calls`."""
    found = []
    for name, leave_after, break_after in (("whole", None, None), ("left", 2, None), ("broken", None, 2)):
        traces = []
        provider = RecordedProvider(record, seed=None, break_after=break_after)
        async with httpx2.AsyncClient(transport=transport(httpx2, provider, is_async=True)) as http_client:
            bare = client_class(api_key="test", http_client=http_client, max_retries=0)
            for client in (bare, meter.wrap(bare)):
                before = provider.asked
                trace = await called_async(client, record, kind, leave_after=leave_after)
                traces.append((trace, provider.asked > before))
        if is_other(*traces):
            found.append(name)
    return found


def is_other(bare: tuple[Trace, bool], metered: tuple[Trace, bool]) -> bool:
    """Tell whether a metered client showed something else; see `differences` about usage that comes unasked."""
    expected, was_asked = bare
    assert not was_asked, "a bare client asks for nothing"
    if metered[1]:
        expected = [part for part in expected if not (isinstance(part, list) and part[1].get("choices") == [] and part[1].get("usage"))]
    return expected != metered[0]


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


def show_late(watched: Any, piece: bytes) -> bytes:
    """Hold each piece back until the next one comes."""
    late, watched.late = getattr(watched, "late", b""), piece
    return late


@pytest.mark.parametrize(
    ("place", "wrong", "ways"),
    [
        ("tee.Watched._show", drop_a_piece, {"events", "pieces", "left", "broken"}),
        ("tee.Watched._show", repeat_a_piece, {"events", "pieces", "left", "broken"}),
        ("tee.Watched._show", show_late, {"events", "broken"}),
        ("call.Call.usage_filter", lambda _: None, {"events", "pieces"}),
        ("tee.WatchedStream.close", lambda _: None, {"left"}),
    ],
    ids=["a chunk is lost", "a chunk comes twice", "a chunk comes late", "the usage chunk leaks", "the connection stays open"],
)
def test_a_meter_that_is_wrong_is_caught(
    place: str, wrong: Callable[..., Any], ways: set[str], meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison sees what it is there to see."""
    chunks = [
        {"id": "chatcmpl-12345", "choices": [{"index": 0, "delta": {"content": text}}], "model": "m"} for text in ("a", "b", "c", "d")
    ]
    record = {
        "method": "POST",
        "url": "https://api.openai.com/v1/chat/completions",
        "status": 200,
        "request": {"model": "m", "messages": [], "stream": True},
        "response_events": chunks,
    }
    assert differences(httpx2, record, meter) == []

    monkeypatch.setattr(f"meterlark.sdk.{place}", wrong)

    assert ways <= set(differences(httpx2, record, meter))
