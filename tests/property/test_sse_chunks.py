import itertools
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meterlark.capture.event import Exchange, encode_event, make_event
from meterlark.capture.exchange import decode_record
from meterlark.capture.openai import Collector
from meterlark.capture.sse import SseEvent, SseParser

FIXTURE = Path(__file__).parents[1] / "fixtures" / "usage_exchanges.jsonl"
STREAMS = [record for line in FIXTURE.read_bytes().splitlines() if "response_sse" in (record := decode_record(line))]

lines = st.sampled_from(["data: x", "data:é🐦", "data", "event: e", ": c", "id: 1", "", "data: {}", "\ufeffdata: y", "field"])
streams = st.lists(st.tuples(lines, st.sampled_from(["\n", "\r", "\r\n"])), max_size=30).map(
    lambda pairs: "".join(line + end for line, end in pairs).encode()
)


def parse(pieces: list[bytes]) -> list[SseEvent]:
    """Parse a stream that comes in pieces."""
    parser = SseParser()
    return [*(event for piece in pieces for event in parser.feed(piece)), *parser.close()]


def cut(content: bytes, places: list[int]) -> list[bytes]:
    """Cut bytes at the given places."""
    bounds = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    return [content[start:end] for start, end in itertools.pairwise(bounds)]


def capture(record: dict[str, Any], pieces: list[bytes]) -> bytes:
    """Return the event of a stream that comes in pieces."""
    collector = Collector("chat" if record["endpoint"] == "chat/completions" else "responses")
    for event in parse(pieces):
        collector.add_event(event)
    exchange = Exchange(provider="openai", url=record["url"], operation="chat", subject="x", request={"messages": []}, is_stream=True)
    return encode_event(make_event(collector.answer(), exchange))


@given(streams, st.lists(st.integers(min_value=0), max_size=8))
def test_any_split_gives_the_same_events(content: bytes, places: list[int]) -> None:
    """One piece, any pieces and single bytes are the same stream."""
    whole = parse([content])

    assert parse(cut(content, places)) == whole
    assert parse([bytes([byte]) for byte in content]) == whole


@given(st.sampled_from(STREAMS), st.lists(st.integers(min_value=0), max_size=8))
def test_any_split_gives_the_same_usage(record: dict[str, Any], places: list[int]) -> None:
    """The event of a recorded stream does not depend on how its bytes arrived."""
    content = record["response_sse"].encode()
    whole = capture(record, [content])

    assert capture(record, cut(content, places)) == whole
    assert capture(record, [bytes([byte]) for byte in content]) == whole
