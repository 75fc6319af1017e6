"""Split the bytes of a response body into messages, incrementally and in any split.

Five ways are read: server-sent events; JSON values one after another or inside one array (Ollama's lines, Gemini without `alt=sse`);
Amazon's binary event stream; one JSON value; and content that is no text of ours (audio), which is let pass. Which one it is, the content
type says where it can, else the first character that is not blank: JSON begins with a brace or bracket, a server-sent event never does.
Law (tests/property/test_chunks.py): any split of the bytes gives the same messages as one piece.
"""

import re
import zlib
from collections.abc import Iterable
from typing import ClassVar, Final, Protocol

import msgspec

from meterlark.capture.sse import EVENT_BYTES_MAX, SseOverflowError, SseParser

BODY_BYTES_MAX: Final = 256 * 1024 * 1024
"""Bytes of a JSON body that are kept. The largest answer in OpenAI's limits, 2,048 embeddings of 3,072 numbers, has about 135 MB."""


class Message(msgspec.Struct, frozen=True):
    """One message of a body.

    Attributes:
        data: JSON, unless the stream sends something else.
        kind: The type that the frame gives it, empty if none.
        is_body: Whether it is the whole body.
    """

    data: bytes | str
    kind: str = ""
    is_body: bool = False


class FramingError(ValueError):
    """The bytes cannot be split: a message is larger than its limit, or a binary frame is damaged.

    Args:
        reason: What is wrong.
        messages: The messages that the last bytes had completed before it.
    """

    def __init__(self, reason: str, messages: Iterable[Message] = ()) -> None:
        super().__init__(reason)
        self.messages = tuple(messages)


class Framing(Protocol):
    """Splits one body.

    Attributes:
        is_stream: Whether whoever sends such a body streams.
    """

    is_stream: ClassVar[bool]

    def feed(self, piece: bytes) -> list[Message]:
        """Take the next bytes; return the messages they complete.

        Raises:
            FramingError: They cannot be split.
        """

    def close(self) -> list[Message]:
        """Return what the end of the body left unfinished."""


class SseFraming:
    """Server-sent events."""

    is_stream: ClassVar[bool] = True

    def __init__(self) -> None:
        self._parser = SseParser()

    def feed(self, piece: bytes) -> list[Message]:
        """Take the next bytes; see `Framing`."""
        try:
            return [Message(event.data, event.event) for event in self._parser.feed(piece)]
        except SseOverflowError as error:
            raise FramingError(str(error), [Message(event.data, event.event) for event in error.events]) from error

    def close(self) -> list[Message]:
        """Return the event that the end cut off before its blank line."""
        return [Message(event.data, event.event) for event in self._parser.close()]


class BodyFraming:
    """One JSON value."""

    is_stream: ClassVar[bool] = False

    def __init__(self) -> None:
        self._body = bytearray()

    def feed(self, piece: bytes) -> list[Message]:
        """Take the next bytes; see `Framing`."""
        self._body += piece
        if len(self._body) > BODY_BYTES_MAX:
            self._body.clear()
            raise FramingError(f"the body has more than {BODY_BYTES_MAX} bytes")
        return []

    def close(self) -> list[Message]:
        """Return the body."""
        return [Message(bytes(self._body), is_body=True)] if self._body else []


class OpaqueFraming:
    """Content that is let pass."""

    is_stream: ClassVar[bool] = False

    def feed(self, piece: bytes) -> list[Message]:  # noqa: ARG002 - let pass
        """Take the next bytes; see `Framing`."""
        return []

    def close(self) -> list[Message]:
        """Return nothing."""
        return []


_STRUCTURE: Final = re.compile(rb'["{}\[\]]')
_IN_STRING: Final = re.compile(rb'["\\]')


