"""One metered call, from its request to its end.

In the caller's thread it keeps references and nothing else; reading, counting and encoding happen in the sender's thread (`event`).
"""

import os
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from meterlark.capture.attributes import REQUEST_ID_HEADERS, Exchange
from meterlark.capture.route import Skipped

if TYPE_CHECKING:
    from meterlark.capture.reader import ExchangeReader

CHUNKS_HELD_MAX: Final = 16_384
"""Events of a stream that are kept as text, some 5 MB; a longer stream is read in steps, so that memory grows with its answer alone."""


class Observation:
    """Watches one exchange and hands it over once, whoever finishes it first.

    Args:
        exchange: What is known when the call starts.
        hand_over: Takes the finished observation.
    """

    def __init__(self, exchange: Exchange, hand_over: Callable[["Observation"], None]) -> None:
        self._exchange = exchange
        self._hand_over = hand_over
        self._headers: Mapping[str, str] = {}
        self._reader: ExchangeReader | None = None
        self._chunks: list[str] = []
        self._body: object = None
        self._process_id = os.getpid()
        self._ended_at: datetime | None = None
        # Taking the token is atomic: of two threads that finish the same stream, one hands it over.
        self._token = [True]

    def add_event(self, data: str) -> None:
        """Take the text of the next server-sent event of the stream."""
        self._chunks.append(data)
        if len(self._chunks) >= CHUNKS_HELD_MAX:
            self._fold()

    def take_body(self, body: object, headers: Mapping[str, str]) -> None:
        """Take a whole answer (an SDK object, a mapping or the bytes of the body) and finish."""
        self._body = body
        self.take_headers(headers)
        self.finish()

    def take_headers(self, headers: Mapping[str, str]) -> None:
        """Take the response's headers, by lower-case names."""
        self._headers = headers

    def finish(self) -> None:
        """Hand the exchange over; later calls, and calls in a forked child for its parent's exchange, do nothing."""
        try:
            self._token.pop()
        except IndexError:
            return
        if os.getpid() == self._process_id:
            self._ended_at = datetime.now(UTC)
            self._hand_over(self)

    def event(self) -> bytes | None:
        """Return the event's JSON; None if the answer bears no usage, or not yet. Counts tokens where none were reported."""
        reader = self._fold()
        if isinstance(self._body, bytes):
            reader.feed(self._body)
        elif self._body is not None:
            reader.add_body(self._body)
        got = reader.close(fallback_id=f"gen:{uuid.uuid4().hex}", fallback_time=self._ended_at)
        if isinstance(got, Skipped):
            return None
        event: bytes = import_module("meterlark.capture.event").encode_event(got.event)
        return event

    def _fold(self) -> "ExchangeReader":
        if self._reader is None:
            # Counters and dialects are loaded here, hardly ever in the caller's thread and never when the program starts.
            self._reader = import_module("meterlark.capture.reader").ExchangeReader(self._exchange)
            self._reader.begin(HTTPStatus.OK, self._headers)
        chunks, self._chunks = self._chunks, []
        for chunk in chunks:
            self._reader.add_text(chunk)
        return self._reader


def response_headers(response: Any) -> dict[str, str]:  # noqa: ANN401 - a response of httpx, httpx2 or a double of the user's tests
    """Return the headers that an event needs."""
    headers = getattr(response, "headers", None) or {}
    wanted = {name: headers.get(name) for name in (*REQUEST_ID_HEADERS, "date", "content-type")}
    return {name: value for name, value in wanted.items() if isinstance(value, str)}
