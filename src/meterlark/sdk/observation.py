"""One metered exchange, from its request to its end.

In the caller's thread it keeps references and nothing else; reading, counting and encoding happen in the writer's thread (`event`).
"""

import os
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Final

from meterlark.capture.attributes import Exchange
from meterlark.capture.route import Skipped

if TYPE_CHECKING:
    from meterlark.capture.reader import ExchangeReader

HELD_BYTES_MAX: Final = 4 * 1024 * 1024
"""Bytes of an answer that are kept as they came, some 12,000 chunks; of a longer answer they are read in steps, so that memory grows with
the text of the answer alone."""

STEPS_MAX: Final = 4
"""Steps that may wait for the writer's thread; if it is that far behind, the thread of the stream reads them."""

Decode = Callable[[Iterable[bytes]], Iterable[bytes]]
"""Undoes the content encoding of a whole body."""


class Observation:
    """Watches one exchange and hands it over once, whoever finishes it first.

    Args:
        exchange: Returns what was known when the call started; called in the writer's thread.
        hand_over: Takes the finished observation.
        later: Takes a step of reading, to be run in the writer's thread before the observation that is handed over after it.
    """

    def __init__(
        self, exchange: Callable[[], Exchange], hand_over: Callable[["Observation"], None], later: Callable[[Callable[[], object]], None]
    ) -> None:
        self._exchange = exchange
        self._hand_over = hand_over
        self._later = later
        self._status: int = HTTPStatus.OK
        self._headers: Mapping[str, str] = {}
        self._decode: Decode | None = None
        self._reader: ExchangeReader | None = None
        self._pieces: list[bytes] = []
        self._held_bytes = 0
        self._steps: deque[list[bytes]] = deque()
        self._reading = threading.Lock()
        self._is_reading = False
        self._body: object = None
        self._process_id = os.getpid()
        self._ended_at: datetime | None = None
        self._is_complete = False
        self._is_drained = False
        # Taking the token is atomic: of two threads that finish the same stream, one hands it over.
        self._token = [True]

    @property
    def is_finished(self) -> bool:
        """Whether it was handed over."""
        return not self._token

    def begin(self, status: int, headers: Mapping[str, str], decode: Decode | None = None) -> None:
        """Take the response's status and headers, and what undoes its content encoding if it has one."""
        self._status, self._headers, self._decode = status, headers, decode

    def add(self, piece: bytes) -> None:
        """Take the next bytes of the body, as they came."""
        self._pieces.append(piece)
        self._held_bytes += len(piece)
        # What is encoded cannot be read in steps, and is a tenth of what it would be.
        if self._held_bytes > HELD_BYTES_MAX and self._decode is None:
            self._step()

    def take_body(self, body: object) -> None:
        """Take a whole answer (an SDK object, a mapping or the bytes of the body) and finish."""
        self._body = body
        self.finish(is_complete=True)

    def ends_with(self, mark: bytes) -> bool:
        """Tell whether the last bytes, in two pieces at most, hold a mark."""
        return mark in b"".join(self._pieces[-2:])

    def finish(self, *, is_complete: bool = False, is_drained: bool = False) -> None:
        """Hand the exchange over; later calls, and calls in a forked child for its parent's exchange, do nothing.

        Args:
            is_complete: Whether the body came to its end.
            is_drained: Whether the caller had left before.
        """
        try:
            self._token.pop()
        except IndexError:
            return
        if os.getpid() == self._process_id:
            self._ended_at = datetime.now(UTC)
            self._is_complete, self._is_drained = is_complete, is_drained
            self._hand_over(self)

    def event(self) -> bytes | Skipped:
        """Return the event's JSON, or why there is none. Counts tokens where none were reported."""
        self._steps.append(self._pieces)
        reader = self._read()
        if isinstance(self._body, bytes):
            reader.feed(self._body)
        elif self._body is not None:
            reader.add_body(self._body)
        got = reader.close(
            # A stream that came to its end without its own mark of it was cut by the server.
            is_complete=self._is_complete and not reader.is_stream,
            is_drained=self._is_drained,
            fallback_id=f"gen:{uuid.uuid4().hex}",
            fallback_time=self._ended_at,
        )
        if isinstance(got, Skipped):
            return got
        event: bytes = import_module("meterlark.capture.event").encode_event(got.event)
        return event

    def _step(self) -> None:
        self._steps.append(self._pieces)
        self._pieces, self._held_bytes = [], 0
        if len(self._steps) > STEPS_MAX:
            self._read()
        else:
            self._later(self._read)

    def _read(self) -> "ExchangeReader":
        with self._reading:
            if self._reader is None:
                # Counters and dialects are loaded here, hardly ever in the caller's thread and never when the program starts.
                self._reader = import_module("meterlark.capture.reader").ExchangeReader(self._exchange())
                self._reader.begin(self._status, self._headers)
            assert not self._is_reading, "an earlier step of reading failed, so the rest would be a wrong number"
            self._is_reading = True
            while self._steps:
                step = self._steps.popleft()
                for piece in step if self._decode is None else self._decode(step):
                    self._reader.feed(piece)
            self._is_reading = False
            return self._reader
