"""HTTP/1.1 on a loopback socket: one thread per connection, keep-alive, no delay, nothing left behind after close.

It knows nothing of providers: `respond` turns a received request into a reply, and this module sends it at its pace.
Ways out of a wait: the client's bytes, the client leaving, the time limit named here, or `close`.
"""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from meterlark.model.errors import UnavailableError
from meterlark.testing.received import ReceivedRequest, RequestLog
from meterlark.testing.reply import HOLD_SECONDS_MAX, Reply, error_reply

Respond = Callable[[ReceivedRequest], Reply]

HOST = "127.0.0.1"
CONNECTIONS_MAX = 512
"""One thread each; a test that opens more has lost track of its clients."""
BODY_BYTES_MAX = 64 * 1024 * 1024
"""Above the 50 MB that OpenAI takes in one request."""
IDLE_SECONDS_MAX = 60.0
"""Longest wait for a client's next bytes, or for it to take ours."""
JOIN_SECONDS_MAX = 10.0
_POLL_SECONDS = 0.02
"""How soon the accepting thread sees `close`; 50 wake-ups a second cost well under 1 % of a core."""


class LoopbackServer:
    """Answers HTTP requests on 127.0.0.1 between `start` and `close`.

    Args:
        respond: Called once for each request, from the connection's thread; must be safe to call concurrently.
        log: Where requests are listed.
        port: Port to listen on; 0 takes a free one.
    """

    def __init__(self, respond: Respond, log: RequestLog, *, port: int = 0) -> None:
        self._listener = _Listener(respond, log, port)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(_POLL_SECONDS,), name="provider-accept", daemon=True)
        self.port: int = self._listener.server_address[1]

    def start(self) -> None:
        """Begin to accept; the port already listens since construction."""
        self._thread.start()

    def close(self) -> None:
        """Stop accepting, drop every connection and join every thread.

        Raises:
            UnavailableError: A thread did not end within the limit (a callable of the user that hangs).
        """
        self._listener.closing.set()
        self._listener.shutdown()
        self._thread.join(JOIN_SECONDS_MAX)
        self._listener.server_close()
        self._listener.drop_connections()


class _Listener(socketserver.TCPServer):
    """Accepts connections and gives each its thread."""

    allow_reuse_address = True
    request_queue_size = CONNECTIONS_MAX

    def __init__(self, respond: Respond, log: RequestLog, port: int) -> None:
        self.respond = respond
        self.log = log
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__((HOST, port), _Connection)

    # The base class types it more widely (UDP gives bytes too); this is TCP.
    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]
        thread = threading.Thread(target=self._converse, args=(request, client_address), name="provider-connection", daemon=True)
        with self._lock:
            is_full = len(self._connections) >= CONNECTIONS_MAX
            if not is_full:
                # Inside the lock: the thread takes itself off the list, so it must be on it first.
                thread.start()
                self._connections[thread] = request
        if is_full:
            reply = error_reply(503, f"more than {CONNECTIONS_MAX} connections are open at once")
            # The client may be gone already; there is nobody to tell then.
            with contextlib.suppress(OSError):
                request.sendall(_head(reply, ("connection: close",), body_bytes=len(reply.payload)) + bytes(_whole(reply)))
            self.shutdown_request(request)

    def _converse(self, connection: socket.socket, client_address: tuple[str, int]) -> None:
        try:
            self.finish_request(connection, client_address)
        except ConnectionError:
            # The client left between two requests, or `close` did; a request under way notes it in the log itself.
            pass
        finally:
            self.shutdown_request(connection)
            with self._lock:
                del self._connections[threading.current_thread()]

    def drop_connections(self) -> None:
        """Wake every connection's thread by shutting its socket, and join it."""
        with self._lock:
            connections = dict(self._connections)
        for connection in connections.values():
            # Its thread may have closed it a moment ago.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections:
            thread.join(JOIN_SECONDS_MAX)
            if thread.is_alive():
                raise UnavailableError(f"a provider thread did not end within {JOIN_SECONDS_MAX} seconds of close")


