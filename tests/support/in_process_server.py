"""The real application on a free port, in a thread of the test, so that a test may shorten a limit; everything is kept in memory."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop
from running_server import Address

from meterlark.app import open_services
from meterlark.config import load_settings
from meterlark.server.cross_origin import CrossOrigin
from meterlark.server.run import listen, run_server


@contextmanager
def serving() -> Iterator[Address]:
    """Serve until the end of the block."""
    settings = load_settings(environ={}, overrides={"in_memory": True})
    listener = listen("127.0.0.1", 0)
    host, port = listener.getsockname()[:2]
    has_started, is_over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with open_services(settings) as services:
            await run_server(
                services,
                listener,
                body_bytes_max=settings.body_bytes_max,
                batch_events_max=settings.batch_events_max,
                cross_origin=CrossOrigin(["*"]),
                started=has_started.set,
                is_over=is_over.is_set,
            )

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="in-process-server")
    thread.start()
    assert has_started.wait(30)
    try:
        yield Address(host, port)
    finally:
        is_over.set()
        thread.join(30)
        assert not thread.is_alive()