class JsonSequenceFraming:
    """JSON objects one after another, or inside one array.

    State: how deep the structure is, whether a string is open, whether its next byte is escaped, and the bytes of the unfinished object.
    """

    is_stream: ClassVar[bool] = False

    def __init__(self) -> None:
        self._object = bytearray()
        self._depth = 0
        self._outer = 0
        self._is_string = False
        self._is_escaped = False
        self._is_open = False

    def feed(self, piece: bytes) -> list[Message]:
        """Take the next bytes; see `Framing`."""
        messages: list[Message] = []
        start = at = 0
        while at < len(piece):
            if self._is_escaped:
                self._is_escaped = False
                at += 1
                continue
            found = (_IN_STRING if self._is_string else _STRUCTURE).search(piece, at)
            if found is None:
                break
            at = found.end()
            before = self._is_open
            if self._take(piece[found.start()]):
                self._object += piece[start:at]
                self._check_size(messages)
                messages.append(Message(bytes(self._object)))
                self._object.clear()
            elif self._is_open and not before:
                start = found.start()
        if self._is_open:
            self._object += piece[start:]
            self._check_size(messages)
        return messages

    def close(self) -> list[Message]:
        """Return nothing: an object that was cut says nothing."""
        return []

    def _check_size(self, messages: list[Message]) -> None:
        if len(self._object) > EVENT_BYTES_MAX:
            raise FramingError(f"one JSON object has more than {EVENT_BYTES_MAX} bytes", messages)

    def _take(self, character: int) -> bool:
        """Go on behind a character of structure; say whether it ends an object."""
        match chr(character):
            case '"':
                self._is_string = not self._is_string
            case "\\":
                self._is_escaped = True
            case "[" if self._depth == self._outer == 0:
                self._depth = self._outer = 1
            case "{" | "[" as bracket:
                self._is_open = self._is_open or (bracket == "{" and self._depth == self._outer)
                self._depth += 1
            case _:
                self._depth -= 1
                if self._is_open and self._depth == self._outer:
                    self._is_open = False
                    return True
        return False


_PRELUDE_BYTES: Final = 12
_CHECKSUM_BYTES: Final = 4
_HEADER_VALUE_BYTES: Final = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Length of a header's value by its type; types 6 and 7, bytes and text, say their length."""


class AwsFraming:
    """Amazon's binary event stream (AWS, "Event stream encoding"): length, headers' length, checksum, headers, payload, checksum."""

    is_stream: ClassVar[bool] = True

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, piece: bytes) -> list[Message]:
        """Take the next bytes; see `Framing`."""
        self._bytes += piece
        messages: list[Message] = []
        while len(self._bytes) >= _PRELUDE_BYTES:
            length, headers_length, checksum = (int.from_bytes(self._bytes[at : at + 4]) for at in (0, 4, 8))
            least = _PRELUDE_BYTES + headers_length + _CHECKSUM_BYTES
            if zlib.crc32(self._bytes[:8]) != checksum or not least <= length <= EVENT_BYTES_MAX:
                raise FramingError("a frame of the event stream is damaged", messages)
            if len(self._bytes) < length:
                break
            frame = bytes(self._bytes[:length])
            del self._bytes[:length]
            headers = frame[_PRELUDE_BYTES : _PRELUDE_BYTES + headers_length]
            messages.append(Message(frame[_PRELUDE_BYTES + headers_length : -_CHECKSUM_BYTES], _frame_type(headers)))
        return messages

    def close(self) -> list[Message]:
        """Return nothing: a frame that was cut says nothing."""
        return []


def _frame_type(headers: bytes) -> str:
    """Return the event's type, or that of the exception."""
    at = 0
    while at < len(headers):
        name_end = at + 1 + headers[at]
        name, kind = headers[at + 1 : name_end], headers[name_end : name_end + 1]
        at = name_end + 1
        length = _HEADER_VALUE_BYTES.get(kind[0] if kind else 0)
        if length is None:
            length = int.from_bytes(headers[at : at + 2])
            at += 2
        if name in (b":event-type", b":exception-type"):
            return headers[at : at + length].decode("utf-8", "replace")
        at += length
    return ""


_OPAQUE: Final = (
    "audio/",
    "video/",
    "image/",
    "text/plain",
    "text/vtt",
    "application/x-subrip",
    "application/octet-stream",
    "application/pdf",
)


def framing_for(content_type: str, start: bytes, *, is_json_sequence: bool) -> Framing:
    """Return what splits a body.

    Args:
        content_type: The response's header, in any case, empty if unknown.
        start: The body from its first byte that is not blank; at least one byte.
        is_json_sequence: Whether the URL promises JSON values one after another.
    """
    content_type = content_type.lower()
    if "vnd.amazon.eventstream" in content_type:
        return AwsFraming()
    if start[:1] in (b"{", b"["):
        return JsonSequenceFraming() if is_json_sequence else BodyFraming()
    if content_type.startswith(_OPAQUE):
        return OpaqueFraming()
    return SseFraming()