class _UnreadableError(Exception):
    """The request's body cannot be read; what follows in the connection is not a new request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Connection(BaseHTTPRequestHandler):
    """Reads the requests of one connection and sends their replies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS_MAX
    server: _Listener

    def _serve(self) -> None:
        try:
            content = self._content()
        except _UnreadableError as error:
            self._refuse(error.status, str(error))
            return
        target = urlsplit(self.path)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        request = ReceivedRequest(method=self.command, path=target.path, query=target.query, headers=headers, content=content)
        self.server.log.add(request)
        try:
            reply = self.server.respond(request)
            request.status = reply.status
            self._send(request, reply)
        except (ConnectionError, TimeoutError):
            request.client_left = not self.server.closing.is_set()
            self.close_connection = True
        finally:
            self.server.log.finish(request)

    # BaseHTTPRequestHandler finds the method by these names.
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the base class names them

    def _content(self) -> bytes:
        """Read the body, or raise _UnreadableError."""
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers:
            raise _UnreadableError(411, "send a content-length; chunked request bodies are not read")
        if not (length.isascii() and length.isdigit()):
            raise _UnreadableError(400, f"content-length is {length[:40]!r}; allowed is a whole number")
        if len(length) > 18 or int(length) > BODY_BYTES_MAX:
            raise _UnreadableError(413, f"content-length is {length[:40]}; allowed is up to {BODY_BYTES_MAX}")
        content = self.rfile.read(int(length))
        if len(content) < int(length):
            raise ConnectionResetError("the client left in the middle of a body")
        return content

    def _refuse(self, status: int, message: str) -> None:
        """Answer a request that cannot be read, and close."""
        self.close_connection = True
        reply = error_reply(status, message)
        content = _whole(reply)
        self.connection.sendall(_head(reply, ("connection: close",), body_bytes=len(content)) + content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the base class refuses (a malformed request line or header) in OpenAI's shape."""
        reason = message or explain or HTTPStatus(code).phrase
        self._refuse(code, f"the request is not HTTP this server reads: {reason}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Write nothing: a test's output belongs to the test."""

    def _send(self, request: ReceivedRequest, reply: Reply) -> None:
        self._wait(reply.pace.first_byte_seconds)
        if isinstance(reply.payload, bytes):
            more = ("connection: close",) if self.close_connection else ()
            self.connection.sendall(_head(reply, more, body_bytes=len(reply.payload)) + reply.payload)
            return
        # HTTP/1.0 has no chunks: there the end of the connection is the end of the stream.
        is_chunked = self.request_version != "HTTP/1.0"
        self.close_connection = self.close_connection or not is_chunked
        framing = ("transfer-encoding: chunked",) if is_chunked else ()
        closing = ("connection: close",) if self.close_connection else ()
        self.connection.sendall(_head(reply, framing + closing))
        for number, event in enumerate(reply.payload):
            if number == reply.pace.cut_after:
                self.close_connection = True
                return
            if number == reply.pace.end_after:
                break
            if number == reply.pace.hold_after:
                self._hold()
            elif number > 0:
                self._wait(reply.pace.interval_seconds)
            self._require_client()
            self.connection.sendall(b"%x\r\n%b\r\n" % (len(event), event) if is_chunked else event)
            request.chunks_sent += 1
        if is_chunked:
            self.connection.sendall(b"0\r\n\r\n")

    def _wait(self, seconds: float) -> None:
        if seconds > 0 and self.server.closing.wait(seconds):
            raise ConnectionAbortedError("the provider is closing")

    def _hold(self) -> None:
        """Wait until the client leaves, and raise ConnectionResetError; or go on, if it stays too long."""
        for _ in range(round(HOLD_SECONDS_MAX / _POLL_SECONDS)):
            self._require_client()
            self._wait(_POLL_SECONDS)

    def _require_client(self) -> None:
        """Raise ConnectionResetError if the client has closed; a write alone would notice one event later."""
        self.connection.settimeout(0)
        try:
            is_closed = self.connection.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            is_closed = False
        finally:
            self.connection.settimeout(IDLE_SECONDS_MAX)
        if is_closed:
            raise ConnectionResetError("the client closed the connection")


def _whole(reply: Reply) -> bytes:
    assert isinstance(reply.payload, bytes)
    return reply.payload


def _head(reply: Reply, more: tuple[str, ...], *, body_bytes: int | None = None) -> bytes:
    """Return status line and headers up to and with the blank line."""
    lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}", f"date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if body_bytes is not None:
        lines.append(f"content-length: {body_bytes}")
    return "\r\n".join((*lines, *more, "", "")).encode("ascii")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unnamed"
