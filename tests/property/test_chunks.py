import itertools
from typing import Any

import pytest
from captures import STREAMS
from hypothesis import given
from hypothesis import strategies as st

from meterlark.capture.attributes import Exchange
from meterlark.capture.event import encode_event
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.sse import SseEvent, SseParser

lines = st.sampled_from(["data: x", "data:é🐦", "data", "event: e", ": c", "id: 1", "", "data: {}", "\ufeffdata: y", "field"])
streams = st.lists(st.tuples(lines, st.sampled_from(["\n", "\r", "\r\n"])), max_size=30).map(
    lambda pairs: "".join(line + end for line, end in pairs).encode()
)
places = st.lists(st.integers(min_value=0), max_size=8)


def parse(pieces: list[bytes]) -> list[SseEvent]:
    """Parse a stream that comes in pieces."""
    parser = SseParser()
    return [*(event for piece in pieces for event in parser.feed(piece)), *parser.close()]


def cut(content: bytes, at: list[int]) -> list[bytes]:
    """Cut bytes at the given places."""
    bounds = [0, *sorted(place % (len(content) + 1) for place in at), len(content)]
    return [content[start:end] for start, end in itertools.pairwise(bounds)]


def capture(name: str, pieces: list[bytes]) -> Any:
    """Return what is captured of a stream that comes in pieces."""
    url, headers, _, _ = STREAMS[name]
    reader = ExchangeReader(Exchange(url=url, subject="x", request={"model": "m", "messages": [], "contents": []}))
    reader.begin(200, headers)
    for piece in pieces:
        reader.feed(piece)
    got = reader.close(fallback_id="own")
    return encode_event(got.event) if isinstance(got, Captured) else got


@given(streams, places)
def test_any_split_gives_the_same_events(content: bytes, at: list[int]) -> None:
    """One piece, any pieces and single bytes are the same stream."""
    whole = parse([content])

    assert parse(cut(content, at)) == whole
    assert parse([bytes([byte]) for byte in content]) == whole


@pytest.mark.parametrize("name", STREAMS)
@given(at=places)
def test_any_split_gives_the_same_event(name: str, at: list[int]) -> None:
    """In every dialect, what is captured does not depend on how the bytes arrived."""
    content = STREAMS[name][2]

    assert capture(name, cut(content, at)) == capture(name, [content])


@pytest.mark.parametrize("name", STREAMS)
def test_single_bytes_give_the_same_event(name: str) -> None:
    """The smallest split of all."""
    content = STREAMS[name][2]

    assert capture(name, [bytes([byte]) for byte in content]) == capture(name, [content])


@pytest.mark.parametrize("name", STREAMS)
@given(st.integers(min_value=0), places)
def test_a_cut_stream_is_the_same_in_any_split(name: str, length: int, at: list[int]) -> None:
    """Wherever a stream breaks off, what is said of it does not depend on how its bytes arrived."""
    content = STREAMS[name][2]
    content = content[: length % (len(content) + 1)]

    assert capture(name, cut(content, at)) == capture(name, [content])
