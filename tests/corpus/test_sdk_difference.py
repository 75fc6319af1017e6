"""A metered client against a bare one over recorded exchanges: the same status, headers, bytes, pieces, objects and exceptions.

The comparison is itself tried in `test_sdk_difference_bites.py`.
"""

import asyncio
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from anthropic import Anthropic, AsyncAnthropic
from http_difference import SEED, asked, differences
from object_difference import KINDS, differing_calls, differing_calls_async
from openai import AsyncOpenAI, OpenAI
from recorded_transport import Record, RecordedProvider, answerable, transport, url_of
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.capture.exchange import Captured, decode_record, event_from_exchange

REPOSITORY = Path(__file__).parents[2]
OWN = REPOSITORY / "tests" / "fixtures" / "exchanges.jsonl"
RECORDED = Path(os.environ.get("METERLARK_DATA") or REPOSITORY.parent / "shared" / "data" / "exchanges")
FILES = ("own", "openai", "azure", "anthropic", "google", "other")
EVERY = 7
"""Of the recorded exchanges every so manyth goes through the SDKs, whose objects cost some milliseconds each."""


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


CLIENTS: Any = {"openai": (OpenAI, AsyncOpenAI), "azure": (OpenAI, AsyncOpenAI), "anthropic": (Anthropic, AsyncAnthropic)}


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
