"""One metered call, from its request to its end.

In the caller's thread it keeps references and nothing else; reading, counting and encoding happen in the sender's thread (`event`).
"""

import os
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from meterlark.capture.event import Exchange, encode_event, make_event
from meterlark.capture.exchange import collect_body
from meterlark.capture.openai import Collector
from meterlark.capture.sse import SseEvent

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
        self._collector: Collector | None = None
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
        self._exchange = msgspec.structs.replace(self._exchange, headers=headers)

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
        """Return the event's JSON; None while the provider still works on the answer. Counts tokens where none were reported."""
        collector = self._fold()
        if isinstance(self._body, bytes):
            collect_body(self._body.decode("utf-8", "replace"), collector)
        elif self._body is not None:
            collector.add_body(self._body)
        answer = collector.answer()
        if answer.is_pending and not self._exchange.is_stream:
            return None
        return encode_event(make_event(answer, self._exchange, fallback_id=f"gen:{uuid.uuid4().hex}", fallback_time=self._ended_at))

    def _fold(self) -> Collector:
        # Made when it is needed, which is hardly ever in the caller's thread.
        if self._collector is None:
            self._collector = Collector(self._exchange.operation)
        chunks, self._chunks = self._chunks, []
        for chunk in chunks:
            self._collector.add_event(SseEvent("", chunk))
        return self._collector


def response_headers(response: Any) -> dict[str, str]:  # noqa: ANN401 - a response of httpx, httpx2 or a double of the user's tests
    """Return the headers that an event needs."""
    headers = getattr(response, "headers", None) or {}
    wanted = {name: headers.get(name) for name in ("x-request-id", "apim-request-id", "date")}
    return {name: value for name, value in wanted.items() if isinstance(value, str)}
