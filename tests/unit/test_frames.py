import pytest
from captures import aws_frame

from meterlark.capture import frames
from meterlark.capture.frames import (
    AwsFraming,
    BodyFraming,
    FramingError,
    JsonSequenceFraming,
    Message,
    OpaqueFraming,
    SseFraming,
    framing_for,
)


@pytest.mark.parametrize(
    ("content_type", "start", "is_json_sequence", "kind"),
    [
        ("application/json", b"{", False, BodyFraming),
        ("application/json", b"[", True, JsonSequenceFraming),
        ("application/x-ndjson", b"{", True, JsonSequenceFraming),
        ("text/event-stream; charset=utf-8", b"data", False, SseFraming),
        ("", b"event", False, SseFraming),
        ("application/json", b": comment", False, SseFraming),
        ("text/event-stream", b"{", False, BodyFraming),
        ("Audio/MPEG", b"\xff", False, OpaqueFraming),
        ("text/plain", b"1", False, OpaqueFraming),
        ("application/vnd.amazon.eventstream", b"\x00", False, AwsFraming),
    ],
)
def test_content_type_and_first_character_tell_the_framing(content_type: str, start: bytes, is_json_sequence: bool, kind: type) -> None:  # noqa: FBT001
    """A server may name its stream wrongly; JSON never begins as an event does."""
    assert type(framing_for(content_type, start, is_json_sequence=is_json_sequence)) is kind


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":"}"}\n{"b":{"c":[1]}}\n',
        b' [ {"a":"}"} , {"b":{"c":[1]}} ] ',
        b'{"a":"}"}{"b":{"c":[1]}}',
        b'[1,"{",{"a":"}"},[{"x":1}],{"b":{"c":[1]}}]',
    ],
)
def test_objects_of_a_sequence_are_split(content: bytes) -> None:
    """By lines, in an array, or one behind the other; what is no object is passed over."""
    assert JsonSequenceFraming().feed(content) == [Message(b'{"a":"}"}'), Message(b'{"b":{"c":[1]}}')]


def test_escapes_do_not_end_a_string() -> None:
    """Nor does a backslash that is escaped itself keep it open."""
    content = rb'{"a":"\"}","b":"\\"}'

    assert JsonSequenceFraming().feed(content) == [Message(content)]


def test_a_frame_of_amazon_has_type_and_payload() -> None:
    """The checksum of its head is verified."""
    assert AwsFraming().feed(aws_frame("metadata", {"a": 1})) == [Message(b'{"a": 1}', "metadata")]


@pytest.mark.parametrize("place", [0, 3, 5, 9])
def test_a_damaged_frame_is_refused(place: int) -> None:
    """Reading on would give nonsense."""
    frame = bytearray(aws_frame("metadata", {"a": 1}))
    frame[place] ^= 1

    with pytest.raises(FramingError, match="damaged"):
        AwsFraming().feed(bytes(frame))


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body, and an object of a sequence, have a bound."""
    monkeypatch.setattr(frames, "BODY_BYTES_MAX", 8)
    monkeypatch.setattr(frames, "EVENT_BYTES_MAX", 8)

    with pytest.raises(FramingError, match="more than 8 bytes"):
        BodyFraming().feed(b'{"a": "bcdef"')
    with pytest.raises(FramingError, match="more than 8 bytes"):
        JsonSequenceFraming().feed(b'{"a": "bcdef"')
