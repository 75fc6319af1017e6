"""Run the application on uvicorn, with uvloop and httptools, until a signal says stop."""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, Final

import uvicorn

from meterlark.model.errors import UnavailableError
from meterlark.server.asgi import Application
from meterlark.server.cross_origin import CrossOrigin
from meterlark.server.protocol import BoundedProtocol
from meterlark.server.site import Site
from meterlark.service.services import Services

BACKLOG: Final = 2_048
CONNECTIONS_MAX: Final = 960
"""Connections and requests at once; further ones are answered 503. With the store's files below the usual limit of 1,024 open files."""

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the 60 s after which common proxies close idle connections, so that the proxy closes first."""

SHUTDOWN_SECONDS_MAX: Final = 25
"""For requests under way at the end; orchestrators kill after 30."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, so that a taken port is known before anything else starts.

    Raises:
        UnavailableError: The address cannot be had; says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UnavailableError(f"cannot listen on {host}:{port}: {error.strerror}; choose another port with --port") from error
    return listener


async def run_server(
    services: Services,
    listener: socket.socket,
    *,
    body_bytes_max: int,
    batch_events_max: int,
    sites: Sequence[Site] = (),
    cross_origin: CrossOrigin,
    started: Callable[[], None],
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Serve until SIGINT or SIGTERM; a second signal does not wait for requests under way.

    Args:
        services: What is served.
        listener: A listening socket; closed at the end.
        body_bytes_max: Bytes of a request's body after decompression.
        batch_events_max: Events of one request.
        sites: Pages beside the API.
        cross_origin: Which pages of other origins may read what a portal token shows.
        started: Called when requests are answered.
        is_over: Asked ten times a second; True ends the server as a signal does, which reaches the main thread only.
    """
    application = Application(
        services, body_bytes_max=body_bytes_max, batch_events_max=batch_events_max, sites=sites, cross_origin=cross_origin
    )
    config = uvicorn.Config(
        application,
        http=BoundedProtocol,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS_MAX,
    )
    await _Server(config, started, application.stopping, is_over).serve(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it has started and ends with a return, not by raising the signal again."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], stopping: asyncio.Event, is_over: Callable[[], bool]) -> None:
        super().__init__(config)
        self._tell_started = started
        self._stopping = stopping
        self._is_over = is_over

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, then say so."""
        await super().startup(sockets=sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, then wait for requests under way."""
        self._stopping.set()
        await super().shutdown(sockets=sockets)

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to stop."""
        return await super().on_tick(counter) or self._is_over()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM while the server runs; only the main thread may listen to them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[signal.Signals, Any] = {}

        def stop(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)

        for one in (signal.SIGINT, signal.SIGTERM):
            before[one] = signal.signal(one, stop)
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
