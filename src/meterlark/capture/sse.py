"""Read server-sent events incrementally, from bytes in any split.

Follows the WHATWG HTML standard, section 9.2.6: lines end with CR, LF or CRLF, comments and unknown fields are ignored, data lines are
joined by LF, one blank after the colon is dropped, a byte order mark at the start is ignored. Unlike a browser, `close` also hands out an
event that the stream's end cut off before its blank line: a recording often lacks it, and its usage must not be lost.
Law (tests/property/test_chunks.py): any split of the bytes gives the same events as one piece.
"""

import re
from typing import Final

import msgspec

EVENT_BYTES_MAX: Final = 32 * 1024 * 1024
"""Bytes of one event that are kept. Recorded image events reach a few MB; a stream without line ends must not grow for ever."""

_LINE_END: Final = re.compile(rb"[\r\n]")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class SseEvent(msgspec.Struct, frozen=True):
    """One event of a stream.

    Attributes:
        event: The event's type, empty if the stream gives none.
        data: The data lines, joined by LF.
        is_terminated: False if the stream ended before the blank line behind the event.
    """

    event: str
    data: str
    is_terminated: bool = True


class SseOverflowError(ValueError):
    """One event passed `EVENT_BYTES_MAX`.

    Args:
        message: What is wrong.
        events: The events that the last bytes had completed before it.
    """

    def __init__(self, message: str, events: list[SseEvent]) -> None:
        super().__init__(message)
        self.events = events


class SseParser:
    """Splits the bytes of one stream into events.

    State: the bytes of the unfinished line, whether a LF at the start of the next piece belongs to a CR already seen, and the fields of the
    unfinished event.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._skip_newline = False
        self._is_first_line = True
        self._event = ""
        self._data: list[str] = []
        self._data_bytes = 0

    def feed(self, piece: bytes) -> list[SseEvent]:
        """Take the next bytes; return the events they complete.

        Raises:
            SseOverflowError: An event is larger than `EVENT_BYTES_MAX`.
        """
        events: list[SseEvent] = []
        start = 0
        if self._skip_newline and piece:
            self._skip_newline = False
            start = 1 if piece[:1] == b"\n" else 0
        while (found := _LINE_END.search(piece, start)) is not None:
            end = found.start()
            self._line += piece[start:end]
            start = end + 1
            if piece[end] == 0x0D:
                if start == len(piece):
                    self._skip_newline = True
                elif piece[start] == 0x0A:
                    start += 1
            self._take_line(events)
        self._line += piece[start:]
        self._check_size(events)
        return events

    def close(self) -> list[SseEvent]:
        """Return the event that the end of the stream left unfinished, if there is one."""
        events: list[SseEvent] = []
        if self._line:
            self._take_line(events)
        if self._data:
            events.append(SseEvent(self._event, "\n".join(self._data), is_terminated=False))
            self._data = []
        return events

    def _take_line(self, events: list[SseEvent]) -> None:
        self._check_size(events)
        raw = bytes(self._line)
        self._line.clear()
        if self._is_first_line:
            self._is_first_line = False
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
        if not raw:
            if self._data:
                events.append(SseEvent(self._event, "\n".join(self._data)))
            self._event, self._data, self._data_bytes = "", [], 0
            return
        name, _, value = raw.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value.decode("utf-8", "replace"))
            self._data_bytes += len(value)
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")

    def _check_size(self, events: list[SseEvent]) -> None:
        if len(self._line) + self._data_bytes > EVENT_BYTES_MAX:
            raise SseOverflowError(f"one server-sent event has more than {EVENT_BYTES_MAX} bytes", events)
