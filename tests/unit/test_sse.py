import pytest

from meterlark.capture import sse
from meterlark.capture.sse import SseEvent, SseOverflowError, SseParser


def parse(content: bytes) -> list[SseEvent]:
    """Parse a whole stream."""
    parser = SseParser()
    return [*parser.feed(content), *parser.close()]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_each_line_end_ends_a_line(end: str) -> None:
    """LF, CR and CRLF are equal."""
    assert parse(f"event: a{end}data: 1{end}{end}data: 2{end}{end}".encode()) == [SseEvent("a", "1"), SseEvent("", "2")]


def test_fields_are_read_as_the_standard_says() -> None:
    """Comments and unknown fields are skipped, the blank behind the colon is optional, data lines are joined, a line may have no colon."""
    stream = b": PROCESSING\n\nid: 7\nretry: 5\ndata:one\ndata:  two\ndata\n\n"

    assert parse(stream) == [SseEvent("", "one\n two\n")]


def test_a_byte_order_mark_is_skipped() -> None:
    """Only at the very start."""
    assert parse(b"\xef\xbb\xbfdata: 1\n\n") == [SseEvent("", "1")]


def test_an_event_without_data_is_none() -> None:
    """As browsers do."""
    assert parse(b"event: ping\n\ndata: 1\n\n") == [SseEvent("", "1")]


@pytest.mark.parametrize("tail", [b"data: 2", b"data: 2\n", b"data: 2\r", b"event: x\ndata: 2"])
def test_the_end_of_the_stream_hands_out_a_cut_event(tail: bytes) -> None:
    """Its usage may be complete; that it was not terminated is said."""
    events = parse(b"data: 1\n\n" + tail)

    assert [event.data for event in events] == ["1", "2"]
    assert [event.is_terminated for event in events] == [True, False]


def test_a_character_split_over_pieces_is_whole() -> None:
    """UTF-8 is decoded a line at a time."""
    parser = SseParser()

    assert [parser.feed(bytes([byte])) for byte in "data: 🐦\n".encode()] == [[]] * 11
    assert parser.feed(b"\n") == [SseEvent("", "🐦")]


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded, whether one line grows or many lines of one event."""
    monkeypatch.setattr(sse, "EVENT_BYTES_MAX", 100)

    with pytest.raises(SseOverflowError, match="more than 100 bytes"):
        SseParser().feed(b"data: " + b"x" * 100)
    with pytest.raises(SseOverflowError, match="more than 100 bytes"):
        SseParser().feed(b"data: xxxxxxxxx\n" * 12)
