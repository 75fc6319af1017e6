"""A server that takes events as Meterlark's does and remembers them: enough to test the SDK without the real server."""

import contextlib
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import msgspec

Event = dict[str, Any]


class RecordingIngest:
    """Answers POST /api/v1/events, and GET with `answer`; a context manager.

    Args:
        decide: Returns the status for a batch; 204 unless given.
        answer: Body of every GET.
        port: 0 takes a free one.
    """

    def __init__(self, *, decide: Callable[[list[Event]], int] | None = None, answer: bytes = b'{"data":[]}', port: int = 0) -> None:
        self.decide = decide or (lambda _: 204)
        self.answer = answer
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.queries: list[str] = []
        self.events: list[Event] = []
        self.connections: list[socket.socket] = []
        self._changed = threading.Condition()
        self._server = _server(self, port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        """Start to answer."""
        threading.Thread(target=self._server.serve_forever, args=(0.01,), name="recording-ingest", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop, and drop every connection."""
        self._server.shutdown()
        self.drop_connections()
        self._server.server_close()

    def drop_connections(self) -> None:
        """Close what clients keep open."""
        for connection in self.connections:
            # The client may have closed it first.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Decide about one batch and remember it if it is taken."""
        events = msgspec.json.decode(body)
        with self._changed:
            self.bodies.append(body)
            self.headers.append(headers)
            status = self.decide(events)
            if status == 204:
                self.events.extend(events)
            self._changed.notify_all()
        return status

    def wait(self, count: int, *, timeout_seconds: float = 10.0) -> list[Event]:
        """Return the events once there are this many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.events) >= count, timeout_seconds), f"{len(self.events)} of {count} events came"
            return list(self.events)

    def wait_requests(self, count: int, *, timeout_seconds: float = 10.0) -> list[bytes]:
        """Return the bodies of the requests once there are this many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.bodies) >= count, timeout_seconds), (
                f"{len(self.bodies)} of {count} requests came"
            )
            return list(self.bodies)


def _server(ingest: RecordingIngest, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            """Remember the connection."""
            super().setup()
            ingest.connections.append(self.connection)

        def do_POST(self) -> None:
            """Take a batch."""
            body = self.rfile.read(int(self.headers["content-length"]))
            status = ingest.take(body, {name.lower(): value for name, value in self.headers.items()})
            self._reply(status, b"" if status == 204 else b'{"title":"Refused","detail":"told to refuse"}')

        def do_GET(self) -> None:
            """Answer a query."""
            ingest.queries.append(self.path)
            self._reply(200, ingest.answer)

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        """Does not print what clients that leave cause."""

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: tests drop connections on purpose."""

    return Server(("127.0.0.1", port), Handler)
