"""What the loopback provider received, for tests to look at.

A request is listed as soon as its body is complete and finished once nothing more will be sent for it.
"""

import threading
from collections import deque
from typing import Any

import msgspec

REQUESTS_KEPT_MAX = 10_000
"""Older requests leave the list first; a test that needs more reads the list as it goes."""


class ReceivedRequest(msgspec.Struct, kw_only=True):
    """One HTTP request as it arrived, and what became of it.

    Attributes:
        method: HTTP method in capitals.
        path: Path without the query, such as `/v1/chat/completions`.
        query: Text after the question mark, empty if there is none.
        headers: Header names in lower case; a repeated header is joined with `, `.
        content: The body's bytes, empty if there is none.
        body: The body parsed as JSON, or None if it is empty or not JSON.
        status: Status answered, None before the answer.
        chunks_sent: Server-sent events handed to the operating system, `[DONE]` included; 0 for a blocking answer.
        client_left: True if the client closed the connection before the answer was complete.
        is_finished: True once nothing more will be sent or changed.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    content: bytes
    body: Any = None
    status: int | None = None
    chunks_sent: int = 0
    client_left: bool = False
    is_finished: bool = False


class RequestLog:
    """The received requests in order of arrival; safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: deque[ReceivedRequest] = deque(maxlen=REQUESTS_KEPT_MAX)
        self._finished = 0

    def add(self, request: ReceivedRequest) -> None:
        """List a request whose body is complete."""
        with self._changed:
            self._requests.append(request)

    def finish(self, request: ReceivedRequest) -> None:
        """Mark a listed request as finished and wake whoever waits for it."""
        with self._changed:
            assert not request.is_finished
            request.is_finished = True
            self._finished += 1
            self._changed.notify_all()

    def snapshot(self) -> list[ReceivedRequest]:
        """Return the listed requests, oldest first."""
        with self._changed:
            return list(self._requests)

    def wait_finished(self, count: int, *, timeout_seconds: float) -> bool:
        """Block until `count` requests have finished since the start; False if the timeout came first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._finished >= count, timeout_seconds)
