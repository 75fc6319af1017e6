"""The HTTP/1.1 connection: uvicorn's, with bounds on the time and size of what comes before a request's body.

uvicorn with httptools reads headers of any size for any time (measured: half a request line kept a connection open for ever), so a few
hundred sockets could starve the server.
"""

import uuid
from asyncio import TimerHandle, Transport
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from meterlark.model.errors import InvalidInputError
from meterlark.server.problem import HeadersTooLargeError, problem_reply
from meterlark.server.reply import raw_reply

HEADER_SECONDS_MAX: Final = 10
"""From the first byte of a request, or from the connection, to the end of its headers; the OpenMeter server has the same."""

HEADER_BYTES_MAX: Final = 16 * 1024
"""Names and values of a request's headers; what common servers accept (nginx: 8 KiB a line, 32 KiB in all; Node: 16 KiB)."""

UNFINISHED_HEADER_BYTES_MAX: Final = 64 * 1024
"""Bytes that are read while headers are unfinished. Finished headers are bounded more tightly (`asgi`)."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    State: whether headers are being read (`_is_in_headers`, also before the first request), how many bytes they have so far (the read in
    which they begin counts only for a connection's first request: it may hold the end of a body, too), and the timer that runs while they
    are unfinished after a read.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        super().__init__(*arguments, **options)
        self._is_in_headers = True
        self._header_bytes = 0
        self._header_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn itself
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        """Parse, then see whether headers are still unfinished."""
        if self._is_in_headers:
            self._header_bytes += len(data)
        super().data_received(data)
        if not self._is_in_headers or self.transport.is_closing():
            return
        if self._header_bytes > UNFINISHED_HEADER_BYTES_MAX:
            self._refuse(
                HeadersTooLargeError(f"the unfinished headers have {self._header_bytes} bytes; at most {HEADER_BYTES_MAX} are accepted")
            )
        elif self._header_timer is None:
            self._start_timer()

    def on_message_begin(self) -> None:
        """Count the headers of a new request."""
        self._is_in_headers = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting: what follows is the body, which `server.body` bounds."""
        self._is_in_headers = False
        self._header_bytes = 0
        self._stop_timer()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's name and text
        """Answer bytes that are not HTTP as any other mistake."""
        self._refuse(InvalidInputError("the request is not valid HTTP/1.1"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        self._header_timer = self.loop.call_later(HEADER_SECONDS_MAX, self._drop)

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _refuse(self, error: InvalidInputError) -> None:
        """Answer and close. When another answer is due or under way the connection is only closed: nothing may be mixed into that."""
        cycle: RequestResponseCycle | None = self.cycle
        is_idle = cycle is None or cycle.response_complete
        if is_idle or (cycle is not None and cycle.more_body and not cycle.response_started and not self.pipeline):
            request_id = uuid.uuid4().hex
            self.transport.write(raw_reply(problem_reply(error, request_id=request_id), request_id=request_id))
        self._drop()

    def _drop(self) -> None:
        self._stop_timer()
        if not self.transport.is_closing():
            self.transport.close()
