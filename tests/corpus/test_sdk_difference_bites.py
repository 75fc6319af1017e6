"""The comparison of a metered with a bare client is tried on meters that are wrong on purpose."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from http_difference import differences
from object_difference import KINDS, differing_calls, differing_calls_async
from openai import AsyncOpenAI, OpenAI
from recording_ingest import RecordingIngest

from meterlark import Meter


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[Meter]:
    """Give a meter that delivers to a server."""
    with RecordingIngest() as ingest, Meter(ingest.url, spool_dir=tmp_path) as running:
        yield running


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
